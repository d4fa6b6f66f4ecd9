"""A draft's name for people, from its first lines."""

from collections.abc import Sequence

from app.drafts.summary import summarise

HEAD = 200
LONGEST = 120


def title_of(lines: Sequence[str]) -> str:
    """The subject or first heading, else the first words; empty where there are none."""
    summary = summarise(lines[:HEAD])
    return (summary.title or summary.preview)[:LONGEST]


def title_line(lines: Sequence[str]) -> int:
    """The 0-based line that the title stands on."""
    title = title_of(lines)
    return next((at for at, line in enumerate(lines[:HEAD]) if title and title in line), 0)
