"""From what a client sent to what an endpoint declared, or a problem."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.types import Receive

from app.trackserver.web.problems import Problem

_decoders: dict[type, msgspec.json.Decoder[Any]] = {}


async def read_body(receive: Receive, limit: int, length: str | None) -> bytes:
    """The whole body, if it is no longer than ``limit`` bytes."""
    if length is not None and (not length.isdecimal() or int(length[:20]) > limit):
        raise _too_long(limit)
    parts, size = [], 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise _too_long(limit)
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def read_query(shape: type[msgspec.Struct] | None, query: str) -> msgspec.Struct | None:
    """The query string as the declared struct; a list takes a name several times."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise Problem(400, detail="The query string cannot be read.") from None
    if shape is None:
        if pairs:
            raise Problem(400, detail="This endpoint takes no query parameters.")
        return None
    fields = {field.encode_name: field for field in msgspec.structs.fields(shape)}
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name not in fields:
            raise Problem(400, detail=f"There is no query parameter {name[:80]!r}.")
        if "\0" in value:
            raise Problem(400, detail=f"{name} holds a NUL character.")
        if _takes_several(fields[name].type):
            values.setdefault(name, []).append(value)
        elif name in values:
            raise Problem(400, detail=f"The query parameter {name} stands twice.")
        else:
            values[name] = value
    try:
        for name in values.keys() & {name for name in fields if _is_moment(fields[name].type)}:
            # Leniently read, a bare number would be taken for seconds since 1970.
            values[name] = msgspec.convert(values[name], fields[name].type)
        return msgspec.convert(values, shape, strict=False)
    except msgspec.ValidationError as error:
        raise Problem(400, detail=f"Query: {error}") from None


def read_json(shape: type, media: Sequence[str], sent_as: str, body: bytes) -> Any:
    """The body as the declared struct; ``sent_as`` is the request's media type."""
    if sent_as.partition(";")[0].strip().lower() not in media:
        raise Problem(415, detail=f"The body must be {media[0]}.")
    decoder = _decoders.get(shape)
    if decoder is None:
        decoder = _decoders[shape] = msgspec.json.Decoder(shape)
    try:
        decoded = _decoded(decoder, body)
        # Text of the database cannot hold it; nothing that people write does. Fields that are
        # not ours are dropped, whatever they hold.
        if b"\\u0000" in body and _holds_nul(msgspec.to_builtins(decoded)):
            raise Problem(422, detail="A text of the body holds a NUL character.")
    except msgspec.ValidationError as error:
        raise Problem(422, detail=str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Problem(400, detail=f"The body is no JSON: {error}") from None
    except RecursionError:
        raise Problem(400, detail="The body is nested too deep.") from None
    return decoded


def _decoded(decoder: msgspec.json.Decoder[Any], body: bytes) -> Any:
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        if "got `float`" not in str(error):
            raise
    # JSON has one kind of number: 4.0 is the whole number 4 (JSON Schema 2020-12, 6.1.1).
    return msgspec.convert(_with_whole_numbers(msgspec.json.decode(body)), decoder.type)


def _with_whole_numbers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_with_whole_numbers(each) for each in value]
    if isinstance(value, dict):
        return {name: _with_whole_numbers(each) for name, each in value.items()}
    return value


def _too_long(limit: int) -> Problem:
    return Problem(
        413, detail=f"The body is longer than {limit} bytes.", headers={"connection": "close"}
    )


def _takes_several(annotation: object) -> bool:
    return isinstance(
        msgspec.inspect.type_info(annotation),
        msgspec.inspect.ListType | msgspec.inspect.VarTupleType | msgspec.inspect.SetType,
    )


def _is_moment(annotation: object) -> bool:
    found = msgspec.inspect.type_info(annotation)
    parts = found.types if isinstance(found, msgspec.inspect.UnionType) else (found,)
    return any(isinstance(part, msgspec.inspect.DateTimeType) for part in parts)


def _holds_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, list):
        return any(map(_holds_nul, value))
    if isinstance(value, dict):
        return any(map(_holds_nul, value)) or any(map(_holds_nul, value.values()))
    return False
