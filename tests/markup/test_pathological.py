"""Inputs that break or stall Markdown parsers: they end soon, and no text is lost.

The sizes are a tenth of those a draft might have; the limits are generous, because a quadratic
rule passes them by far.
"""

from __future__ import annotations

import time

import pytest

from app.markup import Document, render_block

CASES = {
    "quotes": "\"a' " * 4_000,
    "emphasis": "*a **a " * 3_000 + "b" + " a** a*" * 3_000,
    "open brackets": "[a" * 5_000,
    "open images": "![[]()" * 3_000,
    "nested brackets": "[" * 5_000 + "a" + "]" * 5_000,
    "references": "[a][b" * 3_000,
    "backticks": "".join("e" + "`" * count for count in range(1, 300)),
    "open destinations": "[a](<b" * 4_000 + "[a](b" * 4_000,
    "CDATA": "a <![CDATA[" * 3_000,
    "comments": "</" + "<!--" * 4_000,
    "less-than": "<" * 40_000,
    "wide table": "|" + "a|" * 1_000 + "\n|" + "-|" * 1_000 + "\n" + "|x|\n" * 20,
    "schemes": "http://" * 4_000,
    "addresses": "a@b." * 4_000 + "www." * 4_000,
    "one long word": "a" * 1_000_000,
    "blanks": "a" + " " * 200_000 + "b" + "\t" * 200_000,
    "attributes": "<a " + " ".join(f"x{index}=1" for index in range(4_000)) + ">",
    "open attributes": "<a href='" * 3_000,
    "open tags": "{{" * 10_000 + "{%" * 10_000,
    "template links": "[x]({{ a" * 3_000,
    "filled templates": "[x](" + "{{a}}" * 3_000 + " [x](//" + "{" * 20_000 + ")",
    "parentheses": "(a (b) c " * 3_000 + "[x]: a\n" * 3_000,
    "front matter field": "---\n" + "a " * 50_000 + "\nb: " + " " * 50_000 + "x\n---\n",
    "heading": "# " + "{# " * 10_000,
    "inline notes": "^[" * 4_000,
    "notes": "[^a]" * 4_000,
    "swapped": "(a)[http://x" * 2_000 + "(a" * 3_000,
    "empty definitions": "[a]:\n" * 2_000,
    "definitions": "".join(f"[{index}]: u\n" for index in range(2_000)) + "\n" + "[0] " * 2_000,
    "open front matter": "---\n" + "a: b\n" * 4_000,
}


@pytest.mark.parametrize("name", CASES)
def test_ends_soon(name: str) -> None:
    started = time.process_time()
    document = Document.from_text(CASES[name])
    list(document.links())
    for index, block in enumerate(document.blocks):
        render_block(document, index)
        for line in range(min(3, block.line_count)):
            block.styles(line)
    assert time.process_time() - started < 6


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\r",
        "a\rb\r\nc\n\n",
        "abc\0de\0",
        "\ud800 lone",
        "\u0092",
        "\ufeff\u200b",
        "e" + "\u0301" * 10_000,
        "\u202e[x](http://a.example)",
        ">1. <!--\n>",
        "- |---|---|\n- - -",
        "\x0c[x](y)\x0b",
        "[x](http://[::1",
        '<a href="http://[::1">x</a>',
        "\u2028[x](y)\u2028",
    ],
)
def test_odd_characters_break_nothing(text: str) -> None:
    document = Document.from_text(text)
    list(document.links())
    assert sum(block.line_count for block in document.blocks) == len(document.lines)
    for index, block in enumerate(document.blocks):
        render_block(document, index)
        for line in range(block.line_count):
            block.styles(line)
