"""Snippets: texts that many issues share, files in the folder ``snippets`` beside the draft.

``{{ snippet: imprint }}`` stands for the text of ``snippets/imprint.md`` (or ``.txt``).
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

from app.drafts import atomic
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


def use_of(name: str) -> str:
    """What stands in a draft for a snippet."""
    return f"{{{{ snippet: {name} }}}}"


def is_name(name: str) -> bool:
    """Whether a snippet can be called so."""
    return _NAME.match(name) is not None and ".." not in name and len(name) <= 100


def snippets_in(folder: Path) -> dict[str, str]:
    """The snippets beside the drafts in a folder: their texts by their names, in order.

    Raises:
        OSError: the folder cannot be read.
    """
    try:
        files = sorted(os.listdir(folder / FOLDER), key=str.casefold)  # noqa: PTH208
    except FileNotFoundError:
        return {}
    read = reader_of(folder)
    names = dict.fromkeys(
        stem
        for stem, ending in map(os.path.splitext, files)
        if ending in (".md", ".txt") and is_name(stem)
    )
    return {name: text for name in names if (text := read(name)) is not None}


def keep_snippet(folder: Path, name: str, text: str) -> None:
    """Store a snippet, new or not.

    Raises:
        OSError: it cannot be stored; the text before stays.
    """
    path = _file(folder, name) or folder / FOLDER / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.put(path, text.encode("utf-8", "replace"))


def rename_snippet(folder: Path, name: str, new: str) -> None:
    """Call a snippet otherwise; drafts that use it have to follow.

    Raises:
        OSError: it cannot be renamed; `FileExistsError` where there is one of that name.
    """
    path = _file(folder, name)
    if _file(folder, new) is not None:
        raise FileExistsError(new)
    if path is not None:
        atomic.rename_to_free_name(path, path.with_name(new + path.suffix))
        atomic.sync_folder(path.parent)


def trash_snippet(folder: Path, name: str) -> None:
    """Move a snippet to the system's trash. Raises OSError."""
    from send2trash import send2trash

    path = _file(folder, name)
    if path is not None:
        send2trash(os.fspath(path))


def _file(folder: Path, name: str) -> Path | None:
    paths = (folder / FOLDER / f"{name}{ending}" for ending in (".md", ".txt"))
    return next((path for path in paths if path.exists()), None)
