"""Rates made from numerators and denominators, at the moment they are shown.

Opens and clicks are rates of recipients, people only where the platform tells people from machines
(``who``). The denominator is what was delivered, or what was sent where that is all there is
(``of``): a rate without its denominator says nothing.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.engagement.model import Count, Figures
from app.engagement.store.reader import StoredIssue


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
        """0 and more; None where it is not known, or there was nobody to count."""
        if self.count is None or not self.total:
            return None
        return self.count / self.total


@dataclass(frozen=True, slots=True)
class Row:
    """One issue in a list.

    Attributes:
        account: The account's id; ``name`` is what the writer calls it.
        as_of: The server's time at which the figures held, milliseconds.
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


def row(issue: StoredIssue, name: str) -> Row:
    """The issue's figures as they are shown."""
    record, figures = issue.record, issue.record.figures
    return Row(
        account=issue.account,
        name=name,
        id=record.id,
        subject=record.subject,
        sent_at=record.sent_at,
        as_of=record.as_of,
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
    unseen, unseen_class = people(figures.inferred_openers)
    if openers is not None and unseen is not None and unseen_class is open_class:
        readers: int | None = openers + unseen
    else:
        readers = openers
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
