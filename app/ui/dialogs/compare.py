"""Two texts side by side in one column: what went, what came, and a little around it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from app.drafts.diff import hunks
from app.ui import fonts, theme
from app.ui.dialogs.dialog import Dialog, soft

CONTEXT = 2
LINES_SHOWN = 4000


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A line of the comparison; ``mark`` is ``-``, ``+``, a blank, or ``…`` for a gap."""

    mark: str
    text: str


def compare(old: Sequence[str], new: Sequence[str]) -> Iterator[ComparedLine]:
    """The lines that differ, each group with some equal lines around it."""
    at = 0
    for hunk in hunks(old, new):
        if hunk.old_first - at > 2 * CONTEXT:
            yield from (ComparedLine(" ", line) for line in (old[at : at + CONTEXT] if at else ()))
            yield ComparedLine("…", "")
            at = hunk.old_first - CONTEXT
        yield from (ComparedLine(" ", line) for line in old[at : hunk.old_first])
        yield from (ComparedLine("-", line) for line in old[hunk.old_first : hunk.old_end])
        yield from (ComparedLine("+", line) for line in new[hunk.new_first : hunk.new_end])
        at = hunk.old_end
    rest = len(old) - at
    yield from (ComparedLine(" ", line) for line in old[at : at + CONTEXT])
    if rest > CONTEXT:
        yield ComparedLine("…", "")


class CompareView(QPlainTextEdit):
    """Shows a comparison; a sign before each line tells it without colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(fonts.writing(points=12))
        self.setAccessibleName(self.tr("Comparison"))
        self.document().setDocumentMargin(14)

    def show_difference(self, old: Sequence[str], new: Sequence[str]) -> None:
        """Show what leads from the old lines to the new ones."""
        self.clear()
        cursor = self.textCursor()
        cursor.beginEditBlock()
        shown = 0
        for shown, line in enumerate(compare(old, new)):
            if shown == LINES_SHOWN:
                self._put(cursor, ComparedLine("…", self.tr("and more")), first=False)
                break
            self._put(cursor, line, first=shown == 0)
        cursor.endEditBlock()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _put(self, cursor: QTextCursor, line: ComparedLine, *, first: bool) -> None:
        colors = theme.current()
        ground = {"-": colors.block, "+": colors.safe}.get(line.mark)
        block, letters = QTextBlockFormat(), QTextCharFormat()
        if ground:
            tint = QColor(ground)
            tint.setAlpha(30)
            block.setBackground(tint)
        letters.setForeground(QColor(colors.text if ground else colors.text_soft))
        if first:
            cursor.setBlockFormat(block)
        else:
            cursor.insertBlock(block)
        cursor.setCharFormat(letters)
        cursor.insertText(f"{line.mark}  {line.text}")


class CompareDialog(Dialog):
    """What is in the file and what is in the editor; or two other texts, as ``legend`` says."""

    def __init__(
        self, parent: QWidget, old: Sequence[str], new: Sequence[str], legend: str = ""
    ) -> None:
        title = QCoreApplication.translate("CompareDialog", "What differs")
        super().__init__(parent, title)
        self.resize(820, 600)
        self.view = CompareView()
        self.view.show_difference(old, new)
        self.body.addWidget(self.view, 1)
        legend = legend or self.tr("−  only in the file     +  only in the editor")
        self.body.addWidget(soft(legend))
        self.add_close()
