"""Rates made from numerators and denominators, at the moment they are shown.

Opens and clicks are rates of recipients, people only where the platform tells people from machines
(``who``). The denominator is what was delivered, or what was sent where that is all there is
(``of``): a rate without its denominator says nothing.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.engagement.model import Count, Figures
from app.engagement.store.reader import StoredIssue

SETTLED_AFTER = 3 * 86_400_000
"""Milliseconds from sending until most of the opens are in: before, figures still grow."""


class Who(StrEnum):
    """Whom a figure counts."""

    PEOPLE = "people"
    ALL = "all"
    """The platform does not tell people from machines, or the figure has no such classes."""


class Rate(StrEnum):
    """The rates that issues are compared by."""

    OPENS = "opens"
    CLICKS = "clicks"
    CTOR = "ctor"
    """Clickers of openers."""
    UNSUBSCRIBES = "unsubscribes"
    BOUNCES = "bounces"
    COMPLAINTS = "complaints"


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many of how many; either is None where it is not known."""

    count: int | None
    total: int | None
    of: str
    who: Who = Who.ALL

    @property
    def rate(self) -> float | None:
        """0 to 1; None where it is not known, there was nobody to count, or it is beyond all."""
        if self.count is None or not self.total or self.is_beyond:
            return None
        return self.count / self.total

    @property
    def is_beyond(self) -> bool:
        """More did it than are known to be there: one of both figures lacks some, and a rate of
        them would not be so.
        """
        return self.count is not None and self.total is not None and self.count > self.total


@dataclass(frozen=True, slots=True)
class Row:
    """One issue in a list.

    Attributes:
        account: The account's id; ``name`` is what the writer calls it.
        as_of: The server's time until which the figures hold, milliseconds.
        opened, clicked: How often in all, where the platform counts that.
    """

    account: str
    name: str
    id: str
    subject: str
    sent_at: int | None
    as_of: int | None
    deleted: bool
    sent: int | None
    delivered: int | None
    opened: int | None
    clicked: int | None
    rates: dict[Rate, Ratio]
    source: StoredIssue


def row(issue: StoredIssue, name: str, synced: int | None = None) -> Row:
    """The issue's figures as they are shown; ``synced`` as in ``held_until``."""
    record, figures = issue.record, issue.record.figures
    return Row(
        account=issue.account,
        name=name,
        id=record.id,
        subject=record.subject,
        sent_at=record.sent_at,
        as_of=held_until(issue, synced),
        deleted=issue.deleted,
        sent=figures.sent,
        delivered=figures.delivered,
        opened=people(figures.opens)[0],
        clicked=people(figures.clicks)[0],
        rates=rates(figures),
        source=issue,
    )


def rates(figures: Figures) -> dict[Rate, Ratio]:
    """All rates of an issue."""
    openers, open_class = people(figures.openers)
    clickers, click_class = people(figures.clickers)
    readers, _ = known_readers(figures)
    reached, of = reach(figures)
    # People among all openers would be a rate of nothing: both of one class, or none.
    same = open_class is click_class
    return {
        Rate.OPENS: Ratio(openers, reached, of, open_class),
        Rate.CLICKS: Ratio(clickers, reached, of, click_class),
        Rate.CTOR: Ratio(clickers if same else None, readers, "openers", click_class),
        Rate.UNSUBSCRIBES: Ratio(*_counted(figures.unsubscribes, reached, of)),
        Rate.BOUNCES: Ratio(figures.hard_bounces, figures.sent, "sent"),
        Rate.COMPLAINTS: Ratio(figures.complaints, reached, of),
    }


def held_until(issue: StoredIssue, synced: int | None) -> int | None:
    """The server's time until which an issue's figures hold, milliseconds. What the account's last
    whole sync, of ``synced`` by the server, did not change was so still. What is no more at the
    server was not looked at.
    """
    told = issue.record.as_of
    if told is None or synced is None or issue.deleted:
        return told
    return max(told, synced)


def known_readers(figures: Figures) -> tuple[int | None, Who]:
    """Who is known to have opened it: seen by their pictures, or by their click alone."""
    openers, who = people(figures.openers)
    unseen, of = people(figures.inferred_openers)
    if openers is not None and unseen is not None and of is who:
        return openers + unseen, who
    return openers, who


def is_growing(row: Row) -> bool:
    """Whether the figures are of its first days: more will come."""
    if row.sent_at is None or row.as_of is None:
        return False
    return row.as_of - row.sent_at < SETTLED_AFTER


def reach(figures: Figures) -> tuple[int | None, str]:
    """How many got it, and whether that is ``delivered`` or only ``sent``."""
    if figures.delivered is not None:
        return figures.delivered, "delivered"
    return figures.sent, "sent"


def people(count: Count) -> tuple[int | None, Who]:
    """People where they are told apart, else everybody."""
    if count.human is not None:
        return count.human, Who.PEOPLE
    return count.all, Who.ALL


def _counted(count: Count, reached: int | None, of: str) -> tuple[int | None, int | None, str, Who]:
    number, who = people(count)
    return number, reached, of, who
