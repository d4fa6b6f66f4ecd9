"""Qt's layout of plain text, taught that a line can change alone."""

from PySide6.QtGui import QTextBlock
from PySide6.QtWidgets import QPlainTextDocumentLayout


class TextLayout(QPlainTextDocumentLayout):
    """Lays out and repaints one line where only one line has changed.

    Qt counts a line's new formats as characters that came and as characters that went, takes the
    sum for the length of the change, and so lays out the lines below and repaints the whole view
    for each key.
    """

    _height: float | None = None

    def expect_one_line(self, block: QTextBlock) -> None:
        """Of the change that is just reported only this line's text differs.

        To be called while the line still has its old layout.
        """
        self._height = block.layout().boundingRect().height()

    def documentChanged(self, first: int, removed: int, added: int) -> None:
        """Called by the document once the text is changed and styled."""
        height, self._height = self._height, None
        if height is not None:
            block = self.document().findBlock(first)
            in_line = first + added <= block.position() + block.length()
            # New formats have taken the old layout away: asking for the size makes the new one.
            is_anew = in_line and block.layout().lineCount() == 0
            if is_anew and self.blockBoundingRect(block).height() == height:
                self.updateBlock.emit(block)
                return
        super().documentChanged(first, removed, added)
