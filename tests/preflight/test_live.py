"""What pre-flight of a draft that is being written is made of: snapshots in steps, lines that
move, a mail of its own, and the list.
"""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lines import LineEdit
from app.linkcheck.verdict import Status
from app.markup import Document
from app.preflight import Finding, Preflight, Setting, Severity, take, taking
from app.preflight.drift import Drift
from app.preflight.listing import MOST, Group, Heading, LinksRow, MoreRow, judged, rows, step_from
from app.preflight.mailed import MailedDraft
from app.preflight.muting import Mute, Scope
from app.proof import Proof
from app.publish import render_email
from app.publish.habits import Habits, keep_habits

TEXT = (
    "# One\n\nTK and [a](https://a.example/) ![](b.png)\n\n* [c](d)\n* e\n\nThe end. TODO: this\n"
)


def finding(rule: str, severity: Severity, line: int = 0, column: int = 0) -> Finding:
    return Finding(rule, severity, "What it is.", line, column, line, column + 1)


def mute(rule: str) -> Mute:
    return Mute(rule, Scope.ISSUE, "/a/b.md", "because", datetime.now(UTC))


def test_a_snapshot_taken_in_steps_is_the_one_taken_at_once() -> None:
    document = Document.from_text(TEXT * 20)
    proof = Proof(document)
    steps = list(taking(document, proof))
    assert len(steps) > len(document.blocks)
    assert steps[-1] is not None
    assert all(each is None for each in steps[:-1])
    at_once = take(document, proof)
    assert steps[-1].starts == at_once.starts
    assert [each.links for each in steps[-1].parts] == [each.links for each in at_once.parts]
    setting = Setting()
    assert Preflight(setting).run(steps[-1]) == Preflight(setting).run(at_once)


def test_a_block_with_very_many_links_is_taken_in_steps_too() -> None:
    document = Document.from_text("[a](https://a.example/) " * 2000)
    assert len(list(taking(document, Proof(document)))) > 20


edits = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12
)


@given(edits)
def test_lines_that_were_not_edited_are_found_again(wanted: list[tuple[int, int, int]]) -> None:
    lines = [f"line {number}" for number in range(20)]
    drift, now = Drift(), list(lines)
    for first, removed, added in wanted:
        first = min(first, len(now))
        removed = min(removed, len(now) - first)
        edit = LineEdit(first, removed, tuple(["new"] * added))
        edit.apply(now)
        drift.add(edit)
    for number, line in enumerate(lines):
        if line in now:
            assert drift.now(number) == now.index(line)
            assert drift.then(now.index(line)) == number
            assert not drift.is_touched(number, number)
        else:
            assert drift.is_touched(number, number)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2), st.text("a#*[]()\n ", max_size=9))))
def test_the_mail_follows_the_draft_that_is_written(
    typed: list[tuple[int, int, str]],
) -> None:
    lines, mailed = TEXT.split("\n"), MailedDraft()
    for first, removed, text in [(0, 0, "x"), *typed]:
        lines[first : first + removed] = text.split("\n")
        mailed.follow(tuple(lines))
        assert mailed.html() == render_email(Document(lines))


def test_the_mail_knows_the_first_words_of_the_letter() -> None:
    mailed = MailedDraft()
    with pytest.raises(RuntimeError):
        mailed.html()
    mailed.follow(["# Title", "", "Some **words**."])
    assert mailed.first_words() == "Title Some words."


def test_the_list_has_groups_by_weight_and_links_apart() -> None:
    found = [
        finding("subject.too-short", Severity.INFO),
        finding("link.broken", Severity.ERROR, 2),
        finding("todo.note", Severity.ERROR, 3),
        finding("link.broken", Severity.ERROR, 4),
        finding("image.no-alt", Severity.WARNING, 5),
    ]
    known = judged(found, ())
    assert known.counts == Counter(error=3, warning=1, info=1)
    assert rows(known, set()) == [
        Heading(Group.ERROR, 1, False),
        Heading(Group.WARNING, 1, False),
        Heading(Group.INFO, 1, False),
        Heading(Group.LINKS, 2, False),
    ]
    assert LinksRow("link.broken", Severity.ERROR, 2, Status.WARN) in rows(known, {Group.LINKS})
    assert [each.line for each in known.walked()] == [3, 5]
    assert set(known.by_line) == {0, 3, 5}


def test_a_flagged_link_comes_before_everything_and_cannot_be_muted() -> None:
    found = [
        finding("todo.note", Severity.ERROR),
        finding("link.flagged", Severity.BLOCK, 1),
    ]
    known = judged(found, [mute("link.flagged"), mute("todo.note")])
    listed = rows(known, set(Group))
    assert listed[0] == Heading(Group.LINKS, 1, True)
    assert listed[2] == Heading(Group.MUTED, 2, True)
    assert [getattr(each, "count", None) for each in listed[3:]] == [0, 1]


def test_a_group_lists_no_more_than_a_person_reads() -> None:
    found = [finding("link.generic-text", Severity.INFO, line) for line in range(MOST + 7)]
    listed = rows(judged(found, ()), {Group.INFO})
    assert len(listed) == MOST + 2
    assert listed[-1] == MoreRow(Group.INFO, 7)


def test_hints_are_walked_through_only_where_there_is_nothing_else() -> None:
    hints = [finding("a.b", Severity.INFO, line) for line in (1, 4)]
    assert judged(hints, ()).walked() == hints
    error = finding("c.d", Severity.ERROR, 2)
    assert judged([*hints, error], ()).walked() == [error]
    assert step_from((), (0, 0), 1) is None
    assert step_from(hints, (1, 0), 1) == hints[1]
    assert step_from(hints, (4, 0), 1) == hints[0]
    assert step_from(hints, (1, 0), -1) == hints[1]


def test_the_mail_is_made_as_the_publication_wants_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENDOFF_DATA_DIR", str(tmp_path / "data"))
    draft = tmp_path / "news" / "one.md"
    lines = ["A [link](https://a.example/page) and {{ snippet: imprint }} in it."]
    mailed = MailedDraft()

    def html(path: Path) -> str:
        mailed.follow(lines, path)
        return mailed.html()

    plain = html(draft)
    keep_habits(draft.parent, Habits(utm=True, source="letter"))
    assert "utm_source=letter" in html(draft)
    assert html(tmp_path / "other" / "two.md") == plain
    keep_habits(draft.parent, Habits(template="one that is gone"))
    assert html(draft) == plain
    (draft.parent / "snippets").mkdir(parents=True)
    (draft.parent / "snippets" / "imprint.md").write_text("Ada, of the *harbour*")
    assert "of the <em>harbour</em> in it" in html(draft)
