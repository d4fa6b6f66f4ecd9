"""A chart by keys and by its menu: every value is shown and said, and can be taken along."""

import csv
import io
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QImage, QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow
from pytestqt.qtbot import QtBot

from app.engagement.reports.charts import Sparkline
from app.ui.charts import ChartView
from app.ui.charts.saving import file_name
from tests.engagement.reports.test_charts import BARS, HEAT, LINE

Key = Qt.Key
Modifier = Qt.KeyboardModifier


@pytest.fixture
def view(dressed: QApplication, qtbot: QtBot) -> ChartView:
    made = ChartView()
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show_chart(LINE)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.setFocus()
    qtbot.waitUntil(made.canvas.hasFocus)
    return made


def press(
    qtbot: QtBot, view: ChartView, key: Key, modifier: Modifier = Modifier.NoModifier
) -> None:
    qtbot.keyClick(view.focusProxy(), key, modifier)


def test_a_chart_says_what_it_is_before_a_value_is_chosen(view: ChartView) -> None:
    assert view.canvas.accessibleName() == "Opens"
    told = view.canvas.accessibleDescription()
    assert told.startswith(LINE.summary().rstrip("."))
    assert "T shows them as a table" in told


def test_arrows_go_from_value_to_value_and_each_is_said(qtbot: QtBot, view: ChartView) -> None:
    press(qtbot, view, Key.Key_Right)
    assert view.canvas.accessibleDescription() == "08:00: Opened 5"
    press(qtbot, view, Key.Key_Right)
    assert view.canvas.accessibleDescription() == "09:00: Opened not known"
    press(qtbot, view, Key.Key_Down)
    assert view.canvas.accessibleDescription() == "09:00: Clicked 2"
    press(qtbot, view, Key.Key_End)
    assert view.canvas.chosen == (1, 2)
    press(qtbot, view, Key.Key_Right)
    assert view.canvas.chosen == (1, 2), "there is an end"
    press(qtbot, view, Key.Key_Home)
    press(qtbot, view, Key.Key_Up)
    assert view.canvas.chosen == (0, 0)
    press(qtbot, view, Key.Key_Escape)
    assert view.canvas.words() == ""
    assert view.canvas.accessibleDescription().startswith(LINE.summary().rstrip("."))


def test_enter_acts_on_the_chosen_value(qtbot: QtBot, view: ChartView) -> None:
    view.show_chart(BARS)
    press(qtbot, view, Key.Key_Down)
    press(qtbot, view, Key.Key_Down)
    with qtbot.waitSignal(view.activated) as heard:
        press(qtbot, view, Key.Key_Return)
    assert heard.args == [1, 0]


def test_the_mouse_shows_a_value_and_leaving_hides_it(qtbot: QtBot, view: ChartView) -> None:
    qtbot.mouseMove(view.canvas, QPoint(570, 20))
    qtbot.waitUntil(lambda: view.canvas.chosen == (0, 2))


def test_another_chart_with_fewer_values_lets_go_of_the_chosen_one(
    qtbot: QtBot, view: ChartView
) -> None:
    press(qtbot, view, Key.Key_End)
    view.show_chart(Sparkline("x", "y", ("a",), (1,)))
    assert view.canvas.chosen is None


def test_t_turns_it_into_its_table_and_back(qtbot: QtBot, view: ChartView) -> None:
    press(qtbot, view, Key.Key_T)
    assert view.shows_table
    assert not view.canvas.isVisible()
    table = view._table
    assert table is not None
    shown = [
        [table.model().index(row, column).data() for column in range(3)] for row in range(3)
    ]  # fmt: skip
    assert shown == [["08:00", "5", "1"], ["09:00", "–", "2"], ["10:00", "1,200", "0"]]
    qtbot.waitUntil(table.hasFocus)
    view.show_chart(HEAT)
    assert table.model().columnCount() == 3
    press(qtbot, view, Key.Key_T)
    assert not table.isVisible()
    assert view.canvas.isVisible()


def test_a_table_is_sorted_with_what_is_not_known_last(qtbot: QtBot, view: ChartView) -> None:
    press(qtbot, view, Key.Key_T)
    table = view._table
    assert table is not None
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        table.sortByColumn(1, order)
        assert table.model().index(2, 1).data() == "–"
    assert table.model().index(0, 1).data() == "1,200"


def test_the_picture_is_copied_even_where_the_window_has_the_same_key(
    dressed: QApplication, qtbot: QtBot
) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    other = QAction("Copy", window)
    other.setShortcut(QKeySequence("Ctrl+C"))
    copied: list[bool] = []
    other.triggered.connect(lambda: copied.append(True))
    window.addAction(other)
    view = ChartView()
    view.show_chart(LINE)
    window.setCentralWidget(view)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.canvas.hasFocus)
    with qtbot.waitSignal(view.told):
        press(qtbot, view, Key.Key_C, Modifier.ControlModifier)
    assert not copied
    data = dressed.clipboard().mimeData()
    assert data.hasImage()
    assert b"<svg" in data.data("image/svg+xml").data()


def test_the_table_is_copied_for_spreadsheets(qtbot: QtBot, view: ChartView) -> None:
    press(qtbot, view, Key.Key_C, Modifier.ControlModifier | Modifier.ShiftModifier)
    text = QApplication.clipboard().text()
    read = list(csv.reader(io.StringIO(text)))
    assert read[0] == ["Hour", "Opened", "Clicked"]
    assert read[2] == ["09:00", "", "2"]


@pytest.mark.parametrize(
    ("key", "suffix"), [(Key.Key_P, "png"), (Key.Key_S, "svg"), (Key.Key_V, "csv")]
)
def test_files_are_saved_by_a_dialog(
    qtbot: QtBot, view: ChartView, tmp_path: Path, key: Key, suffix: str
) -> None:
    press(qtbot, view, key)
    dialog = view.findChild(QFileDialog)
    assert dialog is not None
    path = tmp_path / f"figures.{suffix}"
    with qtbot.waitSignal(view.told) as heard:
        dialog.fileSelected.emit(str(path))
    dialog.close()
    assert heard.args == [f"Saved as “figures.{suffix}”."]
    content = path.read_bytes()
    if suffix == "png":
        assert not QImage.fromData(content).isNull()
    else:
        assert (b"<svg" if suffix == "svg" else b"Hour,Opened") in content
    assert [each.name for each in tmp_path.glob("*figures*")] == [path.name]


def test_a_file_that_cannot_be_written_is_told(
    qtbot: QtBot, view: ChartView, tmp_path: Path
) -> None:
    press(qtbot, view, Key.Key_V)
    dialog = view.findChild(QFileDialog)
    assert dialog is not None
    with qtbot.waitSignal(view.told) as heard:
        dialog.fileSelected.emit(str(tmp_path / "nowhere" / "x.csv"))
    dialog.close()
    assert heard.args is not None
    assert "could not be written" in heard.args[0]


def test_everything_is_in_the_menu_with_its_key(qtbot: QtBot, view: ChartView) -> None:
    menu = view.menu()
    actions = [action for action in menu.actions() if not action.isSeparator()]
    shown = {action.text().replace("&", ""): action.shortcut().toString() for action in actions}
    assert shown == {
        "Show as table": "T",
        "Copy picture": "Ctrl+C",
        "Save picture (PNG)…": "P",
        "Save drawing (SVG)…": "S",
        "Copy table (CSV)": "Ctrl+Shift+C",
        "Save table (CSV)…": "V",
    }
    menu.close()


def test_titles_become_names_of_files() -> None:
    assert file_name('a/b:"c"') == "a b c"
    assert file_name("...") == "figures"
