"""Reads the drafts that a command was given."""

import sys
from pathlib import Path

from app.cli import UsageError
from app.drafts.files import DraftError, decode, read_draft


def read_text(name: str) -> str:
    """The text of a file exactly as stored, its BOM and line ends included; ``-`` reads stdin.

    Raises:
        UsageError: it cannot be read, or is not text that can be a draft.
    """
    try:
        if name == "-":
            return decode(sys.stdin.buffer.read(), Path("-"))
        return read_draft(Path(name)).text
    except DraftError as error:
        raise UsageError(f"{name}: {error}") from error
