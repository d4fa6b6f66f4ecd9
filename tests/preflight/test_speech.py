"""What rules say is said in the window's language."""

from collections.abc import Iterator

import pytest

from app.linkcheck.verdict import Note, Reason, Verdict
from app.preflight import Platform
from app.preflight.rules import RULES
from app.speech import say, translate_with
from tests.preflight.support import findings
from tests.preflight.test_rules import BY_PLATFORM, FOUND

A_LINK = "Some [words](https://a.test/).\n"


@pytest.fixture
def brackets() -> Iterator[None]:
    """A language in which every sentence stands in brackets."""
    translate_with(lambda text: f"⟦{text}⟧")
    yield
    translate_with(str)


def bare(text: str, platform: Platform | None = None, verdict: Verdict | None = None) -> set[str]:
    """The sentences about a text that nobody translated."""
    known = {} if verdict is None else {"https://a.test/": verdict}
    found = findings(text, platform=platform, known=known)
    said = {each.message for each in found} | {each.fix.title for each in found if each.fix}
    return {words for words in said if not words.startswith("⟦")}


@pytest.mark.usefixtures("brackets")
def test_every_finding_and_fix_is_translated() -> None:
    assert {words for _, text, _ in FOUND for words in bare(text)} == set()
    assert {
        words for _, platform, text, _ in BY_PLATFORM for words in bare(text, platform)
    } == set()


@pytest.mark.usefixtures("brackets")
@pytest.mark.parametrize(
    "verdict",
    [
        Verdict(Reason.NOT_FOUND),
        Verdict(Reason.NEEDS_LOGIN),
        Verdict(Reason.OK, notes=(Note.MOVED_PERMANENTLY,), suggestion="https://b.test/"),
        Verdict(Reason.SURBL),
    ],
)
def test_so_is_what_is_known_of_a_link(verdict: Verdict) -> None:
    assert bare(A_LINK, verdict=verdict) == set()


@pytest.mark.usefixtures("brackets")
def test_so_is_what_is_said_of_the_mail() -> None:
    found = findings("Seven words of it are enough here.\n\n" * 6000, mail=True)
    assert [each.rule for each in found if each.rule.startswith("size.")] == ["size.clipped"]
    assert all(each.message.startswith("⟦") for each in found)


@pytest.mark.usefixtures("brackets")
def test_so_is_what_each_rule_is_about() -> None:
    # Marked where they stand, so that a translation has them; looked up where they are shown.
    assert all(say(rule.about).startswith("⟦") for rule in RULES)
