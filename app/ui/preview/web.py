"""The preview's page in a browser engine. Importing this module loads QtWebEngine."""

import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.paths import resources_dir
from app.publish import EmailTemplate, letter_page, template_page
from app.ui.preview import marks
from app.ui.preview.feed import Operation
from app.ui.preview.isolated import OUR_WORLD, IsolatedView
from app.ui.preview.requests import PAGE


def script_of(operations: list[Operation]) -> str:
    """What makes the page carry out operations; for any thread."""
    return f"sendoff({json.dumps(operations)})"


class WebView(IsolatedView):
    """Shows a letter; told of changes in operations, tells what the reader of it does.

    Signals:
        ready: The empty page is there and takes operations.
        told: A message of the page, as ``preview.js`` names them.
        broken: The engine's process ended.
    """

    ready = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("preview.js", parent)

    def load_skeleton(
        self, *, remote_images: bool, folder: Path | None, template: EmailTemplate | None = None
    ) -> None:
        """Load the page anew, without a body; ``ready`` follows.

        Args:
            remote_images: Whether pictures may come from elsewhere.
            folder: Whose pictures are shown.
            template: What frames the letter; None for the built-in one.
        """
        self.gatekeeper.remote_images = remote_images
        self._files.folder = folder
        images = "'self' data:" + (" http: https:" if remote_images else "")
        style = (resources_dir() / "email" / "preview.css").read_text(encoding="utf-8")
        style += marks.sheet()
        if template is None:
            page = letter_page(images=images, extra_styles=style)
        else:
            page = template_page(template, images=images, extra_styles=style)
        self._files.page = page.encode("utf-8", "replace")
        self._page.load(PAGE)

    def run(self, script: str, done: Callable[[object], None]) -> None:
        """Carry out operations; ``done`` gets the page's milliseconds, or None on an error."""
        self._page.runJavaScript(script, OUR_WORLD, done)

    def _on_ready(self) -> None:
        self.ready.emit()
