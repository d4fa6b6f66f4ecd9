"""The list of issues, one issue, and the writer's own usual to compare it with."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from app.engagement.model import Account, Dimension, LinkRecord, SeriesPoint
from app.engagement.reports.figures import Rate, Ratio, Row, held_until, is_growing, people, row
from app.engagement.store.reader import Reader

_FOR_QUARTILES = 4
"""Fewer issues have no spread that would say something."""


def _by(rate: Rate) -> Callable[[Row], float | str | None]:
    return lambda row: row.rates[rate].rate


COLUMNS: Mapping[str, Callable[[Row], float | str | None]] = {
    "date": lambda row: row.sent_at,
    "subject": lambda row: row.subject.casefold(),
    "account": lambda row: row.name.casefold(),
    "sent": lambda row: row.sent,
    "delivered": lambda row: row.delivered,
    **{rate.value: _by(rate) for rate in Rate},
}
"""What a list can be sorted by."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """A rate's limits, 0 to 1; issues whose rate is not known are outside of any."""

    rate: Rate
    least: float = 0.0
    most: float = float("inf")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which issues a list shows.

    Attributes:
        text: Stands in the subject, in any case.
        account: An account's id.
        since, until: When it was sent: milliseconds, ``until`` not included.
    """

    text: str = ""
    account: str | None = None
    since: int | None = None
    until: int | None = None
    bounds: tuple[Bounds, ...] = ()

    def takes(self, row: Row) -> bool:
        """Whether an issue is shown."""
        if self.account is not None and row.account != self.account:
            return False
        if self.text.casefold() not in row.subject.casefold():
            return False
        if self.since is not None and (row.sent_at is None or row.sent_at < self.since):
            return False
        if self.until is not None and (row.sent_at is None or row.sent_at >= self.until):
            return False
        return all(_is_within(row.rates[each.rate].rate, each) for each in self.bounds)


@dataclass(frozen=True, slots=True)
class Usual:
    """What a rate usually is in the writer's other issues of the account.

    Attributes:
        issues: How many it is the median of.
        low, high: The quartiles; None where there are too few issues.
    """

    median: float
    issues: int
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link of an issue.

    Attributes:
        clickers, clicks: People where they are told apart, else all; None: not told.
        share: Of all links' clicks together (of clickers where no clicks are told), 0 to 1.
    """

    number: int
    url: str
    text: str
    clickers: int | None
    clicks: int | None
    share: float | None


@dataclass(frozen=True, slots=True)
class IssueReport:
    """Everything about one issue.

    Attributes:
        links: In the order of clicks, the most first.
        splits: By dimension, in the order of keys.
    """

    row: Row
    usual: Mapping[Rate, Usual]
    links: tuple[LinkRow, ...]
    splits: Mapping[Dimension, tuple[SeriesPoint, ...]]


def rows(reader: Reader, accounts: Iterable[Account], before: Iterable[Row] = ()) -> list[Row]:
    """All issues that were synced from these accounts, newest first. Rows of ``before`` are taken
    over where nothing changed.
    """
    names = {account.id: account.name for account in accounts}
    synced = {account: status.as_of for account, status in reader.statuses().items()}
    made = {id(each.source): each for each in before}
    found = []
    for each in reader.issues():
        if each.account in names:
            name, until = names[each.account], synced.get(each.account)
            known = made.get(id(each))
            if known is None or (known.name, known.as_of) != (name, held_until(each, until)):
                known = row(each, name, until)
            found.append(known)
    return found


def chosen(
    rows: Iterable[Row], which: Filter = Filter(), column: str = "date", *, descending: bool = True
) -> list[Row]:
    """The issues to show, sorted; what is not known comes last either way.

    Raises:
        KeyError: there is no such column.
    """
    key = COLUMNS[column]
    known: list[Row] = []
    unknown: list[Row] = []
    for each in rows:
        if which.takes(each):
            (unknown if key(each) is None else known).append(each)
    known.sort(key=key, reverse=descending)  # type: ignore[arg-type]  # None was left out above
    return known + unknown


def usual(rows: Sequence[Row], of: Row) -> dict[Rate, Usual]:
    """The medians of the account's other issues, as far as they have a rate of the same kind and
    their figures do not come in still.
    """
    others = [
        each
        for each in rows
        if each.account == of.account and each.id != of.id and not is_growing(each)
    ]
    found = {}
    for rate, ratio in of.rates.items():
        known = [
            value
            for other in others
            if _is_alike(other.rates[rate], ratio) and (value := other.rates[rate].rate) is not None
        ]
        if known:
            found[rate] = usual_of(known)
    return found


def report(reader: Reader, rows: Sequence[Row], of: Row) -> IssueReport:
    """One issue's page."""
    detail = reader.detail(of.source)
    splits: dict[Dimension, list[SeriesPoint]] = {}
    for point in detail.points:
        splits.setdefault(point.dimension, []).append(point)
    return IssueReport(
        row=of,
        usual=usual(rows, of),
        links=link_rows(detail.links or ()),
        splits={dimension: tuple(points) for dimension, points in splits.items()},
    )


def link_rows(links: Iterable[LinkRecord]) -> tuple[LinkRow, ...]:
    """Links with their shares, the most clicked first."""
    told = [(link, people(link.clickers)[0], people(link.clicks)[0]) for link in links]
    by_clicks = any(clicks is not None for _, _, clicks in told)
    parts = [clicks if by_clicks else clickers for _, clickers, clicks in told]
    whole = sum(part or 0 for part in parts)
    made = [
        LinkRow(link.number, link.url, link.text, clickers, clicks,
                part / whole if part is not None and whole else None)
        for (link, clickers, clicks), part in zip(told, parts, strict=True)
    ]  # fmt: skip
    return tuple(sorted(made, key=lambda link: (-(link.share or 0), link.number)))


def usual_of(known: Sequence[float]) -> Usual:
    """Median and quartiles of rates, at least one."""
    if len(known) < _FOR_QUARTILES:
        return Usual(median(known), len(known), None, None)
    low, _, high = quantiles(known, n=4, method="inclusive")
    return Usual(median(known), len(known), low, high)


def _is_alike(one: Ratio, other: Ratio) -> bool:
    return one.of == other.of and one.who is other.who


def _is_within(rate: float | None, bounds: Bounds) -> bool:
    return rate is not None and bounds.least <= rate <= bounds.most
