"""Reads the drafts that a command was given."""

import sys
from pathlib import Path

from app.cli import UsageError
from app.drafts.errors import DraftError
from app.drafts.files import parse_draft, read_bytes

BOM = "\ufeff"


def read_text(name: str) -> str:
    """The text of a file exactly as stored, byte order mark and line ends included.

    Args:
        name: a path, which may be a pipe, or ``-`` for standard input.

    Raises:
        UsageError: it cannot be read, or is not text that can be a draft.
    """
    try:
        draft = parse_draft(_bytes(name), None if name == "-" else Path(name))
    except (DraftError, OSError) as error:
        raise UsageError(f"{name}: {error}") from error
    return BOM + draft.text if draft.bom else draft.text


def _bytes(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    path = Path(name)
    return path.read_bytes() if path.is_fifo() else read_bytes(path)
