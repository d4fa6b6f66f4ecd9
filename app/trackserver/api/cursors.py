"""Cursors: where a client stands in a list or feed. Opaque to it, checked by us."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec

from app.trackserver.web.problems import Problem

Place = tuple[int, ...]

_LARGEST = 2**63 - 1


class _Cursor(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    feed: str
    epoch: str
    place: list[int]


def written(feed: str, epoch: str, place: Place) -> str:
    """The cursor that leads on behind ``place``.

    Args:
        feed: What it is for; a cursor of one feed is none of another.
        epoch: The store's; it changes when the store was restored from a backup.
        place: Sequence number and what tells equals apart.
    """
    raw = msgspec.msgpack.encode(_Cursor(feed, epoch, list(place)))
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def read(text: str, feed: str, epoch: str, length: int) -> Place:
    """The place that ``text`` stands for.

    Raises:
        Problem: 409 for what is no cursor of this feed, 410 for one from before a restore; both
            mean that the client has to start again without a cursor.
    """
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        cursor = msgspec.msgpack.decode(raw, type=_Cursor)
    except (ValueError, msgspec.DecodeError):
        raise unknown_cursor() from None
    in_range = all(-_LARGEST <= number <= _LARGEST for number in cursor.place)
    if cursor.feed != feed or len(cursor.place) != length or not in_range:
        raise unknown_cursor()
    if cursor.epoch != epoch:
        raise gone(epoch)
    return tuple(cursor.place)


def unknown_cursor() -> Problem:
    """The text is not a cursor of ours, or of another list, filter or order."""
    return Problem(
        409,
        "Unknown cursor",
        "This cursor is not one of this list. Start again without a cursor.",
        code="unknown_cursor",
    )


def gone(epoch: str) -> Problem:
    """The history that the cursor stands in is no longer this server's."""
    return Problem(
        410,
        "Full resync needed",
        "The server was restored from a backup. Fetch everything again without a cursor, and "
        "replace what you have by it.",
        code="full_resync",
        epoch=epoch,
    )
