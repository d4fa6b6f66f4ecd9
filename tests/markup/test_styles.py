"""What the highlighter is told."""

# ruff: noqa: E501 - tables of cases read best one a line

from __future__ import annotations

import gc

import pytest

from app.lines import LineEdit
from app.markup import Document, Style


def styled(source: str, line: int = 0) -> set[tuple[str, str]]:
    document = Document.from_text(source)
    index, first = document.block_at(line)
    text = document.lines[line]
    return {
        (text[run.column : run.end], run.style.name)
        for run in document.blocks[index].styles(line - first)
    }


@pytest.mark.parametrize(
    ("source", "line", "expected"),
    [
        ("# Hi", 0, {("# Hi", "HEADING1"), ("#", "HEADING_MARK")}),
        ("Hi\n--", 1, {("--", "HEADING2"), ("--", "HEADING_MARK")}),
        ("a **b** _c_ ~~d~~", 0, {("**b**", "STRONG"), ("**", "MARK"), ("_c_", "EMPHASIS"), ("_", "MARK"), ("~~d~~", "STRIKE"), ("~~", "MARK")}),
        ("***x***", 0, {("***x***", "EMPHASIS"), ("**x**", "STRONG"), ("*", "MARK"), ("**", "MARK")}),
        ("`` a` ``", 0, {("`` a` ``", "CODE"), ("``", "MARK")}),
        ("[t](u 'T')", 0, {("[", "MARK"), ("t", "LINK_TEXT"), ("](", "MARK"), ("u", "LINK_URL"), (" 'T'", "LINK_TITLE"), (")", "MARK")}),
        ("![a](u)", 0, {("![", "MARK"), ("a", "IMAGE_ALT"), ("](", "MARK"), ("u", "LINK_URL"), (")", "MARK")}),
        ("> - [ ] t", 0, {(">", "QUOTE_MARK"), ("-", "LIST_MARK"), ("[ ]", "TASK")}),
        ("```py\nx\n```", 0, {("```py", "FENCE")}),
        ("```py\nx\n```", 1, {("x", "CODE_BLOCK")}),
        ("| a | b |\n|---|---|", 1, {("|---|---|", "TABLE_MARK")}),
        ("[a]: <u> 't'", 0, {("[a]", "REFERENCE_LABEL"), (" <u> 't'", "LINK_URL")}),
        ("---\nkey: v\n---", 1, {("key: v", "FRONT_MATTER"), ("key", "FRONT_MATTER_KEY")}),
        ("a {{ b }}", 0, {("{{ b }}", "TEMPLATE")}),
        ("a <b>c</b> <!-- d -->", 0, {("<b>", "HTML"), ("</b>", "HTML"), ("<!-- d -->", "COMMENT")}),
        ("***", 0, {("***", "RULE")}),
    ],
)  # fmt: skip
def test_styles(source: str, line: int, expected: set[tuple[str, str]]) -> None:
    assert styled(source, line) == expected


def test_emphasis_over_lines_is_styled_on_each() -> None:
    assert ("two*", Style.EMPHASIS.name) in styled("> *one\n> two*", 1)
    assert ("*one", Style.EMPHASIS.name) in styled("> *one\n> two*", 0)


def test_a_key_leaves_no_cycle_to_the_garbage_collector() -> None:
    document = Document.from_text("- A [link](https://example.org) and *more*\n- item\n\nText\n")
    document.blocks[0].styles(0)
    gc.collect()
    for text in ("- A", "- Al", "- Als"):
        document.edit(LineEdit(0, 1, (f"{text} [link](https://example.org) and *more*",)))
        document.blocks[0].styles(0)
    assert gc.collect() == 0
