"""Drafts as they are compared with sent issues; read from the disk, for any thread."""

import contextlib
from pathlib import Path

from app.drafts.errors import DraftError
from app.drafts.library import Library
from app.engagement.matching import DraftText, draft_text
from app.markup.frontmatter import read_head

LARGEST = 2 << 20
"""Bytes of a draft that are looked at."""


def describe(path: Path, text: str) -> DraftText:
    """What of a draft can be compared."""
    lines = text.splitlines() or [""]
    front = read_head(lines).front_matter
    return draft_text(str(path), front.fields if front else {}, text)


def read(path: Path) -> str | None:
    """A draft's text as it is on disk; None where it cannot be read."""
    with contextlib.suppress(OSError), path.open("rb") as opened:
        return opened.read(LARGEST).decode("utf-8-sig", "replace")
    return None


def all_drafts(folder: Path) -> list[DraftText]:
    """Every draft of the folder, the last changed first; none where there is no folder."""
    try:
        entries = Library(folder).entries()
    except DraftError:
        return []
    found = []
    for entry in entries:
        text = read(entry.path)
        if text is not None:
            found.append(describe(entry.path, text))
    return found
