"""The size of the mail, and the line at which Gmail would cut it."""

import pytest

from app.markup import Document
from app.preflight import Finding, Preflight, Setting, take
from app.proof import Proof
from app.publish import render_email
from app.publish.clip import CLIP
from tests.preflight.support import TODAY, findings


def paragraphs(count: int) -> str:
    return "".join(
        f"Paragraph number {at} tells of bridge {at * 7 % 1000} and of what stands on it.\n\n"
        for at in range(count)
    )


def test_a_short_mail_is_not_cut() -> None:
    found = findings(paragraphs(50), mail=True)
    assert not [each for each in found if each.rule.startswith("size.")]


def test_the_line_is_that_of_the_last_byte_that_gmail_shows() -> None:
    text = paragraphs(1500)
    mail = render_email(Document.from_text(text)).encode()
    assert len(mail) > CLIP
    (found,) = [each for each in findings(text, mail=True) if each.rule == "size.clipped"]
    shown = mail[:CLIP].decode(errors="ignore")
    last = shown.rfind("Paragraph number ")
    number = int(shown[last:].split()[2])
    assert abs(found.line - 2 * number) <= 2


def test_words_that_stand_everywhere_do_not_mislead() -> None:
    text = "The same words again and again and again and again.\n\n" * 2500
    (found,) = [each for each in findings(text, mail=True) if each.rule == "size.clipped"]
    mail = render_email(Document.from_text(text)).encode()
    shown = mail[:CLIP].decode(errors="ignore").count("The same words")
    assert abs(found.line - 2 * shown) <= 4


def test_near_the_limit_is_a_warning() -> None:
    (found,) = [each for each in sized(95_000) if each.rule.startswith("size.")]
    assert (found.rule, found.severity.value) == ("size.near-clip", "warning")


@pytest.mark.parametrize(
    ("size", "rules"),
    [(89_000, set()), (102_400, {"size.clipped"}), (11_000_000, {"size.clipped", "size.huge"})],
)
def test_each_limit(size: int, rules: set[str]) -> None:
    assert {each.rule for each in sized(size) if each.rule.startswith("size.")} == rules


def sized(size: int) -> list[Finding]:
    document = Document.from_text("Some words.\n")
    html = "<p>Some words.</p>" + " " * size
    snapshot = take(document, Proof(document))
    return Preflight(Setting(today=TODAY)).run(snapshot, html[:size])


def test_style_sheets_beyond_what_gmail_reads_are_told() -> None:
    document = Document.from_text("Some words.\n")
    html = f"<style>{'a' * 17_000}</style><p>Some words.</p>"
    found = Preflight(Setting(today=TODAY)).run(take(document, Proof(document)), html)
    assert "size.styles" in {each.rule for each in found}
