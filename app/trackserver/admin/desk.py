"""What every command of the administrator gets, and gives back."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select

from app.trackserver.store.database import Database
from app.trackserver.store.schema import publication


class AdminError(Exception):
    """What was asked for cannot be done; the message is for the person who asked."""


@dataclass(frozen=True, slots=True)
class Desk:
    """An open store, the time (ms), and where the server keeps its own files."""

    database: Database
    now: int
    folder: Path


@dataclass(frozen=True, slots=True)
class Table:
    """A command's answer: a sentence, rows, or both.

    Attributes:
        said: For a person; not part of the JSON.
        failed: The exit status is 1: something is wrong with the store, not with the command.
    """

    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()
    said: str = ""
    facts: dict[str, object] = field(default_factory=dict)
    failed: bool = False


Command = Callable[[Desk, argparse.Namespace], Table]


def publication_named(connection: Connection, wanted: str | None) -> Row[Any]:
    """The publication of this id or name; the only one where nothing is said."""
    rows = connection.execute(select(publication).order_by(publication.c.id)).all()
    if wanted is not None:
        rows = [row for row in rows if wanted in (row.public_id, row.name)]
    if len(rows) == 1:
        return rows[0]
    if not rows:
        raise AdminError(
            f"there is no publication {wanted!r}; see: sendoff server admin publications list"
            if wanted is not None
            else "there is no publication yet; make one: sendoff server admin publications add NAME"
        )
    raise AdminError("there are several publications of that name: say --publication ID")


def moment(stored: int | None) -> str:
    """A stored time for a person, UTC."""
    if stored is None:
        return ""
    return datetime.fromtimestamp(stored / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def value(text: str) -> str:
    """A secret as it was given: itself, or ``@FILE`` for the first line of a file."""
    if not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise AdminError(f"{text[1:]}: {error}") from None
