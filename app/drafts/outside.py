"""What another program did to an open draft's file, and what follows for the open text."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.drafts.atomic import digest
from app.drafts.diff import edits
from app.drafts.errors import DraftError
from app.drafts.files import DraftFile, encode
from app.drafts.journal import Snapshot
from app.drafts.merge import Merged, merge
from app.lines import LineEdit


@dataclass(frozen=True, slots=True)
class Outside:
    """A change on disk that can be taken into the open text without asking.

    Hand it to ``Keeper.adopt`` and, when that says True, apply ``edits`` in order to the editor
    (last lines come first, so that numbers stay right; the cursor keeps its place).
    """

    edits: tuple[LineEdit, ...] = field(repr=False)
    merged: bool  # unsaved text of the writer's was kept and joined with the other's
    revision: int
    disk: DraftFile


class Choice(StrEnum):
    """What a writer can do about a conflict."""

    KEEP_MINE = "keep_mine"
    TAKE_THEIRS = "take_theirs"
    BOTH = "both"  # mine goes to a new file beside it, theirs stays in this one


@dataclass(frozen=True, slots=True)
class Conflict:
    """The file and the open text went different ways; autosave waits for a choice.

    ``theirs`` is None, and ``error`` says why, when the file is gone or no longer text.
    """

    base: DraftFile
    mine: Sequence[str] = field(repr=False)
    theirs: DraftFile | None
    merged: Merged | None = field(repr=False)
    error: DraftError | None = None


def judge(now: Snapshot, disk: DraftFile) -> Outside | Conflict | None:
    """What to do about other content on disk; None when it is the open text already."""
    if digest(encode(now.lines, now.base)) == disk.digest:
        return None
    if now.lines == list(now.base.lines):
        return take_theirs(now, disk)
    merged = merge(now.base.lines, now.lines, disk.lines)
    if merged.conflicts:
        return Conflict(now.base, now.lines, disk, merged)
    return Outside(edits(now.lines, merged.lines), True, now.revision, disk)


def take_theirs(now: Snapshot, disk: DraftFile) -> Outside:
    """The change that makes the open text what is on disk."""
    return Outside(edits(now.lines, disk.lines), False, now.revision, disk)
