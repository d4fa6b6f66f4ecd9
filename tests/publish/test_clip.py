"""Where Gmail cuts a letter, measured on what is sent."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.markup import Document
from app.publish import PLAIN, Publication, Utm, render_email
from app.publish.clip import CLIP, NEAR, Cut, cut_of, may_be_near
from app.publish.email import render_marked
from app.publish.look import Look, compose


def letter(paragraphs: int, words: str = "Some words of the letter, all alike.") -> Document:
    return Document.from_text("\n\n".join(f"Number {n}. {words * 3}" for n in range(paragraphs)))


def size(document: Document, publication: Publication = PLAIN) -> int:
    return len(render_email(document, publication).encode())


@pytest.mark.parametrize(
    "words", ["plain", "Grüße – „ja“ 日本語 🎉", "a & b < c", "*x* [y](https://e.example/)"]
)
def test_the_cut_is_where_the_bytes_end(words: str) -> None:
    document = letter(600, words * 12)
    cut = cut_of(document)
    assert cut is not None
    assert cut.size == size(document) > CLIP
    kept = render_email(document).encode()[:CLIP].decode("utf-8", "ignore")
    assert cut.line is not None
    assert cut.offset is not None
    before, after = (document.lines[cut.line + step].partition(".")[0] for step in (-2, 2))
    assert f">{before}." in kept
    assert f">{after}." not in kept


def test_the_offset_counts_the_text_that_is_seen() -> None:
    document = letter(900)
    cut = cut_of(document)
    assert cut is not None
    assert cut.line is not None
    assert cut.offset is not None
    kept = render_email(document).encode()[:CLIP].decode("utf-8", "ignore")
    shown = document.lines[cut.line][: cut.offset]
    assert kept.endswith(shown) or kept.rpartition("<")[0].rstrip().endswith(shown)


def test_small_letters_are_not_spoken_of_and_near_ones_are() -> None:
    assert cut_of(letter(3)) is None
    count = next(n for n in range(100, 900, 10) if size(letter(n)) >= NEAR)
    assert cut_of(letter(count)) == Cut(size(letter(count)))
    assert cut_of(letter(count - 10)) is None


def test_template_and_utm_count() -> None:
    template = compose(Look(footer="x" * 9000), "mine")
    utm = Utm("letter", campaign="a-long-campaign" * 4)
    document = Document.from_text("\n\n".join(f"[{n}](https://e.example/{n})" for n in range(420)))
    plain, own = cut_of(document), cut_of(document, Publication(utm=utm, template=template))
    assert own is not None
    assert own.size == size(document, Publication(utm=utm, template=template))
    assert own.size > CLIP
    assert plain is None or plain.size < own.size


def test_a_cut_in_the_footnotes_has_no_line() -> None:
    note = "word " * 25_000
    cut = cut_of(Document.from_text(f"text[^1]\n\n[^1]: {note}\n"))
    assert cut is not None
    assert cut.line is None
    assert cut.offset


PIECES = [
    *("# h", "p *x*", "> q", "- a\n- b", "```\nc\n```", "<div>", "</div>"),
    *("a | b\n--|--\n1 | 2", "{% if x %}", "t[^1]", "[^1]: n", "![i](https://e.example/x.png)"),
    *("<!-- c -->", "<table><tr><td>\n"),
]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_marks_change_nothing_of_what_is_sent(parts: list[str]) -> None:
    document = Document.from_text("\n\n".join(parts))
    head, marked = render_marked(document)
    assert head + "".join(marked) == render_email(document)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.integers(1, 40))
def test_what_is_called_far_from_the_limit_is_so(parts: list[str], times: int) -> None:
    document = Document.from_text("\n\n".join(parts * times))
    assert may_be_near(document) or size(document) < NEAR
