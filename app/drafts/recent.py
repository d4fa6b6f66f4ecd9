"""The drafts that were opened last."""

import json
from pathlib import Path

from app import paths
from app.drafts import atomic

_MOST = 30


class Recent:
    """A short list on disk, the last opened first. Losing it loses no text.

    For any thread; several windows may add to it. Both methods wait for the disk.
    """

    def __init__(self, store: Path | None = None) -> None:
        self._store = store or paths.data_dir() / "recent.json"

    def paths(self) -> list[Path]:
        """The drafts that still exist."""
        return [path for path in self._all() if path.is_file()]

    def opened(self, path: Path) -> None:
        """This draft was opened just now; raises OSError where that cannot be kept."""
        path = path.absolute()
        kept = [path, *(other for other in self._all() if other != path)][:_MOST]
        self._store.parent.mkdir(parents=True, exist_ok=True)
        atomic.put(self._store, json.dumps([str(path) for path in kept]).encode("ascii"))

    def _all(self) -> list[Path]:
        try:
            stored = json.loads(atomic.read_all(self._store))
        except (OSError, ValueError):
            return []
        if not isinstance(stored, list):
            return []
        return [Path(item) for item in stored if isinstance(item, str)]
