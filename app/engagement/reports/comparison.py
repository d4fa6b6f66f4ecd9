"""Two issues beside each other."""

from dataclasses import dataclass

from app.engagement.reports import words
from app.engagement.reports.figures import Rate, Ratio, Row, Who
from app.engagement.reports.headlines import of_all
from app.engagement.reports.tables import Table
from app.speech import say


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of both, and the difference in words; a dash where they cannot be compared."""

    title: str
    this: str
    other: str
    difference: str
    rate: Rate | None = None
    points: float | None = None


def compare(this: Row, other: Row, who: Who) -> tuple[Compared, ...]:
    """How an issue did beside another one."""
    if who is Who.ALL:
        this, other = of_all(this), of_all(other)
    lines = [
        Compared(say("Sent"), words.number(this.sent), words.number(other.sent),
                 _counts(this.sent, other.sent)),
        Compared(say("Delivered"), words.number(this.delivered), words.number(other.delivered),
                 _counts(this.delivered, other.delivered)),
    ]  # fmt: skip
    for rate, title in words.TITLES.items():
        one, two = this.rates[rate], other.rates[rate]
        if one.count is None and two.count is None:
            lines += _times(rate, this, other)
            continue
        points = _points(one, two)
        lines.append(
            Compared(say(title), words.ratio(one), words.ratio(two), _difference(one, two, points),
                     rate, points)
        )  # fmt: skip
    return tuple(lines)


def _times(rate: Rate, this: Row, other: Row) -> list[Compared]:
    """How often in all, where neither tells by how many; nothing where neither tells even that."""
    counts = {Rate.OPENS: (this.opened, other.opened), Rate.CLICKS: (this.clicked, other.clicked)}
    one, two = counts.get(rate, (None, None))
    if one is None and two is None:
        return []
    return [
        Compared(say(words.TITLES[rate]), words.times(one), words.times(two), _counts(one, two))
    ]


def table(this: Row, other: Row, compared: tuple[Compared, ...]) -> Table:
    """The comparison to copy or save."""
    rows = tuple((each.title, each.this, each.other, each.difference) for each in compared)
    return Table(say("Comparison"), ("", this.subject, other.subject, say("Difference")), rows)


def _counts(one: int | None, two: int | None) -> str:
    return (
        words.UNKNOWN if one is None or two is None else _signed(f"{abs(one - two):,}", one - two)
    )


def _points(one: Ratio, two: Ratio) -> float | None:
    if one.rate is None or two.rate is None or one.of != two.of or one.who is not two.who:
        return None
    return (one.rate - two.rate) * 100


def _difference(one: Ratio, two: Ratio, points: float | None) -> str:
    if points is None:
        if one.rate is None or two.rate is None:
            return words.UNKNOWN
        return say("counted differently")
    # As precise as the rates themselves are shown.
    places = 2 if any(0 < rate < 0.01 for rate in (one.rate, two.rate) if rate) else 1
    return say(
        "{points} points", points=_signed(f"{abs(points):.{places}f}", round(points, places))
    )


def _signed(text: str, value: float) -> str:
    if not value:
        return "0"
    return f"+{text}" if value > 0 else f"−{text}"
