"""A fix, applied to the text, leaves a link that is right."""

import pytest

from app.linkcheck.verdict import Note, Reason, Redirect, Verdict
from app.markup import Document
from app.proof import Fix, Proof, fixes


def applied(text: str, fix: Fix) -> str:
    lines = text.split("\n")
    (line, column), (end_line, end_column) = fix.start, fix.end
    tail = lines[end_line][end_column:]
    lines[line : end_line + 1] = [lines[line][:column] + fix.replacement + tail]
    return "\n".join(lines)


def first_fix(text: str, known: dict[str, Verdict] | None = None) -> Fix:
    proof = Proof(Document.from_text(text), known)
    return next(fix for each in proof.links() for fix in fixes(each))


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ("[a](example.org/x)", "[a](https://example.org/x)"),
        ("[a](//example.org/x)", "[a](https://example.org/x)"),
        ("[a](https://https://example.org/)", "[a](https://example.org/)"),
        ("[a](htps://example.org/)", "[a](https://example.org/)"),
        ("[a](<example.org/x> 'title')", "[a](<https://example.org/x> 'title')"),
        ('<a href="www.example.org/?a=1&amp;b=2">x</a>',
         '<a href="https://www.example.org/?a=1&amp;b=2">x</a>'),
        ("[text] (https://example.org/)", "[text](https://example.org/)"),
        ("(text)[https://example.org/]", "[text](https://example.org/)"),
        ("[a][r]\n\n[r]: example.org/x", "[a][r]\n\n[r]: https://example.org/x"),
    ],
)  # fmt: skip
def test_slips_of_the_pen(written: str, mended: str) -> None:
    assert applied(written, first_fix(written)) == mended


def moved(to: str) -> Verdict:
    return Verdict(
        Reason.OK,
        notes=(Note.MOVED_PERMANENTLY,),
        suggestion=to,
        redirects=(Redirect(301, to),),
    )


def test_a_moved_page_is_replaced_where_it_is_defined() -> None:
    text = "See [this][a].\n\n[a]: https://old.example/"
    fix = first_fix(text, {"https://old.example/": moved("https://new.example/")})
    assert applied(text, fix) == "See [this][a].\n\n[a]: https://new.example/"
    assert fix.title == "Use the new address"


def test_a_lone_bracket_in_the_new_address_does_not_end_the_link() -> None:
    text = "[a](https://old.example/)"
    fix = first_fix(text, {"https://old.example/": moved("https://new.example/a)b")})
    mended = applied(text, fix)
    assert [each.link.href for each in Proof(Document.from_text(mended)).links()] == [
        "https://new.example/a%29b"
    ]


def test_a_good_link_needs_no_fix() -> None:
    known = {"https://good.example/": Verdict(Reason.OK)}
    proof = Proof(Document.from_text("[a](https://good.example/)"), known)
    assert [fixes(each) for each in proof.links()] == [()]
