"""What the page is made of: cards, switches, tiles."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.engagement.reports.headlines import Headline
from app.ui import fonts, theme
from app.ui.charts import ChartView

INSET = 6
"""Pixels that words stand in from the edge of what can have the focus."""


class Card(QWidget):
    """A raised sheet with a title, what belongs to it on the right, and a body."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setAccessibleName(title)
        self.title = QLabel(title)
        self.title.setFont(fonts.interface(11.5, strong=True))
        self.corner = QHBoxLayout()
        self.corner.setSpacing(4)
        head = QHBoxLayout()
        head.setContentsMargins(INSET, 0, 0, 0)
        head.addWidget(self.title)
        head.addStretch()
        head.addLayout(self.corner)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 14)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addLayout(self.body)

    def set_title(self, title: str) -> None:
        """Another title."""
        self.title.setText(title)
        self.setAccessibleName(title)


class Choices(QWidget):
    """A few words of which one holds."""

    chosen = Signal(int)

    def __init__(self, name: str, texts: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for number, (text, tip) in enumerate(texts):
            button = quiet_button(text, tip, lambda: None)
            button.setCheckable(True)
            button.setChecked(number == 0)
            self._group.addButton(button, number)
            layout.addWidget(button)
        self._group.idClicked.connect(self.chosen)

    @property
    def value(self) -> int:
        """The number of the one that holds."""
        return self._group.checkedId()

    def step(self) -> None:
        """Let the next one hold, where there is a choice now."""
        if not self.isHidden():
            self._group.button((self.value + 1) % len(self._group.buttons())).click()


class HeadlineTile(QWidget):
    """A rate, large; under it what it is of and how it compares.

    Args:
        is_main: One of the figures that are looked at first; others take less room.
    """

    def __init__(self, *, is_main: bool) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = QLabel()
        self._title.setProperty("tone", "soft")
        self._value = QLabel()
        self._value.setFont(fonts.interface(21 if is_main else 15, strong=True))
        self._of = _wrapped()
        self._classes = _wrapped("soft")
        self._strip = UsualStrip()
        self._is_main = is_main
        self._beside = _wrapped()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 11 if is_main else 9, 16, 13 if is_main else 10)
        layout.setSpacing(1 if is_main else 0)
        for each in (self._title, self._value, self._of, self._classes):
            layout.addWidget(each)
        layout.addStretch()
        if is_main:
            layout.addSpacing(6)
        layout.addWidget(self._strip)
        layout.addWidget(self._beside)
        theme.notifier().changed.connect(self._color)
        self._headline: Headline | None = None

    def show_headline(self, headline: Headline) -> None:
        """Show a figure."""
        if headline == self._headline:
            return
        self._headline = headline
        self._title.setText(headline.title)
        self._value.setText(headline.value)
        self._of.setText(headline.of)
        self._classes.setText(headline.classes)
        self._classes.setVisible(bool(headline.classes))
        mark = {True: "▲ ", False: "▼ ", None: ""}[_is_above(headline)]
        self._beside.setText(mark + headline.beside)
        self._beside.setVisible(bool(headline.beside))
        self.setToolTip(headline.explained)
        if self._is_main:
            self._strip.show_headline(headline)
        self.setAccessibleName(
            ". ".join(filter(None, (f"{headline.title}: {headline.value}", headline.of,
                                    headline.classes, headline.beside)))
        )  # fmt: skip
        self.setAccessibleDescription(headline.explained)
        self._color()

    def _color(self) -> None:
        if self._headline is None:
            return
        colors = theme.current()
        color = {True: colors.safe, False: colors.warn, None: colors.text_soft}
        self._beside.setStyleSheet(f"color: {color[self._headline.better]};")


class UsualStrip(QWidget):
    """Where a rate lies beside the usual ones: their middle half as a band, the median as a line,
    this issue as a dot.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(14)
        self.hide()
        self._headline: Headline | None = None
        theme.notifier().changed.connect(self.update)

    def show_headline(self, headline: Headline) -> None:
        """Show a figure beside its usual; nothing where there is none."""
        self._headline = headline
        self.setVisible(headline.usual is not None and headline.number is not None)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: D102
        return QSize(120, 14)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, D102
        headline = self._headline
        if headline is None or headline.usual is None or headline.number is None:
            return
        colors, usual = theme.current(), headline.usual
        most = max(headline.number, usual.median, usual.high or 0) * 1.1 or 1
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, middle = self.width() - 10, self.height() / 2

        def x(rate: float) -> float:
            return 5 + width * rate / most

        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.line if colors.is_dark else colors.hover))
        painter.drawRoundedRect(QRectF(0, middle - 1.5, self.width(), 3), 1.5, 1.5)
        if usual.low is not None and usual.high is not None:
            painter.setBrush(QColor(colors.text_faint))
            band = QRectF(x(usual.low), middle - 1.5, max(2, x(usual.high) - x(usual.low)), 3)
            painter.drawRoundedRect(band, 1.5, 1.5)
        painter.setPen(QPen(QColor(colors.text_soft), 1.5))
        at = x(usual.median)
        painter.drawLine(round(at), round(middle - 5), round(at), round(middle + 5))
        painter.setPen(QPen(QColor(colors.raised), 1.5))
        painter.setBrush(QColor(colors.accent))
        painter.drawEllipse(QRectF(x(headline.number) - 4.5, middle - 4.5, 9, 9))


def quiet_button(text: str, tip: str, slot: Callable[[], object]) -> QPushButton:
    """A button that is words until the mouse is on it."""
    button = QPushButton(text)
    button.setProperty("quiet", True)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _checked=False: slot())
    return button


def flush_button(text: str, tip: str, slot: Callable[[], object]) -> QPushButton:
    """A quiet button that begins where the words above and below it do."""
    button = quiet_button(text, tip, slot)
    button.setProperty("flush", True)
    return button


def more_button(view: ChartView) -> QPushButton:
    """What can be done with a chart, for those who look for it by mouse."""
    tip = QCoreApplication.translate("Card", "Show as a table, copy or save (right click)")
    button = quiet_button("⋯", tip, lambda: None)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the chart itself has keys for each

    def show() -> None:
        menu = view.menu()
        corner = button.mapToGlobal(button.rect().bottomRight())
        menu.popup(corner - QPoint(menu.sizeHint().width(), 0))

    button.clicked.connect(show)
    return button


def soft_words(text: str = "") -> QLabel:
    """An explanation that breaks into lines."""
    return _wrapped("soft", text)


def _is_above(headline: Headline) -> bool | None:
    if headline.better is None or headline.usual is None or headline.number is None:
        return None
    return headline.number > headline.usual.median


def _wrapped(tone: str = "", text: str = "") -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if tone:
        label.setProperty("tone", tone)
    return label
