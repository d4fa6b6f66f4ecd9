"""The format of a journal: what a draft was on disk, what it is now, and the edits since.

A journal is one header, the bytes of the file that the text is based on, the text at the time of
writing, then edits and announced saves in order. Each record carries its length and a CRC-32, so
that a reader knows a torn end from a whole record, as in SQLite's rollback journal
(sqlite.org/fileformat2.html, section 3). Another format would get another suffix.
"""

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.drafts.errors import DraftError
from app.drafts.files import DraftFile, encode, parse_draft
from app.lines import LineEdit

_HEADER = b"H"
_BASE = b"B"
_TEXT = b"T"
_EDIT = b"E"
_SAVE = b"S"


class DamagedJournal(Exception):  # noqa: N818 - told to nobody but the code that looks further
    """The beginning of the journal is incomplete: an older one holds the text."""


@dataclass(frozen=True, slots=True)
class SaveIntent:
    """The file is about to be replaced by content with this digest."""

    digest: str


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a journal tells: the draft as it was on disk, and the text as it was typed.

    ``saves`` are the digests under which the text may be on disk by now without any other program
    having touched it. ``complete`` is False when the end of the journal was torn.
    """

    base: DraftFile
    lines: list[str] = field(repr=False)
    saves: frozenset[str]
    generation: int
    complete: bool

    @property
    def path(self) -> Path | None:
        """The draft's file; None for one that was never saved."""
        return self.base.path


def opening(
    base: DraftFile, lines: Sequence[str], saves: Sequence[SaveIntent], number: int
) -> bytes:
    """The records that begin a journal of this generation."""
    header = {
        "generation": number,
        "path": None if base.path is None else str(base.path),
        "on_disk": base.digest is not None,
        "newline": base.newline,
        "bom": base.bom,
    }
    text = "\n".join(lines).encode("utf-8", "surrogatepass")
    return b"".join(
        (
            _record(_HEADER, json.dumps(header).encode("ascii")),
            _record(_BASE, encode(base.lines, base) if base.digest is not None else b""),
            _record(_TEXT, text),
            *(further(save) for save in saves),
        )
    )


def further(event: LineEdit | SaveIntent) -> bytes:
    """The record of an edit or of an announced save."""
    if isinstance(event, SaveIntent):
        return _record(_SAVE, event.digest.encode("ascii"))
    return _record(_EDIT, json.dumps([event.first, event.removed, event.lines]).encode("ascii"))


def recover(data: bytes) -> Recovered:
    """The state at the end of the journal; raises DamagedJournal."""
    records = _records(data)
    try:
        kinds, parts = zip(*(next(records)[:2] for _ in range(3)), strict=True)
        if kinds != (_HEADER, _BASE, _TEXT):
            raise DamagedJournal
        header = json.loads(parts[0])
        base = _base(header, parts[1])
        lines = parts[2].decode("utf-8", "surrogatepass").split("\n")
        generation = int(header["generation"])
    except (StopIteration, RuntimeError, ValueError, KeyError, TypeError, DraftError) as error:
        raise DamagedJournal from error
    saves: set[str] = set()
    whole = sum(len(part) for part in parts) + 3 * _FRAME
    for kind, payload, end in records:
        whole = end
        if kind == _SAVE:
            saves.add(payload.decode("ascii"))
        elif not _replay(payload, lines):
            return Recovered(base, lines, frozenset(saves), generation, complete=False)
    return Recovered(base, lines, frozenset(saves), generation, complete=whole == len(data))


def _base(header: dict[str, object], content: bytes) -> DraftFile:
    path = header["path"]
    place = None if path is None else Path(str(path))
    if header["on_disk"]:
        return replace(parse_draft(content, place), newline=str(header["newline"]))
    return DraftFile(place, newline=str(header["newline"]), bom=bool(header["bom"]))


def _replay(payload: bytes, lines: list[str]) -> bool:
    """Apply one edit; False when it does not fit, which only a damaged journal has."""
    first, removed, new = json.loads(payload)
    if not 0 <= first <= first + removed <= len(lines):
        return False
    LineEdit(first, removed, tuple(new)).apply(lines)
    return True


_FRAME = 1 + 1 + 8 + 1 + 8 + 1 + 1  # kind, length and checksum in hexadecimal, blanks, line end


def _record(kind: bytes, payload: bytes) -> bytes:
    return b"%s %08x %08x\n%s\n" % (kind, len(payload), zlib.crc32(kind + payload), payload)


def _records(data: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Whole records with the offset at which each ends, up to the first torn one."""
    at = 0
    while at + _FRAME <= len(data):
        kind, start = data[at : at + 1], at + _FRAME - 1
        try:
            size, checksum = int(data[at + 2 : at + 10], 16), int(data[at + 11 : at + 19], 16)
        except ValueError:
            return
        payload = data[start : start + size]
        if len(payload) < size or zlib.crc32(kind + payload) != checksum:
            return
        at = start + size + 1
        yield kind, payload, at
