"""Every command with its keys, by menu: painted rows, as several hundred labels would take long."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QRect, QSize
from PySide6.QtGui import QKeySequence, QPainter
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ui import fonts, theme
from app.ui.commands import MENUS, Command, Menu, words
from app.ui.dialogs.dialog import Dialog
from app.ui.panels.rows import RIGHT, RowList, RowModel, RowPainter, write

SIZE = QSize(800, 620)
HALVES = (MENUS[:3], MENUS[3:])


@dataclass(frozen=True, slots=True)
class Row:
    """A command with its keys, or a menu's title, which has none."""

    text: str
    keys: str = ""
    is_title: bool = False


class ShortcutsDialog(Dialog):
    """Two lists beside each other; arrow keys go through them, Tab from one to the other."""

    def __init__(self, parent: QWidget) -> None:
        title = QCoreApplication.translate("ShortcutsDialog", "Keyboard shortcuts")
        super().__init__(parent, title)
        self.take(SIZE)
        columns = QHBoxLayout()
        columns.setSpacing(18)
        self.lists = [self._list(menus) for menus in HALVES]
        for each in self.lists:
            columns.addWidget(each)
        self.body.addLayout(columns)
        self.add_close()
        self.lists[0].setFocus()

    def _list(self, menus: Sequence[Menu]) -> RowList:
        model: RowModel[Row] = RowModel(self, _spoken)
        model.show([row for menu in menus for row in _rows(menu)])
        names = ", ".join(words(menu.title) for menu in menus)
        return RowList(
            self, self.tr("Keyboard shortcuts: %1").replace("%1", names), _Painter(model)
        )


def _rows(menu: Menu) -> Iterator[Row]:
    """A menu's title, its own commands, and then the menus in it."""
    yield Row(words(menu.title), is_title=True)
    for item in menu.items:
        if isinstance(item, Command):
            keys = QKeySequence(item.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
            yield Row(words(item.text).rstrip("…"), keys)
    for item in menu.items:
        if isinstance(item, Menu):
            yield from _rows(item)


def _spoken(row: Row) -> str:
    return f"{row.text}, {row.keys}" if row.keys else row.text


class _Painter(RowPainter[Row]):
    height = 27

    def paint_row(self, painter: QPainter, place: QRect, row: Row) -> None:
        colors = theme.current()
        font = fonts.interface(strong=row.is_title)
        used = write(painter, place, row.keys, font, colors.text_soft, align=RIGHT)
        write(painter, place.adjusted(0, 0, -used - 12, 0), row.text, font, colors.text)
