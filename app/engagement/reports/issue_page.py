"""One issue's page: everything that it shows, made in a thread."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.engagement.model import Count, Dimension, LinkRecord, Mode
from app.engagement.reports import splits, words
from app.engagement.reports.charts import BarChart
from app.engagement.reports.figures import Rate, Row, Who, is_growing
from app.engagement.reports.freshness import ago
from app.engagement.reports.headlines import Headline, headlines, told_apart
from app.engagement.reports.over_time import Clock, OverTime, day_text, full_day, over_time
from app.engagement.reports.queries import IssueReport, LinkRow, link_rows, report
from app.engagement.reports.tables import Table
from app.engagement.store.reader import Reader
from app.speech import mark, say

_FIGURES = {
    Rate.OPENS: mark("who opened it"),
    Rate.CLICKS: mark("who clicked"),
    Rate.UNSUBSCRIBES: mark("unsubscribes"),
    Rate.BOUNCES: mark("bounces"),
    Rate.COMPLAINTS: mark("complaints"),
}
"""Figures whose tile is left out where they are not told; clickers of openers go with them."""


@dataclass(frozen=True, slots=True)
class Side:
    """The figures of people alone, or of everybody."""

    who: Who
    headlines: tuple[Headline, ...]
    course: OverTime
    links: tuple[LinkRow, ...]
    clients: BarChart | None
    systems: BarChart | None
    devices: BarChart | None
    domains: BarChart | None


@dataclass(frozen=True, slots=True)
class IssuePageData:
    """What one issue's page shows.

    Attributes:
        sent: When and to how many, in words.
        fresh: How old the figures are, in words.
        notes: What a reader must know before reading figures: sentences.
        untold: What the platform does not tell, in a sentence; empty where it tells all.
        sides: People first where they are told apart, then everybody.
        others: The issues that it can be compared with, newest first; ``names`` are their days and
            subjects.
        by_name: The platform tells who did what.
    """

    report: IssueReport
    sent: str
    fresh: str
    notes: tuple[str, ...]
    untold: str
    sides: tuple[Side, ...]
    bounces: BarChart | None
    proxies: BarChart | None
    archive: BarChart | None
    others: tuple[Row, ...]
    names: tuple[str, ...]
    by_name: bool

    @property
    def row(self) -> Row:
        """The issue in the list."""
        return self.report.row


def issue_page(
    reader: Reader, rows: Sequence[Row], of: Row, clock: Clock | None = None, now: int | None = None
) -> IssuePageData:
    """Everything that an issue's page shows.

    Args:
        reader: The store.
        rows: All issues, newest first.
        of: The one to show.
        clock: The writer's; the computer's unless given.
        now: Milliseconds since 1970.
    """
    found = report(reader, rows, of)
    detail = reader.detail(of.source)
    clock = clock or Clock()
    now = int(time.time() * 1000) if now is None else now
    figures = of.source.record.figures
    apart = told_apart(figures)
    asked = (Who.PEOPLE, Who.ALL) if apart else (Who.ALL,)
    others = tuple(row for row in rows if (row.account, row.id) != (of.account, of.id))
    sides = tuple(_side(found, rows, detail.links or (), who, clock) for who in asked)
    return IssuePageData(
        report=found,
        sent=_sent(of, clock),
        fresh=_fresh(reader, of, clock, now),
        notes=_notes(of, apart=apart),
        untold=_untold(found, sides[0]),
        sides=sides,
        bounces=splits.bounces(found.splits),
        proxies=splits.proxies(found.splits),
        archive=splits.archive(figures, found.splits),
        others=others,
        names=_names(others, clock),
        by_name=of.source.record.mode is Mode.INDIVIDUAL,
    )


def links_table(links: Sequence[LinkRow]) -> Table:
    """The links of an issue to copy or save."""
    head = (say("Link"), say("Words"), say("Clicks"), say("Clickers"), say("Share"))
    rows = tuple((link.url, link.text, link.clicks, link.clickers, link.share) for link in links)
    return Table(say("Links"), head, rows)


def _side(
    found: IssueReport, rows: Sequence[Row], links: Sequence[LinkRecord], who: Who, clock: Clock
) -> Side:
    row, told = found.row, found.splits
    return Side(
        who=who,
        headlines=headlines(row, rows, who, found.usual),
        course=over_time(told, row.sent_at, row.as_of, who, clock),
        links=found.links if who is Who.PEOPLE else link_rows(map(_everybody, links)),
        clients=_clients(row, told, who),
        systems=splits.by(told, Dimension.SYSTEM, who, say("Systems"), say("System")),
        devices=splits.by(told, Dimension.DEVICE, who, say("Devices"), say("Device")),
        domains=splits.domains(told, who),
    )


def _clients(row: Row, told: splits.Splits, who: Who) -> BarChart | None:
    chart = splits.by(told, Dimension.CLIENT, who, say("Mail programs"), say("Program"))
    hidden = row.source.record.figures.openers.privacy_proxy
    if chart is None or who is Who.ALL or not hidden:
        return chart
    note = say("{n} whose opens a privacy proxy hid are not among them.", n=words.number(hidden))
    return replace(chart, note=" ".join(filter(None, (chart.note, note))))


def _everybody(link: LinkRecord) -> LinkRecord:
    return LinkRecord(
        link.number, link.url, link.text, Count(link.clicks.all), Count(link.clickers.all)
    )


def _names(rows: Sequence[Row], clock: Clock) -> tuple[str, ...]:
    """Day and subject; the account, too, where there are several."""
    several = len({row.account for row in rows}) > 1
    found = []
    for row in rows:
        parts = [row.subject or say("Without a subject")]
        if row.sent_at is not None:
            parts.insert(0, full_day(clock.at(row.sent_at)))
        if several:
            parts.append(row.name)
        found.append(" · ".join(parts))
    return tuple(found)


def _sent(row: Row, clock: Clock) -> str:
    if row.sent_at is None:
        return row.name
    at = clock.at(row.sent_at)
    when = f"{day_text(at)} {at.year}, {at:%H:%M}"
    return say("{account} · sent {when} to {people}", account=row.name, when=when,
               people=_reached(row))  # fmt: skip


def _reached(row: Row) -> str:
    if row.delivered is None:
        return words.number(row.sent)
    return say("{sent}, of which {delivered} were delivered", sent=words.number(row.sent),
               delivered=words.number(row.delivered))  # fmt: skip


def _fresh(reader: Reader, row: Row, clock: Clock, now: int) -> str:
    status = reader.statuses().get(row.account)
    if status is None or status.synced_at is None:
        synced = say("never synced")
    else:
        synced = say("synced {ago}", ago=ago(now - status.synced_at))
    if row.as_of is None:
        return synced[:1].upper() + synced[1:]
    at = clock.at(row.as_of)
    told = say("Figures as of {when}", when=f"{day_text(at)} {at.year}, {at:%H:%M}")
    return f"{told} · {synced}"


def _notes(row: Row, *, apart: bool) -> tuple[str, ...]:
    figures, mode = row.source.record.figures, row.source.record.mode
    notes = []
    if is_growing(row):
        notes.append(say("It was sent less than three days ago: figures still come in."))
    if row.deleted:
        notes.append(say("It was deleted at the platform; these are the last figures known."))
    if mode is Mode.NONE:
        notes.append(say("It was sent without tracking: who opened and clicked is not known."))
    elif not apart and any(
        each.all is not None
        for each in (figures.openers, figures.opens, figures.clickers, figures.clicks)
    ):
        notes.append(
            say("The platform does not tell people from machines: figures count both, so that opens"
                " and clicks look higher than they are.")
        )  # fmt: skip
    inferred = figures.inferred_openers
    unseen = inferred.human if inferred.human is not None else inferred.all
    if unseen:
        notes.append(
            say("{n} clicked without loading pictures. They read it, but cannot be seen among the"
                " opens.", n=words.number(unseen))
        )  # fmt: skip
    return tuple(notes)


def _untold(found: IssueReport, side: Side) -> str:
    """What is left out, and why."""
    lacks = [
        (side.course.hours is None and side.course.days is None, mark("when it was opened")),
        (not side.links, mark("which links were clicked")),
        (side.clients is None and side.devices is None, mark("mail programs and devices")),
        (side.domains is None, mark("receiving domains")),
        (
            not found.splits.get(Dimension.REASON) and bool(found.row.rates),
            mark("reasons of bounces"),
        ),
    ]
    figures = [(not each.is_told, _FIGURES.get(each.rate, "")) for each in side.headlines]
    missing = [say(name) for is_lacking, name in (*figures, *lacks) if is_lacking and name]
    if not missing:
        return ""
    return say("Nothing is known of {things} of this issue: the platform does not tell it, or there"
               " was nothing to tell.", things=_listed(missing))  # fmt: skip


def _listed(things: Sequence[str]) -> str:
    """``a, b and c``."""
    if len(things) == 1:
        return things[0]
    return say("{things} and {last}", things=", ".join(things[:-1]), last=things[-1])
