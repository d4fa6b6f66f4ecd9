"""Snippets: texts that many issues share, files in the folder ``snippets`` beside the draft.

``{{ snippet: imprint }}`` stands for the text of ``snippets/imprint.md`` (or ``.txt``).
"""

import re
from collections.abc import Callable
from pathlib import Path

from app.publish.publication import PublicationError

FOLDER = "snippets"
MAX_NESTING = 8
LARGEST = 1_000_000
"""Characters that snippets may add to a draft."""

_USE = re.compile(r"\{\{\s*snippet:\s*([^\s{}][^{}\n]{0,99}?)\s*\}\}")
_NAME = re.compile(r"[\w][\w .-]*\Z")

Read = Callable[[str], str | None]


class SnippetError(PublicationError):
    """A snippet that cannot be filled in, in plain words; ``line`` is the draft's, from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


def uses_snippets(text: str) -> bool:
    """Whether a draft names any."""
    return _USE.search(text) is not None


def fill_snippets(text: str, read: Read) -> str:
    """A draft with its snippets' texts in their places.

    Args:
        text: The draft.
        read: Gives the text of a snippet by its name, None where there is none.

    Raises:
        SnippetError: one is missing, contains itself, or they grow without measure.
    """
    added = 0

    def fill(source: str, inside: tuple[str, ...], line: int | None) -> str:
        def filled(match: re.Match[str]) -> str:
            nonlocal added
            name = match[1]
            at = line or source.count("\n", 0, match.start()) + 1
            if name in inside:
                raise SnippetError(f'the snippet "{name}" contains itself', at)
            if len(inside) >= MAX_NESTING:
                raise SnippetError(f'the snippet "{name}" is nested too deep', at)
            found = read(name)
            if found is None:
                raise SnippetError(
                    f'there is no snippet "{name}"; it would be the file'
                    f" {FOLDER}/{name}.md beside the draft",
                    at,
                )
            found = found.replace("\r\n", "\n").strip("\n")
            added += len(found)
            if added > LARGEST:
                raise SnippetError("the snippets are too long together", at)
            return fill(found, (*inside, name), at)

        return _USE.sub(filled, source)

    return fill(text, (), None)


def reader_of(folder: Path) -> Read:
    """Reads the snippets beside the drafts in a folder."""

    def read(name: str) -> str | None:
        if not _NAME.match(name) or ".." in name:
            return None
        for ending in (".md", ".txt"):
            try:
                with (folder / FOLDER / (name + ending)).open("rb") as file:
                    return file.read(LARGEST + 1).decode("utf-8-sig")
            except (OSError, UnicodeDecodeError):
                continue
        return None

    return read
