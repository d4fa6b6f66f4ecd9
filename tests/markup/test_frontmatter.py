"""The head of a draft in each dialect, and what only looks like one."""

from __future__ import annotations

import pytest

from app.lines import LineEdit
from app.markup import Document


@pytest.mark.parametrize(
    ("source", "dialect", "lines", "fields"),
    [
        (
            "---\ntitle: 'It''s'\nlist:\n  - a\ndescription: >\n  two\n  lines\nx: 1 # c\n"
            "---\ntext",
            "yaml",
            9,
            {"title": "It's", "list": "", "description": "two lines", "x": "1"},
        ),
        ("\ufeff---\r\nsubject: S\r\n---\r\ntext", "yaml", 3, {"subject": "S"}),
        ('+++\ntitle = "A \\"b\\""\n[extra]\nk = 1\n+++\n\ntext', "toml", 5, {"title": 'A "b"'}),
        ("Title: T\nDate: 2020-01-01\nTags: a,\n  b\n\ntext", "pelican", 4,
         {"title": "T", "date": "2020-01-01", "tags": "a, b"}),
        ("Subject: only", "pelican", 1, {"subject": "only"}),
    ],
)  # fmt: skip
def test_dialects(source: str, dialect: str, lines: int, fields: dict[str, str]) -> None:
    document = Document.from_text(source)
    front = document.front_matter
    assert front is not None
    assert (front.dialect, front.line_count, dict(front.fields)) == (dialect, lines, fields)
    assert document.blocks[0].kind == "front_matter"
    assert document.words == len(document.blocks[1:])


@pytest.mark.parametrize(
    "source",
    [
        "---\ntitle: never closed\n\ntext",
        "- ---\n- a\n---",
        "Note: this is text\n\nmore",
        "Dear: all\nfriends, hello",
        "Title: x\n---\nbody:\n",
        "\ntitle: x\n",
        "https://a.example/x\n",
    ],
)
def test_what_is_no_front_matter(source: str) -> None:
    document = Document.from_text(source)
    assert document.front_matter is None
    assert all(block.kind != "front_matter" for block in document.blocks)


def test_urls_in_front_matter_are_no_links() -> None:
    source = "---\nurl: https://a.example\n---\n[x](y)"
    assert [placed.link.href for placed in Document.from_text(source).links()] == ["y"]


def test_closing_a_fence_later_makes_it_front_matter() -> None:
    document = Document(["---", "title: T", "", "text [x](y)"])
    assert document.blocks[0].kind == "rule"
    document.edit(LineEdit(2, 1, ("---",)))
    document.finish()
    assert document.front_matter is not None
    assert [block.kind for block in document.blocks] == ["front_matter", "paragraph"]
