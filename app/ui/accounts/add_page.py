"""Adding an account: the platform, then its name, address and key, tried before it is kept."""

from PySide6.QtCore import QModelIndex, QRect, QSignalBlocker, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QComboBox, QLineEdit

from app.engagement import accounts, managing
from app.engagement.accounts import AccountError
from app.engagement.model import Account
from app.engagement.providers import PROVIDERS, Tested
from app.engagement.secrets import SecretError
from app.handover.platforms import PLATFORMS as TAKE_DRAFTS
from app.ui import fonts, theme
from app.ui.accounts.asking import Asked, Trouble, attempt
from app.ui.accounts.key_field import Keeping, KeyField
from app.ui.accounts.page import Page, form, name_of, words
from app.ui.accounts.verdict import TestedView
from app.ui.accounts.words import Platform, platform
from app.ui.panels.rows import RowList, RowModel, RowPainter, write


class _Painter(RowPainter[tuple[str, Platform]]):
    height = 56

    def paint_row(self, painter: QPainter, place: QRect, row: tuple[str, Platform]) -> None:
        colors = theme.current()
        first = QRect(place.left(), place.top() + 7, place.width(), 22)
        write(painter, first, row[1].name, fonts.writing(points=12), colors.text)
        second = QRect(place.left(), place.top() + 30, place.width(), 18)
        write(painter, second, row[1].gives, fonts.interface(9.5), colors.text_soft)


class PlatformPage(Page):
    """Which platform it is."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__(self.tr("Where do you send from?"))
        self.model: RowModel[tuple[str, Platform]] = RowModel(
            self, lambda row: f"{row[1].name}. {row[1].gives}"
        )
        self.model.show([(name, platform(name)) for name in PROVIDERS])
        self.list = RowList(self, self.tr("Platforms"), _Painter(self.model))
        self.list.picked.connect(self._pick)
        self.body.addWidget(self.list, 1)
        self.add_back(self.tr("&Back"))
        self.foot.addStretch()
        go_on = self.add_main(self.tr("&Continue"), self.tr("Enter the key for this platform"))
        go_on.clicked.connect(lambda: self._pick(self.list.currentIndex()))
        self.list.mark(0)

    def begin(self) -> None:
        """The list has the focus."""
        self.list.setFocus()

    def _pick(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self.model.rows[index.row()][0])


class AddPage(Page):
    """Name, address and key; the test; the choice among several publications."""

    added = Signal(object)
    """The new `Account`."""

    def __init__(self) -> None:
        super().__init__("")
        self._provider = ""
        self._platform = platform("sendoff")
        self._asked: Asked | None = None
        self._adds = False
        self._tested: Tested | None = None
        self.guidance = words("", "soft")
        self.name = QLineEdit()
        self.address = QLineEdit()
        self.key = KeyField()
        self.publication = QComboBox()
        self.keeping = Keeping()
        self.found = TestedView()
        self._form = form()
        self._form.addRow(name_of(self.name, self.tr("&Name")), self.name)
        self._form.addRow(name_of(self.address, self.tr("A&ddress")), self.address)
        self._form.addRow(name_of(self.key.line, self.tr("&Key")), self.key)
        self._publication_name = name_of(self.publication, "")
        self._form.addRow(self._publication_name, self.publication)
        self.body.addWidget(self.guidance)
        self.body.addLayout(self._form)
        self.body.addWidget(self.keeping)
        self.body.addWidget(self.found)
        self.body.addStretch()
        self.add_back(self.tr("&Back"))
        self.foot.addStretch()
        self.test = self.add_button(
            self.tr("&Test connection"), self.tr("Ask the platform what the key may do")
        )
        self.add = self.add_main("")
        self.test.clicked.connect(self._test)
        self.add.clicked.connect(self._add)
        for changed in (self.address.textChanged, self.key.changed):
            changed.connect(self._forget_test)
        for changed in (self.name.textChanged, self.keeping.changed):
            changed.connect(self._show_state)
        self.publication.activated.connect(self._choose_publication)

    def set_platform(self, name: str) -> None:
        """Begin anew for a platform."""
        self._provider, self._platform = name, platform(name)
        self.heading.setText(self._platform.name)
        self.guidance.setText(self._platform.key)
        self.name.setText(self._platform.name)
        self.address.setText(self._platform.address)
        self.address.setPlaceholderText(self._platform.example)
        self._publication_name.setText(self._platform.publications)
        self.publication.setAccessibleName(self._platform.publications)
        self.key.clear()
        self._forget_test()

    def begin(self) -> None:
        """The first field that is still to be filled has the focus."""
        self.keeping.begin()
        self.name.selectAll()
        self.name.setFocus()

    def leave(self) -> None:
        """Nothing goes on, and the key is not kept in the field."""
        self._cancel()
        self.key.clear()

    # the test

    def _test(self) -> None:
        if self._asked is not None:
            self._cancel()
            self.found.clear()
            self._show_state()
            return
        self._ask(and_add=False)

    def _ask(self, *, and_add: bool) -> None:
        account = self._account()
        if account is None:
            return
        self._adds = and_add
        self._asked = Asked(account, self.key.key)
        self._asked.tested.connect(self._show_tested)
        self.found.wait()
        self._show_state()

    def _cancel(self) -> None:
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None

    def _show_tested(self, tested: Tested) -> None:
        self._asked = None
        self._tested = tested
        self.found.show_tested(tested, self._untold())
        if len(tested.publications) > 1 and not self._form.isRowVisible(self.publication):
            self._offer(tested)
        if tested.ok and self._adds:
            self._keep()
        self._show_state()
        self.bring_into_view(self.found)

    def _untold(self) -> str:
        if self._provider not in TAKE_DRAFTS:
            return ""
        return self.tr(
            "Whether the key may write drafts shows when one is handed over: a test writes nothing."
        )

    def _offer(self, tested: Tested) -> None:
        self.publication.clear()
        self.publication.addItem(self._platform.every or self.tr("Choose one"), "")
        for ident, name in tested.publications:
            self.publication.addItem(name, ident)
        self._form.setRowVisible(self.publication, True)
        if not tested.ok:
            self.publication.setFocus()
        self._adds = False  # the writer has to see the choice first

    def _choose_publication(self) -> None:
        self._cancel()
        self._ask(and_add=False)

    def _forget_test(self) -> None:
        self._cancel()
        self._tested = None
        self.found.clear()
        self.publication.clear()
        self._form.setRowVisible(self.publication, False)
        self._show_state()

    # the account

    def _account(self) -> Account | None:
        """What is entered; what is wrong with it is said."""
        try:
            accounts.clean_key(self.key.key)
            made = accounts.new(
                self._provider,
                self.name.text(),
                self.address.text(),
                self.publication.currentData() or "",
            )
        except AccountError as error:
            self.say(str(error))
            return None
        self.say("")
        if made.url != self.address.text():  # what is asked is what stands there, "https://" too
            with QSignalBlocker(self.address):
                self.address.setText(made.url)
        return made

    def _add(self) -> None:
        if self._tested is None:
            self._ask(and_add=True)
        else:
            self._keep()

    def _keep(self) -> None:
        account, secrets = self._account(), self.keeping.secrets()
        if account is None or secrets is None:
            return
        key = self.key.key
        self.add.setEnabled(False)
        attempt(
            lambda: managing.add(account, key, secrets),
            lambda _: self.added.emit(account),
            self._fail,
            self,
        )

    def _fail(self, error: Trouble) -> None:
        if isinstance(error, SecretError):
            self.keeping.refused(str(error))
        else:
            self.say(str(error))
        self._show_state()

    def _show_state(self) -> None:
        filled = bool(self.name.text().strip() and self.address.text().strip() and self.key.key)
        asking = self._asked is not None
        chosen = bool(self.publication.currentData()) or bool(self._platform.every)
        missing = self._form.isRowVisible(self.publication) and not chosen
        self.test.setEnabled(filled or asking)
        self.test.setText(self.tr("&Cancel test") if asking else self.tr("&Test connection"))
        failed = self._tested is not None and not self._tested.ok
        self.add.setText(self.tr("Add a&nyway") if failed else self.tr("&Add account"))
        self.add.setAccessibleName(self.add.text().replace("&", ""))
        can_keep = self.keeping.secrets() is not None
        if filled and not can_keep:
            tip = self.tr("First say where the key may be kept")
        elif failed:
            tip = self.tr("Add it although the test failed: it is tried again by itself")
        else:
            tip = self.tr("Try the key, then keep the account")
        self.add.setToolTip(tip)
        self.add.setEnabled(filled and not asking and can_keep and not missing)
        self.add.setDefault(self.add.isEnabled())
        self.test.setDefault(filled and not asking and not self.add.isEnabled())
