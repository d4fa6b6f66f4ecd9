"""What is known of links, from checks and reputation services."""

import pytest

from app.linkcheck.verdict import Note, Reason, Verdict
from app.preflight import Severity, worst
from tests.preflight.support import findings, mended, of

URL = "https://a.test/"
TEXT = f"Some [words]({URL}) here.\n"


@pytest.mark.parametrize(
    ("verdict", "rule", "severity"),
    [
        (Verdict(Reason.SURBL), "link.flagged", Severity.BLOCK),
        (Verdict(Reason.LISTED), "link.flagged", Severity.BLOCK),
        (Verdict(Reason.NOT_FOUND, detail="Gone."), "link.broken", Severity.ERROR),
        (Verdict(Reason.BOT_WALL), "link.unverified", Severity.INFO),
        (Verdict(Reason.OK, notes=(Note.MOVED_PERMANENTLY,)), "link.moved", Severity.INFO),
    ],
)
def test_a_verdict_is_told_where_the_link_stands(
    verdict: Verdict, rule: str, severity: Severity
) -> None:
    (found,) = of(rule, TEXT, known={URL: verdict})
    assert found.severity is severity
    assert found.message
    assert (found.line, found.column, found.end_column) == (0, 13, 13 + len(URL))


def test_a_flag_is_the_worst_there_is() -> None:
    known = {URL: Verdict(Reason.SURBL)}
    assert worst(findings(TEXT + "\nTK\n", known=known)) is Severity.BLOCK


@pytest.mark.parametrize("reason", [Reason.OK, Reason.ACCEPTED, Reason.OFFLINE, Reason.IGNORED])
def test_what_works_or_is_not_known_is_no_finding(reason: Reason) -> None:
    rules = {each.rule for each in findings(TEXT, known={URL: Verdict(reason)})}
    assert not {rule for rule in rules if rule.startswith("link.")}


def test_a_link_that_moved_can_follow() -> None:
    moved = Verdict(Reason.OK, notes=(Note.MOVED_PERMANENTLY,), suggestion="https://b.test/new")
    (found,) = of("link.moved", TEXT, known={URL: moved})
    assert mended(TEXT, found) == "Some [words](https://b.test/new) here.\n"
