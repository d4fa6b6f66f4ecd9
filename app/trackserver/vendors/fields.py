"""Reading a vendor's JSON: tolerant of what is missing, and nothing private is kept by accident."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from ipaddress import ip_address

import msgspec

Object = Mapping[str, object]

_WORD = r"""[^\s<>"',;:()\[\]/=&?@%]+"""
# Only from the beginning of a word, or a long one without "@" would take its length squared.
_EMAIL = re.compile(rf"""(?<![^\s<>"',;:()\[\]/=&?@%]){_WORD}(?:@|%40){_WORD}""")
_MESSAGE_ID = re.compile(r"(messageid|smtpid)$")
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_FRACTION = re.compile(r"(\.\d{6})\d+")
_HIDDEN = "(address)"
_LONGEST_TEXT = 1000
_MOST_ITEMS = 60
_DEEPEST = 6
_YEAR_2000, _YEAR_2096 = 946_684_800_000, 4_000_000_000_000


class UnreadableError(Exception):
    """An event that cannot be taken as it is; it is set aside with this error."""


def text(value: object) -> str:
    """A word or number as text, anything else as ``""``; without NUL, which PostgreSQL refuses."""
    if isinstance(value, str):
        return value.replace("\0", "")
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def part(value: object) -> Object:
    """An object, or an empty one where there is something else."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """A list; one thing counts as a list of it, nothing as an empty one."""
    if isinstance(value, list):
        return value
    return [] if value is None or value == "" else [value]


def moment(value: object) -> int:
    """Milliseconds UTC from Unix seconds (number or text) or ISO 8601. Raises UnreadableError."""
    if isinstance(value, str) and not value.replace(".", "", 1).isdigit():
        return _bounded(_iso(value))
    try:
        return _bounded(round(float(text(value)) * 1000))
    except (ValueError, OverflowError):
        raise UnreadableError("no time") from None


def _iso(value: str) -> int:
    try:
        # Python 3.11 reads no more than six digits of a second.
        read = datetime.fromisoformat(_FRACTION.sub(r"\1", value.strip()))
        return round((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise UnreadableError("no time") from None


def _bounded(at: int) -> int:
    if not _YEAR_2000 <= at < _YEAR_2096:
        raise UnreadableError("an impossible time")
    return at


def identity(*parts: object) -> bytes:
    """What makes an event itself, as 16 bytes: the same parts give the same."""
    canonical = msgspec.json.encode(parts, order="sorted")
    return blake2b(canonical, digest_size=16).digest()


def enhanced_code(*texts: str) -> str:
    """The first enhanced status code (RFC 3463) in ``texts``, or ``""``."""
    return next((found[1] for one in texts if (found := _ENHANCED.search(one))), "")


def kept(event: Object, without: frozenset[str]) -> dict[str, object]:
    """What is kept of a vendor's event beside what we have read: e-mail and IP addresses are not.

    Long texts are cut, deep or wide objects lose their rest.
    """
    return {
        key: clean
        for key, value in list(event.items())[:_MOST_ITEMS]
        if key not in without and (clean := _clean(key, value, 0)) not in (None, "", {}, [])
    }


def _clean(key: str, value: object, depth: int) -> object:
    if isinstance(value, str):
        return _clean_text(key, value)
    if isinstance(value, dict | list) and depth >= _DEEPEST:
        return None
    if isinstance(value, dict):
        return {
            _EMAIL.sub(_HIDDEN, name)[:100]: _clean(name, item, depth + 1)
            for name, item in list(value.items())[:_MOST_ITEMS]
        }
    if isinstance(value, list):
        return [_clean(key, item, depth + 1) for item in value[:_MOST_ITEMS]]
    return value


def _clean_text(key: str, value: str) -> str | None:
    value = value[:_LONGEST_TEXT]
    if _is_address(value):
        return None
    if _MESSAGE_ID.search(key.lower().replace("-", "").replace("_", "")):
        return value
    return without_emails(value)


def without_emails(text: str) -> str:
    """``text`` with every e-mail address in it masked."""
    return _EMAIL.sub(_HIDDEN, text)


def _is_address(value: str) -> bool:
    try:
        ip_address(value)
    except ValueError:
        return False
    return True
