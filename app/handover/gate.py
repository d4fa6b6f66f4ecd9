"""Whether an issue may leave.

Nothing is handed over while any link of it is of unknown state, was looked at longer ago than the
writer allows, or is flagged as dangerous. Each of these can be overridden, by name and with a
reason, for this issue and for what was known then: whatever is found later holds anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.handover.states import UNKNOWN, LinkState
from app.linkcheck.verdict import Note, Reason, Status

LIMIT = timedelta(minutes=60)
"""How long ago a link may have been looked at, unless the writer says otherwise."""
_NEVER_OLD = frozenset({Reason.ACCEPTED, Reason.LISTED_HOST})
"""Asking again would tell nothing: the writer's own word, and hosts that are never asked."""
_CLOCKS_DIFFER = timedelta(minutes=5)
"""By which a check may seem to lie in the future before its time is not believed."""


class Hold(StrEnum):
    """Why a link holds the issue back, the worst first."""

    BLOCK = "block"
    """It is flagged as dangerous."""
    PENDING = "pending"
    """Nothing is known of it yet."""
    OLD = "old"
    """It was looked at longer ago than the limit."""


class BlankReasonError(ValueError):
    """An override without a reason."""


@dataclass(frozen=True, slots=True)
class Said:
    """What of a verdict an override is about: where any of it differs, it holds no more.

    Attributes:
        hold: What is overridden.
        reason: The verdict's; always ``pending`` where nothing was known.
        threat, hop: Of a flag.
        checked_at: Of a check that is too old: after the next one the link is as any other.
    """

    hold: Hold
    reason: Reason
    threat: str | None = None
    hop: str | None = None
    checked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """The writer's decision to hand over in spite of one link.

    Raises:
        BlankReasonError: there is no reason in it.
    """

    url: str
    said: Said
    reason: str
    at: datetime

    def __post_init__(self) -> None:
        if not is_reason(self.reason):
            raise BlankReasonError


@dataclass(frozen=True, slots=True)
class Held:
    """A link that holds the issue back."""

    hold: Hold
    state: LinkState

    @property
    def said(self) -> Said:
        """What an override of it would be about."""
        verdict = self.state.verdict
        if self.hold is Hold.BLOCK:
            return Said(self.hold, verdict.reason, verdict.threat, verdict.hop)
        if self.hold is Hold.OLD:
            return Said(self.hold, verdict.reason, checked_at=self.state.checked_at)
        return Said(self.hold, Reason.PENDING)

    def override(self, reason: str, at: datetime) -> Override:
        """Let it through; raises BlankReasonError."""
        return Override(self.state.url, self.said, reason.strip(), at)


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """What stands between an issue and its hand-over.

    Attributes:
        held: What holds it, the worst first, then in the order of the text.
        overridden: What would hold it, with the decision that lets it through.
        warned: Broken links. They hold nothing, and are named.
        unsure: Links that cannot be checked before the send.
        unvouched: Links about which a reputation service that is on did not answer. They hold
            nothing, since a failing service makes no link worse, and are counted.
    """

    held: tuple[Held, ...]
    overridden: tuple[tuple[Held, Override], ...] = ()
    warned: tuple[LinkState, ...] = ()
    unsure: tuple[LinkState, ...] = ()
    unvouched: tuple[LinkState, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the issue may leave."""
        return not self.held


def judge(
    links: Sequence[LinkState],
    overrides: Iterable[Override],
    now: datetime,
    limit: timedelta = LIMIT,
) -> GateVerdict:
    """Judge an issue by its links.

    Args:
        links: Each address of the issue once.
        overrides: Of this issue.
        now: In UTC.
        limit: How long ago a link may have been looked at.
    """
    decisions = {(each.url, each.said): each for each in overrides}
    held: list[Held] = []
    overridden: list[tuple[Held, Override]] = []
    for state in links:
        for hold in _holds(state, now, limit):
            each = Held(hold, state)
            decision = decisions.get((state.url, each.said))
            if decision is None:
                held.append(each)
            else:
                overridden.append((each, decision))
    order = list(Hold)
    held.sort(key=lambda each: order.index(each.hold))
    return GateVerdict(
        tuple(held),
        tuple(overridden),
        tuple(each for each in links if each.verdict.status is Status.WARN and not each.is_ignored),
        tuple(
            each
            for each in links
            if each.verdict.status is Status.UNCHECKED
            and not each.is_asked
            and each.verdict.reason is not Reason.UNUSED_DEFINITION
        ),
        tuple(each for each in links if Note.REPUTATION_UNKNOWN in each.verdict.notes),
    )


def is_old(state: LinkState, now: datetime, limit: timedelta) -> bool:
    """Whether a link that is known was looked at too long ago.

    A time that lies in the future was a wrong clock's: nobody knows how old that check is.
    """
    if not state.is_asked or state.verdict.reason in _NEVER_OLD | UNKNOWN:
        return False
    if state.checked_at is None:
        return True
    age = now - state.checked_at
    return age > limit or age < -_CLOCKS_DIFFER


def to_ask(links: Iterable[LinkState], now: datetime, limit: timedelta) -> list[str]:
    """The URLs that must be looked at before the issue may leave: unknown, or known too long."""
    return [
        state.url
        for state in links
        if state.is_asked and (state.verdict.reason in UNKNOWN or is_old(state, now, limit))
    ]


def is_reason(text: str) -> bool:
    """Whether something can be read in what was typed as a reason."""
    return any(letter.isprintable() and not letter.isspace() for letter in text)


def _holds(state: LinkState, now: datetime, limit: timedelta) -> Iterable[Hold]:
    if state.verdict.status is Status.BLOCK:
        yield Hold.BLOCK
    if not state.is_asked:
        return
    if state.verdict.reason in UNKNOWN:
        yield Hold.PENDING
    elif is_old(state, now, limit):
        yield Hold.OLD
