"""The clicks of a sent issue beside the lines of its draft: an overlay that only such drafts have.

Nothing here runs with a key but moving the numbers along; they are placed anew, in a thread, when
the writing rests.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QEnterEvent, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from app.engagement.reports.click_map import Spot, spots
from app.engagement.reports.link_lore import IssueClicks
from app.engagement.reports.words import number
from app.lines import LineEdit
from app.ui import fonts, theme

from .card_text import age
from .hover import LinkCard
from .jobs import run_in_thread
from .open_draft import GUTTER
from .utf16 import to_utf16
from .view import DraftView

REST_MS = 400
"""Rest in typing after which the numbers are placed anew."""
BEYOND = 26
"""Pixels right of the text's own margin that the numbers may take where there is room."""
_GAP = 5


@dataclass(frozen=True, slots=True)
class Placed:
    """A link's figures and where it stands: a line, and a column in code points."""

    line: int
    column: int
    spot: Spot
    url: str


class ClickGutter(QWidget):
    """Shows how many people clicked each link, at the right edge of its row."""

    def __init__(self, view: DraftView, clicks: IssueClicks) -> None:
        super().__init__(view)
        self._view = view
        self._clicks = clicks
        self._is_placing = False
        self.placed: list[Placed] = []
        self.setAccessibleName(self.tr("Clicks of the links"))
        self.setMouseTracking(True)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._place)
        draft = view.draft
        if draft is not None:
            draft.edited.connect(self._follow)
            draft.changed.connect(lambda _: self._rest.start())
            draft.settled.connect(self._rest.start)
        view.verticalScrollBar().valueChanged.connect(self.update)
        view.updateRequest.connect(self._move_along)
        view.viewport().installEventFilter(self)
        theme.notifier().changed.connect(self.update)
        self._fit()
        self.show()
        self._place()

    def show_clicks(self, clicks: IssueClicks) -> None:
        """The figures are other ones."""
        if clicks != self._clicks:
            self._clicks = clicks
            self._place()

    def text_at(self, point: QPointF) -> str:
        """What is told of the numbers at a height: clicks, clickers, share and how fresh."""
        for top, height, here in self._rows():
            if top <= point.y() <= top + height:
                told = [f"{each.url}\n{each.spot.title}" for each in here]
                return "\n\n".join([*told, self._freshness()])
        return ""

    # placing

    def _place(self) -> None:
        draft = self._view.draft
        if draft is None or not draft.is_parsed or self._is_placing:
            return
        links = [
            (each.placed.line, each.placed.column, each.link.href or "")
            for each in draft.proof.links_between(0, len(draft.lines) - 1)
        ]
        rows, found = self._clicks.links, list[Placed]()
        version = object()
        self._version = version

        def work() -> None:
            placed = spots([href for _, _, href in links], rows)
            found.extend(
                Placed(line, column, spot, href)
                for (line, column, href), spot in zip(links, placed, strict=True)
                if spot is not None
            )

        def show() -> None:
            self._is_placing = False
            if self._version is version:
                self.placed = found
                self.update()
            else:
                self._rest.start()

        self._is_placing = True
        run_in_thread(work, show, self)

    def _follow(self, edit: LineEdit) -> None:
        """The numbers below move along with their lines until they are placed anew."""
        self._version = object()
        by = len(edit.lines) - edit.removed
        if by:
            after = edit.first + edit.removed
            self.placed = [
                replace(each, line=each.line + by) if each.line >= after else each
                for each in self.placed
                if each.line < edit.first + max(len(edit.lines), 1) or each.line >= after
            ]
            self.update()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(fonts.interface(9, strong=True))
        colors = theme.current()
        for top, height, here in self._rows():
            if not event.rect().intersects(QRectF(0, top, self.width(), height).toAlignedRect()):
                continue
            best = max(here, key=lambda each: each.spot.count or 0)
            text = number(best.spot.count) + ("+" if len(here) > 1 else "")
            place = QRectF(0, top, self.width() - _GAP, height)
            painter.setPen(QColor(colors.accent if best.spot.heat else colors.text_soft))
            align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(place, align, text)

    def _rows(self) -> list[tuple[float, float, Sequence[Placed]]]:
        """The rows in view that have numbers: top, height, and the links that begin there."""
        by_line: dict[int, list[Placed]] = {}
        for each in self.placed:
            by_line.setdefault(each.line, []).append(each)
        found: list[tuple[float, float, Sequence[Placed]]] = []
        for block, place in self._view.visible_blocks():
            rows: dict[int, list[Placed]] = {}
            layout = block.layout()
            for each in by_line.get(block.blockNumber(), ()):
                text = block.text()
                column = each.column if text.isascii() else to_utf16(text, each.column)
                row = layout.lineForTextPosition(min(column, len(text)))
                if row.isValid():
                    rows.setdefault(row.lineNumber(), []).append(each)
            for at, here in rows.items():
                row = layout.lineAt(at)
                found.append((place.top() + row.y(), row.height(), here))
        return found

    def _freshness(self) -> str:
        if self._clicks.as_of is None:
            return self.tr("“%1”").replace("%1", self._clicks.subject)
        then = datetime.fromtimestamp(self._clicks.as_of / 1000, UTC)
        told = self.tr("“%1”, figures of %2").replace("%1", self._clicks.subject)
        return told.replace("%2", age(then, datetime.now(UTC)))

    # staying beside the text

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._fit()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """The mouse rests on a number: tell all of it."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            told = self.text_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos() + QPoint(0, 6), told, self)
            return True
        return super().event(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """The mouse has left the text: a link's card goes."""
        for card in self._view.findChildren(LinkCard):
            card.leave_soon()
        super().enterEvent(event)

    def _move_along(self, _rect: object, by: int) -> None:
        if by:
            self.update()

    def _fit(self) -> None:
        area = self._view.viewport().geometry()
        right = min(area.right() + BEYOND, self._view.width() - 12)
        left = area.right() - GUTTER + 4
        self.setGeometry(left, area.top(), max(0, right - left), area.height())
        self.raise_()
