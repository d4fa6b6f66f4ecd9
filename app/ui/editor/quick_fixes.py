"""What can be done about a link: the same list for the card, the context menu and the keyboard."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QCoreApplication

from app.linkcheck.urls import parse
from app.linkcheck.verdict import Reason, Status
from app.proof import Fix, ProofedLink, fixes

OPENABLE = ("http://", "https://", "mailto:")
"""Schemes that may be handed to the desktop; a draft from elsewhere may hold any other."""
LONGEST_HOST = 32
"""Signs of a host that a button has room for."""


class Deed(Enum):
    """A kind of remedy."""

    FIX = "fix"
    OPEN = "open"
    RECHECK = "recheck"
    ACCEPT = "accept"
    IGNORE = "ignore"
    SPEAK_AGAIN = "speak_again"
    BLOCK_HOST = "block_host"
    ALLOW_HOST = "allow_host"
    SHOW_LISTS = "show_lists"


ABOUT_LISTS = frozenset({Deed.BLOCK_HOST, Deed.ALLOW_HOST, Deed.SHOW_LISTS})
"""Deeds that are not the draft's business, but that of the writer's own lists."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """One thing that can be done; ``fix`` is the change of text where it is one."""

    deed: Deed
    title: str
    tip: str
    fix: Fix | None = None


def remedies(proofed: ProofedLink) -> Sequence[Remedy]:
    """What is offered for a link, the most helpful first."""
    found = [Remedy(Deed.FIX, fix.title, fix.replacement, fix) for fix in fixes(proofed)]
    href = proofed.link.href or ""
    verdict = proofed.verdict
    is_flagged = verdict.status is Status.BLOCK
    opening: list[Remedy] = []
    if is_openable(href) or is_openable(proofed.url or ""):
        tip = _tr("Look at it yourself")
        opening.append(Remedy(Deed.OPEN, _tr("Open in the browser"), tip))
    if not is_flagged:
        found += opening
    if proofed.url is not None and verdict.reason is not Reason.IGNORED:
        asked = verdict.checked_at is not None or verdict.reason is Reason.PENDING
        if asked:
            tip = _tr("Ask the link's site again")
            found.append(Remedy(Deed.RECHECK, _tr("Check again"), tip))
        if asked and verdict.status in (Status.WARN, Status.UNVERIFIED):
            tip = _tr("Take this link as working, until its address changes")
            found.append(Remedy(Deed.ACCEPT, _tr("I checked it by hand"), tip))
    if verdict.reason is Reason.IGNORED:
        tip = _tr("Show this link's status in this draft again")
        found.append(Remedy(Deed.SPEAK_AGAIN, _tr("Do not ignore any more"), tip))
    elif href and verdict.status not in (Status.SAFE, Status.BLOCK):
        tip = _tr("Say no more of this link in this draft")
        found.append(Remedy(Deed.IGNORE, _tr("Ignore in this draft"), tip))
    found += _about_lists(proofed)
    # Nobody shall open a dangerous site by pressing Enter on its card.
    return found + opening if is_flagged else found


def _about_lists(proofed: ProofedLink) -> list[Remedy]:
    """What the writer's own list of blocked and allowed sites can do about a link."""
    verdict, host = proofed.verdict, host_of(proofed)
    if not host:
        return []
    shown = host if len(host) <= LONGEST_HOST else f"{host[: LONGEST_HOST - 1]}…"
    if verdict.reason is Reason.LISTED:
        tip = _tr("Your own list and your team's are in the settings")
        return [Remedy(Deed.SHOW_LISTS, _tr("Show my lists"), tip)]
    if verdict.status is Status.BLOCK:
        tip = _tr("Put the site on your own list: no service is asked about it any more")
        return [Remedy(Deed.ALLOW_HOST, _tr("Never block %1").replace("%1", shown), tip)]
    if verdict.status in (Status.SAFE, Status.UNVERIFIED):
        tip = _tr("Put the site on your own list: links to it stop the send")
        return [Remedy(Deed.BLOCK_HOST, _tr("Block %1").replace("%1", shown), tip)]
    return []


def host_of(proofed: ProofedLink) -> str:
    """The host that a rule about a link is about: the one that is flagged; "" where it has none."""
    parsed = parse(proofed.verdict.hop or proofed.url or "")
    return parsed.host if parsed is not None else ""


def is_openable(url: str) -> bool:
    """Whether a URL may be handed to the desktop."""
    return url.lower().startswith(OPENABLE)


def _tr(text: str) -> str:
    return QCoreApplication.translate("QuickFixes", text)
