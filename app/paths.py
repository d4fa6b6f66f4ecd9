"""Where the app keeps its own files.

Each folder follows the platform (platformdirs) and can be moved by an environment variable.
"""

import os
from pathlib import Path

APP = "sendoff"


def config_dir() -> Path:
    """Settings and the window's state (``SENDOFF_CONFIG_DIR``)."""
    return _folder("SENDOFF_CONFIG_DIR", "user_config_path")


def data_dir() -> Path:
    """What must not be lost: journals, versions, accepted links (``SENDOFF_DATA_DIR``)."""
    return _folder("SENDOFF_DATA_DIR", "user_data_path")


def cache_dir() -> Path:
    """What can be deleted at any time: verdicts (``SENDOFF_CACHE_DIR``)."""
    return _folder("SENDOFF_CACHE_DIR", "user_cache_path")


def resources_dir() -> Path:
    """Icons, themes, templates and the sample draft that ship with the app."""
    package = Path(__file__).resolve().parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"


def _folder(variable: str, platform_path: str) -> Path:
    moved = os.environ.get(variable)
    if moved:
        return Path(moved)
    import platformdirs

    path: Path = getattr(platformdirs, platform_path)(APP, appauthor=False)
    return path
