"""Where drafts keep what belongs to the app rather than to the writer's folder."""

import os
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from app import paths


@dataclass(frozen=True, slots=True)
class Storage:
    """Folders for journals, the first that works wins, and the database of versions."""

    journals: tuple[Path, ...]
    history: Path

    @classmethod
    def default(cls) -> "Storage":
        """In the data folder; journals fall back to the cache's disk and the temporary one.

        The fallbacks are named after the data folder: whoever moves that one meets no other's.
        """
        from tempfile import gettempdir

        data = paths.data_dir()
        name = blake2b(os.fsencode(data.absolute()), digest_size=6).hexdigest()
        user = str(os.getuid()) if hasattr(os, "getuid") else "user"
        return cls(
            journals=(
                data / "journals",
                paths.cache_dir() / "journals" / name,
                Path(gettempdir()) / f"{paths.APP}-{user}" / "journals" / name,
            ),
            history=data / "history.sqlite3",
        )

    def lock(self, key: str) -> Path:
        """The lock file of a draft."""
        return self.journals[0].parent / "locks" / f"{key}.lock"
