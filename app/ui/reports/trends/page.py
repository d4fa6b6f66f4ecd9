"""All issues together: what their rates were over time, and what the good ones have in common."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.engagement.reports.charts import Chart, is_empty
from app.engagement.reports.trends import Period, Trends
from app.ui.charts.view import ChartView
from app.ui.reports.issue.parts import Card, Choices, more_button, soft_words

PERIODS = (Period.ALL, Period.YEAR, Period.QUARTER)
TWO_COLUMNS = 900
"""Pixels: from this width on cards stand side by side."""
WIDEST = 1280
PLACES = ("opens", "clicks", "ctor", "unsubscribes", "links", "hosts", "lengths", "growth", "times")
"""Cards in their order; the last one takes the whole width."""
WIDE = "times"


class TrendsPage(QScrollArea):
    """Cards with a chart each; an account and a period are chosen above."""

    wanted = Signal(str, str)
    """The figures of an account (empty: of any) and a period are wanted."""
    said = Signal(str)
    """What was done, in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_stale = True
        self._columns = 0
        self.trends: Trends | None = None
        self.account = QComboBox()
        self.account.setAccessibleName(self.tr("Account"))
        self.account.setToolTip(self.tr("Accounts are not mixed: platforms count differently"))
        self.account.activated.connect(lambda _: self._want())
        self.period = self._period_choice()
        self._summary = soft_words()
        self.cards: dict[str, Card] = {}
        self.views: dict[str, ChartView] = {}
        self._more: dict[str, QPushButton] = {}
        for place in PLACES:
            self._add_card(place)
        self._grid = QGridLayout()
        self._grid.setSpacing(16)
        self._assemble()

    @property
    def panes(self) -> list[QWidget]:
        """Its parts, each of which takes the keyboard."""
        return [self.account, *(self.views[place] for place in PLACES)]

    def reload(self) -> None:
        """There may be something new: it is asked for once the page is seen."""
        self._is_stale = True
        if self.isVisible():
            self._want()

    def show_trends(self, trends: Trends) -> None:
        """Show what was reckoned; what is chosen above stays chosen."""
        self.trends = trends
        self._show_accounts(trends)
        self._summary.setText(self._told(trends))
        charts: dict[str, Chart] = {each.rate.value: each.chart for each in trends.rates}
        charts |= {
            "links": trends.links,
            "hosts": trends.hosts,
            "lengths": trends.lengths,
            "times": trends.times,
            "growth": trends.growth,
        }
        for place, chart in charts.items():
            self.cards[place].set_title(chart.title)
            self.views[place].show_chart(chart)
            # A chart without a value is only its note.
            self.views[place].canvas.setVisible(
                not is_empty(chart) and not self.views[place].shows_table
            )
            self._more[place].setVisible(not is_empty(chart))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column where there is no room for two."""
        super().resizeEvent(event)
        self._arrange(2 if self.viewport().width() >= TWO_COLUMNS else 1)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what may be new since the page was seen last."""
        super().showEvent(event)
        if self._is_stale:
            self._want()

    def _want(self) -> None:
        self._is_stale = False
        self.wanted.emit(self.account.currentData() or "", PERIODS[self.period.value].value)

    def _period_choice(self) -> Choices:
        texts = {
            Period.ALL: (self.tr("All"), self.tr("All issues that are known")),
            Period.YEAR: (self.tr("Year"), self.tr("Issues of the last 365 days")),
            Period.QUARTER: (self.tr("90 days"), self.tr("Issues of the last 90 days")),
        }
        choice = Choices(self.tr("Period"), [texts[each] for each in PERIODS])
        choice.chosen.connect(lambda _: self._want())
        return choice

    def _add_card(self, place: str) -> None:
        card, view = Card(""), ChartView(ground="raised")
        view.told.connect(self.said)
        card.body.addWidget(view)
        self._more[place] = more_button(view)
        card.corner.addWidget(self._more[place])
        card.body.addStretch()
        # As high as its neighbour.
        card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.cards[place], self.views[place] = card, view

    def _assemble(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.account)
        head.addWidget(self.period)
        head.addWidget(self._summary, 1)
        middle = QWidget()
        middle.setMaximumWidth(WIDEST)
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addLayout(head)
        layout.addLayout(self._grid)
        layout.addStretch()
        self.account.hide()
        body = QWidget()
        body.setObjectName("desk")
        body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        around = QHBoxLayout(body)
        around.setContentsMargins(28, 8, 28, 28)
        around.setSpacing(0)
        around.addStretch(1)
        around.addWidget(middle, 1000)
        around.addStretch(1)
        self.setWidget(body)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Trends"))
        self.setFocusProxy(self.views[PLACES[0]])

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        row = column = 0
        for place in PLACES:
            if place == WIDE or columns == 1:
                row += column > 0
                self._grid.addWidget(self.cards[place], row, 0, 1, columns)
                row, column = row + 1, 0
            else:
                self._grid.addWidget(self.cards[place], row, column)
                column += 1
                if column == columns:
                    row, column = row + 1, 0
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1 if columns == 2 else 0)

    def _show_accounts(self, trends: Trends) -> None:
        known = [self.account.itemData(at) for at in range(self.account.count())]
        if known != [account for account, _ in trends.accounts]:
            self.account.clear()
            for account, name in trends.accounts:
                self.account.addItem(name, account)
        self.account.setCurrentIndex(self.account.findData(trends.account))
        self.account.setVisible(len(trends.accounts) > 1)

    def _told(self, trends: Trends) -> str:
        if trends.warning:
            return trends.warning
        if not trends.issues:
            return self.tr("No issue was sent in this time.")
        if trends.issues == 1:
            return self.tr("1 issue")
        return self.tr("%1 issues").replace("%1", str(trends.issues))
