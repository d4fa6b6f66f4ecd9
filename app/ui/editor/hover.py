"""The card that tells about a link, beside the mouse or at the caret."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.linkcheck.verdict import Status
from app.proof import ProofedLink
from app.ui import fonts, theme
from app.ui.shapes import paint_status

from .card_text import CardText, card_text
from .quick_fixes import Deed, Remedy, remedies

WIDTH = 400
SHADOW = 12
FACT_NAMES = 130
"""Pixels that the names of the facts and the margins take at most."""
LEAVE_MS = 250


class _Shape(QWidget):
    """The status' shape, as large as the title."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.status = Status.UNCHECKED
        self.setFixedSize(18, 18)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        paint_status(painter, QRectF(2, 2, 14, 14), self.status)
        painter.end()


class LinkCard(QFrame):
    """Says what is known of one link, and offers what can be done about it.

    It never takes the focus by itself; asked for by the keyboard, its first button has it.
    """

    chosen = Signal(object, object)
    """The `Remedy` that was picked, and the `ProofedLink`."""
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._room = parent
        self.setObjectName("linkcard")
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.proofed: ProofedLink | None = None
        self.text = CardText("", "", (), ())
        self.folder: Callable[[], str] = str
        """The folder of the draft's file, "" while it has none."""
        self.earlier: Callable[[str], list[tuple[str, str]]] = lambda _: []
        """What earlier issues tell of an address: names and words."""
        self._shape = _Shape(self)
        self._title = QLabel(self)
        self._sentence = QLabel(self)
        self._notes = QLabel(self)
        self._facts = QGridLayout()
        self._buttons = QVBoxLayout()
        self._lay_out()
        self._leaving = QTimer(self, singleShot=True, interval=LEAVE_MS)
        self._leaving.timeout.connect(self.dismiss)
        theme.notifier().changed.connect(self._dress)
        self._dress()
        self.hide()

    @property
    def buttons(self) -> list[QPushButton]:
        """The remedies' buttons, in their order."""
        return self.findChildren(QPushButton)

    def tell(self, proofed: ProofedLink, beside: QRect, *, take_focus: bool) -> None:
        """Show the card below (or above) a rectangle of the parent."""
        self._leaving.stop()
        if proofed != self.proofed or not self.isVisible():
            self._fill(proofed)
        self.proofed = proofed
        self._place(beside)
        self.show()
        self.raise_()
        if take_focus and self.buttons:
            self.buttons[0].setFocus(Qt.FocusReason.ShortcutFocusReason)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def leave_soon(self) -> None:
        """The mouse has left the link: go, unless it comes to the card."""
        if self.isVisible() and not self._leaving.isActive() and not self._has_focus():
            self._leaving.start()

    def dismiss(self) -> None:
        """Go away; the focus, where it was here, goes back to the parent."""
        self._leaving.stop()
        if not self.isVisible():
            return
        had_focus = self._has_focus()
        self.hide()
        if had_focus:
            self.closed.emit()

    def _has_focus(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._shape)
        head.addWidget(self._title, 1)
        for label in (self._sentence, self._notes):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._facts.setHorizontalSpacing(12)
        self._facts.setVerticalSpacing(3)
        self._facts.setColumnStretch(1, 1)
        self._buttons.setSpacing(6)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(SHADOW + 16, SHADOW + 12, SHADOW + 16, SHADOW + 14)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._sentence)
        column.addWidget(self._notes)
        column.addLayout(self._facts)
        column.addSpacing(2)
        column.addLayout(self._buttons)

    def _dress(self) -> None:
        colors = theme.current()
        self._title.setFont(fonts.interface(11.5, strong=True))
        self._sentence.setFont(fonts.interface())
        self._notes.setFont(fonts.interface())
        self.setStyleSheet(
            f"QLabel {{ color: {colors.text}; background: transparent; }}"
            f"QLabel[tone='soft'] {{ color: {colors.text_soft}; }}"
            f"QPushButton {{ color: {colors.text}; background: {colors.panel};"
            f" border: 1px solid {colors.line}; border-radius: 6px; padding: 4px 11px; }}"
            f"QPushButton:hover {{ background: {colors.hover}; }}"
            f"QPushButton:pressed {{ background: {colors.chosen}; }}"
            f"QPushButton:focus {{ border-color: {colors.accent}; }}"
            f"QPushButton[main='true'] {{ color: {colors.on_accent};"
            f" background: {colors.accent}; border-color: {colors.accent}; }}"
            f"QPushButton[main='true']:focus {{ border: 2px solid {colors.text}; }}"
        )
        self._notes.setProperty("tone", "soft")
        self.update()

    def _fill(self, proofed: ProofedLink) -> None:
        folder = self.folder()
        text = card_text(proofed, folder=Path(folder) if folder else None)
        earlier = self.earlier(proofed.url or proofed.link.href or "")
        self.text = text = replace(text, facts=(*text.facts, *earlier))
        self._shape.status = proofed.verdict.status
        self._title.setText(text.title)
        self._sentence.setText(text.sentence)
        self._notes.setText("\n".join(text.notes))
        self._notes.setVisible(bool(text.notes))
        self._clear(self._facts)
        for row, (name, value) in enumerate(text.facts):
            self._facts.addWidget(self._fact(name, soft=True), row, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(self._fact(value, soft=False), row, 1, Qt.AlignmentFlag.AlignTop)
        self._fill_buttons(proofed)
        self.setAccessibleName(text.title)
        self.setAccessibleDescription(text.spoken())

    def _fact(self, words: str, *, soft: bool) -> QLabel:
        # Zero-width spaces let a long address wrap; they are shown, never copied into the draft.
        shown = words if soft else words.replace("/", "/\u200b").replace("&", "&\u200b")
        label = QLabel(shown, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setFont(fonts.interface(9.5))
        label.setProperty("tone", "soft" if soft else "plain")
        # A wrapping label asks for more height than it needs: wrap only what must.
        label.setWordWrap(label.sizeHint().width() > WIDTH - FACT_NAMES)
        label.setSizePolicy(
            QSizePolicy.Policy.Fixed if soft else QSizePolicy.Policy.Ignored,
            QSizePolicy.Policy.Minimum,
        )
        label.show()  # in a card that is shown already; the layout measures only what is
        return label

    def _fill_buttons(self, proofed: ProofedLink) -> None:
        self._clear(self._buttons)
        row: QHBoxLayout | None = None
        room = 0
        for remedy in remedies(proofed):
            button = self._button(remedy)
            width = button.sizeHint().width() + 6
            if row is None or width > room:
                row = QHBoxLayout()
                row.setSpacing(6)
                row.addStretch(1)
                self._buttons.addLayout(row)
                room = WIDTH - 32
            row.insertWidget(row.count() - 1, button)
            room -= width

    def _button(self, remedy: Remedy) -> QPushButton:
        button = QPushButton(remedy.title, self)
        button.setFont(fonts.interface(9.5))
        button.setToolTip(remedy.tip)
        button.setAccessibleName(remedy.title)
        button.setAccessibleDescription(remedy.tip)
        button.setAutoDefault(False)
        button.setProperty("main", "true" if remedy.deed is Deed.FIX else "false")
        # A click must not take the focus from the text.
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.clicked.connect(lambda: self._pick(remedy))
        button.ensurePolished()
        button.show()
        return button

    def _pick(self, remedy: Remedy) -> None:
        proofed = self.proofed
        self.dismiss()
        if proofed is not None:
            self.chosen.emit(remedy, proofed)

    def _clear(self, layout: QGridLayout | QVBoxLayout | QHBoxLayout) -> None:
        while (item := layout.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.setParent(None)
                widget.deleteLater()
            inner = item.layout()
            if isinstance(inner, QHBoxLayout):
                self._clear(inner)

    def _place(self, beside: QRect) -> None:
        room = self._room.rect()
        width = min(WIDTH + 2 * SHADOW, room.width())
        self.setFixedWidth(width)
        self._column.activate()
        height = self._column.totalHeightForWidth(width)
        self.resize(QSize(width, height))
        left = min(max(beside.left() - SHADOW - 16, 0), room.width() - width)
        top = beside.bottom() + 4 - SHADOW + 4
        if top + height - SHADOW > room.height() and beside.top() - height + SHADOW > 0:
            top = beside.top() - height + SHADOW - 4
        self.move(QPoint(left, top))

    # a card with a soft shadow

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint paper, edge and shadow."""
        colors = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(self.rect()).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
        painter.setPen(Qt.PenStyle.NoPen)
        for step in range(SHADOW, 0, -2):
            shade = QColor(0, 0, 0, 9 if colors.is_dark else 5)
            painter.setBrush(shade)
            around = body.adjusted(-step, -step + 3, step, step + 0.0)
            painter.drawRoundedRect(around, 9 + step, 9 + step)
        painter.setBrush(QColor(colors.raised))
        painter.setPen(QPen(QColor(colors.line), 1))
        painter.drawRoundedRect(body.translated(0.5, 0.5).adjusted(0, 0, -1, -1), 9, 9)
        painter.end()

    def covers(self, point: QPointF) -> bool:
        """Whether a point of the parent lies on the card, its shadow apart."""
        body = QRectF(self.geometry()).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
        return self.isVisible() and body.contains(point)

    def event(self, event: QEvent) -> bool:
        """Stay while the mouse is here."""
        if event.type() == QEvent.Type.Enter:
            self._leaving.stop()
        elif event.type() == QEvent.Type.Leave:
            self.leave_soon()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes; the arrows walk through the buttons."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Right):
            self.focusNextPrevChild(True)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Left):
            self.focusNextPrevChild(False)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus = self.focusWidget()
            if isinstance(focus, QPushButton):
                focus.click()
        else:
            super().keyPressEvent(event)
