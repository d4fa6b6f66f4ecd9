"""A field of several lines."""

from PySide6.QtWidgets import QPlainTextEdit


class Field(QPlainTextEdit):
    """Plain text; Tab leads out of it."""

    def __init__(self, hint: str = "") -> None:
        super().__init__()
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self.setProperty("field", True)  # its looks: `app.ui.style`
