"""What the hover card says of a link, as plain words."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from app.linkcheck.sentences import describe, sentence, title
from app.linkcheck.verdict import Reason, Verdict
from app.proof import ProofedLink
from app.ui import beside
from app.ui.brief import brief

HOPS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class CardText:
    """The parts of a card; empty ones are not shown.

    ``facts`` are pairs of a name and its value, such as ("Answer", "404").
    """

    title: str
    sentence: str
    notes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]

    def spoken(self) -> str:
        """All of it, for a screen reader."""
        facts = [f"{name}: {value}." for name, value in self.facts]
        return " ".join([f"{self.title}.", self.sentence, *self.notes, *facts])


def card_text(
    proofed: ProofedLink, now: datetime | None = None, folder: Path | None = None
) -> CardText:
    """The words for a link with its verdict; ``folder`` is the one that the draft lies in."""
    if beside.is_beside(proofed, folder):
        address = (_tr("Address"), brief(proofed.link.href or ""))
        return CardText(beside.title(), beside.sentence(), (), (address,))
    verdict = proofed.verdict
    mistake = proofed.link.detail if proofed.link.mistake else ""
    main = verdict.detail or mistake or _tr_verdict(describe(verdict.reason, verdict.notes))
    notes = tuple(_tr_verdict(sentence(note)) for note in verdict.notes)
    facts = _facts(proofed, verdict, now or datetime.now(UTC))
    return CardText(
        _tr_verdict(title(verdict.reason)),
        main,
        tuple(note for note in notes if note != main),
        tuple((name, brief(value)) for name, value in facts),
    )


def _facts(proofed: ProofedLink, verdict: Verdict, now: datetime) -> list[tuple[str, str]]:
    facts = []
    href = proofed.link.href or ""
    address = proofed.url or href
    if address:
        facts.append((_tr("Address"), address))
    facts += [(f"{hop.status} →", hop.url) for hop in verdict.redirects[:HOPS_SHOWN]]
    if len(verdict.redirects) > HOPS_SHOWN:
        more = len(verdict.redirects) - HOPS_SHOWN
        facts.append(("…", _tr("and %n more", more)))
    last = verdict.redirects[-1].url if verdict.redirects else address
    if verdict.final_url and verdict.final_url != last:
        facts.append((_tr("Ends at"), verdict.final_url))
    if verdict.http_status is not None:
        facts.append((_tr("Answer"), str(verdict.http_status)))
    if verdict.threat:
        facts.append((_tr("Threat"), verdict.threat))
    if verdict.hop:
        facts.append((_tr("Flagged"), verdict.hop))
    if verdict.also:
        facts.append((_tr("Also flagged by"), ", ".join(map(flagged_by, verdict.also))))
    if verdict.evidence and verdict.evidence != f"status {verdict.http_status}":
        facts.append((_tr("Evidence"), verdict.evidence))
    if verdict.checked_at is not None:
        facts.append((_tr("Checked"), age(verdict.checked_at, now)))
    if verdict.suggestion and verdict.suggestion != verdict.final_url:
        facts.append((_tr("Suggested"), verdict.suggestion))
    return facts


def flagged_by(reason: Reason) -> str:
    """Who flags a link for this reason."""
    return {
        Reason.WEB_RISK: "Google Web Risk",
        Reason.SURBL: "SURBL",
        Reason.SPAMHAUS: "Spamhaus",
    }.get(reason) or _tr("a list of your own")


def age(then: datetime, now: datetime) -> str:
    """How long ago, in the words of a person."""
    seconds = max(0, int((now - then).total_seconds()))
    if seconds < 60:
        return _tr("just now")
    if seconds < 3600:
        return _tr("%n minute(s) ago", seconds // 60)
    if seconds < 86400:
        return _tr("%n hour(s) ago", seconds // 3600)
    return _tr("%n day(s) ago", seconds // 86400)


def _tr(text: str, number: int = -1) -> str:
    translated = QCoreApplication.translate("LinkCard", text, "", number)
    # Without a translation file Qt leaves the plural marker of the source text as it is.
    return translated.replace("(s)", "" if number == 1 else "s") if number >= 0 else translated


def _tr_verdict(text: str) -> str:
    return QCoreApplication.translate("Verdict", text)
