"""Writing a file that the writer named: whole, and never over another one unless that was meant."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject

from app.drafts import atomic
from app.ui.editor.jobs import run_in_thread


class Outcome(StrEnum):
    """What became of a file."""

    WRITTEN = "written"
    THERE = "there"
    """Another file has the name; nothing was written."""
    DRAFT = "draft"
    """It is the draft itself; nothing was written."""
    FAILED = "failed"


Then = Callable[[Outcome, str], object]
"""Hears what became of it, and why it failed."""


def write(
    path: Path, data: bytes, draft: Path | None, owner: QObject, then: Then, *, over: bool = False
) -> None:
    """Write in a thread.

    Args:
        path: Where to.
        data: All of the file.
        draft: What must not be overwritten whatever is wished.
        owner: ``then`` is called while it lives.
        then: See there.
        over: Replace a file that has the name.
    """
    found: list[tuple[Outcome, str]] = []

    def work() -> None:
        found.append(_written(path, data, draft, over))

    def tell() -> None:
        then(*found[0])

    run_in_thread(work, tell, owner)


def _written(path: Path, data: bytes, draft: Path | None, over: bool) -> tuple[Outcome, str]:
    if draft is not None and _same_file(path, draft):
        return Outcome.DRAFT, ""
    try:
        if over:
            atomic.put(path, data)
        else:
            atomic.create(path, data)
    except FileExistsError:
        return Outcome.THERE, ""
    except OSError as error:
        return Outcome.FAILED, error.strerror or type(error).__name__
    return Outcome.WRITTEN, ""


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return one.absolute() == other.absolute()
