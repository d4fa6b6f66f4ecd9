"""However a draft came to be, its parse equals a full parse of its lines."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lines import LineEdit, split_lines
from app.markup import Block, Change, Document, reparse
from app.markup import render_block as render
from tests.markup.corpus import issues, needs_corpus, text_of
from tests.markup.drafts import described, random_edit, random_lines

STATE = tuple[tuple[object, ...], str]


@pytest.fixture(autouse=True)
def _restore_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FAST_COST", "FAST_WINDOW", "JOB_WINDOW", "JOB_SIZE"):
        monkeypatch.setattr(reparse, name, getattr(reparse, name))


def set_budget(rng: random.Random) -> None:
    """Small budgets and windows, so that short drafts meet what long ones would."""
    reparse.FAST_COST = rng.choice([0, 100, 400, 20_000])
    reparse.FAST_WINDOW = rng.choice([1, 60, 2_500])
    reparse.JOB_WINDOW = rng.choice([1, 60, 30_000])
    reparse.JOB_SIZE = rng.choice([1, 50, 48_000])


class Watched:
    """A document whose every change is checked against what it tells of it."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def edit(self, edit: LineEdit) -> None:
        blocks, states = list(self.document.blocks), self._states()
        self._check(blocks, states, self.document.edit(edit))

    def finish(self) -> None:
        while (job := self.document.job) is not None:
            job.run()
            blocks, states = list(self.document.blocks), self._states()
            self._check(blocks, states, self.document.adopt(job))

    def _states(self) -> dict[Block, STATE]:
        return {
            block: (block.links, render(self.document, index))
            for index, block in enumerate(self.document.blocks)
        }

    def _check(self, before: list[Block], states: dict[Block, STATE], change: Change) -> None:
        document, end = self.document, change.first + len(change.removed)
        assert tuple(before[change.first : end]) == change.removed
        assert [*before[: change.first], *change.added, *before[end:]] == document.blocks
        assert sum(block.line_count for block in document.blocks) == len(document.lines)
        assert change.stale == (document.job is not None)
        for index, (block, state) in enumerate(self._states().items()):
            assert state == states.get(block, state) or index in change.relinked


@given(st.integers())
@settings(max_examples=500, deadline=None)
def test_edits_of_random_drafts(seed: int) -> None:
    rng = random.Random(seed)
    set_budget(rng)
    watched = Watched(Document(random_lines(rng, rng.randint(1, 25))))
    for _ in range(rng.randint(1, 6)):
        watched.edit(random_edit(rng, watched.document.lines))
        list(watched.document.links())
        if rng.random() < 0.3:
            watched.finish()
    watched.finish()
    assert described(watched.document) == described(Document(watched.document.lines))


@needs_corpus
@pytest.mark.parametrize("name", issues()[::6])
def test_edits_of_real_newsletters(name: str) -> None:
    rng = random.Random(name)
    lines = split_lines(text_of(name))
    document = Document(lines)
    for _ in range(6):
        document.edit(random_edit(rng, document.lines))
    document.finish()
    assert described(document) == described(Document(document.lines))


@given(st.integers())
@settings(max_examples=100, deadline=None)
def test_opening_in_portions_ends_with_the_full_parse(seed: int) -> None:
    rng = random.Random(seed)
    set_budget(rng)
    lines = random_lines(rng, 60)
    document = Document.opening(lines, rng.randint(0, 50), 59)
    assert sum(block.line_count for block in document.blocks) == len(lines)
    while (job := document.job) is not None:
        if rng.random() < 0.2:
            document.edit(random_edit(rng, document.lines))
        elif job.step(0.0):
            document.adopt(job)
    assert described(document) == described(Document(document.lines))


def test_a_job_that_an_edit_made_stale_changes_nothing() -> None:
    reparse.FAST_COST = 0
    document = Document(["one [a](http://a.example)", "", "two"])
    document.edit(LineEdit(0, 1, ("one [b](http://b.example)",)))
    late = document.job
    assert late is not None
    late.run()
    document.edit(LineEdit(2, 1, ("two [c](http://c.example)",)))
    before = list(document.blocks)
    assert document.adopt(late).added == ()
    assert document.blocks == before
    document.finish()
    assert [placed.link.href for placed in document.links()] == [
        "http://b.example",
        "http://c.example",
    ]


def test_links_move_along_while_a_job_waits() -> None:
    reparse.FAST_COST = 0
    document = Document(
        ["a [x](http://x.example) b [y](http://y.example)", "c [z](http://z.example)"]
    )
    change = document.edit(LineEdit(0, 1, ("aaa [x](http://x.example) b [y](http://y.example)",)))
    assert change.stale
    document.edit(LineEdit(0, 0, ("new line",)))
    assert not document.complete
    places = [
        (p.line, p.column, document.lines[p.line][p.column : p.end_column])
        for p in document.links()
    ]
    assert places == [
        (1, 8, "http://x.example"),
        (1, 32, "http://y.example"),
        (2, 6, "http://z.example"),
    ]


def test_nothing_is_called_undefined_while_opening() -> None:
    lines = [
        "[x][late] [y](#end)",
        "",
        *["word " * 30, ""] * 300,
        "[late]: http://a.example",
        "# End",
    ]
    document = Document.opening(lines, 0, 40)
    assert not document.complete
    assert not any(placed.link.mistake for placed in document.links())
    assert "no-such-heading" in document.anchors()
    document.finish()
    assert [placed.link.href for placed in document.links()] == ["http://a.example", "#end"]
    assert "no-such-heading" not in document.anchors()
    assert "end" in document.anchors()


def test_a_changed_definition_changes_only_its_users() -> None:
    lines = ["[x][a]", "", "plain", "", "[a] again", "", "plain", "", "[a]: http://one.example"]
    document = Document(lines)
    change = document.edit(LineEdit(8, 1, ("[a]: http://two.example",)))
    assert change.relinked == (0, 2)
    assert [placed.link.href for placed in document.links()] == ["http://two.example"] * 2


def test_an_unclosed_fence_in_a_long_draft_leaves_the_keystroke_path() -> None:
    lines = ["paragraph [x](http://x.example)", ""] * 4_000
    document = Document(lines)
    change = document.edit(LineEdit(100, 0, ("```",)))
    assert change.stale
    document.finish()
    assert len(list(document.links())) == 50
    document.edit(LineEdit(100, 1, ()))
    document.finish()
    assert len(list(document.links())) == 4_000


@pytest.mark.parametrize(
    ("lines", "edit"),
    [
        # A table ends a paragraph only together with the line after its first.
        (["text", "| a | b |", "|---|---|", "| c | d |"], LineEdit(2, 1, ("x",))),
        (["text", "| a | b |", "x", "| c | d |"], LineEdit(2, 1, ("|---|---|",))),
        # A definition's title may reach over all lines that touch it.
        (["[a]: /u", "'one", "two", "three", "four"], LineEdit(4, 1, ("four'",))),
        (["[a]: /u", "'one", "two", "three", "four'"], LineEdit(4, 1, ("four",))),
        # A list goes on behind blank lines.
        (["- a", "", "", "text", "", "end"], LineEdit(3, 1, ("  text",))),
        (["a", "b", "", "c"], LineEdit(1, 0, ("===",))),
    ],
)
def test_edits_that_change_the_block_before(lines: list[str], edit: LineEdit) -> None:
    document = Document(lines)
    document.edit(edit)
    document.finish()
    assert described(document) == described(Document(document.lines))


def test_links_to_headings_are_relinked_when_the_headings_change() -> None:
    document = Document(["[x](#end)", "", "plain", "", "plain", "", "## The end"])
    change = document.edit(LineEdit(6, 1, ("## End",)))
    assert change.relinked == (0,)
    assert "end" in document.anchors()


def test_typing_above_a_long_list_does_not_keep_it_from_being_parsed() -> None:
    """A writer who types from the first moment on must not wait for the marks below."""
    items = [f"- [a {n}](https://x.org/{n})" + "\n" * (n % 5 == 0) for n in range(900)]
    lines = "\n".join(["# A letter", "", "Type here.", "", *items]).split("\n")
    document = Document.opening(lines, 0, 40)
    job = document.job
    assert job is not None
    job.run()
    document.edit(LineEdit(2, 1, ("Type here, now.",)))
    document.adopt(job)
    assert document.complete
    assert len(list(document.links())) == 900


def test_a_job_is_stale_when_its_lines_have_moved_or_a_definition_came() -> None:
    lines = ["# A letter", "", "Type here.", "", *(f"- [a {n}] or [b]" for n in range(900))]
    for edit in (LineEdit(2, 0, ("", "")), LineEdit(2, 1, ("[b]: https://x.org",))):
        document = Document.opening(lines, 0, 40)
        job = document.job
        assert job is not None
        job.run()
        document.edit(edit)
        document.adopt(job)
        document.finish()
        now = list(lines)
        edit.apply(now)
        whole = Document(now)
        assert [link.link.href for link in document.links()] == [
            link.link.href for link in whole.links()
        ]
        assert document.words == whole.words
