"""What narrows the list: words, account, when it was sent, rates."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QDate, QLocale, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from app.engagement.model import Account
from app.engagement.reports.figures import Rate
from app.engagement.reports.listing import heading
from app.engagement.reports.queries import Bounds, Filter
from app.ui import fonts
from app.ui.controls import FilterField

REST_MS = 60
"""From the last letter until the list is narrowed."""
ANY, DAYS_30, DAYS_90, THIS_YEAR, LAST_YEAR, BETWEEN = (
    "any", "30", "90", "this_year", "last_year", "between"
)  # fmt: skip
LEAST, MOST = "least", "most"


class Field(FilterField):
    """Down leads into the list, Escape clears and then leads there, too."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Escape, Qt.Key.Key_Return):
            self.left.emit()
        else:
            super().keyPressEvent(event)


class FilterBar(QWidget):
    """Tells a `Filter` with each change; parts that cannot matter are not shown."""

    changed = Signal()
    left = Signal()
    """The keyboard goes on to the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bounds: list[Bounds] = []
        self.chips: list[QPushButton] = []
        self.text = Field(self.tr("Filter by subject"))
        self.text.setFixedWidth(230)
        self.text.left.connect(self.left)
        self.account = QComboBox()
        self.account.setAccessibleName(self.tr("Account"))
        self.account.setMinimumWidth(140)
        self.sent = self._sent_choice()
        self.since, self.until = self._date(-30), self._date(0)
        self.since.setAccessibleName(self.tr("Sent from"))
        self.until.setAccessibleName(self.tr("Sent until"))
        self.dash = QLabel("–")
        self.rates = QPushButton(self.tr("Rates…"))
        self.rates.setToolTip(self.tr("Show issues whose rates are within limits"))
        self.clear_button = _quiet(self.tr("Clear"), self.tr("Show all issues again"))
        self._chips = QWidget()
        self._chips_row = QHBoxLayout(self._chips)
        self._chips_row.setContentsMargins(0, 0, 0, 0)
        self._chips_row.setSpacing(4)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for part in (
            self.text, self.account, self.sent, self.since, self.dash, self.until, self.rates,
            self._chips, self.clear_button,
        ):  # fmt: skip
            row.addWidget(part)
        row.addStretch()
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._tell)
        self.text.textChanged.connect(lambda _: self._rest.start())
        self.account.currentIndexChanged.connect(lambda _: self._tell())
        self.sent.currentIndexChanged.connect(lambda _: self._tell())
        self.since.dateChanged.connect(lambda _: self._tell())
        self.until.dateChanged.connect(lambda _: self._tell())
        self.rates.clicked.connect(self._ask_bounds)
        self.clear_button.clicked.connect(self.clear)
        self.show_accounts(())
        self._tell()

    @property
    def filter(self) -> Filter:
        """What is to be shown."""
        since, until = self._dates()
        return Filter(
            text=self.text.text().strip(),
            account=self.account.currentData() or None,
            since=since,
            until=until,
            bounds=tuple(self._bounds),
        )

    def show_accounts(self, accounts: Sequence[Account]) -> None:
        """Offer these; with less than two there is nothing to choose."""
        chosen = self.account.currentData()
        self.account.blockSignals(True)
        self.account.clear()
        self.account.addItem(self.tr("All accounts"), "")
        for account in accounts:
            self.account.addItem(account.name, account.id)
        self.account.setCurrentIndex(max(0, self.account.findData(chosen)))
        self.account.blockSignals(False)
        self.account.setVisible(len(accounts) > 1)

    def add_bounds(self, bounds: Bounds) -> None:
        """Show only issues within limits, too; they take the place of the same rate's."""
        self._bounds = [each for each in self._bounds if each.rate is not bounds.rate]
        self._bounds.append(bounds)
        self._show_chips()
        self._tell()

    def clear(self) -> None:
        """Show everything."""
        self._bounds.clear()
        self._show_chips()
        for choice in (self.account, self.sent):
            choice.blockSignals(True)
            choice.setCurrentIndex(0)
            choice.blockSignals(False)
        self.text.clear()
        self._tell()

    def type(self, letters: str) -> None:
        """Letters that were typed into the list."""
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.text.setText(self.text.text() + letters)

    def _tell(self) -> None:
        self._rest.stop()
        between = self.sent.currentData() == BETWEEN
        for part in (self.since, self.dash, self.until):
            part.setVisible(between)
        self.clear_button.setVisible(self.filter != Filter())
        self.changed.emit()

    # when

    def _sent_choice(self) -> QComboBox:
        choice = QComboBox()
        choice.setAccessibleName(self.tr("When it was sent"))
        for name, text in (
            (ANY, self.tr("Any time")),
            (DAYS_30, self.tr("Last 30 days")),
            (DAYS_90, self.tr("Last 90 days")),
            (THIS_YEAR, self.tr("This year")),
            (LAST_YEAR, self.tr("Last year")),
            (BETWEEN, self.tr("Between…")),
        ):
            choice.addItem(text, name)
        return choice

    @staticmethod
    def _date(days: int) -> QDateEdit:
        field = QDateEdit(QDate.currentDate().addDays(days))
        field.setDisplayFormat(QLocale().dateFormat(QLocale.FormatType.ShortFormat))
        return field

    def _dates(self) -> tuple[int | None, int | None]:
        """The limits in milliseconds UTC; days are the writer's."""
        today = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        match self.sent.currentData():
            case "30" | "90" as days:
                return _ms(today - timedelta(days=int(days) - 1)), None
            case "this_year":
                return _ms(_midnight(today.year, 1, 1)), None
            case "last_year":
                return _ms(_midnight(today.year - 1, 1, 1)), _ms(_midnight(today.year, 1, 1))
            case "between":
                first, last = self.since.date(), self.until.date().addDays(1)
                return (
                    _ms(_midnight(first.year(), first.month(), first.day())),
                    _ms(_midnight(last.year(), last.month(), last.day())),
                )
        return None, None

    # rates

    def _ask_bounds(self) -> None:
        popup = BoundsPopup(self)
        popup.added.connect(self.add_bounds)
        popup.move(self.rates.mapToGlobal(QPoint(0, self.rates.height() + 4)))
        popup.show()
        popup.rate.setFocus()

    def _show_chips(self) -> None:
        for old in self.chips:
            self._chips_row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.chips = []
        for bounds in self._bounds:
            words = f"{bounds_text(bounds)}  ✕"
            chip = _quiet(words, self.tr("Take this limit away"))
            chip.setAccessibleName(
                self.tr("Take the limit away: %1").replace("%1", bounds_text(bounds))
            )
            chip.setProperty("chip", True)
            chip.clicked.connect(lambda _checked=False, bounds=bounds: self._drop(bounds))
            self._chips_row.addWidget(chip)
            self.chips.append(chip)
        self._chips.setVisible(bool(self._bounds))

    def _drop(self, bounds: Bounds) -> None:
        self._bounds.remove(bounds)
        self._show_chips()
        self._tell()
        self.rates.setFocus()


class BoundsPopup(QWidget):
    """A rate, at least or at most, and how much."""

    added = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("card")
        self.setAccessibleName(self.tr("Limit of a rate"))
        self.rate = QComboBox()
        self.rate.setAccessibleName(self.tr("Rate"))
        for rate in Rate:
            self.rate.addItem(heading(rate.value), rate)
        self.which = QComboBox()
        self.which.setAccessibleName(self.tr("At least or at most"))
        self.which.addItem(self.tr("at least"), LEAST)
        self.which.addItem(self.tr("at most"), MOST)
        self.percent = QDoubleSpinBox()
        self.percent.setAccessibleName(self.tr("Percent"))
        self.percent.setRange(0, 100)
        self.percent.setDecimals(2)
        self.percent.setSuffix(" %")
        self.percent.setValue(40)
        self.percent.setFixedWidth(84)
        add = QPushButton(self.tr("Show these"))
        add.setToolTip(self.tr("Show only issues within this limit"))
        add.clicked.connect(self._add)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(8)
        for part in (self.rate, self.which, self.percent, add):
            row.addWidget(part)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._add()
        else:
            super().keyPressEvent(event)

    def _add(self) -> None:
        share = self.percent.value() / 100
        rate = Rate(self.rate.currentData())
        if self.which.currentData() == LEAST:
            self.added.emit(Bounds(rate, least=share))
        else:
            self.added.emit(Bounds(rate, most=share))
        self.close()


def bounds_text(bounds: Bounds) -> str:
    """``Opens ≥ 40 %``."""
    name = heading(bounds.rate.value)
    if bounds.most != float("inf"):
        return f"{name} ≤ {bounds.most * 100:g} %"
    return f"{name} ≥ {bounds.least * 100:g} %"


def _quiet(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("quiet", True)
    button.setFont(fonts.interface(10))
    button.setToolTip(tip)
    return button


def _midnight(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day).astimezone()


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
