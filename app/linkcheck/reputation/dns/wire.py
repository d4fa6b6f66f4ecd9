"""DNS messages (RFC 1035, 4.1), as far as a question for A records needs them.

Own code, since dnspython takes a millisecond to build a question and read its answer, and a batch
has hundreds. Answers are hostile input: whatever does not fit is a `WireError`.
"""

import struct
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address

_HEADER = struct.Struct("!6H")
_FIXED = struct.Struct("!HHLH")
_A, _CNAME, _SOA, _IN = 1, 5, 6, 1
_RECURSE, _IS_ANSWER, _IS_CUT, _OPERATION = 0x0100, 0x8000, 0x0200, 0x7800
_MOST_RECORDS = 200


class WireError(ValueError):
    """No message, or a name that cannot be in one."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What an answer says. ``negative_seconds`` is how long "no such name" holds (RFC 2308, 5)."""

    code: int
    is_cut: bool
    is_alias: bool
    addresses: tuple[str, ...]
    seconds: int
    negative_seconds: int


def question(number: int, name: str) -> bytes:
    """A question for the A records of ``name`` (ASCII, without a trailing dot)."""
    try:
        labels = [label.encode("ascii") for label in name.split(".")]
    except UnicodeEncodeError:
        raise WireError("not ASCII") from None
    encoded = b"".join(bytes((len(label),)) + label for label in labels if len(label) < 64)
    if not all(0 < len(label) < 64 for label in labels) or len(encoded) > 254:
        raise WireError("too long, or a label is empty")
    head = _HEADER.pack(number, _RECURSE, 1, 0, 0, 0)
    return head + encoded + b"\0" + struct.pack("!HH", _A, _IN)


def read(asked: bytes, data: bytes) -> Reply:
    """The answer to a question; raises `WireError` where ``data`` is none to this one."""
    try:
        return _read(asked, data)
    except (struct.error, IndexError, AddressValueError):
        raise WireError("cut off") from None


def _read(asked: bytes, data: bytes) -> Reply:
    number, flags, questions, answers, authorities, _ = _HEADER.unpack_from(data)
    end = len(asked)
    is_ours = number == int.from_bytes(asked[:2], "big") and flags & _IS_ANSWER and questions == 1
    if not is_ours or flags & _OPERATION or data[12:end].lower() != asked[12:].lower():
        raise WireError("the answer to another question")
    if answers + authorities > _MOST_RECORDS:
        raise WireError("too many records")
    at, addresses, seconds, is_alias, negative = end, list[str](), list[int](), False, 0
    for place in range(answers + authorities):
        at = _after_name(data, at)
        kind, group, ttl, length = _FIXED.unpack_from(data, at)
        at += _FIXED.size
        value = data[at : at + length]
        at += length
        if len(value) != length or group != _IN:
            raise WireError("a record of another kind")
        ttl = ttl if ttl < 1 << 31 else 0  # RFC 2181, 8
        if place >= answers:
            if kind == _SOA:
                negative = min(ttl, int.from_bytes(value[-4:], "big"))
        elif kind == _A:
            addresses.append(str(IPv4Address(value)))
            seconds.append(ttl)
        elif kind == _CNAME:
            is_alias = True
    return Reply(
        code=flags & 0x0F,
        is_cut=bool(flags & _IS_CUT),
        is_alias=is_alias,
        addresses=tuple(addresses),
        seconds=min(seconds, default=0),
        negative_seconds=negative,
    )


def _after_name(data: bytes, at: int) -> int:
    """Where a name ends: at its root or, as it is not read, at its first pointer."""
    while length := data[at]:
        if length >= 0xC0:
            return at + 2
        if length > 63:
            raise WireError("a label of another kind")
        at += 1 + length
    return at + 1
