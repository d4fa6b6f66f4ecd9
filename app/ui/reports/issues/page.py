"""The list's page: filter, table, how many are shown, and what is done with them."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QLocale, QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.engagement.model import Account
from app.engagement.reports.listing import (
    LIST,
    Line,
    heading,
    meaning,
    sortable,
)
from app.engagement.reports.sparks import Spark
from app.ui import fonts
from app.ui.reports.issues.exporting import Exporting
from app.ui.reports.issues.filter_bar import FilterBar
from app.ui.reports.issues.model import Key
from app.ui.reports.issues.table import WIDTHS, IssuesTable

FIRST_TO_GO = (
    "complaints", "bounces", "unsubscribes", "delivered", "account", "sent", "first_days", "ctor"
)  # fmt: skip
"""The columns that a narrow window does without, unless the writer chose them."""


class IssuesPage(QWidget):
    """Shows lines and sends intents.

    Args:
        columns: Those that the writer chose; empty for the usual ones.
        sort: A column to sort by, with a minus for the largest first.
        bar, table: Made before, where that is to be done in turns.
    """

    opened = Signal(str, str)
    arranged = Signal()
    """Other columns, or another order."""
    said = Signal(str)
    """A few words on what was done."""

    def __init__(
        self,
        columns: tuple[str, ...],
        sort: str,
        bar: FilterBar | None = None,
        table: IssuesTable | None = None,
    ) -> None:
        super().__init__()
        self._chosen = tuple(each for each in columns if each in LIST)
        self._accounts: Sequence[Account] = ()
        self.bar = bar or FilterBar()
        self.table = table or IssuesTable()
        self.exporting = Exporting(self, self.table)
        self.exporting.said.connect(self.said)
        self.count = QLabel()
        self.count.setProperty("tone", "soft")
        self.view_button = self._button(self.tr("View"), self.tr("Choose columns and order"))
        self.view_button.clicked.connect(self._show_view_menu)
        self.export_button = self._button(
            self.tr("Export…"), self.tr("Save the marked issues, or all shown (Ctrl+Alt+S)")
        )
        self.export_button.clicked.connect(self.exporting.ask)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self._nothing())
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(8)
        head.addWidget(self.bar, 1)
        for part in (self.count, self.view_button, self.export_button):
            head.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 6, 28, 0)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(self._pages, 1)
        self.setFocusProxy(self.table)
        self.bar.changed.connect(self._narrow)
        self.bar.left.connect(self._enter_table)
        self.table.typed.connect(self.bar.type)
        self.table.opened.connect(self.opened)
        self.table.sorted_by.connect(self.arranged)
        self.table.menu_wanted.connect(self._show_menu)
        self.table.copy_wanted.connect(self.exporting.copy)
        self._show_columns()
        if sort.lstrip("-") in sortable():
            self.table.sort_by(sort.lstrip("-"), descending=sort.startswith("-"))

    @property
    def columns(self) -> tuple[str, ...]:
        """The writer's choice of columns; empty for the usual ones."""
        return self._chosen

    @property
    def sort(self) -> str:
        """The column that it is sorted by, with a minus for the largest first."""
        issues = self.table.issues
        return ("-" if issues.descending else "") + issues.column

    def show_lines(self, lines: Sequence[Line], accounts: Sequence[Account]) -> None:
        """Other figures; what is marked and in view stays so."""
        self._accounts = accounts
        self.bar.show_accounts(accounts)
        self._show_columns()
        self.table.take(lines)
        self._show_count()

    def show_sparks(self, sparks: Mapping[Key, Spark]) -> None:
        """Sparklines of some issues."""
        self.table.issues.take_sparks(sparks)

    @property
    def panes(self) -> list[QWidget]:
        """Its parts, each of which takes the keyboard."""
        return [self.bar.text, self.table]

    def filter(self) -> None:
        """Put the keyboard into the filter."""
        self.bar.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.text.selectAll()

    def neighbour(self, key: Key, by: int) -> Key | None:
        """The issue above (-1) or below (1) another in the list."""
        place = self.table.issues.place_of(key)
        lines = self.table.issues.lines
        if place is None or not 0 <= place + by < len(lines):
            return None
        return lines[place + by].key

    def _narrow(self) -> None:
        current = self.table.current
        self.table.issues.narrow(self.bar.filter)
        if not self.table.choose(current) and self.table.issues.lines:
            self.table.choose(self.table.issues.lines[0].key)
        self._show_count()

    def _enter_table(self) -> None:
        if self.table.issues.lines:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_count(self) -> None:
        shown, whole = len(self.table.issues.lines), self.table.issues.whole
        number = QLocale().toString
        if shown == whole:
            words = self.tr("%1 issue") if whole == 1 else self.tr("%1 issues")
            self.count.setText(words.replace("%1", number(whole)))
        else:
            words = self.tr("%1 of %2 issues")
            self.count.setText(words.replace("%1", number(shown)).replace("%2", number(whole)))
        self._pages.setCurrentIndex(0 if shown or not whole else 1)
        self.export_button.setEnabled(shown > 0)

    def _nothing(self) -> QWidget:
        page = QWidget()
        words = QLabel(self.tr("No issue fits."))
        words.setFont(fonts.writing(points=17))
        self.show_all = QPushButton(self.tr("Show all issues"))
        self.show_all.setToolTip(self.tr("Take every limit of the filter away"))
        self.show_all.clicked.connect(self._clear)
        layout = QVBoxLayout(page)
        layout.setSpacing(14)
        layout.addStretch(2)
        layout.addWidget(words, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.show_all, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        return page

    def _clear(self) -> None:
        self.bar.clear()
        self._enter_table()

    # columns and order

    def _show_columns(self) -> None:
        columns = self._chosen or self._usual()
        if columns != self.table.columns:
            self.table.show_columns(columns)

    def _usual(self) -> tuple[str, ...]:
        """As many columns as there is room for; the account only where there are several."""
        columns = [each for each in LIST if each != "account" or len(self._accounts) > 1]
        for least in FIRST_TO_GO:
            if sum(WIDTHS[each] for each in columns) <= self.table.viewport().width():
                break
            if least in columns:
                columns.remove(least)
        return tuple(columns)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self._show_columns()

    def _show_view_menu(self) -> None:
        menu = self.view_menu()
        menu.popup(self.view_button.mapToGlobal(QPoint(0, self.view_button.height() + 4)))

    def view_menu(self) -> QMenu:
        """Columns to show, and what to sort by."""
        menu = self._menu()
        order = menu.addMenu(self.tr("Sort by"))
        for column in sortable():
            sort = order.addAction(heading(column))
            sort.setCheckable(True)
            sort.setChecked(column == self.table.issues.column)
            sort.setToolTip(meaning(column))
            sort.triggered.connect(lambda _checked=False, column=column: self.table.sort(column))
        menu.addSeparator()
        for column in LIST:
            if column == "subject":
                continue
            shown = menu.addAction(heading(column))
            shown.setCheckable(True)
            shown.setChecked(column in self.table.columns)
            shown.setToolTip(meaning(column))
            shown.triggered.connect(lambda _on=False, column=column: self._toggle(column))
        menu.addSeparator()
        usual = menu.addAction(self.tr("The usual columns"))
        usual.triggered.connect(lambda: self._choose_columns(()))
        return menu

    def _toggle(self, column: str) -> None:
        shown = set(self.table.columns) ^ {column}
        self._choose_columns(tuple(each for each in LIST if each in shown))

    def _choose_columns(self, columns: tuple[str, ...]) -> None:
        self._chosen = columns
        self._show_columns()
        self.arranged.emit()

    # what is done with issues

    def _show_menu(self, at: QPoint) -> None:
        self.issue_menu().popup(at)

    def issue_menu(self) -> QMenu:
        """What can be done with the marked issues."""
        menu = self._menu()
        key = self.table.current
        if key is not None:
            self._entry(menu, self.tr("Open"), lambda: self.opened.emit(*key))
            menu.addSeparator()
        self._entry(menu, self.tr("Copy as a table"), self.exporting.copy)
        self._entry(menu, self.tr("Copy as Markdown"), self.exporting.copy_markdown)
        self._entry(menu, self.tr("Copy as JSON"), self.exporting.copy_json)
        menu.addSeparator()
        self._entry(menu, self.tr("Export…"), self.exporting.ask)
        return menu

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    @staticmethod
    def _entry(menu: QMenu, text: str, deed: Callable[[], object]) -> None:
        menu.addAction(text).triggered.connect(lambda _checked=False: deed())

    @staticmethod
    def _button(text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("quiet", True)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        return button
