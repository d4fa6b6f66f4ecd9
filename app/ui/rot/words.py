"""What is said of a dead link."""

import re

from PySide6.QtCore import QCoreApplication

from app.linkcheck.sentences import sentence, title
from app.linkcheck.verdict import Reason
from app.linkrot.listing import Count, DeadLink, Overview, nearest_to
from app.linkrot.model import DAY, Copy, Kind, Letter, Page
from app.ui.moments import day_and_time, recent


def what(page: Page) -> str:
    """``Not found`` and the like."""
    return QCoreApplication.translate("Verdict", title(Reason(page.reason)))


def meaning(dead: DeadLink) -> str:
    """What that means; for a draft, also what can be done, for which it is too late in an issue."""
    whole = QCoreApplication.translate("Verdict", sentence(Reason(dead.page.reason)))
    if dead.letter.kind is Kind.DRAFT:
        return whole
    return re.split(r"(?<=[.!?。])\s", whole, maxsplit=1)[0]


def since(dead: DeadLink) -> str:
    """Since when, as far as is known: what was never seen alive is not said to have died."""
    page, failed = dead.page, day_of_death(dead.page)
    if page.alive is None:
        words = (
            _tr("It was dead when it was first looked at, on %1, before this was sent.")
            if dead.was_sent_dead
            else _tr("It was dead when it was first looked at, on %1.")
        )
        return words.replace("%1", failed)
    words = (
        _tr("It worked on %1, and has been dead since %2, before this was sent.")
        if dead.was_sent_dead
        else _tr("It worked on %1, and has been dead since %2.")
    )
    return words.replace("%1", day(page.alive)).replace("%2", failed)


def since_short(dead: DeadLink) -> str:
    """The same, for a row: of what was dead already it is said when the letter was sent."""
    if dead.was_sent_dead:
        return _tr("dead before it was sent")
    words = _tr("dead when first seen, %1") if dead.page.alive is None else _tr("died %1")
    return words.replace("%1", day_of_death(dead.page))


def day_of_death(page: Page) -> str:
    """When it was first found dead."""
    return day(page.failed if page.failed is not None else page.first_seen)


def looked(page: Page) -> str:
    """How often that was seen, and when last."""
    words = _tr("Seen dead on %1 days, last %2.")
    at = page.looked if page.looked is not None else page.first_seen
    return words.replace("%1", str(page.failures)).replace("%2", recent(round(at * 1000)))


def letter_title(letter: Letter) -> str:
    """Its subject."""
    return letter.title or _tr("Without a subject")


def letter_kind(letter: Letter) -> str:
    """``sent 3 Nov 2026``, or that it is a draft."""
    if letter.kind is Kind.DRAFT:
        return _tr("draft")
    if letter.at is None:
        return _tr("sent")
    words = _tr("with its draft, sent %1") if letter.draft else _tr("sent %1")
    return words.replace("%1", day(letter.at))


def copy_words(dead: DeadLink, copy: Copy) -> str:
    """Of when a copy is, beside when the letter was sent."""
    if copy.taken is None:
        return _tr("The archive knows of no copy.")
    words = _tr("A copy of %1").replace("%1", day(copy.taken))
    if dead.letter.kind is Kind.DRAFT or dead.letter.at is None:
        return words + "."
    days = round((copy.taken - nearest_to(dead.letter, dead.page)) / DAY)
    if days == 0:
        return _tr("%1, from about when it was sent.").replace("%1", words)
    one, many = (
        (_tr("%1, a day before it was sent."), _tr("%1, %2 days before it was sent."))
        if days < 0
        else (_tr("%1, a day after it was sent."), _tr("%1, %2 days after it was sent."))
    )
    count = abs(days)
    return (one if count == 1 else many).replace("%1", words).replace("%2", f"{count:,}")


def copy_short(copy: Copy) -> str:
    """For a row."""
    if copy.taken is None:
        return _tr("no copy")
    return _tr("copy of %1").replace("%1", day(copy.taken))


def standing(found: Overview) -> str:
    """How much is looked after, and when a look was last."""
    words = _tr("Looked after: %1, linked from %2, each about once a fortnight.")
    letters = _counted(_tr("one letter"), _tr("%1 letters"), found.letters)
    words = words.replace("%1", pages(found.pages)).replace("%2", letters)
    if found.last is None:
        return words
    last = _tr("The last look was %1.").replace("%1", recent(round(found.last * 1000)))
    missing = found.pages - found.looked
    if missing:
        more = _tr("%1 are still to be looked at.") if missing > 1 else _tr("One is still to come.")
        last += " " + more.replace("%1", f"{missing:,}")
    return f"{words} {last}"


def pages(count: int) -> str:
    """``one page``, ``12 pages``."""
    return _counted(_tr("one page"), _tr("%1 pages"), count)


def issue_line(count: Count) -> str:
    """On an issue's page; empty where there is nothing to say."""
    if not count.dead:
        return ""
    if count.since == count.dead:
        one, many = (
            _tr("A link has died since it was sent"),
            _tr("%1 links have died since it was sent"),
        )
    else:
        one, many = _tr("A link of it is dead"), _tr("%1 links of it are dead")
    return _counted(one, many, count.dead)


def day(at: float) -> str:
    """A day of the writer's own clock."""
    return day_and_time(round(at * 1000))[0]


def _counted(one: str, many: str, count: int) -> str:
    return one if count == 1 else many.replace("%1", f"{count:,}")


def _tr(text: str) -> str:
    return QCoreApplication.translate("LinkRot", text)
