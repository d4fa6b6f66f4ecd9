"""Findings as a person reads them: by weight, then by place, with what is muted at the end.

What is known of links themselves belongs to the list of links, which says it link by link with all
that can be done about it. Here it is one row for each kind of trouble, leading there.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter

from app.linkcheck.verdict import Status
from app.preflight.engine import in_order
from app.preflight.finding import WEIGHT, Finding, Severity
from app.preflight.muting import Mute, heard

VERDICTS: dict[str, Status | None] = {
    "link.flagged": Status.BLOCK,
    "link.broken": Status.WARN,
    "link.unverified": Status.UNVERIFIED,
    "link.moved": None,
    "link.shortener": None,
    "link.not-encrypted": None,
}
"""The rules that say what the list of links says, and the status by which that is narrowed."""

MOST = 100
"""Findings of one weight that are listed."""


class Group(StrEnum):
    """A heading of the list; the first four are severities."""

    BLOCK = "block"
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    LINKS = "links"
    MUTED = "muted"


_GROUPS = {severity: Group(severity.value) for severity in Severity}
_severity = attrgetter("severity")


@dataclass(frozen=True, slots=True)
class Heading:
    """A group with how many are in it; ``is_open`` where its rows follow."""

    group: Group
    count: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class LinksRow:
    """What is known of so many links; ``status`` narrows the list of links to them."""

    rule: str
    severity: Severity
    count: int
    status: Status | None


@dataclass(frozen=True, slots=True)
class MoreRow:
    """So many further findings of a group, which are not listed."""

    group: Group
    count: int


@dataclass(frozen=True, slots=True)
class MuteRow:
    """A rule that is not told of, and how many findings it has here."""

    mute: Mute
    count: int


Row = Heading | Finding | LinksRow | MoreRow | MuteRow


@dataclass(frozen=True, slots=True)
class Judged:
    """All findings of a draft, in the order of the text, and what of them is muted.

    Attributes:
        found: What is heard.
        counts: How much of it there is, links too.
        own: What the list of links does not say, by its group.
        by_line: The same by the line that it begins on.
        links: What is known of links, the worst first.
        muted: How often each muted rule would be heard.
        mutes: The mutes of the draft and its publication, the newest first.
    """

    found: tuple[Finding, ...] = ()
    counts: Mapping[Severity, int] = field(default_factory=dict)
    own: Mapping[Group, Sequence[Finding]] = field(default_factory=dict)
    by_line: Mapping[int, Sequence[Finding]] = field(default_factory=dict)
    links: tuple[LinksRow, ...] = ()
    muted: Mapping[str, int] = field(default_factory=dict)
    mutes: tuple[Mute, ...] = ()

    def walked(self) -> list[Finding]:
        """What one goes through one by one: all that weighs more than a hint, or else the hints."""
        loud = [
            each
            for group in (Group.BLOCK, Group.ERROR, Group.WARNING)
            for each in self.own.get(group, ())
        ]
        return in_order(loud or self.own.get(Group.INFO, ()))


def judged(findings: Sequence[Finding], mutes: Sequence[Mute]) -> Judged:
    """What is heard of some findings, and what is not."""
    found = heard(findings, {each.rule for each in mutes})
    own: dict[Group, list[Finding]] = {}
    by_line: dict[int, list[Finding]] = {}
    of_links: list[Finding] = []
    for each in found:
        if each.rule in VERDICTS:
            of_links.append(each)
        else:
            own.setdefault(_GROUPS[each.severity], []).append(each)
            by_line.setdefault(each.line, []).append(each)
    return Judged(
        found=tuple(found),
        counts=Counter(map(_severity, found)),
        own=own,
        by_line=by_line,
        links=_links(of_links),
        muted=_muted(findings, found),
        mutes=tuple(mutes),
    )


def rows(of: Judged, is_open: Collection[Group]) -> list[Row]:
    """What is listed, the worst first; the rows of a group only where that is open."""
    parts: list[tuple[Group, int, Sequence[Row], int]] = []
    for severity in sorted(Severity, key=WEIGHT.__getitem__, reverse=True):
        found = of.own.get(Group(severity.value), ())
        parts.append((Group(severity.value), len(found), found, MOST))
    links = (Group.LINKS, sum(each.count for each in of.links), of.links, len(of.links))
    is_grave = any(each.severity is Severity.BLOCK for each in of.links)
    parts.insert(0 if is_grave else len(parts), links)
    muted = [MuteRow(each, of.muted.get(each.rule, 0)) for each in of.mutes]
    parts.append((Group.MUTED, len(muted), muted, len(muted)))
    listed: list[Row] = []
    for group, count, members, most in parts:
        if count:
            listed.append(Heading(group, count, group in is_open))
        if group in is_open:
            listed += members[:most]
            if len(members) > most:
                listed.append(MoreRow(group, len(members) - most))
    return listed


def step_from(walked: Sequence[Finding], place: tuple[int, int], step: int) -> Finding | None:
    """The next (``step`` 1) or previous (-1) of some findings in order, around the end."""
    if not walked:
        return None
    if step > 0:
        return next((each for each in walked if (each.line, each.column) > place), walked[0])
    return next((each for each in reversed(walked) if (each.line, each.column) < place), walked[-1])


def _muted(findings: Sequence[Finding], found: Sequence[Finding]) -> dict[str, int]:
    """How often each rule would be heard that is not."""
    if len(found) == len(findings):
        return {}
    silent = Counter(each.rule for each in findings)
    silent.subtract(each.rule for each in found)
    return {rule: count for rule, count in silent.items() if count}


def _links(of_links: Sequence[Finding]) -> tuple[LinksRow, ...]:
    counted = Counter(each.rule for each in of_links)
    severity = {each.rule: each.severity for each in of_links}
    kinds = [
        LinksRow(rule, severity[rule], counted[rule], status)
        for rule, status in VERDICTS.items()
        if counted[rule]
    ]
    return tuple(sorted(kinds, key=lambda each: -WEIGHT[each.severity]))
