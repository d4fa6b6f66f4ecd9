"""A page of events says the same, decoded straight into its shape or field by field."""

import json
from typing import Any

import pytest

from app.engagement import decode
from app.engagement.errors import BadAnswerError
from app.engagement.fields import FieldError
from app.engagement.providers import sendoff_events

PLAIN = {
    "id": "evt_aaaaaaabgewqa", "type": "opened", "at": "2023-08-11T04:26:40.123Z",
    "agent": "human", "version": 20, "subscriber": "sub_aaaaaaaaaaaaa", "rules": 1,
    "source": "own", "link": 3, "client": "Apple Mail", "os": "iOS", "device": "mobile",
    "domain": "example.com", "reasons": ["fast", "datacenter"], "detail": {"code": "5.1.1"},
}  # fmt: skip


def body(*events: Any, **more: Any) -> bytes:
    page = {"epoch": "e1", "events": events, "cursor": "c1", "more": False, **more}
    return json.dumps(page).encode()


def both(answer: bytes) -> tuple[object, object]:
    """What each of the two ways makes of an answer."""
    found: list[object] = []
    for read in (sendoff_events.read, decode.read_json):
        try:
            found.append(sendoff_events.page("iss_1", read(answer), 5))
        except (BadAnswerError, FieldError) as error:
            found.append((type(error), str(error)))
    return found[0], found[1]


def test_what_the_server_says_is_decoded_straight() -> None:
    data = sendoff_events.read(body(PLAIN, {**PLAIN, "id": "evt_b", "detail": {}}))
    assert not isinstance(data, dict)
    page, cursor, more = sendoff_events.page("iss_1", data, 5)
    assert (len(page.records), cursor, more) == (2, "c1", False)
    assert page.marks == {"events:iss_1": "c1", "issue:iss_1": ""}


@pytest.mark.parametrize(
    "change",
    [
        {}, {"version": "20"}, {"version": -1}, {"version": 2**63}, {"version": 1.5},
        {"version": True}, {"version": None}, {"id": "../etc"}, {"id": ""}, {"id": "_"},
        {"id": 4711}, {"id": "é"}, {"at": "2023-08-11T04:26:40"}, {"at": "yesterday"},
        {"at": "2023-08-11T06:26:40+02:00"}, {"at": None}, {"agent": None}, {"agent": "x" * 300},
        {"subscriber": 17}, {"link": None}, {"link": "3"}, {"reasons": None},
        {"reasons": ["a", 1]}, {"reasons": "a"}, {"domain": "\ud800"}, {"detail": None},
        {"detail": {"id": "x", "type": [1, {"a": None}]}}, {"detail": []}, {"new": {"a": [1]}},
        {"type": ""}, {"client": "ü"},
    ],
)  # fmt: skip
def test_both_ways_say_the_same(change: dict[str, Any]) -> None:
    straight, patient = both(body(PLAIN, {**PLAIN, "id": "evt_b", **change}))
    assert straight == patient


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'{"epoch"', b'{"cursor": "x", "epoch"'),
        (b'{"epoch"', b'{"events": [], "epoch"'),
        (b'"version": 20', b'"version": 21, "version": 20'),
        (b'"type": "opened"', b'"type": "clicked", "type": "opened"'),
        (b'"version": 20', b'"version": NaN'),
        (b'"human"', b'"hum\xffan"'),
        (b"]", b""),
        (b'{"epoch"', b'\xef\xbb\xbf{"epoch"'),
    ],
)
def test_what_is_broken_is_refused_by_both(old: bytes, new: bytes) -> None:
    straight, patient = both(body(PLAIN).replace(old, new, 1))
    assert straight == patient
