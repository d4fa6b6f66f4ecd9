"""Where drafts keep what belongs to the app rather than to the writer's folder."""

import os
from dataclasses import dataclass
from pathlib import Path

from app import paths


@dataclass(frozen=True, slots=True)
class Storage:
    """Folders for journals, the first that works wins, and the database of versions."""

    journals: tuple[Path, ...]
    history: Path

    @classmethod
    def default(cls) -> "Storage":
        """In the data folder; journals fall back to the cache's disk and the temporary one."""
        from tempfile import gettempdir

        user = str(os.getuid()) if hasattr(os, "getuid") else "user"
        return cls(
            journals=(
                paths.data_dir() / "journals",
                paths.cache_dir() / "journals",
                Path(gettempdir()) / f"{paths.APP}-{user}" / "journals",
            ),
            history=paths.data_dir() / "history.sqlite3",
        )

    def lock(self, key: str) -> Path:
        """The lock file of a draft."""
        return self.journals[0].parent / "locks" / f"{key}.lock"
