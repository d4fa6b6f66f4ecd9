"""Names of drafts: free ones, changed ones, and the words when a name will not do."""

import os
from itertools import count
from pathlib import Path

from app.drafts import atomic
from app.drafts.errors import DraftError, Trouble, explain, from_os_error


def history_name(path: Path) -> str:
    """The name under which a file's versions are kept."""
    return os.path.realpath(path)


def free_name(path: Path, remark: str) -> Path:
    """A name beside ``path`` that no file has: "issue (remark).md", "issue (remark 2).md"…"""
    for number in count(1):
        suffix = remark if number == 1 else f"{remark} {number}"
        candidate = path.with_name(f"{path.stem} ({suffix}){path.suffix}")
        if not os.path.lexists(candidate):
            return candidate
    raise AssertionError


def rename_file(old: Path, new: Path) -> None:
    """Rename durably and never onto another file; raises DraftError."""
    if old == new:
        return
    try:
        atomic.rename_to_free_name(old, new)
        for folder in {old.parent, new.parent}:
            atomic.sync_folder(folder)
    except FileNotFoundError as error:
        raise explain(Trouble.MISSING, old, "rename") from error
    except OSError as error:
        raise from_os_error(error, new, "rename") from error
    except ValueError as error:
        raise explain(Trouble.BAD_NAME, new, "rename") from error


def open_elsewhere(path: Path | None) -> DraftError:
    """Another window has the draft."""
    name = path.name if path else "This draft"
    return DraftError(
        Trouble.OPEN_ELSEWHERE,
        path,
        f"“{name}” is open in another window.",
        "Write in that window, or close it there first.",
    )


def has_unsaved(path: Path) -> DraftError:
    """A crash left text of this draft that nobody has seen yet."""
    return DraftError(
        Trouble.UNSAVED_TEXT,
        path,
        f"“{path.name}” has text that was recovered from a crash.",
        "Open it first to see that text.",
    )


def no_name() -> DraftError:
    """A draft without a file was to be saved."""
    return DraftError(
        Trouble.BAD_NAME,
        None,
        "This draft has no name yet.",
        "It is kept all the same; choose a name to save it as a file.",
    )
