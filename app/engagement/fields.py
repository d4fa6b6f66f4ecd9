"""Reads what a server said field by field: bounded, and forgiving where nothing is lost by it.

What is missing or null is what it may be where a default is given; unknown fields are passed over;
a whole number may stand in a text. Anything else raises FieldError.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

LARGEST = 2**63 - 1
"""The largest number that the store can hold."""
LONGEST = 4000
"""Characters of a text, where nothing else is said."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FieldError(ValueError):
    """A field does not hold what it has to; the message names the field and never its value."""


def mapping(value: object, name: str = "answer") -> Mapping[str, Any]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise FieldError(f"{name} is not an object")
    return value


def items(holder: Mapping[str, Any], name: str) -> list[Any]:
    """A JSON array; missing or null is none."""
    value = holder.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise FieldError(f"{name} is not a list")
    return value


def text(
    holder: Mapping[str, Any], name: str, default: str | None = None, most: int = LONGEST
) -> str:
    """A text, cut at ``most`` characters; numbers are taken as they are written."""
    value = holder.get(name)
    if value is None and default is not None:
        return default
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) <= LARGEST else None
    if not isinstance(value, str):
        raise FieldError(f"{name} is not a text")
    # Half a surrogate pair can stand in JSON, not in the store.
    return value[:most].encode("utf-8", "replace").decode()


def name(holder: Mapping[str, Any], field: str) -> str:
    """An id that can stand in a path of an API as it is."""
    found = text(holder, field, most=201)
    if not found.replace("_", "").replace("-", "").isalnum() or not found.isascii():
        raise FieldError(f"{field} is not an id")
    return found


def whole(holder: Mapping[str, Any], name: str) -> int:
    """A whole number, 0 to 2^63 - 1."""
    value = holder.get(name)
    if type(value) is int and 0 <= value <= LARGEST:
        return value
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20:
        value = int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise FieldError(f"{name} is not a number that can be counted")
    return value


def optional_whole(holder: Mapping[str, Any], name: str) -> int | None:
    """The same; None where it is missing or null."""
    return None if holder.get(name) is None else whole(holder, name)


def yes(holder: Mapping[str, Any], name: str) -> bool:
    """True or false; missing is false."""
    value = holder.get(name, False)
    if not isinstance(value, bool):
        raise FieldError(f"{name} is neither true nor false")
    return value


def moment(holder: Mapping[str, Any], name: str) -> int:
    """An RFC 3339 time (UTC where it tells no zone), as milliseconds since 1970."""
    value = holder.get(name)
    if not isinstance(value, str):
        raise FieldError(f"{name} is not a time")
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise FieldError(f"{name} is not a time") from None
    return (found.replace(tzinfo=found.tzinfo or UTC) - _EPOCH) // timedelta(milliseconds=1)


def optional_moment(holder: Mapping[str, Any], name: str) -> int | None:
    """The same; None where it is missing or null."""
    return None if holder.get(name) is None else moment(holder, name)
