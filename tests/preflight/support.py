"""How the tests look a draft over."""

from datetime import date
from pathlib import Path

from app.linkcheck.verdict import Verdict
from app.markup import Document
from app.preflight import Finding, Platform, Preflight, Setting, take
from app.preflight.rules import RULES
from app.proof import Proof
from app.publish import render_email

TODAY = date(2026, 11, 23)


def findings(
    text: str,
    *,
    platform: Platform | None = None,
    folder: Path | None = None,
    known: dict[str, Verdict] | None = None,
    mail: bool = False,
) -> list[Finding]:
    """Everything that pre-flight finds in a text."""
    document = Document.from_text(text)
    setting = Setting(today=TODAY, platform=platform, folder=folder)
    snapshot = take(document, Proof(document, known))
    return Preflight(setting).run(snapshot, render_email(document) if mail else None)


def of(rule: str, text: str, **options: object) -> list[Finding]:
    """What one rule finds in a text; the rule must exist."""
    assert rule in {each.id for each in RULES}
    return [each for each in findings(text, **options) if each.rule == rule]  # type: ignore[arg-type]


def cut(text: str, finding: Finding) -> str:
    """The words of the text that a finding is about."""
    return between(text, (finding.line, finding.column), (finding.end_line, finding.end_column))


def between(text: str, start: tuple[int, int], end: tuple[int, int]) -> str:
    lines = text.split("\n")
    if start[0] == end[0]:
        return lines[start[0]][start[1] : end[1]]
    middle = lines[start[0] + 1 : end[0]]
    return "\n".join([lines[start[0]][start[1] :], *middle, lines[end[0]][: end[1]]])


def mended(text: str, finding: Finding) -> str:
    """The text after a finding's fix."""
    fix = finding.fix
    assert fix is not None
    before = between(text, (0, 0), fix.start)
    lines = text.split("\n")
    after = between(text, fix.end, (len(lines) - 1, len(lines[-1])))
    return before + fix.replacement + after
