"""One issue's page: a column of cards."""

from collections.abc import Iterator

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.engagement.reports.charts import BarChart
from app.engagement.reports.issue_page import IssuePageData, Side
from app.ui import fonts
from app.ui.charts import ChartView
from app.ui.reports.issue.columns import Columns
from app.ui.reports.issue.compare import CompareCard
from app.ui.reports.issue.course import CourseCard
from app.ui.reports.issue.export import Exporter
from app.ui.reports.issue.links import LinksTable
from app.ui.reports.issue.parts import (
    Card,
    Choices,
    HeadlineTile,
    flush_button,
    more_button,
    quiet_button,
    soft_words,
)
from app.ui.reports.issue.readers import ReadersCard

WIDEST = 1040
_TILES, _MAIN = 6, 3
_NARROW = 820


class IssuePage(QScrollArea):
    """Everything about how one issue landed. Its widgets are made once and show any issue."""

    back_wanted = Signal()
    compare_wanted = Signal(str, str)
    """Account and id of an issue whose page is wanted, to compare."""
    clickmap_wanted = Signal()
    """The issue's text is wanted, with the clicks on its links."""
    place_wanted = Signal(int)
    """A link's number: it is wanted in the issue's text."""
    remark_wanted = Signal()
    """More of what `show_remark` says."""
    told = Signal(str)
    """What was done, in words, such as that a file is saved."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.data: IssuePageData | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("How one issue landed"))
        self.exporter = Exporter(self)
        self.exporter.told.connect(self.told)
        self.who = Choices(
            self.tr("Whom figures count"),
            (
                (self.tr("People"), self.tr("People only, as far as they can be told apart")),
                (self.tr("Everybody"), self.tr("People, privacy proxies and machines")),
            ),
        )
        self.who.chosen.connect(self._refresh)
        self._column = QVBoxLayout()
        self._column.setSpacing(14)
        self._pairs = Columns()
        inner = QWidget()
        inner.setObjectName("desk")
        inner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        middle = QWidget()
        middle.setMaximumWidth(WIDEST)
        middle.setLayout(self._column)
        around = QHBoxLayout(inner)
        around.setContentsMargins(28, 18, 28, 28)
        around.setSpacing(0)
        around.addStretch(1)
        around.addWidget(middle, 1000)
        around.addStretch(1)
        self.setWidget(inner)
        self._steps = self._build()

    def prepare(self) -> bool:
        """Make a further part of the page; whether there was one. Showing an issue makes them all:
        whoever has a moment before spares the writer that wait.
        """
        return next(self._steps, None) is not None

    @property
    def side(self) -> Side | None:
        """The figures that are shown: of people, or of everybody."""
        if self.data is None:
            return None
        return self.data.sides[min(self.who.value, len(self.data.sides) - 1)]

    @property
    def panes(self) -> list[QWidget]:
        """Its parts, from top to bottom, each of which takes the keyboard."""
        charts = (self.course.view, self._week[1], *(view for _, view in self._splits))
        return [self, charts[0], self.links, *charts[1:], self._compare.chooser]

    def show_report(self, report: IssuePageData) -> None:
        """Show an issue."""
        while self.prepare():
            pass
        before, self.data = self.data, report
        is_other = before is None or (before.row.account, before.row.id) != (
            report.row.account,
            report.row.id,
        )
        self.setUpdatesEnabled(False)
        self._show_all(report)
        self._readers.setVisible(report.by_name)
        if is_other:
            self.show_remark("")
            self._readers.show_issue(report)
            self.verticalScrollBar().setValue(0)
        self._refresh()
        self.setUpdatesEnabled(True)

    def rehearse(self, report: IssuePageData) -> Iterator[None]:
        """Show an issue, part by part, while another page is shown: what is done for the first time
        takes long.
        """
        self._show_all(report)
        yield
        yield from self._show_side(report, report.sides[0])

    def show_remark(self, words: str) -> None:
        """Say something of this issue that leads elsewhere; nothing with empty words."""
        self._remark.setText(f"{words} →" if words else "")
        self._remark.setAccessibleName(words)
        self._remark.setVisible(bool(words))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Backspace leads back; Home and End scroll, too."""
        bar = self.verticalScrollBar()
        if event.key() == Qt.Key.Key_Backspace:
            self.back_wanted.emit()
        elif event.key() == Qt.Key.Key_Home:
            bar.setValue(bar.minimum())
        elif event.key() == Qt.Key.Key_End:
            bar.setValue(bar.maximum())
        else:
            super().keyPressEvent(event)

    def _build(self) -> Iterator[str]:
        """Make the page, from top to bottom; what was made is told after each part."""
        self._column.addLayout(self._head())
        yield "head"
        self._column.addWidget(self._headlines())
        yield "headlines"
        self.course = CourseCard()
        self.course.told.connect(self.told)
        self._column.addWidget(self.course)
        yield "course"
        self._column.addWidget(self._links_card())
        yield "links"
        self._week = self._chart_card(self.tr("When it was opened"))
        self._column.addWidget(self._week[0])
        yield "week"
        self._column.addWidget(self._pairs)
        self._clients = self._chart_card(self.tr("Mail programs"))
        self._domains = self._chart_card(self.tr("Receiving domains"))
        self._systems = self._chart_card(self.tr("Systems"))
        yield "programs"
        self._devices = self._chart_card(self.tr("Devices"))
        self._proxies = self._chart_card(self.tr("Privacy proxies"))
        self._bounces = self._chart_card(self.tr("Bounces by reason"))
        self._archive = self._chart_card(self.tr("The archive page"))
        self._splits = (
            self._clients, self._domains, self._systems, self._devices,
            self._proxies, self._bounces, self._archive,
        )  # fmt: skip
        for card, _ in self._splits:
            self._pairs.add(card)
        yield "domains"
        self._compare = CompareCard()
        self._compare.wanted.connect(self.compare_wanted)
        self._column.addWidget(self._compare)
        yield "comparison"
        self._readers = ReadersCard()
        self._column.addWidget(self._readers)
        self._untold = soft_words()
        self._column.addWidget(self._untold)
        self._column.addStretch(1)

    def _headlines(self) -> QWidget:
        self._tiles = [HeadlineTile(is_main=number < _MAIN) for number in range(_TILES)]
        self._places = QGridLayout()
        self._places.setSpacing(12)
        for column in range(_MAIN):
            self._places.setColumnStretch(column, 1)
        self._places.setContentsMargins(0, 0, 0, 0)
        holder = QWidget()
        holder.setLayout(self._places)
        # A tall window leaves its room below, not within the tiles.
        holder.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        return holder

    def _show_headlines(self, side: Side) -> None:
        """What is told, in rows from the left, few in one; what is left out is named at the page's
        end.
        """
        in_one = sum(each.is_told for each in side.headlines) <= _MAIN
        columns = [0, 0]
        for number, (tile, headline) in enumerate(zip(self._tiles, side.headlines, strict=True)):
            row = 0 if in_one else number // _MAIN
            tile.show_headline(headline)
            self._places.addWidget(tile, row, columns[row])  # before it is seen: else a window
            tile.setVisible(headline.is_told)
            columns[row] += headline.is_told

    def _head(self) -> QVBoxLayout:
        back = flush_button(
            self.tr("← All issues"), self.tr("Back to the list (Esc)"), self.back_wanted.emit
        )
        self._export = quiet_button(
            self.tr("Export…"), self.tr("Take the report along: PDF, Markdown, tables"),
            self.show_export,
        )  # fmt: skip
        clicks = quiet_button(
            self.tr("Clicks in the text"), self.tr("Show the issue's text with the clicks on it"),
            self.clickmap_wanted.emit,
        )  # fmt: skip
        top = QHBoxLayout()
        top.addWidget(back)
        top.addStretch()
        top.addWidget(self.who)
        top.addSpacing(18)
        top.addWidget(clicks)
        top.addWidget(self._export)
        self._subject = QLabel()
        self._subject.setFont(fonts.writing(points=21))
        self._subject.setWordWrap(True)
        self._subject.setTextFormat(Qt.TextFormat.PlainText)
        self._sent = soft_words()
        self._fresh = QLabel()
        self._fresh.setProperty("tone", "soft")
        self._notes = soft_words()
        self._remark = flush_button("", self.tr("Show which (Ctrl+Alt+G)"), self.remark_wanted.emit)
        self._remark.hide()
        under = QHBoxLayout()
        under.addWidget(self._sent, 1)
        under.addWidget(self._fresh)
        head = QVBoxLayout()
        head.setSpacing(5)
        head.addLayout(top)
        head.addWidget(self._subject)
        head.addLayout(under)
        head.addWidget(self._notes)
        head.addWidget(self._remark, 0, Qt.AlignmentFlag.AlignLeft)
        return head

    def _links_card(self) -> Card:
        self._links_holder = Card(self.tr("Links"))
        self.links = LinksTable()
        self.links.place_wanted.connect(self.place_wanted)
        copy = quiet_button(
            self.tr("Copy"), self.tr("Copy the links as a table (CSV)"), self.exporter.copy_links
        )
        save = quiet_button(
            self.tr("Save…"), self.tr("Save the links as a table (CSV)"), self.exporter.save_links
        )
        self._links_holder.corner.addWidget(copy)
        self._links_holder.corner.addWidget(save)
        self._links_holder.body.setContentsMargins(3, 0, 3, 0)
        self._links_holder.body.addWidget(self.links)
        return self._links_holder

    def _chart_card(self, title: str) -> tuple[Card, ChartView]:
        card, view = Card(title), ChartView(ground="raised")
        view.told.connect(self.told)
        card.body.addWidget(view)
        card.corner.addWidget(more_button(view))
        return card, view

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self._pairs.turn(narrow=self.viewport().width() < _NARROW)

    def show_export(self) -> None:
        """The menu of everything that can be taken along."""
        menu = self.exporter.menu()
        corner = self._export.mapToGlobal(self._export.rect().bottomRight())
        menu.popup(corner - QPoint(menu.sizeHint().width(), 0))

    def _show_all(self, report: IssuePageData) -> None:
        """What does not depend on whom figures count."""
        self._subject.setText(report.row.subject)
        self._sent.setText(report.sent)
        self._fresh.setText(report.fresh)
        self._notes.setText("\n".join(report.notes))
        self._notes.setVisible(bool(report.notes))
        self._untold.setText(report.untold)
        self._untold.setVisible(bool(report.untold))
        self.who.setVisible(len(report.sides) > 1)
        _show(self._bounces, report.bounces)
        _show(self._proxies, report.proxies)
        _show(self._archive, report.archive)

    def _refresh(self) -> None:
        if self.data is not None and self.side is not None:
            for _ in self._show_side(self.data, self.side):
                pass

    def _show_side(self, data: IssuePageData, side: Side) -> Iterator[None]:
        """Show it, part by part."""
        self._show_headlines(side)
        yield
        self.course.show_course(side.course)
        yield
        self._links_holder.setVisible(bool(side.links))
        self._links_holder.set_title(self.tr("Links (%1)").replace("%1", str(len(side.links))))
        self.links.show_links(side.links)
        yield
        week_card, week = self._week
        week_card.setVisible(side.course.week is not None)
        if side.course.week is not None:
            week.show_chart(side.course.week)
        yield
        for card, chart in (
            (self._clients, side.clients),
            (self._devices, side.devices),
            (self._systems, side.systems),
            (self._domains, side.domains),
        ):
            _show(card, chart)
            yield
        self._pairs.balance()
        self._compare.show_issue(data, side.who)
        yield
        self.exporter.show(data, side)


def _show(holder: tuple[Card, ChartView], chart: BarChart | None) -> None:
    card, view = holder
    card.setVisible(chart is not None)
    if chart is not None:
        view.show_chart(chart)
