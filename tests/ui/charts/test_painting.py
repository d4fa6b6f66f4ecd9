"""The same chart on a screen, as PNG at twice the size, as SVG and on paper."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtWidgets import QApplication

from app.engagement.reports.charts import Chart, LineChart, Series, Sparkline, Tone, Unit, Usual
from app.ui.charts import painting, pictures
from app.ui.charts.look import PRINTED, Look
from app.ui.theme import DARK, LIGHT, Theme
from tests.engagement.reports.test_charts import ALL, HEAT, LINE

PLACE = QRectF(0, 0, 600, 240)


def painted(chart: Chart, look: Look, chosen: tuple[int, int] | None = None) -> QImage:
    image = QImage(600, 240, QImage.Format.Format_RGB32)
    image.fill(look.under())
    painter = QPainter(image)
    painting.paint(painter, chart, PLACE, look, chosen)
    painter.end()
    return image


def pixels(image: QImage, color: QColor) -> set[tuple[int, int]]:
    wanted = color.rgb()
    return {
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixel(x, y) == wanted
    }


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=lambda colors: colors.name)
@pytest.mark.parametrize("chart", ALL, ids=lambda chart: type(chart).__name__)
def test_every_chart_is_seen(dressed: QApplication, chart: Chart, colors: Theme) -> None:
    look = Look(colors)
    assert pixels(painted(chart, look), look.color(Tone.FIRST))


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: type(chart).__name__)
def test_each_value_can_be_marked(dressed: QApplication, chart: Chart) -> None:
    look = Look(LIGHT)
    plain = painted(chart, look)
    rows, columns = chart.size
    for row in range(rows):
        for column in range(columns):
            if chart.value(row, column) is not None and not (
                isinstance(chart, Sparkline) and column == columns - 1
            ):
                assert painted(chart, look, (row, column)) != plain


def test_a_gap_is_a_gap_and_not_a_line_at_0(dressed: QApplication) -> None:
    look = Look(LIGHT)
    labels = tuple("abcdefghij")
    values = (5, 5, 5, 5, None, None, 5, 5, 5, 5)
    chart = LineChart("x", "y", labels, (), (Series("Opened", values),))
    line = pixels(painted(chart, look), look.color(Tone.FIRST))
    left, right = min(x for x, _ in line), max(x for x, _ in line)
    at = [left + (right - left) * place / 9 for place in (3.3, 4, 5, 5.7)]
    assert not [x for x, _ in line if at[0] <= x <= at[3]]
    assert len({y for _, y in line}) <= 4, "all at the height of 5"


def test_the_usual_is_a_band_behind_the_values(dressed: QApplication) -> None:
    values = (0.5, 0.1, 0.2)
    chart = LineChart("x", "y", tuple("abc"), (), (Series("Opened", values),), Unit.RATE)
    plain = painted(chart, Look(LIGHT))
    usual = painted(replace(chart, usual=Usual("Median", 0.3, 0.2, 0.4)), Look(LIGHT))
    changed = sum(
        plain.pixel(x, y) != usual.pixel(x, y)
        for x in range(0, plain.width(), 4)
        for y in range(0, plain.height(), 4)
    )
    assert changed > plain.width() * plain.height() / 16 / 10


def test_a_value_of_its_own_between_gaps_is_seen(dressed: QApplication) -> None:
    look = Look(LIGHT)
    chart = LineChart("x", "y", tuple("abc"), (), (Series("Opened", (None, 3, None)),))
    assert pixels(painted(chart, look), look.color(Tone.FIRST))


def test_what_is_painted_is_found_again_under_the_mouse(dressed: QApplication) -> None:
    look = Look(LIGHT)
    assert painting.hit(LINE, PLACE, look, QPointF(599, 20)) == (0, 2)
    assert painting.hit(LINE, PLACE, look, QPointF(40, 235)) == (1, 0)
    assert painting.hit(HEAT, PLACE, look, QPointF(590, 180)) == (1, 1)
    assert painting.hit(HEAT, PLACE, look, QPointF(2, 2)) is None
    assert painting.hit(LineChart("", "", (), (), ()), PLACE, look, QPointF(1, 1)) is None


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: type(chart).__name__)
def test_a_png_has_twice_the_pixels(dressed: QApplication, chart: Chart) -> None:
    look = Look(LIGHT)
    made = QImage.fromData(pictures.png(chart, 640, look))
    assert made.width() == 1280
    assert made.height() == 2 * pictures.size(chart, 640, look).height()


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: type(chart).__name__)
def test_an_svg_needs_no_font_and_tells_its_title(dressed: QApplication, chart: Chart) -> None:
    hostile = replace(chart, title="<script>&amp;")
    root = ElementTree.fromstring(pictures.svg(hostile, 640, Look(LIGHT)))
    space = "{http://www.w3.org/2000/svg}"
    assert root.findtext(f"{space}title") == "<script>&amp;"
    assert root.findtext(f"{space}desc")
    assert not list(root.iter(f"{space}image")), "nothing of it is pixels"
    assert not list(root.iter(f"{space}text")), "words are outlines: others lack the font"
    assert list(root.iter(f"{space}path"))


def test_charts_go_on_paper_as_lines(dressed: QApplication, tmp_path: Path) -> None:
    path = tmp_path / "chart.pdf"
    writer = QPdfWriter(str(path))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    painter = QPainter(writer)
    zoom = writer.resolution() / 96
    painter.scale(zoom, zoom)
    for chart in ALL:
        painting.paint(painter, chart, PLACE, PRINTED)
    painter.end()
    content = path.read_bytes()
    assert content.startswith(b"%PDF")
    assert b"/Subtype /Image" not in content
