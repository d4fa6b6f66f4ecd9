"""What the hand-over says, in the writer's words."""

from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication

from app.handover.gate import GateVerdict, Held, Hold
from app.handover.model import Action, Choice, Field, Plan, Progress, Step
from app.linkcheck.sentences import describe, title
from app.linkcheck.verdict import Reason, Verdict
from app.ui.editor.card_text import age, flagged_by


def tr(text: str, number: int = -1) -> str:
    """A text in the writer's language, with a number for %n."""
    translated = QCoreApplication.translate("Handover", text, "", number)
    # Without a translation file Qt leaves the plural marker of the source text as it is.
    return translated.replace("(s)", "" if number == 1 else "s") if number >= 0 else translated


def why_held(held: Held, now: datetime) -> str:
    """Why a link holds the issue."""
    state, verdict = held.state, held.state.verdict
    if held.hold is Hold.BLOCK:
        told = [f"{verdict_title(verdict.reason)}."]
        if verdict.threat and verdict.reason is Reason.LISTED:
            told.append(tr("By the line “block %1”.").replace("%1", verdict.threat))
        elif verdict.threat:
            told.append(tr("Threat: %1.").replace("%1", verdict.threat))
        if verdict.hop:
            told.append(tr("Flagged is %1, to which it leads.").replace("%1", verdict.hop))
        if verdict.also:
            others = ", ".join(map(flagged_by, verdict.also))
            told.append(tr("Also flagged by %1.").replace("%1", others))
        return " ".join(told)
    if held.hold is Hold.PENDING:
        return {
            Reason.OFFLINE: tr("Not looked at: there is no network."),
            Reason.CAPTIVE_PORTAL: tr("Not looked at: the network asks you to log in first."),
        }.get(verdict.reason, tr("Nobody knows yet whether it works."))
    if state.checked_at is None:
        return tr("Nobody knows when it was looked at last.")
    told_age = age(state.checked_at, now)
    words = tr("Looked at %1, which is too long ago. Then: %2.")
    return words.replace("%1", told_age).replace("%2", verdict_title(verdict.reason))


def what_is_wrong(verdict: Verdict) -> str:
    """A broken link, in a sentence."""
    detail = verdict.detail or _verdict(describe(verdict.reason, verdict.notes))
    return f"{verdict_title(verdict.reason)}. {detail}"


def links_sentence(verdict: GateVerdict, whole: int, limit: timedelta) -> str:
    """How the links stand, all told."""
    told = []
    urls = {each.state.url for each in verdict.held}
    if urls:
        told.append(tr("%n link(s) must be mended, or let through with a reason.", len(urls)))
    elif not whole:
        told.append(tr("There is no link in it that would have to be looked at."))
    elif verdict.overridden:
        told.append(tr("All others were looked at within the last %1.").replace("%1", span(limit)))
    else:
        words = tr("All were looked at within the last %1, and none is flagged.")
        told.append(words.replace("%1", span(limit)))
    if verdict.warned:
        count = len(verdict.warned)
        told.append(tr("%n broken link(s): that holds nothing, but readers see it.", count))
    if verdict.unvouched:
        count = len(verdict.unvouched)
        told.append(tr("Whether %n of them may be dangerous is not known.", count))
    if verdict.unsure:
        told.append(tr("%n cannot be checked before the send.", len(verdict.unsure)))
    return " ".join(told)


def foot_words(gate: GateVerdict | None, plan: Plan | None) -> str:
    """What a hand-over is; first what it waits for."""
    told = []
    urls = {each.state.url for each in gate.held} if gate is not None else set()
    if urls:
        held = tr("One link holds it.") if len(urls) == 1 else tr("%n links hold it.", len(urls))
        told.append(held)
    if plan is not None and plan.conflict is not None:
        told.append(tr("It waits for your word on the edits made there."))
    return " ".join([*told, tr("It becomes a draft there. Sendoff never sends.")])


def span(limit: timedelta) -> str:
    """A length of time, as 60 minutes or 2 days."""
    minutes = round(limit.total_seconds() / 60)
    if minutes % 1440 == 0:
        return tr("%n day(s)", minutes // 1440)
    if minutes % 60 == 0 and minutes > 60:
        return tr("%n hour(s)", minutes // 60)
    return tr("%n minute(s)", minutes)


def plan_sentence(plan: Plan, platform: str) -> str:
    """What will be done there."""
    if plan.conflict is not None:
        words = tr("The draft at %1 was edited there since. What is to become of that?")
    elif plan.action is Action.CREATE:
        words = tr("A new draft will be made at %1.")
    elif plan.action is Action.CHANGE:
        words = tr("The draft at %1 will be changed:")
    else:
        words = tr("The draft at %1 is the same already: nothing will be changed.")
    told = [words.replace("%1", platform), *plan.notes]
    if plan.uploads:
        told.append(tr("%n picture(s) will be put online first.", len(plan.uploads)))
    return " ".join(told)


def field_name(field: Field) -> str:
    """A field of a draft at a platform."""
    return {
        Field.SUBJECT: tr("Subject"),
        Field.TITLE: tr("Title"),
        Field.PREVIEW: tr("Preview text"),
        Field.BODY: tr("Text"),
        Field.TEXT: tr("Plain text"),
        Field.SLUG: tr("Address in the archive"),
        Field.CANONICAL_URL: tr("First published at"),
        Field.COVER: tr("Cover"),
    }[field]


def compare_legend(*, is_conflict: bool) -> str:
    """What the marks of a comparison stand for: edits made there, or what will change there."""
    if is_conflict:
        return tr("−  as you handed it over     +  as it is there now")
    return tr("−  only there now     +  there afterwards")


def choice_words(choice: Choice) -> tuple[str, str]:
    """What can become of edits made there: a few words, and what they mean."""
    return {
        Choice.THEIRS: (
            tr("&Keep theirs"),
            tr("The draft there stays as it is; your text here stays as it is, too."),
        ),
        Choice.MERGE: (tr("&Join both"), tr("Your changes go into the draft beside theirs.")),
        Choice.COPY: (tr("Make a &second draft"), tr("The draft there stays as it is.")),
        Choice.ASK: ("", ""),
    }[choice]


def progress_sentence(progress: Progress | None) -> str:
    """How far the hand-over is."""
    if progress is None or progress.step is Step.LOOKING:
        return tr("Looking at what is there…")
    if progress.step is Step.PICTURES:
        words = tr("Putting pictures online: %1 of %2…")
        return words.replace("%1", str(progress.done)).replace("%2", str(progress.whole))
    if progress.step is Step.WRITING:
        return tr("Writing the draft…")
    return tr("Reading back what is there now…")


def verdict_title(reason: Reason) -> str:
    """What was found, in a few words."""
    return _verdict(title(reason))


def _verdict(text: str) -> str:
    return QCoreApplication.translate("Verdict", text)
