"""How fresh the figures are that are shown, in a line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.engagement.model import Account
from app.engagement.store.store import Status
from app.engagement.sync.state import State
from app.speech import mark, say

NEEDS_HELP = frozenset((State.REFUSED, State.WRONG_ADDRESS, State.STORE))
_WAITING = {
    State.OFFLINE: mark("Offline"),
    State.FAILING: mark("The server does not answer"),
    State.LIMITED: mark("The server asks for a pause"),
    State.INCOMPLETE: mark("Not all could be read"),
    State.CANCELLED: mark("Stopped"),
    State.INTERRUPTED: mark("The sync was interrupted"),
}
_MINUTE = 60_000

Ends = Mapping[str, tuple[str, str]]
"""By account: state and words of a sync's end that was not stored, such as of a missing key."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """What is said of all accounts together.

    Attributes:
        words: Of the account whose figures are the oldest.
        help: What the writer must do something about, in sentences; empty where nothing.
    """

    words: str
    help: str = ""


def freshness(
    accounts: Sequence[Account],
    statuses: Mapping[str, Status],
    ends: Ends,
    now: int,
    moment: Callable[[int], str],
) -> Freshness:
    """``moment`` tells a time in the writer's way, such as ``14:03`` or ``yesterday 18:20``."""
    if not accounts:
        return Freshness("")
    several = len(accounts) > 1
    helped = []
    for account in accounts:
        state, message = _end(account.id, statuses, ends)
        if state in NEEDS_HELP:
            helped.append(f"{account.name}: {message}")
    oldest = min(accounts, key=lambda each: _synced(statuses.get(each.id)))
    words = _line(statuses.get(oldest.id), _end(oldest.id, statuses, ends)[0], now, moment)
    if several:
        words = say("{account} · {words}", account=oldest.name, words=words)
    return Freshness(words, "\n".join(helped))


def ago(milliseconds: int) -> str:
    """``just now``, ``5 minutes ago``."""
    minutes = max(0, milliseconds) // _MINUTE
    for size, one, many in (
        (1440, mark("{n} day ago"), mark("{n} days ago")),
        (60, mark("{n} hour ago"), mark("{n} hours ago")),
        (1, mark("{n} minute ago"), mark("{n} minutes ago")),
    ):
        if minutes >= size:
            n = minutes // size
            return say(one if n == 1 else many, n=n)
    return say("just now")


def _line(
    status: Status | None, state: State | None, now: int, moment: Callable[[int], str]
) -> str:
    if status is None or status.synced_at is None:
        if state is State.INTERRUPTED:  # some figures are there already
            return say("The sync was interrupted and goes on soon")
        return (
            say("{state}: no figures yet", state=say(_WAITING[state]))
            if (state in _WAITING)
            else say("No figures yet")
        )
    figures = moment(status.as_of if status.as_of is not None else status.synced_at)
    if state in _WAITING:
        return say("{state}: figures of {time}", state=say(_WAITING[state]), time=figures)
    return say("Figures of {time}, synced {ago}", time=figures, ago=ago(now - status.synced_at))


def _end(account: str, statuses: Mapping[str, Status], ends: Ends) -> tuple[State | None, str]:
    """How the last sync ended: as this session saw it, else as it was stored."""
    if account in ends:
        return State(ends[account][0]), ends[account][1]
    status = statuses.get(account)
    if status is None:
        return None, ""
    try:
        return State(status.state), status.message
    except ValueError:  # of a newer version
        return None, status.message


def _synced(status: Status | None) -> int:
    return -1 if status is None or status.synced_at is None else status.synced_at
