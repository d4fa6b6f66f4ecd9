"""Findings in the writer's words."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QLocale

from app.preflight import Finding, Severity
from app.preflight.listing import Group, Heading, LinksRow, MoreRow, MuteRow, Row
from app.preflight.muting import Scope
from app.preflight.readers import Readers
from app.preflight.rules import RULES
from app.speech import say
from app.ui.brief import brief

_ABOUT = {rule.id: rule.about for rule in RULES}


def _tr(text: str, count: int = -1) -> str:
    return QCoreApplication.translate("Checks", text, None, count)


def group_name(group: Group) -> str:
    """The heading of a group."""
    return {
        Group.BLOCK: _tr("Must not be sent"),
        Group.ERROR: _tr("Errors"),
        Group.WARNING: _tr("Warnings"),
        Group.INFO: _tr("Worth a look"),
        Group.LINKS: _tr("Links"),
        Group.MUTED: _tr("Muted"),
    }[group]


def severity_name(severity: Severity) -> str:
    """How much one finding matters."""
    return {
        Severity.BLOCK: _tr("Must not be sent"),
        Severity.ERROR: _tr("Error"),
        Severity.WARNING: _tr("Warning"),
        Severity.INFO: _tr("Worth a look"),
    }[severity]


def about(rule: str) -> str:
    """What a rule finds, in a sentence."""
    return say(_ABOUT.get(rule, rule))


def links_words(row: LinksRow) -> str:
    """What is known of so many links."""
    one, many = {
        "link.flagged": (_tr("1 is flagged: do not send"), _tr("%1 are flagged: do not send")),
        "link.broken": (_tr("1 is broken"), _tr("%1 are broken")),
        "link.unverified": (_tr("1 refuses to be checked"), _tr("%1 refuse to be checked")),
        "link.moved": (_tr("1 has moved for good"), _tr("%1 have moved for good")),
        "link.shortener": (_tr("1 is a short address"), _tr("%1 are short addresses")),
        "link.not-encrypted": (_tr("1 is plain http"), _tr("%1 are plain http")),
    }[row.rule]
    return one if row.count == 1 else many.replace("%1", str(row.count))


def readers_words(finding: Finding, readers: Readers) -> str:
    """The part of the readers whom a finding about mail programs concerns, where it is known."""
    share = readers.share(finding.clients) if finding.clients else None
    if share is None:
        return ""
    if not share.part:
        return _tr("None of your readers was seen with these programs.")
    exact = _tr("Used by %1 of the readers whose mail program is known.")
    words = _tr("Used by up to %1 of the readers whose mail program is known.")
    percent = QLocale().toString(share.part * 100, "f", 0) + " %"
    return (words if share.is_most else exact).replace("%1", percent)


def counts_words(counts: Mapping[Group, int]) -> str:
    """``2 errors, 3 warnings``; empty without any."""
    kinds = (
        (Group.BLOCK, _tr("1 flag"), _tr("%1 flags")),
        (Group.ERROR, _tr("1 error"), _tr("%1 errors")),
        (Group.WARNING, _tr("1 warning"), _tr("%1 warnings")),
    )
    parts = [
        one if counts[group] == 1 else many.replace("%1", str(counts[group]))
        for group, one, many in kinds
        if counts.get(group)
    ]
    return ", ".join(parts)


def scope_words(scope: Scope) -> str:
    """How far a mute reaches."""
    if scope is Scope.ISSUE:
        return _tr("in this issue")
    return _tr("in the whole publication")


def spoken(row: Row, line: int = 0) -> str:
    """A row as a screen reader says it; ``line`` is a finding's, from 0."""
    match row:
        case Heading():
            state = _tr("open") if row.is_open else _tr("closed")
            return f"{group_name(row.group)}, {row.count}, {state}"
        case LinksRow():
            return f"{group_name(Group.LINKS)}: {links_words(row)}"
        case MoreRow():
            return more_words(row)
        case MuteRow():
            scope = scope_words(row.mute.scope)
            return f"{_tr('Muted')} {scope}: {about(row.mute.rule)} {brief(row.mute.reason)}"
    where = _tr("line %1").replace("%1", str(line + 1))
    return f"{severity_name(row.severity)}, {where}: {brief(row.message)}"


def more_words(row: MoreRow) -> str:
    """How many are not listed."""
    return _tr("and %1 more").replace("%1", str(row.count))
