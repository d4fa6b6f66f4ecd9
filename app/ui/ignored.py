"""The links that the writer wants to hear nothing of, by draft."""

import os
from collections.abc import Collection
from hashlib import blake2b
from pathlib import Path

from app.paths import data_dir
from app.ui import stored


class Ignored:
    """A small JSON file in the data folder for each draft that has any.

    ``draft`` is its path, or the name of the journal of one that has no file yet. A file of its
    own for each: two windows with different drafts never write to the same one.
    """

    def __init__(self) -> None:
        self._folder = data_dir() / "ignored"

    def of(self, draft: str) -> list[str]:
        """The addresses ignored in a draft, as they are written there."""
        try:
            found = stored.read_object(self.file(draft)).get("links")
        except (OSError, ValueError):
            return []  # the links are spoken of again, which does no harm
        return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []

    def keep(self, draft: str, links: Collection[str]) -> None:
        """Remember the addresses ignored in a draft; for any thread, waits for the disk.

        Raises:
            OSError: they cannot be written.
        """
        if links:
            stored.write_object(self.file(draft), {"draft": draft, "links": sorted(links)})
        else:
            self.file(draft).unlink(missing_ok=True)

    def file(self, draft: str) -> Path:
        """Where a draft's ignored addresses are kept."""
        return self._folder / f"{blake2b(os.fsencode(draft), digest_size=12).hexdigest()}.json"
