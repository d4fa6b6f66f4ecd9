"""Charts as plain descriptions, without a screen: what they show, how each value is said, and the
table that tells the same. ``app.ui.charts`` paints them.

Every chart is a grid of values for the keyboard: ``size`` rows and columns, ``said`` at each. None
is a value that is not known: a gap, never 0.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.engagement.reports import words
from app.engagement.reports.tables import Cell, Table
from app.speech import say

Value = int | float | None


class Tone(StrEnum):
    """The part that a series or a part of a bar plays; the theme has a colour for each."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    QUIET = "quiet"
    """Machines, proxies, what is there to compare with."""


class Stroke(StrEnum):
    """How a line is drawn: series are told apart without colour, too."""

    SOLID = "solid"
    DASHED = "dashed"
    DOTTED = "dotted"


class Unit(StrEnum):
    """What values are: numbers of something, or rates of 0 to 1."""

    COUNT = "count"
    RATE = "rate"

    def text(self, value: Value) -> str:
        """The value in words; a dash for what is not known."""
        if value is None or self is Unit.RATE:
            return words.percent(value)
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


@dataclass(frozen=True, slots=True)
class Series:
    """A line: a value for each place of the axis.

    Attributes:
        filled: The ground under the line is tinted: for the one that matters most.
    """

    name: str
    values: tuple[Value, ...]
    tone: Tone = Tone.FIRST
    stroke: Stroke = Stroke.SOLID
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """A word under the axis, at the place of a value."""

    place: int
    text: str


@dataclass(frozen=True, slots=True)
class Usual:
    """What values are compared with: a line at the middle, and a band around it.

    Attributes:
        name: At the end of the line, above the middle's figure.
        low, high: The band's; None: there is none.
    """

    name: str
    middle: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class LineChart:
    """Values over time, or from issue to issue.

    Attributes:
        name: What the places are, such as ``Hour``: the head of the table's first column.
        labels: Each place in full, as it is said and stands in the table.
        series: The most important first.
        unfinished: The last place goes on: the day that is not over yet. Drawn dashed.
        note: What a reader must know of the figures; stands under the chart.
        dots: Each value has a dot: for few values that stand for themselves, such as issues.
        usual: Drawn behind the series; the note has its figures in words.
    """

    title: str
    name: str
    labels: tuple[str, ...]
    ticks: tuple[Tick, ...]
    series: tuple[Series, ...]
    unit: Unit = Unit.COUNT
    note: str = ""
    unfinished: bool = False
    dots: bool = False
    usual: Usual | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Rows (series) and columns (places)."""
        return len(self.series), len(self.labels)

    @property
    def top(self) -> float:
        """The axis' end, and ``step`` between its lines."""
        return scale(self._values(), self.unit)[0]

    @property
    def step(self) -> float:
        """Between the axis' lines."""
        return scale(self._values(), self.unit)[1]

    def value(self, row: int, column: int) -> Value:
        """The value of a series at a place."""
        return self.series[row].values[column]

    def said(self, row: int, column: int) -> str:
        """A value in words."""
        series = self.series[row]
        text = _said(self.unit, series.values[column])
        return f"{self.labels[column]}: {series.name} {text}"

    def summary(self) -> str:
        """The chart in a sentence, for those who do not see it."""
        parts = []
        for series in self.series:
            known = [value for value in series.values if value is not None]
            if not known:
                parts.append(say("{name}: not known", name=series.name))
                continue
            most = max(known)
            where = self.labels[series.values.index(most)]
            parts.append(
                say("{name}: most {value}, {place}", name=series.name,
                    value=self.unit.text(most), place=where)
            )  # fmt: skip
        return ". ".join([*parts, self.note]) if self.note else ". ".join(parts)

    def table(self) -> Table:
        """A row for each place."""
        head = (self.name, *(series.name for series in self.series))
        rows = zip(self.labels, *(series.values for series in self.series), strict=True)
        return Table(self.title, head, tuple(rows))

    def _values(self) -> Iterable[Value]:
        if self.usual is not None:
            yield from (self.usual.middle, self.usual.high)
        for series in self.series:
            yield from series.values


@dataclass(frozen=True, slots=True)
class Part:
    """What bars are made of, in the order in which they are laid end to end."""

    name: str
    tone: Tone = Tone.FIRST


@dataclass(frozen=True, slots=True)
class Bar:
    """A thing with its values, one for each of the chart's parts.

    Attributes:
        text: Beside the label at the bar's end; the sum of the parts where it is empty.
    """

    label: str
    values: tuple[Value, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class BarChart:
    """Things with values, the first on top."""

    title: str
    name: str
    parts: tuple[Part, ...]
    bars: tuple[Bar, ...]
    unit: Unit = Unit.COUNT
    note: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """Rows (bars) and columns (parts)."""
        return len(self.bars), len(self.parts)

    @property
    def top(self) -> float:
        """What the whole width stands for."""
        return max((_sum(bar.values) for bar in self.bars), default=0) or 1

    def value(self, row: int, column: int) -> Value:
        """A part of a bar."""
        return self.bars[row].values[column]

    def said(self, row: int, column: int) -> str:
        """A value in words."""
        bar = self.bars[row]
        if len(self.parts) == 1 and bar.text:
            return f"{bar.label}: {bar.text}"
        return f"{bar.label}: {self.parts[column].name} {_said(self.unit, bar.values[column])}"

    def text(self, row: int) -> str:
        """What stands at the end of a bar."""
        bar = self.bars[row]
        if bar.text:
            return bar.text
        known = [value for value in bar.values if value is not None]
        return self.unit.text(sum(known) if known else None)

    def summary(self) -> str:
        """The first bars, for those who do not see the chart."""
        told = [f"{bar.label} {self.text(row)}" for row, bar in enumerate(self.bars[:3])]
        return ", ".join([*told, self.note] if self.note else told)

    def table(self) -> Table:
        """A row for each bar."""
        head = (self.name, *(part.name for part in self.parts))
        return Table(self.title, head, tuple((bar.label, *bar.values) for bar in self.bars))


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Values by two things, such as weekday and hour: the more, the stronger the colour.

    Attributes:
        labels: Each column in full; ``ticks`` are the words above some of them.
        values: By row, then by column.
        thing: What is counted, such as ``opens``.
    """

    title: str
    name: str
    rows: tuple[str, ...]
    labels: tuple[str, ...]
    ticks: tuple[Tick, ...]
    values: tuple[tuple[Value, ...], ...]
    thing: str
    unit: Unit = Unit.COUNT
    note: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.rows), len(self.labels)

    @property
    def top(self) -> float:
        """The value of the strongest colour."""
        return max((value for row in self.values for value in row if value), default=0) or 1

    def value(self, row: int, column: int) -> Value:
        """The value of a cell."""
        return self.values[row][column]

    def said(self, row: int, column: int) -> str:
        """A value in words."""
        value = self.values[row][column]
        text = _said(self.unit, value)
        where = f"{self.rows[row]}, {self.labels[column]}"
        return f"{where}: {text}" if value is None else f"{where}: {text} {self.thing}"

    def summary(self) -> str:
        """The strongest cell, for those who do not see the chart."""
        rows, columns = self.size
        known = [
            (value, row, column)
            for row in range(rows)
            for column in range(columns)
            if (value := self.values[row][column])
        ]
        if not known:
            return self.note
        _, row, column = max(known, key=lambda each: each[0])
        most = say("Most: {cell}", cell=self.said(row, column))
        return f"{most}. {self.note}" if self.note else most

    def table(self) -> Table:
        """A row for each row."""
        rows = zip(self.rows, self.values, strict=True)
        return Table(
            self.title, (self.name, *self.labels), tuple((name, *values) for name, values in rows)
        )


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A line as small as a word, without an axis."""

    title: str
    name: str
    labels: tuple[str, ...]
    values: tuple[Value, ...]
    tone: Tone = Tone.FIRST
    unit: Unit = Unit.COUNT
    note: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """One row, and columns."""
        return 1, len(self.values)

    @property
    def top(self) -> float:
        """The largest value."""
        return max((value for value in self.values if value), default=0) or 1

    def value(self, row: int, column: int) -> Value:  # noqa: ARG002 - as of every chart
        """The value at a place."""
        return self.values[column]

    def said(self, row: int, column: int) -> str:  # noqa: ARG002 - as of every chart
        """A value in words."""
        return f"{self.labels[column]}: {_said(self.unit, self.values[column])}"

    def summary(self) -> str:
        """The last value, for those who do not see the chart."""
        return self.said(0, len(self.values) - 1) if self.values else self.note

    def table(self) -> Table:
        """A row for each place."""
        rows: tuple[tuple[Cell, ...], ...] = tuple(zip(self.labels, self.values, strict=True))
        return Table(self.title, (self.name, self.title), rows)


Chart = LineChart | BarChart | HeatMap | Sparkline


def is_empty(chart: Chart) -> bool:
    """Whether there is no value at all."""
    rows, columns = chart.size
    return all(chart.value(row, column) is None for row in range(rows) for column in range(columns))


def scale(values: Iterable[Value], unit: Unit = Unit.COUNT) -> tuple[float, float]:
    """An axis' end and the step between its lines: round numbers, from 0, 2 to 4 steps."""
    largest = max((value for value in values if value is not None), default=0)
    if largest <= 0:
        return (1.0, 0.5) if unit is Unit.RATE else (2.0, 1.0)
    magnitude = 10.0 ** math.floor(math.log10(largest))
    for factor in (0.25, 0.5, 1.0, 2.0, 2.5, 5.0, 10.0):
        step = factor * magnitude
        if unit is Unit.COUNT and (step < 1 or not step.is_integer()):
            continue
        steps = math.ceil(largest / step - 1e-9)
        if steps <= 4:
            return step * max(steps, 2), step
    raise AssertionError("ten times the magnitude is more than the largest")


def _said(unit: Unit, value: Value) -> str:
    return say("not known") if value is None else unit.text(value)


def _sum(values: Iterable[Value]) -> float:
    return sum(value for value in values if value is not None)
