"""The issue beside another one that the writer chooses."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QGridLayout, QLabel, QListView, QWidget

from app.engagement.reports.comparison import Compared, compare, table
from app.engagement.reports.figures import Row, Who
from app.engagement.reports.issue_page import IssuePageData
from app.engagement.reports.tables import Table
from app.ui import fonts
from app.ui.reports.issue.parts import INSET, Card, quiet_button


class CompareCard(Card):
    """Two columns and their differences."""

    chosen = Signal(str, str)
    """Account and id of the other issue."""
    wanted = Signal(str, str)
    """The other issue's page is wanted."""

    def __init__(self) -> None:
        super().__init__(self.tr("Beside another issue"))
        self._this: Row | None = None
        self._who = Who.ALL
        self._is_chosen = False
        self._others: Sequence[Row] = ()
        self.chooser = _Chooser()
        self.chooser.setEditable(True)
        self.chooser.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        # Else it measures all issues' names to be as wide as the widest.
        self.chooser.setSizeAdjustPolicy(
            _Chooser.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.chooser.setMinimumContentsLength(40)
        self.chooser.setMaxVisibleItems(14)
        self.chooser.setAccessibleName(self.tr("The other issue"))
        self.chooser.setToolTip(self.tr("Choose an issue to compare with, or type a part of its"
                                        " subject"))  # fmt: skip
        completer = QCompleter(self.chooser.model(), self.chooser)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        popup = QListView()
        popup.setObjectName("completions")
        completer.setPopup(popup)
        self.chooser.setCompleter(completer)
        self.chooser.activated.connect(self._choose)
        self._go = quiet_button(
            self.tr("Show its page"), self.tr("Go to the other issue"), self._want
        )  # fmt: skip
        self.corner.addWidget(self.chooser)
        self.corner.addWidget(self._go)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(INSET, 0, INSET, 0)
        self._grid.setHorizontalSpacing(28)
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnStretch(1, 3)
        self._grid.setColumnStretch(2, 3)
        self._grid.setColumnStretch(3, 2)
        self.body.addLayout(self._grid)
        self._cells: list[list[QLabel]] = []

    @property
    def other(self) -> Row | None:
        """The issue that is compared with."""
        at = self.chooser.currentIndex()
        return self._others[at] if 0 <= at < len(self._others) else None

    def show_issue(self, data: IssuePageData, who: Who) -> None:
        """Compare another issue: with the one before it, or with the one chosen before."""
        kept = self.other if self._is_chosen else None
        this, others = data.row, data.others
        self._this, self._who = this, who
        if others is not self._others:
            self._others = others
            self.chooser.blockSignals(True)
            self.chooser.clear()
            self.chooser.addItems(data.names)
            self.chooser.setCurrentIndex(_first(this, others, kept))
            self.chooser.blockSignals(False)
        self.setVisible(bool(others))
        self._refresh()

    def to_table(self) -> Table | None:
        """The comparison to copy or save."""
        if self._this is None or self.other is None:
            return None
        return table(self._this, self.other, compare(self._this, self.other, self._who))

    def _choose(self) -> None:
        self._is_chosen = True
        self._refresh()
        if self.other is not None:
            self.chosen.emit(self.other.account, self.other.id)

    def _want(self) -> None:
        if self.other is not None:
            self.wanted.emit(self.other.account, self.other.id)

    def _refresh(self) -> None:
        this, other = self._this, self.other
        if this is None or other is None:
            return
        head = Compared("", this.subject, other.subject, self.tr("Difference"))
        lines = (head, *compare(this, other, self._who))
        for row, cells in enumerate(self._cells):  # another issue's lines may be more
            for label in cells:
                label.setVisible(row < len(lines))
        for row, each in enumerate(lines):
            texts = (each.title, each.this, each.other, each.difference)
            for label, text in zip(self._row(row), texts, strict=True):
                label.setText(text)
                label.setToolTip(text if row == 0 else "")

    def _row(self, row: int) -> list[QLabel]:
        while len(self._cells) <= row:
            number = len(self._cells)
            cells = [_Cell() for _ in range(4)]
            for column, cell in enumerate(cells):
                if number == 0:
                    cell.setFont(fonts.interface(strong=True))
                elif column == 0:
                    cell.setProperty("tone", "soft")
                self._grid.addWidget(cell, number, column)
            self._cells.append(list(cells))
        return self._cells[row]


class _Chooser(QComboBox):
    """The wheel is the page's: it would choose another issue while the page is scrolled."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class _Cell(QLabel):
    """Words that may take less room than they would like."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)


def _first(this: Row, others: Sequence[Row], kept: Row | None) -> int:
    """The issue chosen before, else the account's that was sent before this one, or another."""
    if kept is not None:
        for at, row in enumerate(others):
            if (row.account, row.id) == (kept.account, kept.id):
                return at
    same = [at for at, row in enumerate(others) if row.account == this.account]
    before = [at for at in same if (others[at].sent_at or 0) < (this.sent_at or 0)]
    return next(iter(before or same), 0)
