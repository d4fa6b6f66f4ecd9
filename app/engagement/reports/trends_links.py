"""Which links, and which hosts, are followed best over issues."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.engagement.model import LinkRecord
from app.engagement.reports.charts import Bar, BarChart, Part
from app.engagement.reports.figures import Row, people
from app.engagement.reports.tables import Cell, Table
from app.speech import say

MOST = 10
"""Bars; the table has more."""
_IN_TABLE = 500


@dataclass(frozen=True, slots=True)
class Use:
    """A link in an issue. Clicks and clickers are people's where the platform tells them apart."""

    issue: int
    url: str
    text: str
    clicks: int | None
    clickers: int | None


def uses(rows: Iterable[Row], links: Mapping[int, Sequence[LinkRecord]]) -> list[Use]:
    """Every use of a link in these issues."""
    return [
        Use(
            row.source.number,
            link.url,
            link.text,
            people(link.clicks)[0],
            people(link.clickers)[0],
        )
        for row in rows
        for link in links.get(row.source.number, ())
    ]


def links(used: Iterable[Use]) -> BarChart:
    """The best links by their clicks."""
    return _ranking(say("Best links"), say("Link"), used, lambda use: use.url)


def hosts(used: Iterable[Use]) -> BarChart:
    """The best hosts by their clicks."""
    return _ranking(say("Best hosts"), say("Host"), used, lambda use: host(use.url))


def host(url: str) -> str:
    """Where a URL leads, as a writer knows it; empty for what has no host."""
    try:
        parts = urlsplit(url)
        name = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{name}{port}" if name else ""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of a link or a host.

    Attributes:
        clicks: In all issues together; None where no issue tells them.
        clickers: The most that one issue had by one link: those of several are not added up.
        issues: In how many it was.
    """

    name: str
    clicks: int | None
    clickers: int | None
    issues: int


@dataclass(frozen=True, slots=True)
class Ranking(BarChart):
    """Bars with all that is known of what they stand for."""

    facts: tuple[Fact, ...] = ()

    def said(self, row: int, column: int) -> str:  # noqa: ARG002 - one part only
        """A bar in words."""
        return f"{self.bars[row].label}: {self.bars[row].text}"

    def table(self) -> Table:
        """A row for each, also for those that have no bar."""
        head = (self.name, say("Clicks"), say("Most clickers in one issue"), say("Issues"))
        rows: list[tuple[Cell, ...]] = [
            (each.name, each.clicks, each.clickers, each.issues) for each in self.facts
        ]
        return Table(self.title, head, tuple(rows))


def _ranking(title: str, name: str, used: Iterable[Use], key: Callable[[Use], str]) -> Ranking:
    groups: defaultdict[str, list[Use]] = defaultdict(list)
    for use in used:
        groups[key(use)].append(use)
    facts = [_fact(of, uses) for of, uses in groups.items() if of]
    by_clicks = any(fact.clicks is not None for fact in facts)

    def rank(fact: Fact) -> int | None:
        return fact.clicks if by_clicks else fact.clickers

    known = [fact for fact in facts if rank(fact)]
    known.sort(key=lambda fact: (-(rank(fact) or 0), fact.name))
    note = say("Clicks can be added up over issues; clickers cannot: one reader may be in each.")
    if not known:
        note = say("No clicks on links are known.")
    elif not by_clicks:
        note = say("The most clickers in one issue: those of several issues cannot be added up.")
    return Ranking(
        title=title,
        name=name,
        parts=(Part(say("Clicks") if by_clicks else say("Most clickers in one issue")),),
        bars=tuple(Bar(_short(each.name), (rank(each),), _words(each)) for each in known[:MOST]),
        note=note,
        facts=tuple(known[:_IN_TABLE]),
    )


def _fact(name: str, uses: Sequence[Use]) -> Fact:
    clicks = [use.clicks for use in uses if use.clicks is not None]
    clickers = [use.clickers for use in uses if use.clickers is not None]
    return Fact(
        name=name,
        clicks=sum(clicks) if clicks else None,
        clickers=max(clickers, default=None),
        issues=len({use.issue for use in uses}),
    )


def _words(fact: Fact) -> str:
    told = []
    if fact.clicks is not None:
        told.append(say("{n} clicks", n=f"{fact.clicks:,}"))
    if fact.clickers is not None:
        told.append(say("{n} clickers at most", n=f"{fact.clickers:,}"))
    told.append(say("1 issue") if fact.issues == 1 else say("{n} issues", n=fact.issues))
    return " · ".join(told)


def _short(name: str) -> str:
    bare = name.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    return bare if len(bare) <= 60 else f"{bare[:30]}…{bare[-29:]}"
