"""Names beside their lines, as long as nothing is drawn there."""

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from app.engagement.reports.charts import Series
from app.ui.charts import line_names
from app.ui.charts.look import PRINTED

AREA = QRectF(40, 10, 600, 180)
WIDTH = 10.0


def placed(*values: tuple[int | None, ...]) -> tuple[QRectF, ...] | None:
    series = [Series(f"Line {number}", each) for number, each in enumerate(values)]
    return line_names.places(
        series, AREA, lambda at: AREA.left() + at * WIDTH, lambda value: AREA.bottom() - value,
        PRINTED,
    )  # fmt: skip


def test_a_name_is_beside_the_highest_point_of_its_line(dressed: QApplication) -> None:
    found = placed((150, 20, 5, *[0] * 50), (60, 30, 5, *[0] * 50))
    assert found is not None
    first, second = found
    assert abs(first.center().y() - (AREA.bottom() - 150)) < 1
    assert first.left() < AREA.left() + 40
    assert abs(second.center().y() - (AREA.bottom() - 60)) < 1
    assert not first.intersects(second)


def test_where_a_line_is_in_the_way_there_is_no_name(dressed: QApplication) -> None:
    crowd = tuple(tuple([level] * 50) for level in range(20, 170, 12))
    assert placed(*crowd) is None


def test_a_line_that_is_nothing_has_no_highest_point(dressed: QApplication) -> None:
    assert placed((9, 9), (0, 0)) is None
    assert placed((None, None), (9, 9)) is None
