"""A rule that raises costs the styles and links of one place: no text, and not the editor."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.lines import LineEdit
from app.markup import Document, ParseJob, document, render, render_block, styles
from app.markup import parser as parsing
from app.markup.inlines import WORD
from app.publish import render_email, render_text

SECRET = "Unpublished"
DRAFT = f"""\
# A heading

A [link](https://a.example/) and {SECRET} trouble here.

- a list with trouble
- and [another](https://b.example/) item

> a quote with a note[^n]

[^n]: The note's text.

The [last](https://c.example/) paragraph.
"""


class MistakeError(Exception):
    """What a rule raises; its message quotes the draft."""


@pytest.fixture
def rule(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Adds a rule to a chain of the parser that fails wherever it meets the word "trouble"."""

    def block(state: Any, start: int, _end: int, _silent: bool) -> bool:
        line = state.src[state.bMarks[start] : state.eMarks[start]]
        if "trouble" in line:
            raise MistakeError(line)
        return False

    def inline(state: Any, _silent: bool) -> bool:
        if "trouble" in state.src:
            raise MistakeError(state.src)
        return False

    parsing.parser.cache_clear()
    render._renderer.cache_clear()
    md = parsing.parser()

    def add(chain: str) -> None:
        if chain == "block":
            md.block.ruler.before("heading", "failing", block)
        else:
            md.inline.ruler.before("text", "failing", inline)

    yield add
    parsing.parser.cache_clear()
    render._renderer.cache_clear()


def words(text: str) -> list[str]:
    return WORD.findall(text)


def shown(draft: Document) -> str:
    return "".join(render_block(draft, index) for index in range(len(draft.blocks)))


@pytest.mark.parametrize("chain", ["block", "inline"])
def test_a_failing_rule_leaves_plain_text(
    rule: Callable[[str], None], chain: str, caplog: pytest.LogCaptureFixture
) -> None:
    rule(chain)
    draft = Document.from_text(DRAFT)
    assert draft.complete
    assert [block.failed for block in draft.blocks].count(True) == 2
    assert sum(block.line_count for block in draft.blocks) == len(draft.lines)
    html = shown(draft)
    for word in ("heading", SECRET, "list with trouble", "quote", "last"):
        assert word in html
    assert "https://c.example/" in [placed.link.href for placed in draft.links()]
    for block in draft.blocks:
        for line in range(block.line_count):
            block.styles(line)
    assert SECRET in render_email(draft)
    assert "trouble" in render_text(draft)
    assert "MistakeError" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("chain", ["block", "inline"])
def test_typing_into_trouble_and_out_of_it(rule: Callable[[str], None], chain: str) -> None:
    rule(chain)
    draft = Document.from_text("A calm [link](https://a.example/).\n\nAnother one.\n")
    for text in ("A troubl", "A trouble", "A trouble [x](https://x.example/)"):
        draft.edit(LineEdit(2, 1, (text,)))
        draft.finish()
        assert draft.lines[2] == text
    assert any(block.failed for block in draft.blocks)
    draft.edit(LineEdit(2, 1, ("Fine [x](https://x.example/)",)))
    draft.finish()
    assert not any(block.failed for block in draft.blocks)
    assert [placed.link.href for placed in draft.links()] == [
        "https://a.example/",
        "https://x.example/",
    ]


def test_a_failing_job_is_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_self: ParseJob) -> Iterator[None]:
        yield
        raise MistakeError(SECRET)

    with monkeypatch.context() as patch:
        patch.setattr(ParseJob, "_parse", fail)
        draft = Document.from_text(DRAFT)
        assert (draft.complete, draft.job) == (False, None)
        assert SECRET in shown(draft)
    draft.edit(LineEdit(0, 1, ("# Another heading",)))
    draft.finish()
    assert (draft.complete, draft.job) == (True, None)
    assert shown(draft) == shown(Document(draft.lines))


@pytest.mark.parametrize("method", ["_put", "_splice", "_touched_by_head"])
def test_an_edit_that_fails_half_way_starts_anew(
    monkeypatch: pytest.MonkeyPatch, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    draft = Document.from_text(DRAFT)
    before = list(draft.blocks)

    def fail(*_: object, **__: object) -> None:
        raise MistakeError(SECRET)

    with monkeypatch.context() as patch:
        patch.setattr(document.Document, method, fail)
        change = draft.edit(LineEdit(2, 1, (f"{SECRET} words",)))
    assert change.removed == tuple(before)
    assert change.added == tuple(draft.blocks)
    assert draft.lines[2] == f"{SECRET} words"
    draft.finish()
    assert shown(draft) == shown(Document(draft.lines))
    assert SECRET not in caplog.text


def test_a_failing_renderer_shows_the_source(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = Document.from_text(DRAFT)

    def fail(*_: object, **__: object) -> str:
        raise MistakeError(SECRET)

    monkeypatch.setattr(render, "_render", fail)
    assert words(_text(shown(draft))) == words(DRAFT)
    assert "The note's text." in _text(render.render_footnotes(draft))


def test_failing_styles_leave_the_line_without(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    draft = Document.from_text(DRAFT)

    def fail(*_: object) -> None:
        raise MistakeError(SECRET)

    monkeypatch.setattr(styles.BlockStyles, "_make", fail)
    with caplog.at_level(logging.ERROR):
        assert draft.blocks[1].styles(0) == ()
    assert SECRET not in caplog.text


def _text(html: str) -> str:
    from html import unescape

    return unescape(html.replace("<p>", "").replace("</p>", ""))
