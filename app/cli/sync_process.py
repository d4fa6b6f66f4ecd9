"""The process that syncs for the window; see `app.engagement.sync.process`."""

from pathlib import Path

from app.engagement.sync.serving import serve as serve_syncs
from app.paths import resources_dir


def serve(store: str) -> int:
    """Sync into this store what standard input wants; the exit status."""
    if any((resources_dir() / "translations").glob("*.qm")):  # else Qt is not worth its memory
        from app.ui.windowless import speak_alone

        application = speak_alone()
        status = serve_syncs(Path(store))
        del application  # which held the translator
        return status
    return serve_syncs(Path(store))
