"""A draft's name for people and for the disk, from its first lines."""

import re
from collections.abc import Sequence

from app.drafts.summary import summarise

HEAD = 200
LONGEST = 120
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


def title_of(lines: Sequence[str]) -> str:
    """The subject or first heading, else the first words; empty where there are none."""
    summary = summarise(lines[:HEAD])
    return (summary.title or summary.preview)[:LONGEST]


def title_line(lines: Sequence[str]) -> int:
    """The 0-based line that the title stands on."""
    title = title_of(lines)
    return next((at for at, line in enumerate(lines[:HEAD]) if title and title in line), 0)


def file_name(title: str) -> str:
    """A title as a file's name, without what file systems refuse."""
    name = " ".join(_UNSAFE.sub(" ", title).split()).strip(". ")[:80].rstrip(". ")
    return f"{name or 'Untitled'}.md"
