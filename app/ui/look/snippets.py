"""Snippets: choose one to insert, see how it looks, change it, make another."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.publish.habits import habits_of
from app.publish.look import Look
from app.publish.publication import PublicationError
from app.publish.shelf import Shelf
from app.publish.snippets import (
    is_name,
    keep_snippet,
    rename_snippet,
    snippets_in,
    trash_snippet,
    use_of,
)
from app.ui import fonts, theme
from app.ui.accounts.page import push, words
from app.ui.controls import FilterField
from app.ui.dialogs.dialog import Dialog
from app.ui.look.errands import Errands
from app.ui.look.field import Field
from app.ui.look.letter import LetterPreview
from app.ui.panels.rows import RowList, RowModel, RowPages, RowPainter, write
from app.ui.saver import Saver

SIZE = QSize(980, 680)
LIST_WIDTH = 240


@dataclass(frozen=True, slots=True)
class Entry:
    """A snippet in the list."""

    name: str
    text: str

    @property
    def first_words(self) -> str:
        """What it begins with."""
        return " ".join(self.text[:200].split())


class _Painter(RowPainter[Entry]):
    height = 48

    def paint_row(self, painter: QPainter, place: QRect, row: Entry) -> None:
        colors = theme.current()
        first = QRect(place.left(), place.top() + 6, place.width(), 20)
        write(painter, first, row.name, fonts.interface(11), colors.text)
        second = QRect(place.left(), place.top() + 25, place.width(), 16)
        write(painter, second, row.first_words, fonts.interface(9.5), colors.text_soft)


class SnippetList(RowList):
    """F2 and Delete act on the chosen snippet."""

    rename_wanted = Signal()
    remove_wanted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()  # the dialog's
        elif event.key() == Qt.Key.Key_F2:
            self.rename_wanted.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.remove_wanted.emit()
        else:
            super().keyPressEvent(event)


class SnippetsDialog(Dialog):
    """The snippets beside the draft; what is changed is stored at once.

    Signals:
        chosen: What is to be inserted.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget, saver: Saver, folder: Path) -> None:
        """``folder`` is the drafts'; the snippets are in one of its own in there."""
        super().__init__(parent, QCoreApplication.translate("SnippetsDialog", "Snippets"))
        self.resize(SIZE.boundedTo(self.screen().availableSize() * 0.94))
        self._folder = folder
        self._texts: dict[str, str] = {}
        self._showing = False
        self.errands = Errands(saver, self)
        self.filter = FilterField(self.tr("Filter"))
        self.rows: RowModel[Entry] = RowModel(self, lambda row: f"{row.name}. {row.first_words}")
        self.list = SnippetList(self, self.tr("Snippets"), _Painter(self.rows))
        self.pages = RowPages(self.list)
        self.name = QLineEdit()
        self.name.setFont(fonts.interface(11.5, strong=True))
        self.name.setAccessibleName(self.tr("Name of the snippet"))
        self.name.setPlaceholderText(self.tr("Name"))
        self.text = Field()
        self.text.setFont(fonts.writing(points=12))
        self.text.setAccessibleName(self.tr("Text of the snippet, in Markdown"))
        self.text.setPlaceholderText(self.tr("Text, in Markdown"))
        self.letter = LetterPreview("", folder)
        self.letter.source.hide()
        self.message = words("", "soft")
        self._lay_out()
        self._connect()
        self.errands.ask(self._read, self._show_read)
        self.list.setFocus()

    def _lay_out(self) -> None:
        self.new = push(self.tr("&New"), self.tr("Write another snippet (Ctrl+N)"))
        self.new.setShortcut("Ctrl+N")
        self.trash = push(self.tr("De&lete"), self.tr("Move the snippet to the trash (Delete)"))
        for button in (self.new, self.trash):
            button.setProperty("quiet", True)
        side = QWidget()
        side.setFixedWidth(LIST_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.filter)
        column.addLayout(self.pages, 1)
        deeds = QHBoxLayout()
        deeds.addWidget(self.new)
        deeds.addWidget(self.trash)
        deeds.addStretch()
        column.addLayout(deeds)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.name)
        right.addWidget(self.text, 2)
        right.addWidget(self.letter, 3)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(side)
        row.addLayout(right, 1)
        self.body.addLayout(row, 1)
        self.buttons.insertWidget(0, self.message, 1)
        self.add_close()
        self.insert = self.add_button(self.tr("&Insert"))
        self.insert.setToolTip(self.tr("Put the snippet's name at the cursor (Enter in the list)"))
        self.insert.setDefault(True)

    def _connect(self) -> None:
        self.filter.textChanged.connect(lambda _: self._show_rows(self._name()))
        self.list.selectionModel().currentChanged.connect(lambda _new, _old: self._show_chosen())
        self.list.doubleClicked.connect(lambda _: self._insert())
        self.list.rename_wanted.connect(self._focus_name)
        self.list.remove_wanted.connect(self._trash)
        self.name.editingFinished.connect(self._rename)
        self.text.textChanged.connect(self._change)
        self.new.clicked.connect(self._new)
        self.trash.clicked.connect(self._trash)
        self.insert.clicked.connect(self._insert)
        self.errands.told.connect(self.message.setText)
        self.finished.connect(lambda _: self._leave())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in the list or the filter inserts; Down leads from the filter to the list."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.list.hasFocus() or self.filter.hasFocus():
                self._insert()
        elif event.key() == Qt.Key.Key_Down and self.filter.hasFocus():
            self.list.setFocus()
        else:
            super().keyPressEvent(event)

    # what there is

    def _read(self) -> tuple[dict[str, str], Look | str]:
        try:
            found = snippets_in(self._folder)
        except OSError:
            found = {}
        return found, _template(self._folder)

    def _show_read(self, found: tuple[dict[str, str], Look | str]) -> None:
        self._texts, template = found
        self.letter.show_template(template, "")
        self._show_rows("")

    def _show_rows(self, choose: str) -> None:
        wanted = self.filter.text().strip().casefold()
        rows = [
            Entry(name, text)
            for name, text in sorted(self._texts.items(), key=lambda each: each[0].casefold())
            if wanted in f"{name} {text}".casefold()
        ]
        self.rows.show(rows)
        self.pages.show_rows(
            bool(rows),
            self.tr("No snippet has these words.")
            if self._texts
            else self.tr(
                "A snippet is a text that many issues share, such as an imprint. It is kept"
                " beside your drafts, and issues take it in when they are sent. Write the"
                " first one with New (Ctrl+N)."
            ),
        )
        names = [row.name for row in rows]
        if rows:
            self.list.mark(names.index(choose) if choose in names else 0)
        self._show_chosen()

    def _name(self) -> str:
        index = self.list.currentIndex()
        return self.rows.rows[index.row()].name if index.isValid() else ""

    def _show_chosen(self) -> None:
        name = self._name()
        for widget in (self.name, self.text, self.trash, self.insert):
            widget.setEnabled(bool(name))
        self.name.setText(name)
        text = self._texts.get(name, "")
        if self.text.toPlainText() != text:
            self._showing = True
            try:
                self.text.setPlainText(text)
            finally:
                self._showing = False
        self.letter.set_text(text, self._folder)

    # changes

    def _change(self) -> None:
        name = self._name()
        if self._showing or not name:
            return
        text = self.text.toPlainText()
        self._texts[name] = text
        at = self.list.currentIndex().row()
        rows = list(self.rows.rows)
        rows[at] = Entry(name, text)
        self.rows.renew(rows)
        self.letter.set_text(text, self._folder)
        self.errands.later(name, partial(keep_snippet, self._folder, name, text))

    def _new(self) -> None:
        wanted = self.tr("snippet")
        name, number = wanted, 1
        while name in self._texts:
            number += 1
            name = f"{wanted} {number}"
        self._texts[name] = ""
        self.errands.later(name, partial(keep_snippet, self._folder, name, ""))
        self.filter.clear()
        self._show_rows(name)
        self._focus_name()

    def _focus_name(self) -> None:
        if self._name():
            self.name.setFocus()
            self.name.selectAll()

    def _rename(self) -> None:
        old, new = self._name(), self.name.text().strip()
        if not old or new == old:
            return
        if not is_name(new) or new.casefold() in (each.casefold() for each in self._texts):
            self.name.setText(old)
            self.message.setText(
                self.tr("A snippet's name has letters, digits, blanks and hyphens, and is free.")
            )
            return
        self.message.clear()
        self.errands.save()
        self._texts[new] = self._texts.pop(old)
        self._show_rows(new)
        self.errands.run(partial(rename_snippet, self._folder, old, new))

    def _trash(self) -> None:
        name = self._name()
        if not name:
            return
        self.errands.save()

        def then(_: None) -> None:
            self._texts.pop(name, None)
            self._show_rows("")
            self.message.setText(self.tr("“{0}” is in the trash.").format(name))
            self.list.setFocus()

        self.errands.run(partial(trash_snippet, self._folder, name), then)

    def _insert(self) -> None:
        name = self._name()
        if name:
            self.chosen.emit(use_of(name))
            self.close()

    def _leave(self) -> None:
        self.errands.save()
        self.letter.close_engine()


def _template(folder: Path) -> Look | str:
    """The publication's template; the built-in one where that cannot be read."""
    try:
        name = habits_of(folder).template
        return Shelf().template(name).text if name else Look()
    except PublicationError:
        return Look()
