"""The links that the writer wants to hear nothing of, by draft."""

from collections.abc import Mapping
from pathlib import Path

from app.paths import data_dir
from app.ui import stored


class Ignored:
    """A JSON file in the data folder: the draft's path, and the addresses as written there."""

    def __init__(self) -> None:
        self._file = data_dir() / "ignored-links.json"
        self._known: dict[str, list[str]] = {}
        try:
            found = stored.read_object(self._file)
        except (OSError, ValueError):
            return  # the links are spoken of again, which does no harm
        for path, addresses in found.items():
            if isinstance(addresses, list):
                self._known[path] = [each for each in addresses if isinstance(each, str)]

    def of(self, path: Path) -> list[str]:
        """The addresses ignored in a draft."""
        return self._known.get(str(path), [])

    def save(self, known: Mapping[Path, frozenset[str]]) -> None:
        """Remember these drafts' ignored addresses; the other drafts' stay as they were.

        Raises:
            OSError: they cannot be written.
        """
        before = dict(self._known)
        for path, addresses in known.items():
            self._known.pop(str(path), None)
            if addresses:
                self._known[str(path)] = sorted(addresses)
        if self._known != before:
            stored.write_object(self._file, self._known)
