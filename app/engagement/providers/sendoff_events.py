"""A page of our own server's events: decoded straight into its shape, or field by field.

A first sync reads a million events, nearly all of them as the API's description has them: msgspec
takes a fifth of the time there. Whatever does not fit exactly is read the patient way, which alone
decides what is refused, and in which words.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from app.engagement import decode, fields
from app.engagement.errors import BadAnswerError
from app.engagement.fields import FieldError
from app.engagement.model import EventRecord, Page

_Whole = Annotated[int, Meta(ge=0, le=fields.LARGEST)]
_Word = Annotated[str, Meta(max_length=100)]
_Name = Annotated[str, Meta(max_length=200)]
_NONE = msgspec.Raw(b"{}")


class _Event(msgspec.Struct, frozen=True, gc=False):
    id: _Name
    type: _Word
    at: datetime
    version: _Whole
    agent: _Word | None = None
    subscriber: _Name | None = None
    link: _Whole | None = None
    client: _Name | None = None
    os: _Name | None = None
    device: _Name | None = None
    domain: _Name | None = None
    reasons: tuple[str, ...] | None = None
    detail: msgspec.Raw = _NONE


class _Events(msgspec.Struct, frozen=True):
    epoch: _Name
    cursor: str
    more: bool
    events: tuple[_Event, ...]


_decoder = msgspec.json.Decoder(_Events)
_ONCE = tuple(f'"{name}"'.encode() for name in _Events.__struct_fields__)
_ONCE_EACH = (b'"id"', b'"type"', b'"at"', b'"version"')
_IDS = re.compile(r"(?:[-_]*[0-9A-Za-z][-_0-9A-Za-z]*/)*")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def read(body: bytes) -> Any:
    """The page in its shape, else the JSON that it is. Raises BadAnswerError."""
    try:
        found = _decoder.decode(body)
    except (ValueError, RecursionError):
        return decode.read_json(body)
    return found if _is_plain(found, body) else decode.read_json(body)


def page(issue: str, data: Any, server_time: int | None) -> tuple[Page, str, bool]:
    """What ``read`` found, as records; the cursor that leads on, and whether there are more.
    Raises FieldError.
    """
    if isinstance(data, _Events):
        records = tuple(_records(issue, data.events))
        epoch, cursor, more = data.epoch, data.cursor, data.more
    else:
        holder = fields.mapping(data)
        cursor, more = fields.text(holder, "cursor"), fields.yes(holder, "more")
        events = fields.items(holder, "events")
        records = tuple(record(issue, fields.mapping(each)) for each in events)
        epoch = fields.text(holder, "epoch")
    marks = {f"events:{issue}": cursor}
    if not more:
        marks[f"issue:{issue}"] = ""
    return Page(records, marks, epoch, server_time), cursor, more


def _is_plain(found: _Events, body: bytes) -> bool:
    """Whether no name that matters stands twice, of which msgspec takes the last, and ids are ids.
    What only looks like a name, within a detail, costs time and nothing else.
    """
    count = len(found.events)
    return (
        len(found.cursor) <= fields.LONGEST
        and all(body.count(name) == 1 for name in _ONCE)
        and all(body.count(name) == count for name in _ONCE_EACH)
        and _IDS.fullmatch("".join([f"{each.id}/" for each in found.events])) is not None
        and all(each.at.tzinfo is not None for each in found.events)
    )


def _records(issue: str, events: tuple[_Event, ...]) -> Iterator[EventRecord]:
    for each in events:
        yield EventRecord(
            issue, each.id, each.type, (each.at - _EPOCH) // _MILLISECOND, each.agent or "",
            each.version, each.subscriber or "", each.link, each.client or "", each.os or "",
            each.device or "", each.domain or "", each.reasons or (),
            "" if each.detail == _NONE else _detail(each.detail),
        )  # fmt: skip


def _detail(raw: msgspec.Raw) -> str:
    try:
        found = decode.read_json(bytes(raw))
    except BadAnswerError:
        raise FieldError("detail is not JSON that can be kept") from None
    return json.dumps(found, separators=(",", ":")) if found else ""


def record(issue: str, data: Mapping[str, Any]) -> EventRecord:
    """An event, field by field. Raises FieldError."""
    detail = data.get("detail")
    return EventRecord(
        issue=issue,
        id=fields.name(data, "id"),
        type=fields.text(data, "type", most=100),
        at=fields.moment(data, "at"),
        agent=fields.text(data, "agent", "", most=100),
        version=fields.whole(data, "version"),
        subscriber=fields.text(data, "subscriber", "", most=200),
        link=fields.optional_whole(data, "link"),
        client=fields.text(data, "client", "", most=200),
        system=fields.text(data, "os", "", most=200),
        device=fields.text(data, "device", "", most=200),
        domain=fields.text(data, "domain", "", most=300),
        reasons=tuple(each for each in fields.items(data, "reasons") if isinstance(each, str)),
        detail=json.dumps(detail, separators=(",", ":")) if detail else "",
    )
