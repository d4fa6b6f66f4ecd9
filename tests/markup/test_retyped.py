"""A paragraph of which only words change is moved along, and equals a full parse."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lines import LineEdit
from app.markup import Block, Document
from app.markup.retyped import retyped
from tests.markup.drafts import described

PIECES = [
    *("some plain words", "more of them,", "a  double blank", "and the end.", "don't", "x", "é 世"),
    *(
        "*emphasis*",
        "**strong words**",
        "~~gone~~",
        "* loose",
        "snake_case_word",
        "**",
        "~~",
        "_a_",
    ),
    *("[a link](https://one.example/a)", "[**b** c](https://two.example 'T')", "[e](", "[r]", "]"),
    *("![alt](a.png)", "https://bare.example/x", "www.example.com", "me@example.com", "<b>x</b>"),
    *(
        "`code here`",
        "`",
        "\\*",
        "&amp;",
        "{{ tag }}",
        "*|X|*",
        "<https://t.example/>",
        "[^1]",
        "(",
    ),
    *("[text] (http://apart.example/)", "(text)[http://swapped.example]", "[r][r]", "[t](<a b>)"),
    *("[empty]()", "[here](#heading)", "  ", ")", "|", "%%X%%", "50% off", "a: b", "!", "www. x"),
]
AROUND = [
    ["# Heading", "", None, "", "last"],
    ["- item", "", None, "", "[r]: https://r.example", "", "[^1]: note"],
    ["> quote", "", None, "second line *of it*", "", "last"],
    ["text", "", None, "---", "", "last"],
    ["[r]: https://r.example", "", None],
    ["[r]: https://r.example", None, "", "last"],
    ["<div>", None, "</div>", "", "[^1]: note"],
    ["1. one", "", "   two", "", None, "", "    code"],
    ["| a |", "|---|", "", None, "|---|", ""],
    [None, "", "last"],
]
TYPED = ["a", "b", " ", "ab", "a b", "w", "www", "", "", "-", ".", "*", "[", "é"]


def typed_into(rng: random.Random, line: str) -> str:
    at = rng.randint(0, len(line))
    removed = rng.choice([0, 0, 0, 1, 1, 2, 5])
    return line[:at] + rng.choice(TYPED) + line[at + removed :]


def insides(document: Document) -> list[object]:
    """What a block keeps of its parse."""
    return [
        (
            [
                (
                    leaf.inline.content,
                    [token.as_dict() for token in leaf.inline.tokens],
                    leaf.inline.finds,
                    (leaf.inline.labels, leaf.inline.notes, leaf.inline.ids),
                    (leaf.inline.text, leaf.inline.words),
                    (leaf.segments, leaf.token.content, leaf.token.map),
                )
                for leaf in block.leaves
            ],
            [token.type for token in block.tokens],
            block.lines,
            (block.labels, block.used_labels, block.local, block.doubtful),
        )
        for block in document.blocks
    ]


@given(st.integers())
@settings(max_examples=1000, deadline=None)
def test_typing_into_a_paragraph_equals_a_full_parse(seed: int) -> None:
    rng = random.Random(seed)
    plain = rng.random() < 0.6
    pieces = rng.choices(PIECES[:15] if plain else PIECES, k=rng.randint(1, 7))
    lines = [" ".join(pieces) if line is None else line for line in rng.choice(AROUND)]
    at = lines.index(" ".join(pieces))
    document = Document(lines)
    for _ in range(4):
        document.edit(LineEdit(at, 1, (typed_into(rng, document.lines[at]),)))
        document.finish()
        whole = Document(document.lines)
        assert described(document) == described(whole)
        assert insides(document) == insides(whole)


def paragraph(text: str) -> Block:
    return Document(["# Heading", "", text, ""]).blocks[1]


PARAGRAPH = "Some words *with* a [link](https://x.example) and **more** words after it"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("some words after", "some worlds after"),
        ("some words after", "some  words after"),
        ("some words after", "some wo rds after"),
        ("some words after", "some after"),
        ("some words after", "some words xafter it"),
        (PARAGRAPH, PARAGRAPH.replace("words after", "wordsx after")),
        (PARAGRAPH, PARAGRAPH.replace("and", "an")),
    ],
)
def test_words_that_are_moved_along(old: str, new: str) -> None:
    old, new = f"{old} end", f"{new} end"
    assert retyped(paragraph(old), old, new) is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("first words", "firsty words"),
        ("some words, and", "some wordsx, and"),
        ("an [open words bracket", "an [open wordsx bracket"),
        ("a [link words here](u) end", "a [link wordsx here](u) end"),
        ("some `code words here` end", "some `code wordsx here` end"),
        ("a *|X words Y|* end", "a *|X wordsx Y|* end"),
        ("a <b words here end", "a <b wordsx here end"),
        ("some words here", "some wo.rds here"),
        ("some words here", "some wörds here"),
    ],
)
def test_what_is_parsed_again(old: str, new: str) -> None:
    assert retyped(paragraph(old), old, new) is None
