"""The place of every link is exact, wherever it stands: quotes, lists, tables, tabs, raw HTML."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.markup import Document, LinkKind
from tests.markup.corpus import issues, needs_corpus, text_of
from tests.markup.drafts import random_lines
from tests.markup.places import assert_exact

WORDS = ["a", "*b*", "`c`", "\\[", "&amp;", "👍🏽", "日本", "_d_", "\\|", "<b>", "</b>", "!", "é"]
LINKS = [
    "[x](http://u.example/{})",
    "[x *y*](<http://u.example/{} z> 't')",
    "![i](http://u.example/{}.png)",
    "[![i](http://u.example/i{})](http://u.example/o{})",
    "<http://u.example/{}>",
    "http://u.example/{}_x",
    "www.u{}.example/p",
    "u{}@mail.example",
    "[r{}][ref]",
    "[ref]",
    "![r{}][ref]",
    "<a href='http://u.example/{}?a&amp;b'>t</a>",
    "<img alt=x src=http://u.example/{}>",
    "^[note [x](http://u.example/{})]",
    "[t]({{{{ tag{} }}}})",
    "[x\ny](\nhttp://u.example/{}\n)",
]
PREFIXES = [
    "",
    "> ",
    "- ",
    "  - ",
    "> > ",
    "1. ",
    ">\t",
    "-\t",
    "> - ",
    "\t- ",
    "| a | ",
    "# ",
    "   ",
]


@given(st.integers())
@settings(max_examples=400, deadline=None)
def test_links_in_all_containers(seed: int) -> None:
    rng = random.Random(seed)
    lines: list[str] = []
    for number in range(rng.randint(1, 12)):
        prefix = rng.choice(PREFIXES)
        parts = [
            rng.choice(LINKS).format(number, number) if rng.random() < 0.5 else rng.choice(WORDS)
            for _ in range(rng.randint(0, 6))
        ]
        text = rng.choice([" ", "", " ", "  "]).join(parts)
        if prefix.startswith("|"):
            lines += [f"| {text.replace(chr(10), ' ')} | x |", "|---|---|"]
        lines += (prefix + text).split("\n")
        if rng.random() < 0.5:
            lines.append("")
    lines += ["", "[ref]: <http://ref.example/> 'title'"]
    assert_exact(Document(lines))


@given(st.integers())
@settings(max_examples=300, deadline=None)
def test_links_of_random_drafts(seed: int) -> None:
    rng = random.Random(seed)
    assert_exact(Document(random_lines(rng, rng.randint(1, 40))))


@needs_corpus
@pytest.mark.parametrize("name", issues())
def test_links_of_real_newsletters(name: str) -> None:
    document = Document.from_text(text_of(name))
    assert_exact(document)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[x](http://a.example)", (0, 4, 20)),
        ("> - [x]( <http://a.example> 't')", (0, 10, 26)),
        ("\ufeff[x](http://a.example)", (0, 5, 21)),
        ("<!-- buttondown-editor-mode: plaintext -->hi [x](http://a.example)", (0, 49, 65)),
        ("| a | b |\n|---|---|\n| \\| | [x](u\\|v) |", (2, 11, 15)),
        ("- a\n\n\t[x](http://a.example)", (2, 5, 21)),
        ("<p>\n<a class=b href=http://a.example>x</a>", (1, 16, 32)),
        ("👍 http://a.example.", (0, 2, 18)),
    ],
)
def test_known_places(source: str, expected: tuple[int, int, int]) -> None:
    (placed,) = Document.from_text(source).links()
    assert (placed.line, placed.column, placed.end_column) == expected
    assert placed.end_line == placed.line


def test_a_definition_is_placed_where_it_stands_at_any_depth() -> None:
    document = Document.from_text("[x][one]\n\n> - [one]:\n>   <http://a.example> 'title'")
    (placed,) = document.links()
    assert placed.link.kind is LinkKind.REFERENCE
    assert placed.definition is not None
    assert (placed.definition.line, placed.definition.column) == (3, 5)
    assert placed.definition.end_column == 21
