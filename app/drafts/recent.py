"""The drafts that were opened last."""

import json
import logging
from pathlib import Path

from app import paths
from app.drafts import atomic

_MOST = 30
log = logging.getLogger(__name__)


class Recent:
    """A short list on disk, the last opened first. Losing it loses no text."""

    def __init__(self, store: Path | None = None) -> None:
        self._store = store or paths.data_dir() / "recent.json"

    def paths(self) -> list[Path]:
        """The drafts that still exist."""
        return [path for path in self._all() if path.is_file()]

    def opened(self, path: Path) -> None:
        """This draft was opened just now."""
        path = path.absolute()
        kept = [path, *(other for other in self._all() if other != path)][:_MOST]
        try:
            self._store.parent.mkdir(parents=True, exist_ok=True)
            atomic.put(self._store, json.dumps([str(path) for path in kept]).encode("ascii"))
        except OSError:
            log.warning("The list of recent drafts could not be kept.")

    def _all(self) -> list[Path]:
        try:
            stored = json.loads(atomic.read_all(self._store))
        except (OSError, ValueError):
            return []
        if not isinstance(stored, list):
            return []
        return [Path(item) for item in stored if isinstance(item, str)]
