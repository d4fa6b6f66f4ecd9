"""Charts as descriptions: honest axes, gaps that stay gaps, a table for each."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engagement.reports.charts import (
    Bar,
    BarChart,
    Chart,
    HeatMap,
    LineChart,
    Part,
    Series,
    Sparkline,
    Tick,
    Unit,
    is_empty,
    scale,
)

LINE = LineChart(
    "Opens", "Hour", ("08:00", "09:00", "10:00"), (Tick(0, "08:00"),),
    (Series("Opened", (5, None, 1200)), Series("Clicked", (1, 2, 0))),
)  # fmt: skip
BARS = BarChart(
    "Clients", "Client", (Part("People"), Part("Machines")),
    (Bar("Gmail", (10, 4)), Bar("Other", (None, None))),
)  # fmt: skip
HEAT = HeatMap("When", "Day", ("Mon", "Tue"), ("08:00", "09:00"), (), ((1, None), (0, 7)), "opens")
SPARK = Sparkline("Opens", "Day", ("Mon", "Tue"), (3, None))
ALL: tuple[Chart, ...] = (LINE, BARS, HEAT, SPARK)


def test_every_value_can_be_said_and_says_where_it_is() -> None:
    assert LINE.said(0, 2) == "10:00: Opened 1,200"
    assert BARS.said(0, 1) == "Gmail: Machines 4"
    assert HEAT.said(1, 1) == "Tue, 09:00: 7 opens"
    assert SPARK.said(0, 0) == "Mon: 3"


def test_what_is_not_known_is_never_said_to_be_0() -> None:
    for chart, place in ((LINE, (0, 1)), (BARS, (1, 0)), (HEAT, (0, 1)), (SPARK, (0, 1))):
        assert "not known" in chart.said(*place)
        assert "0 " not in chart.said(*place).replace(":00", "")
    assert BARS.text(1) == "–"


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: type(chart).__name__)
def test_the_table_tells_every_value_of_the_chart(chart: Chart) -> None:
    table = chart.table()
    cells = [cell for row in table.rows for cell in row[1:]]
    rows, columns = chart.size
    values = [chart.value(row, column) for row in range(rows) for column in range(columns)]
    assert sorted(map(str, cells)) == sorted(map(str, values))
    read = list(csv.reader(io.StringIO(table.csv())))
    assert tuple(read[0]) == table.header
    assert len(read) == len(table.rows) + 1
    assert all(len(row) == len(table.header) for row in read)


def test_a_table_in_csv_has_nothing_for_what_is_not_known_and_runs_nowhere() -> None:
    hostile = BarChart("x", "Client", (Part("All"),), (Bar("=1+1", (None,)),))
    assert hostile.table().csv() == "Client,All\r\n'=1+1,\r\n"
    assert hostile.table().objects() == [{"Client": "=1+1", "All": None}]


def test_the_summary_names_the_largest_value() -> None:
    assert LINE.summary() == "Opened: most 1,200, 10:00. Clicked: most 2, 09:00"
    assert HEAT.summary() == "Most: Tue, 09:00: 7 opens"


@given(st.lists(st.integers(0, 10**9) | st.none()))
def test_a_count_axis_begins_at_0_and_holds_all_in_few_whole_steps(
    values: list[int | None],
) -> None:
    top, step = scale(values)
    assert top >= max((value for value in values if value is not None), default=0)
    assert step == int(step)
    assert 2 <= round(top / step) <= 4
    assert top / step == pytest.approx(round(top / step))


@given(st.floats(1e-6, 1, allow_nan=False))
def test_a_rate_axis_is_not_much_longer_than_what_it_shows(value: float) -> None:
    top, step = scale([value], Unit.RATE)
    assert value <= top * (1 + 1e-9)
    assert top <= value * 2.01 or round(top / step) == 2


def test_a_chart_without_a_known_value_is_empty_one_with_0_is_not() -> None:
    assert is_empty(Sparkline("x", "y", ("a",), (None,)))
    assert not is_empty(Sparkline("x", "y", ("a",), (0,)))
