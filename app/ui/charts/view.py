"""A chart in a window, with everything that can be done with it."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QVBoxLayout, QWidget

from app.engagement.reports.charts import Chart
from app.ui.charts import pictures, saving
from app.ui.charts.canvas import EDGE, Canvas
from app.ui.charts.look import Look
from app.ui.charts.table_view import TableView

_NARROWEST = 640
"""Pictures are at least so wide, in pixels at 96 dots an inch."""


class ChartView(QWidget):
    """Shows a chart or, instead of it, its table. Picture and table can be copied and saved: in the
    context menu, and by its keys while the chart has the focus.

    Args:
        ground: The colour of the theme that lies under it, such as ``raised`` on a card.
    """

    activated = Signal(int, int)
    """A value was double-clicked, or Enter pressed on it: its row and column."""
    told = Signal(str)
    """What was done, in words, such as that the picture is saved."""

    def __init__(self, parent: QWidget | None = None, *, ground: str = "paper") -> None:
        super().__init__(parent)
        self.chart: Chart | None = None
        self.canvas = Canvas(ground)
        self.canvas.activated.connect(self.activated)
        self._table: TableView | None = None
        self._note = QLabel()
        self._note.setProperty("tone", "soft")
        self._note.setWordWrap(True)
        self._note.setIndent(EDGE)
        self._actions = self._make_actions()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._layout.addWidget(self.canvas)
        self._layout.addWidget(self._note)
        self.setFocusProxy(self.canvas)

    def show_chart(self, chart: Chart) -> None:
        """Show a chart; as a table where the one before was."""
        if chart == self.chart:
            return
        self.chart = chart
        self.canvas.show_chart(chart)
        self.canvas.setToolTip("")
        self._note.setText(chart.note)
        self._note.setVisible(bool(chart.note))
        if self._table is not None and self.shows_table:
            self._table.show_table(chart.table())

    @property
    def shows_table(self) -> bool:
        """Whether the table stands in the chart's place."""
        return self._actions["table"].isChecked()

    def menu(self) -> QMenu:
        """Everything that can be done with the chart. It deletes itself when it is closed."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for name, action in self._actions.items():
            menu.addAction(action)
            if name in ("table", "svg"):
                menu.addSeparator()
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: D102
        self.menu().popup(event.globalPos())

    def event(self, event: QEvent) -> bool:
        """The chart's keys go before the window's while it has the focus."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self._action_of(event) is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The table would take letters for a search."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            action = self._action_of(event)
            if action is not None:
                action.trigger()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        action = self._action_of(event)
        if action is None:
            super().keyPressEvent(event)
            return
        action.trigger()

    def picture_look(self) -> Look:
        """How pictures are painted: in the window's colours, at 96 dots an inch."""
        look = self.canvas.look
        return Look(look.colors, 1.0, look.ground)

    def _action_of(self, event: QKeyEvent) -> QAction | None:
        pressed = QKeySequence(event.keyCombination())
        return next(
            (each for each in self._actions.values() if each.shortcut() == pressed), None
        )  # fmt: skip

    def _make_actions(self) -> dict[str, QAction]:
        made = {
            "table": self._action(self.tr("Show as &table"), "T", None),
            "copy": self._action(self.tr("&Copy picture"), "Ctrl+C", self._copy_picture),
            "png": self._action(self.tr("Save picture (&PNG)…"), "P", self._save_png),
            "svg": self._action(self.tr("Save drawing (&SVG)…"), "S", self._save_svg),
            "copy_csv": self._action(
                self.tr("Copy t&able (CSV)"), "Ctrl+Shift+C", self._copy_csv
            ),
            "csv": self._action(self.tr("Save tab&le (CSV)…"), "V", self._save_csv),
        }  # fmt: skip
        made["table"].setCheckable(True)
        made["table"].toggled.connect(self._turn)
        return made

    def _action(self, text: str, key: str, slot: Callable[[], None] | None) -> QAction:
        # The keys are shown by the menu and handled in `keyPressEvent`: as shortcuts of this
        # widget they would clash with the window's own Ctrl+C.
        action = QAction(text, self)
        action.setShortcut(QKeySequence(key))
        if slot is not None:
            action.triggered.connect(lambda _checked=False: slot())
        return action

    def _turn(self, as_table: bool) -> None:
        if as_table and self._table is None:
            self._table = TableView()
            self._table.installEventFilter(self)
            self._layout.insertWidget(1, self._table)
        if self._table is not None:
            if as_table and self.chart is not None:
                self._table.show_table(self.chart.table())
            had_focus = self.isAncestorOf(QApplication.focusWidget() or self)
            shown: QWidget = self._table if as_table else self.canvas
            other: QWidget = self.canvas if as_table else self._table
            self.setFocusProxy(shown)
            shown.show()
            if had_focus:
                # Before the other goes: the focus would pass on to what follows, and scroll there.
                shown.setFocus()
            other.hide()

    def _width(self) -> int:
        return max(_NARROWEST, self.width())

    def _copy_picture(self) -> None:
        if self.chart is None:
            return
        look, width = self.picture_look(), self._width()
        saving.copy_picture(
            pictures.image(self.chart, width, look), pictures.svg(self.chart, width, look)
        )
        self.told.emit(self.tr("The picture is on the clipboard."))

    def _copy_csv(self) -> None:
        if self.chart is None:
            return
        saving.copy_table(self.chart.table().csv())
        self.told.emit(self.tr("The table is on the clipboard."))

    def _save_png(self) -> None:
        self._save("png", self.tr("Pictures"), lambda chart: pictures.png(
            chart, self._width(), self.picture_look()))  # fmt: skip

    def _save_svg(self) -> None:
        self._save("svg", self.tr("Drawings"), lambda chart: pictures.svg(
            chart, self._width(), self.picture_look()))  # fmt: skip

    def _save_csv(self) -> None:
        self._save("csv", self.tr("Tables"), lambda chart: chart.table().csv().encode())

    def _save(self, suffix: str, kind: str, make: Callable[[Chart], bytes]) -> None:
        chart = self.chart
        if chart is not None:
            saving.save_as(self, chart.title, suffix, kind, lambda: make(chart), self.told.emit)
