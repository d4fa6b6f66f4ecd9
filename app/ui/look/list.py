"""The list of templates."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from app.linkcheck.verdict import Status
from app.publish.shelf import Kept
from app.ui import fonts, theme
from app.ui.panels.rows import RowList, RowModel, RowPainter, write
from app.ui.shapes import paint_status


@dataclass(frozen=True, slots=True)
class Entry:
    """A template in the list; ``kept`` is None for the built-in one.

    ``in_use`` says that the publication's letters are made with it.
    """

    kept: Kept | None
    in_use: bool = False

    @property
    def name(self) -> str:
        """What publications call it."""
        return self.kept.name if self.kept else ""

    @property
    def is_look(self) -> bool:
        """Made of choices, not of HTML."""
        return self.kept is None or self.kept.is_look


def title_of(entry: Entry) -> str:
    """What the writer reads."""
    return entry.name or QCoreApplication.translate("LookDialog", "Standard letter")


def kind_of(entry: Entry) -> str:
    """A word about how it is made."""
    if entry.kept is None:
        return QCoreApplication.translate("LookDialog", "comes with Sendoff")
    if entry.kept.is_look:
        return QCoreApplication.translate("LookDialog", "choices")
    return "HTML"


def _spoken(entry: Entry) -> str:
    used = QCoreApplication.translate("LookDialog", "in use") if entry.in_use else ""
    return ", ".join(filter(None, (title_of(entry), kind_of(entry), used)))


class _Painter(RowPainter[Entry]):
    height = 48

    def paint_row(self, painter: QPainter, place: QRect, row: Entry) -> None:
        colors = theme.current()
        first = QRect(place.left(), place.top() + 6, place.width(), 20)
        if row.in_use:
            paint_status(painter, QRectF(first.right() - 12, first.top() + 4, 12, 12), Status.SAFE)
            first.setRight(first.right() - 18)
        write(painter, first, title_of(row), fonts.interface(11), colors.text)
        second = QRect(place.left(), place.top() + 25, place.width(), 16)
        write(painter, second, kind_of(row), fonts.interface(9.5), colors.text_soft)


class TemplateList(RowList):
    """F2 and Delete act on the chosen template."""

    rename_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        self.rows: RowModel[Entry] = RowModel(parent, _spoken)
        super().__init__(
            parent, QCoreApplication.translate("LookDialog", "Templates"), _Painter(self.rows)
        )

    @property
    def chosen(self) -> Entry | None:
        """The current row's."""
        index = self.currentIndex()
        return self.rows.rows[index.row()] if index.isValid() else None

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() == Qt.Key.Key_F2:
            self.rename_wanted.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.remove_wanted.emit()
        else:
            super().keyPressEvent(event)
