"""The settings; each change takes effect at once and is kept at once."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module

from PySide6.QtCore import QCoreApplication, QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QStyle, QStyleOptionViewItem, QWidget

from app.ui import fonts, theme
from app.ui.controls import paint_focus_ring
from app.ui.dialogs.dialog import Dialog
from app.ui.dialogs.settings.drafts import DraftsPage
from app.ui.dialogs.settings.looks import LooksPage
from app.ui.dialogs.settings.page import Choices, SettingsPage
from app.ui.editor.jobs import run_in_thread
from app.ui.panels.rows import Index, RowList, RowModel, RowPainter, write
from app.ui.turns import Turns

LIST_WIDTH = 150
SIZE = QSize(800, 660)


@dataclass(frozen=True, slots=True)
class Entry:
    """A page's name in the list, what makes it, and the module that this needs."""

    name: str
    title: str
    make: Callable[[Choices], SettingsPage]
    module: str


class SettingsDialog(Dialog):
    """A list of pages, and the chosen page beside it.

    A page is made when it is first chosen, in several turns of the event loop: together its widgets
    take longer than the window may be busy. Until it is whole the page before is shown.
    """

    folder_wanted = Signal()

    def __init__(self, parent: QWidget, choices: Choices, first: str = "") -> None:
        """``first`` is the page that is shown first, by its name."""
        super().__init__(parent, QCoreApplication.translate("SettingsDialog", "Settings"))
        self._choices = choices
        choices.setParent(self)
        self.resize(SIZE.boundedTo(self.screen().availableSize() * 0.9))
        self._entries = self._all()
        self._made: dict[str, SettingsPage] = {}
        self._parts: dict[str, Iterator[None]] = {}
        self._turns = Turns(self)
        self.model: RowModel[Entry] = RowModel(self, lambda entry: entry.title)
        self.model.show(self._entries)
        self.list = RowList(self, self.tr("Pages of the settings"), _Painter(self.model))
        self.list.setFixedWidth(LIST_WIDTH)
        self.list.setToolTip(self.tr("Ctrl+Page Down and Ctrl+Page Up go from page to page"))
        self.stack = QStackedWidget()
        row = QHBoxLayout()
        row.setSpacing(22)
        row.addWidget(self.list)
        row.addWidget(self.stack, 1)
        self.body.addLayout(row, 1)
        self.closing = self.add_close()
        self.list.selectionModel().currentChanged.connect(self._turn_to)
        self.list.picked.connect(lambda _: self._enter())
        for keys, step in (("Ctrl+PgDown", 1), ("Ctrl+PgUp", -1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(partial(self._step, step))
        self.finished.connect(lambda _: self._leave())
        self.show_page(first or self._entries[0].name)
        self.list.setFocus()

    @property
    def page(self) -> SettingsPage:
        """What is chosen, made whole."""
        self._turns.finish()
        return self._made[self._chosen.name]

    def show_page(self, name: str) -> None:
        """Show a page by its name."""
        names = [entry.name for entry in self._entries]
        self.list.mark(names.index(name))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field closes nothing."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    @property
    def _chosen(self) -> Entry:
        return self._entries[self.list.currentIndex().row()]

    def _all(self) -> list[Entry]:
        """The pages in their order; a new one is added here."""
        return [
            Entry("looks", self.tr("Looks"), LooksPage, "looks"),
            Entry("drafts", self.tr("Drafts"), self._make_drafts, "drafts"),
            Entry("links", self.tr("Links"), _links, "links"),
            Entry("reputation", self.tr("Reputation"), _reputation, "reputation"),
            Entry("test_mail", self.tr("Test mail"), _test_mail, "test_mail"),
            Entry("lists", self.tr("Own lists"), _lists, "own_lists"),
        ]

    def _make_drafts(self, choices: Choices) -> SettingsPage:
        page = DraftsPage(choices)
        page.folder_wanted.connect(self.folder_wanted)
        return page

    def _turn_to(self, index: QModelIndex) -> None:
        entry = self._entries[index.row()]
        self._turns.begin(self._bring(entry))
        page, module = self._made.get(entry.name), f"{_HERE}.{entry.module}"
        if page is not None and self.stack.indexOf(page) >= 0:
            self._turns.finish()
        elif module not in sys.modules:
            self._turns.pause()
            run_in_thread(partial(import_module, module), partial(self._go_on, entry), self)

    def _go_on(self, entry: Entry) -> None:
        if entry is self._chosen:
            self._turns.go_on()

    def _bring(self, entry: Entry) -> Iterator[None]:
        """Show a page, made before if need be."""
        page = self._made.get(entry.name)
        if page is None:
            page = self._made[entry.name] = entry.make(self._choices)
            self._parts[entry.name] = page.parts()
            yield
        for _ in self._parts[entry.name]:  # which outlive this, where another page is chosen
            yield
        if self.stack.indexOf(page) < 0:
            for widget in (page, *page.findChildren(QWidget)):
                widget.ensurePolished()
            yield
            self.stack.addWidget(page)
            self._put_button_last()
            yield
        self.stack.setCurrentWidget(page)

    def _put_button_last(self) -> None:
        """Tab goes on from a page to the button, which was made before it."""
        last = self.previousInFocusChain()
        while last is not None and last.focusPolicy() == Qt.FocusPolicy.NoFocus:
            last = last.previousInFocusChain()  # only what takes the focus has a place in the order
        if last is not None and last is not self.closing:
            QWidget.setTabOrder(last, self.closing)

    def _step(self, step: int) -> None:
        self.list.mark((self.list.currentIndex().row() + step) % len(self._entries))

    def _enter(self) -> None:
        """From the list into its page."""
        self._turns.finish()
        self.list.focusNextChild()

    def _leave(self) -> None:
        self._turns.stop()
        for page in self._made.values():
            page.leave()


_HERE = __package__
# What these pages show takes a while to import: a thread does that when they are chosen.


def _links(choices: Choices) -> SettingsPage:
    from app.ui.dialogs.settings.links import LinksPage

    return LinksPage(choices)


def _lists(choices: Choices) -> SettingsPage:
    from app.ui.dialogs.settings.own_lists import OwnListsPage

    return OwnListsPage(choices)


def _reputation(choices: Choices) -> SettingsPage:
    from app.ui.dialogs.settings.reputation import ReputationPage

    return ReputationPage(choices)


def _test_mail(choices: Choices) -> SettingsPage:
    from app.ui.dialogs.settings.test_mail import TestMailPage

    return TestMailPage(choices)


class _Painter(RowPainter[Entry]):
    height = 34

    def _paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super()._paint(painter, option, index)
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus_ring(painter, option.rect.adjusted(6, 1, -6, -1))

    def paint_row(self, painter: QPainter, place: QRect, row: Entry) -> None:
        write(painter, place, row.title, fonts.interface(), theme.current().text)
