"""The findings' marks left of the text, outside of what a key paints.

They stand in the margin that the column of text always has, so that no key makes them be painted,
and beside the row in which a finding begins; the marks of links stand in the text's own gutter.
"""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from app.preflight import WEIGHT, Finding
from app.ui import theme
from app.ui.brief import brief
from app.ui.editor.utf16 import to_utf16
from app.ui.editor.view import DraftView
from app.ui.preflight.findings import Findings
from app.ui.preflight.shapes import paint_severity
from app.ui.preflight.words import severity_name

WIDTH = 15
SHAPE = 10.0
MOST_TOLD = 5
"""Findings of one row that its tooltip tells."""


class FindingGutter(QWidget):
    """Shows the worst finding of each row in view; a click asks for the list."""

    picked = Signal(object)
    """A `Finding`."""

    def __init__(self, view: DraftView, findings: Findings) -> None:
        super().__init__(view)
        self._view = view
        self._findings = findings
        self.setAccessibleName(self.tr("Findings beside the text"))
        self.setMouseTracking(True)
        findings.changed.connect(self.update)
        findings.drifted.connect(self.update)
        view.verticalScrollBar().valueChanged.connect(self.update)
        view.updateRequest.connect(self._move_along)
        view.viewport().installEventFilter(self)
        if view.draft is not None:
            view.draft.layout.documentSizeChanged.connect(self.update)
        theme.notifier().changed.connect(self.update)
        self._fit()
        self.show()

    def at(self, point: QPointF) -> Sequence[Finding]:
        """The findings of the row at a point, the worst first."""
        for top, height, here in self._rows():
            if top <= point.y() <= top + height:
                return here
        return ()

    def tell(self, finding: Finding, *, shows: bool) -> None:
        """Say what was found, and what begins there too; ``shows`` for eyes as well."""
        for top, height, here in self._rows():
            if finding in here:
                place = self.mapToGlobal(QPoint(self.width() + 12, round(top + height) + 2))
                start = (finding.line, finding.column)
                together = [each for each in here if (each.line, each.column) == start]
                words = self._words(together)
                if shows:
                    QToolTip.showText(place, words, self)
                announcement = QAccessibleAnnouncementEvent(self._view, words)
                QAccessible.updateAccessibility(announcement)
                return

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102
        if not self._findings.judged.by_line:
            return
        painter = QPainter(self)
        for top, height, here in self._rows():
            place = QRectF((self.width() - SHAPE) / 2, top + (height - SHAPE) / 2, SHAPE, SHAPE)
            if event.rect().intersects(place.toAlignedRect()):
                paint_severity(painter, place, here[0].severity)

    def _rows(self) -> list[tuple[float, float, Sequence[Finding]]]:
        """The rows in view that have findings: top, height, and these, the worst first."""
        by_line, drift = self._findings.judged.by_line, self._findings.drift
        found: list[tuple[float, float, Sequence[Finding]]] = []
        if not by_line:
            return found
        for block, place in self._view.visible_blocks():
            then = drift.then(block.blockNumber())
            here = by_line.get(then, ()) if then is not None else ()
            if not here:
                continue
            layout, text = block.layout(), block.text()
            rows: dict[int, list[Finding]] = {}
            for each in here:
                row = layout.lineForTextPosition(to_utf16(text, each.column))
                rows.setdefault(row.lineNumber() if row.isValid() else 0, []).append(each)
            for at, findings in rows.items():
                row = layout.lineAt(at)
                findings.sort(key=lambda each: -WEIGHT[each.severity])
                found.append((place.top() + row.y(), row.height(), findings))
        return found

    def _words(self, findings: Sequence[Finding]) -> str:
        told = [
            f"{severity_name(each.severity)}: {brief(each.message, 300)}"
            for each in findings[:MOST_TOLD]
        ]
        if len(findings) > MOST_TOLD:
            told.append(self.tr("and %1 more").replace("%1", str(len(findings) - MOST_TOLD)))
        return "\n".join(told)

    # the mouse

    def event(self, event: QEvent) -> bool:
        """The mouse rests on a mark: tell what was found."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            words = self._words(self.at(QPointF(event.pos())))
            QToolTip.showText(event.globalPos() + QPoint(8, 6), words, self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Over a mark the pointer is a hand."""
        is_mark = bool(self.at(event.position()))
        shape = Qt.CursorShape.PointingHandCursor if is_mark else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a mark picks its finding."""
        here = self.at(event.position())
        if here and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(here[0])

    # staying beside the text

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._fit()
        return super().eventFilter(watched, event)

    def _move_along(self, _rect: object, by: int) -> None:
        if by:
            self.update()

    def _fit(self) -> None:
        area = self._view.viewport().geometry()
        self.setGeometry(area.left() - WIDTH, area.top(), WIDTH, area.height())
        self.raise_()
