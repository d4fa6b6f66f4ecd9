"""The accounts and how each stands, with what can be done about it."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QWidget

from app.engagement import accounts
from app.engagement.model import Account
from app.engagement.providers import PROVIDERS, Tested
from app.engagement.secrets import SecretError, open_secrets
from app.engagement.store.reader import Reader
from app.engagement.store.schema import store_file
from app.engagement.store.store import Status
from app.ui import fonts, theme
from app.ui.accounts.asking import Asked, Trouble, attempt
from app.ui.accounts.invitation import Invitation
from app.ui.accounts.page import Page, push, words
from app.ui.accounts.verdict import TestedView
from app.ui.accounts.words import Standing, standing
from app.ui.panels.rows import RIGHT, RowList, RowModel, RowPainter, write
from app.ui.shapes import paint_status


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account in words."""

    account: Account
    platform: str
    standing: Standing


def read() -> tuple[tuple[Account, ...], Mapping[str, Status]]:
    """The accounts, and how the sync of each stands; for any thread. Raises AccountError or
    StoreError.
    """
    present = accounts.load()
    if not store_file().exists():
        return present, {}
    with contextlib.closing(Reader()) as reader:
        return present, reader.statuses()


class _Painter(RowPainter[AccountRow]):
    height = 56

    def paint_row(self, painter: QPainter, place: QRect, row: AccountRow) -> None:
        colors = theme.current()
        first = QRect(place.left(), place.top() + 7, place.width(), 22)
        used = write(
            painter, first, row.platform, fonts.interface(9), colors.text_soft, align=RIGHT
        )
        first.setRight(first.right() - used - 10)
        write(painter, first, row.account.name, fonts.writing(points=12), colors.text)
        paint_status(painter, QRectF(place.left(), place.top() + 34, 11, 11), row.standing.shape)
        second = QRect(place.left() + 18, place.top() + 30, place.width() - 18, 18)
        write(painter, second, row.standing.line, fonts.interface(9.5), colors.text_soft)


class AccountList(RowList):
    """F2 and Delete act on the chosen account."""

    rename_wanted = Signal()
    remove_wanted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() == Qt.Key.Key_F2:
            self.rename_wanted.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.remove_wanted.emit()
        else:
            super().keyPressEvent(event)


class ListPage(Page):
    """What there is, what is wrong with it and what can be done."""

    add_wanted = Signal()
    close_wanted = Signal()
    rename_wanted = Signal(object)
    key_wanted = Signal(object)
    remove_wanted = Signal(object)
    sync_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__("")
        self.heading.hide()
        self._asked: Asked | None = None
        self._wanted = ""
        self._begins = False
        self._read: tuple[Sequence[Account], Mapping[str, Status]] = ((), {})
        self.ends: Mapping[str, tuple[str, str]] = {}
        """How the syncs of this session ended, and those under way: the dialog keeps them."""
        self.running: Mapping[str, tuple[int, int | None]] = {}
        self.model: RowModel[AccountRow] = RowModel(
            self, lambda row: f"{row.account.name}, {row.platform}. {row.standing.whole}"
        )
        self.list = AccountList(self, self.tr("Accounts"), _Painter(self.model))
        self.list.rename_wanted.connect(self._rename)
        self.list.remove_wanted.connect(self._remove)
        self.list.selectionModel().currentChanged.connect(lambda _new, _old: self._show_chosen())
        self.invitation = Invitation(with_button=False)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.list)
        self.pages.addWidget(self.invitation)
        self.detail = words("")
        self.found = TestedView()
        self.found.clear()
        self.body.addWidget(self.pages, 1)
        self.body.addWidget(self.detail)
        self.body.addWidget(self.found)
        self.deeds = QWidget()
        self.body.addWidget(self.deeds)
        self._add_deeds()
        self.foot.addStretch()
        self.add = self.add_main(self.tr("&Add account…"), self.tr("Add an account at a platform"))
        self.add.clicked.connect(self.add_wanted)
        self.add_button(self.tr("Close")).clicked.connect(self.close_wanted)

    @property
    def chosen(self) -> Account | None:
        """The account that the deeds are about."""
        index = self.list.currentIndex()
        return self.model.rows[index.row()].account if index.isValid() else None

    def begin(self) -> None:
        """Read anew; the list has the focus."""
        self._begins = True
        self.refresh()

    def leave(self) -> None:
        """The test of an account goes no further."""
        self._begins = False
        self._stop_test()

    def refresh(self, choose: str = "") -> None:
        """Read the accounts in a thread, and choose one by its id."""
        self._wanted = choose or self._wanted
        attempt(read, lambda found: self._show(*found), self._fail, self)

    def renew(self) -> None:
        """Something of the syncs under way is other."""
        self._show(*self._read)

    def tell(self, text: str) -> None:
        """Something that was left over."""
        self.say(text)

    # the rows

    def _show(self, present: Sequence[Account], statuses: Mapping[str, Status]) -> None:
        self._read = (present, statuses)
        wanted = self._wanted or (self.chosen.id if self.chosen else "")
        self._wanted = ""
        rows = [
            AccountRow(
                each,
                PROVIDERS.get(each.provider, each.provider),
                standing(
                    statuses.get(each.id),
                    end=self.ends.get(each.id),
                    running=self.running.get(each.id),
                ),
            )
            for each in present
        ]
        if [row.account.id for row in rows] == [row.account.id for row in self.model.rows]:
            self.model.renew(rows)
        else:
            self.model.show(rows)
        at = next((n for n, row in enumerate(rows) if row.account.id == wanted), 0)
        if rows:
            self.list.mark(at)
        self.pages.setCurrentIndex(0 if rows else 1)
        if self._begins:
            (self.list if rows else self.add).setFocus()
            self._begins = False
        self._show_chosen()

    def _show_chosen(self) -> None:
        index = self.list.currentIndex()
        row = self.model.rows[index.row()] if index.isValid() else None
        self.deeds.setVisible(row is not None)
        self.detail.setText(row.standing.whole if row else "")
        self.detail.setVisible(row is not None)
        self._stop_test()

    def _fail(self, error: Trouble) -> None:
        self.say(str(error))

    # what can be done

    def _add_deeds(self) -> None:
        row = QHBoxLayout(self.deeds)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        tips = (
            (self.tr("&Sync now"), self.tr("Ask the platform for what is new"), self._sync),
            (self.tr("&Test"), self.tr("Say what works and what the key may not do"), self._test),
            (self.tr("&Rename…"), self.tr("Call the account otherwise (F2)"), self._rename),
            (self.tr("Change &key…"), self.tr("Enter another key"), self._change_key),
            (self.tr("Re&move…"), self.tr("Remove the account and its figures (Delete)"),
             self._remove),
        )  # fmt: skip
        self.buttons: list[QPushButton] = []
        for text, tip, deed in tips:
            button = push(text, tip)
            button.clicked.connect(deed)
            self.buttons.append(button)
            row.addWidget(button)
        row.addStretch()

    def _sync(self) -> None:
        if self.chosen is not None:
            self.sync_wanted.emit(self.chosen.id)

    def _rename(self) -> None:
        if self.chosen is not None:
            self.rename_wanted.emit(self.chosen)

    def _change_key(self) -> None:
        if self.chosen is not None:
            self.key_wanted.emit(self.chosen)

    def _remove(self) -> None:
        if self.chosen is not None:
            self.remove_wanted.emit(self.chosen)

    def _test(self) -> None:
        if self._asked is not None:
            self._stop_test()
            return
        account = self.chosen
        if account is None:
            return
        self.found.wait()

        def test(key: str | None) -> None:
            if account != self.chosen:
                return
            if key is None:
                lack = self.tr("There is no key for this account: enter it under Change key.")
                self.found.show_tested(Tested(False, lacks=(lack,)))
                return
            self._asked = Asked(account, key)
            self._asked.tested.connect(self._show_tested)
            self.buttons[1].setText(self.tr("Cancel &test"))

        attempt(lambda: open_secrets().get(account), test, self._no_key, self)

    def _no_key(self, error: Trouble) -> None:
        if isinstance(error, SecretError):
            self.found.show_tested(Tested(False, lacks=(str(error),)))
        else:
            self._fail(error)

    def _show_tested(self, tested: Tested) -> None:
        self._stop_test()
        self.found.show_tested(tested)

    def _stop_test(self) -> None:
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None
        self.buttons[1].setText(self.tr("&Test"))
        self.found.clear()
