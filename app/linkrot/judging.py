"""From looks to a judgement, and to the time of the next look. Never cries wolf:

* Only plain answers count as failures. A server that refuses checkers, a page that a law hides
  here, a certificate that only some programs mind, a network that is away: none of them does.
* A page is dead after two failures a day or more apart where its server says plainly that it is
  gone, and after three within four days or more where the failure may pass.
* One look that finds it alive, or that proves nothing, ends the row of failures.
"""

from dataclasses import replace
from enum import Enum

from app.linkcheck.verdict import Note, Reason, Status, Verdict
from app.linkrot.model import DAY, Page

PERIOD = 14 * DAY
"""Between two looks at a page that is well, or long dead."""
AGAIN = (1 * DAY, 3 * DAY)
"""After the first failure of a row, and after the second."""
NOT_KNOWN = 3600.0
"""After a look that the network spoiled."""
SPREAD = 0.25
"""Each wait is up to this part longer, by chance, so that links do not come due together."""

_PLAIN = frozenset({Reason.NOT_FOUND, Reason.GONE, Reason.NO_SUCH_HOST, Reason.PARKED})
_PASSING = frozenset(
    {Reason.CLIENT_ERROR, Reason.SERVER_ERROR, Reason.TIMEOUT, Reason.REFUSED}
    | {Reason.CONNECTION_LOST, Reason.NOT_HTTP, Reason.BROKEN_SERVER, Reason.TLS_UNTRUSTED}
    | {Reason.TLS_EXPIRED, Reason.TLS_WRONG_HOST, Reason.TLS_ERROR, Reason.REDIRECT_LOOP}
    | {Reason.TOO_MANY_REDIRECTS, Reason.BAD_REDIRECT, Reason.UNSAFE_REDIRECT}
)


_NO_LOOK = frozenset({Reason.OFFLINE, Reason.CAPTIVE_PORTAL, Reason.PENDING, Reason.TYPING})


class Finding(Enum):
    """What one look proves."""

    ALIVE = "alive"
    FAILED = "failed"
    NOTHING = "nothing"
    """The page's server answered, but not so that one could tell."""
    NOT_KNOWN = "not_known"
    """The network was away: it was no look at all."""


def finding(verdict: Verdict) -> Finding:
    """What a verdict proves."""
    if verdict.reason in _NO_LOOK:
        return Finding.NOT_KNOWN
    if verdict.status is Status.SAFE:
        return Finding.NOTHING if Note.SOFT_404 in verdict.notes else Finding.ALIVE
    if verdict.reason in _PLAIN | _PASSING:
        return Finding.FAILED
    return Finding.NOTHING


def after(page: Page, verdict: Verdict, now: float, chance: float) -> Page:
    """What is known of a page after one more look.

    Args:
        page: What was known.
        verdict: What the look found.
        now: When.
        chance: 0 to 1, spreads the next look.
    """
    found = finding(verdict)
    late = 1 + SPREAD * chance
    at = _moment(verdict, now)
    is_old = verdict.from_cache and page.looked is not None and at <= page.looked
    if found is Finding.NOT_KNOWN or is_old:
        return replace(page, due=now + NOT_KNOWN * late)
    seen = replace(page, looked=at, reason=verdict.reason.value, http_status=verdict.http_status)
    if found is Finding.FAILED:
        return _failed(seen, verdict.reason, at, late)
    return replace(
        seen,
        due=at + PERIOD * late,
        alive=at if found is Finding.ALIVE else page.alive,
        failed=None,
        counted=None,
        failures=0,
        is_dead=False,
    )


def _failed(page: Page, reason: Reason, at: float, late: float) -> Page:
    began = page.failed if page.failed is not None else at
    counts = page.counted is None or at - page.counted >= DAY
    failures = page.failures + counts
    counted = at if counts or page.counted is None else page.counted
    needed, span = (2, DAY) if reason in _PLAIN else (3, sum(AGAIN))
    is_dead = page.is_dead or (failures >= needed and counted - began >= span)
    wait = AGAIN[failures - 1] if failures <= len(AGAIN) else PERIOD
    return replace(
        page,
        due=at + wait * late,
        failed=began,
        counted=counted,
        failures=failures,
        is_dead=is_dead,
    )


def _moment(verdict: Verdict, now: float) -> float:
    """When it was found: what a cache answered was found earlier."""
    if verdict.from_cache and verdict.checked_at is not None:
        return min(now, verdict.checked_at.timestamp())
    return now
