"""The links of an issue as the gate sees them: each with what is known of it, and since when.

What a check said is kept by issue, so that it outlives the app: the cache of verdicts may go at any
time, and forgets what passes.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.linkcheck.verdict import SEVERITY, Reason, Status, Verdict
from app.markup import Document
from app.proof import Proof, offline_verdict

UNKNOWN = frozenset({Reason.PENDING, Reason.TYPING, Reason.OFFLINE, Reason.CAPTIVE_PORTAL})
"""What is said of a link of which nothing is known, though asking would tell."""
FLAG_LASTS = timedelta(hours=1)
"""For how long a flag is believed whose service does not say (the cache's life span of it)."""

Place = tuple[int, int]
"""Line and column, from 0, in code points."""


@dataclass(frozen=True, slots=True)
class LinkState:
    """One address of an issue, with all its uses.

    Attributes:
        url: Absolute; as written where it has no absolute form.
        verdict: The newest that is known.
        checked_at: When that was found, in UTC; None where nobody was asked.
        is_asked: Only a request can tell of it. What can be judged without one (a mistyped
            address, ``mailto:``, a merge tag) is as new as the text.
        is_ignored: The writer wants to hear no more of it in this draft.
        text: Of its first use.
        places: Of all uses, in the order of the text.
    """

    url: str
    verdict: Verdict
    checked_at: datetime | None
    is_asked: bool
    is_ignored: bool = False
    text: str = ""
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What is kept of a link's last check.

    ``until`` is when a service's flag runs out: then it may neither be shown nor be believed.
    """

    reason: Reason
    checked_at: datetime
    threat: str | None = None
    hop: str | None = None
    until: datetime | None = None

    @property
    def verdict(self) -> Verdict:
        """As a verdict, without what only the check itself could tell."""
        return Verdict(
            self.reason,
            checked_at=self.checked_at,
            threat=self.threat,
            hop=self.hop,
            retry_at=self.until,
        )


def seen(verdict: Verdict, heard_at: datetime | None = None) -> Seen | None:
    """What to keep of a verdict; None where it tells nothing to keep.

    The writer's own word has its own place, and what says nothing does not replace what did.
    ``heard_at`` is when a check told it, for the few verdicts that bear no time of their own.
    """
    at = verdict.checked_at or heard_at
    if at is None or verdict.reason in UNKNOWN | {Reason.ACCEPTED, Reason.IGNORED}:
        return None
    until = verdict.retry_at if verdict.status is Status.BLOCK else None
    return Seen(verdict.reason, at, verdict.threat, verdict.hop, until)


def replaces(new: Seen, old: Seen | None, now: datetime) -> bool:
    """Whether what was found is to be kept in the place of what was: it is newer, or it is added
    to what the same check found, as a flag is.
    """
    if old is None or _has_run_out(old, now) or new.checked_at > old.checked_at:
        return True
    is_better = SEVERITY[new.verdict.status] < SEVERITY[old.verdict.status]
    return new.checked_at == old.checked_at and not is_better


def newest(said: Verdict, kept: Seen | None, now: datetime) -> tuple[Verdict, datetime | None]:
    """The newer of what is said now and what was kept, with its time.

    Of two from the same moment the worse holds: a flag follows the verdict that it is added to. A
    flag stands against the writer's own word, as it does where links are checked.
    """
    at = said.checked_at
    if kept is None or _has_run_out(kept, now):
        return said, at
    if said.reason in UNKNOWN:
        return kept.verdict, kept.checked_at
    if said.reason is Reason.ACCEPTED:
        is_flag = kept.verdict.status is Status.BLOCK
        return (kept.verdict, kept.checked_at) if is_flag else (said, at)
    if at is None:  # judged at once, or by what keeps no times: heard when it was kept
        same = said.reason is kept.reason
        return said, kept.checked_at if same else None
    worse = SEVERITY[kept.verdict.status] > SEVERITY[said.status]
    if kept.checked_at > at or (kept.checked_at == at and worse):
        return kept.verdict, kept.checked_at
    return said, at


def link_states(
    document: Document,
    said: Mapping[str, Verdict],
    kept: Mapping[str, Seen],
    *,
    now: datetime,
    ignored: Collection[str] = (),
    allow_private: bool = False,
) -> tuple[LinkState, ...]:
    """Every address of a draft, in the order of the text; for any thread.

    Args:
        document: The parsed draft.
        said: What is known now, by URL.
        kept: What was kept of this issue, by URL.
        now: In UTC.
        ignored: Hrefs that the writer wants to hear nothing of. They are judged all the same: a
            flag does not go away because nobody wants to hear of it.
        allow_private: Whether addresses of the own network are asked.
    """
    proof = Proof(document, said, allow_private=allow_private)
    found: dict[tuple[str, Reason | None], LinkState] = {}
    for each in proof.links():
        offline = offline_verdict(each.link, document, allow_private=allow_private)
        url = each.url or each.link.href or each.link.text
        key = url, offline.reason if offline else None
        place = (each.placed.line, each.placed.column)
        if key in found:
            found[key] = replace(found[key], places=(*found[key].places, place))
            continue
        verdict, at = offline or each.verdict, None
        if offline is None:
            verdict, at = newest(each.verdict, kept.get(url), now)
        found[key] = LinkState(
            *(url, verdict, at, offline is None),
            is_ignored=each.link.href in ignored,
            text=each.link.text,
            places=(place,),
        )
    return tuple(found.values())


def asked(states: Iterable[LinkState]) -> list[str]:
    """The URLs that only a request can tell of."""
    return [state.url for state in states if state.is_asked]


def _has_run_out(kept: Seen, now: datetime) -> bool:
    if kept.verdict.status is not Status.BLOCK:
        return False
    return now >= (kept.until or kept.checked_at + FLAG_LASTS)
