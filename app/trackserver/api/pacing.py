"""How fast a sender may go on: a controller that slows down, pauses, and speeds up again.

Evidence is the lower end of Wilson's interval, so that a few failures among few mails prove
nothing. Complaints, permanent and temporary failures have Buttondown's limits (0.1, 1 and 5 %;
docs.buttondown.com, sending standards). A rate is halved above a limit, sending pauses above
``SEVERE`` times the limit, and the rate doubles for each window in which every figure stayed below
half of its limit: between half and whole nothing changes, so that it does not swing.
"""

from math import sqrt
from typing import Literal

import msgspec

State = Literal["starting", "accelerating", "steady", "throttled", "paused"]

Z = 1.96
"""Two-sided 95 %."""
LEAST_SAMPLE = 200
"""Mails of which the fate is known, before anything counts against the sender."""
SEVERE = 3.0
CALM_AFTER_TROUBLE = 2
"""Clean windows in a row before a throttled rate grows again."""
PAUSE_WINDOWS = 5
"""Windows that a pause lasts at least; then a trickle tries whether it became better."""
MEMORY = 0.5
"""How much of the earlier windows' sample stays."""
SLOWEST = 10.0
FASTEST = 1_000_000.0
MOSTLY = 0.5
"""Part of the allowed rate that must have been used before more is allowed."""

LIMITS = {"complaints": 0.001, "permanent_failures": 0.01, "temporary_failures": 0.05}
FEW_OPENS = 0.10
OPENS_SAMPLE = 1_000
OPENS_AFTER = 3_600_000
"""An hour: earlier, not having opened says nothing. Milliseconds."""


class Totals(msgspec.Struct, frozen=True):
    """What is known of an issue's mails to a domain, from its start."""

    sent: int = 0
    delivered: int = 0
    complaints: int = 0
    permanent: int = 0
    temporary: int = 0
    openers: int = 0

    @property
    def attempts(self) -> int:
        """Mails handed over, also where the sender reports only what became of them."""
        return max(self.sent, self.delivered + self.permanent)

    @property
    def known(self) -> int:
        """Answers that were heard; a mail deferred and then delivered gave two."""
        return self.delivered + self.permanent + self.temporary


class Sample(msgspec.Struct, frozen=True):
    """Recent answers and the failures among them; older windows fade, hence the fractions."""

    mails: float = 0.0
    permanent: float = 0.0
    temporary: float = 0.0


class Control(msgspec.Struct, frozen=True):
    """What is remembered between two looks. ``at`` and ``since`` in milliseconds UTC."""

    rate: float
    state: State
    at: int
    first_at: int
    since: int
    """When the state began."""
    totals: Totals = Totals()
    sample: Sample = Sample()
    calm: int = 0
    """Clean windows in a row."""
    reasons: tuple[str, ...] = ()
    limited: bool = False
    """Of a receiving domain: it has a limit of its own."""


class Evidence(msgspec.Struct, frozen=True):
    """One figure against its limit; shares are parts of one."""

    figure: str
    count: float
    of: float
    share: float
    at_least: float
    """Lower end of Wilson's 95 % interval."""
    limit: float

    @property
    def is_bad(self) -> bool:
        """Surely above the limit."""
        return self.of >= LEAST_SAMPLE and self.at_least > self.limit

    @property
    def is_severe(self) -> bool:
        """Surely far above it."""
        return self.of >= LEAST_SAMPLE and self.at_least > self.limit * SEVERE

    @property
    def is_clean(self) -> bool:
        """Below half of it; a single failure among few mails is no matter."""
        return self.count <= 1 or self.share <= self.limit / 2


def wilson(count: float, of: float) -> tuple[float, float]:
    """Wilson's score interval for a share of ``count`` in ``of``; (0, 1) where nothing is known."""
    if of <= 0:
        return 0.0, 1.0
    share = min(count / of, 1.0)
    centre = share + Z * Z / (2 * of)
    spread = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
    whole = 1 + Z * Z / of
    return max(0.0, (centre - spread) / whole), min(1.0, (centre + spread) / whole)


def started(now: int, rate: float, totals: Totals) -> Control:
    """The control of an issue or domain that is looked at for the first time."""
    return Control(rate, "starting", now, now, now, totals, reasons=("first_look",))


def evidence(control: Control, totals: Totals) -> tuple[Evidence, ...]:
    """Each figure against its limit: failures lately, complaints since the start."""
    sample = _sample(control, totals)
    figures = (
        ("complaints", float(totals.complaints), float(totals.delivered)),
        ("permanent_failures", sample.permanent, sample.mails),
        ("temporary_failures", sample.temporary, sample.mails),
    )
    return tuple(
        Evidence(name, n, of, n / of if of else 0.0, wilson(n, of)[0], LIMITS[name])
        for name, n, of in figures
    )


def stepped(control: Control, totals: Totals, now: int, window: int, most: float) -> Control:
    """The control one window later; the same before the window (milliseconds) is over."""
    elapsed = now - control.at
    if elapsed < window:
        return control
    found = evidence(control, totals)
    sample = _sample(control, totals)
    before, control = control, msgspec.structs.replace(control, at=now, sample=sample)
    bad = tuple(each.figure for each in found if each.is_bad)
    if any(each.is_severe for each in found):
        return _paused(control, totals, bad, now, window)
    if bad:
        return _throttled(control, totals, bad, now)
    if control.state == "paused" and now - control.since < PAUSE_WINDOWS * window:
        return msgspec.structs.replace(control, totals=totals)
    if control.state == "paused":
        # What made it pause is old by now: try a little, judge by what that brings.
        return _changed(control, "throttled", totals, now, SLOWEST, ("trying_again",), Sample())
    if not all(each.is_clean for each in found):
        near = tuple(f"{each.figure}_near_limit" for each in found if not each.is_clean)
        return _changed(control, "steady", totals, now, control.rate, near, sample)
    if totals.known - before.totals.known < (totals.attempts - before.totals.attempts) * MOSTLY:
        # The window stays open: what is heard later still belongs to these mails.
        return msgspec.structs.replace(before, reasons=("waiting_for_results",))
    return _grown(control, totals, now, elapsed, most)


def _grown(control: Control, totals: Totals, now: int, elapsed: int, most: float) -> Control:
    handed = totals.attempts - control.totals.attempts
    if handed < control.rate * elapsed / 60_000 * MOSTLY:
        return _changed(
            control, control.state, totals, now, control.rate, ("not_used",), control.sample
        )
    if _few_open(control, totals, now):
        return _changed(
            control, "steady", totals, now, control.rate, ("few_opens",), control.sample
        )
    calm = control.calm + 1
    if control.state == "throttled" and calm < CALM_AFTER_TROUBLE:
        held = _changed(
            control, "throttled", totals, now, control.rate, ("recovering",), control.sample
        )
        return msgspec.structs.replace(held, calm=calm)
    rate = min(control.rate * 2, most)
    reason = "fastest" if rate == control.rate else "clean"
    state: State = "steady" if rate == control.rate else "accelerating"
    grown = _changed(control, state, totals, now, rate, (reason,), control.sample)
    return msgspec.structs.replace(grown, calm=calm)


def _throttled(control: Control, totals: Totals, bad: tuple[str, ...], now: int) -> Control:
    if control.state == "paused":
        return msgspec.structs.replace(control, totals=totals, reasons=bad)
    quiet = totals.attempts == control.totals.attempts and control.state == "throttled"
    # Without new mails nothing new was learnt: once is enough.
    rate = control.rate if quiet else max(control.rate / 2, SLOWEST)
    return _changed(control, "throttled", totals, now, rate, bad, control.sample)


def _paused(
    control: Control, totals: Totals, bad: tuple[str, ...], now: int, window: int
) -> Control:
    over = control.state == "paused" and now - control.since >= PAUSE_WINDOWS * window
    if over and "complaints" not in bad:
        return _changed(control, "throttled", totals, now, SLOWEST, ("trying_again",), Sample())
    return _changed(control, "paused", totals, now, SLOWEST, bad, control.sample)


def _changed(
    control: Control,
    state: State,
    totals: Totals,
    now: int,
    rate: float,
    reasons: tuple[str, ...],
    sample: Sample,
) -> Control:
    since = control.since if state == control.state else now
    return Control(rate, state, now, control.first_at, since, totals, sample, 0, reasons)


def _sample(control: Control, totals: Totals) -> Sample:
    old, before = control.sample, control.totals
    return Sample(
        old.mails * MEMORY + max(totals.known - before.known, 0),
        old.permanent * MEMORY + max(totals.permanent - before.permanent, 0),
        old.temporary * MEMORY + max(totals.temporary - before.temporary, 0),
    )


def _few_open(control: Control, totals: Totals, now: int) -> bool:
    late = now - control.first_at >= OPENS_AFTER
    return (
        late
        and totals.delivered >= OPENS_SAMPLE
        and wilson(totals.openers, totals.delivered)[1] < FEW_OPENS
    )
