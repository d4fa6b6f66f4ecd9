"""Mistyped links: found where plain, with a fix where one is safe, and no alarm for prose."""

# ruff: noqa: E501 - tables of cases read best one a line

from __future__ import annotations

import pytest

from app.markup import Document, Link, LinkKind, Mistake, PlacedLink


def mistakes(source: str) -> list[PlacedLink]:
    return [
        placed
        for placed in Document.from_text(source).links()
        if placed.link.kind is LinkKind.MISTAKE
    ]


def only(source: str) -> Link:
    (placed,) = mistakes(source)
    return placed.link


@pytest.mark.parametrize(
    ("source", "whole", "fix"),
    [
        ("a (text)[https://a.example/x] b", "(text)[https://a.example/x]", "[text](https://a.example/x)"),
        ("### (#1: a (b))[https://a.example]", "(#1: a (b))[https://a.example]", "[#1: a (b)](https://a.example)"),
        ("[text] (https://a.example/x)  ", "[text] (https://a.example/x)", "[text](https://a.example/x)"),
        ("- [a](https://a.example/x_ with this", "[a](https://a.example/x", "[a](https://a.example/x)"),
        ("[#1](https://a.example/r/. Overall it", "[#1](https://a.example/r/", "[#1](https://a.example/r/)"),
        ("[the repo](//a.example/w! The more", "[the repo](//a.example/w", "[the repo](//a.example/w)"),
    ],
)  # fmt: skip
def test_bracket_mistakes(source: str, whole: str, fix: str) -> None:
    link = only(source)
    assert link.mistake is Mistake.BRACKET_MISTAKE
    assert source[link.whole.column : link.whole.end_column] == whole
    assert link.fix == fix
    assert link.detail.endswith(".")
    fixed = source[: link.whole.column] + fix + source[link.whole.end_column :]
    (repaired,) = Document.from_text(fixed).links()
    assert repaired.link.kind is LinkKind.INLINE


def test_the_bare_url_in_a_mistake_is_what_readers_can_click() -> None:
    kinds = [placed.link.kind for placed in Document.from_text("(t)[https://a.example]").links()]
    assert sorted(kinds) == [LinkKind.BARE, LinkKind.MISTAKE]


@pytest.mark.parametrize(
    "source",
    [
        "[x](https://a.example/some file.pdf)",
        "[check](link to: https://a.example/)",
        "![x](https://a.example/my image.png)",
    ],
)
def test_a_destination_with_blanks(source: str) -> None:
    link = only(source)
    assert link.mistake is Mistake.MALFORMED
    assert (link.whole.column, link.whole.end_column) == (0, len(source))


@pytest.mark.parametrize(
    "source",
    [
        "[ ] (https://a.example) [x] (https://b.example)",
        "as in [1] (https://a.example)",
        "[works](http://a.example) (https://a.example)",
        "[ref] (https://a.example)\n\n[ref]: u",
        "`(text)[https://a.example]` `[x] (https://a.example)`",
        "f(x)[0] and (see)[note] and [a] (see below)",
        "[a](b) [c](https://a.example (title))",
        "[t]({{ tag }}) [t]({{ a://b }} )",
        "<!-- [a] (https://a.example) -->",
        "text [label]: more\n[^1]:",
        "\\[a\\](https://a.example) done",
        "[note]: some words\nmore words",
    ],
)
def test_no_alarm(source: str) -> None:
    assert mistakes(source) == []


def test_a_definition_without_a_target_swallows_those_below() -> None:
    source = "[x][b]\n\n[a]: http://a.example\n[b]:\n[c]: http://c.example\n[d]: http://d.example"
    (placed,) = mistakes(source)
    assert placed.link.mistake is Mistake.DEFINITION_EMPTY
    assert (placed.line, placed.column, placed.end_column) == (3, 0, 4)
    assert "2 definitions" in placed.link.detail


def test_a_mistake_in_a_quoted_list_is_placed_exactly() -> None:
    source = "> - one\n>   two [a] (https://a.example)"
    (placed,) = mistakes(source)
    assert (placed.line, placed.column, placed.end_column) == (1, 13, 30)
    assert (placed.link.whole.column, placed.link.whole.end_column) == (8, 31)
