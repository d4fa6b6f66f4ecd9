"""Edits of both sides, joined: whatever they are, no side's words are lost without being asked."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.handover.letter import letter_of
from app.handover.merging import differing, joined, same
from app.handover.model import Field, Handed, HandoverError
from app.handover.platforms.listmonk import as_template, text_as_template
from app.handover.text import Edit, edited
from app.preflight import Platform
from tests.handover.fakes.listmonk import compiles

LINES = st.lists(st.sampled_from(["a", "b", "c", "d", "", "e f"]), max_size=8)
BODY = LINES.map("\n".join)
FIELDS = st.fixed_dictionaries({Field.SUBJECT: st.sampled_from("xyz"), Field.BODY: BODY})


def handed(given: dict[Field, str]) -> Handed:
    return Handed("a", "buttondown", "m", "1", given=given, there=given)


@given(FIELDS, FIELDS, st.booleans())
def test_what_only_one_side_changed_is_that_sides(
    base: dict[Field, str], changed: dict[Field, str], markdown: bool
) -> None:
    for mine, theirs in ((base, changed), (changed, base)):
        both = joined(handed(base), mine, theirs, markdown=markdown)
        assert both.stuck == ()
        assert differing(both.fields, changed) == ()


@given(FIELDS, FIELDS, FIELDS, st.booleans())
def test_what_is_joined_has_the_new_lines_of_both(
    base: dict[Field, str], mine: dict[Field, str], theirs: dict[Field, str], markdown: bool
) -> None:
    both = joined(handed(base), mine, theirs, markdown=markdown)
    old = base[Field.BODY].split("\n")
    if Field.BODY not in both.stuck:
        result = both.fields[Field.BODY].split("\n")
        for side in (mine, theirs):
            new = {line for line in side[Field.BODY].split("\n") if line.strip()} - set(old)
            assert new <= set(result)
    for name in both.stuck:
        assert not same(mine[name], theirs[name])
        assert not same(base[name], theirs[name])


@given(FIELDS, FIELDS)
def test_a_join_is_the_same_when_it_is_made_again(
    base: dict[Field, str], theirs: dict[Field, str]
) -> None:
    both = joined(handed(base), base, theirs, markdown=True)
    kept = tuple(each.field for each in differing(base, both.fields))
    known = Handed("a", "buttondown", "m", "1", given=base, there=both.fields, kept=kept)
    again = joined(known, base, both.fields, markdown=True)
    assert (again.stuck, differing(again.fields, both.fields)) == ((), ())


@given(st.text(alphabet="ab\n", max_size=30), st.data())
def test_edits_are_made_where_they_were_meant(text: str, data: st.DataObject) -> None:
    lines = text.split("\n")
    line = data.draw(st.integers(0, len(lines) - 1))
    column = data.draw(st.integers(0, len(lines[line])))
    end = data.draw(st.integers(column, len(lines[line])))
    offset = sum(len(each) + 1 for each in lines[:line])
    whole = text[: offset + column] + "new" + text[offset + end :]
    assert edited(text, [Edit(line, column, line, end, "new")]) == whole


PIECES = st.lists(
    st.sampled_from([
        "# A\n", "\n", "word ", "{{", "}}", "{{ x }}", "`", "```\n", "<!--", "-->", "*|FNAME|*",
        "[a](b)", "![a](b.png)", "<pre>", "</pre>", "{% if %}", "\\", '"', "%%{email}%%", "> ",
        "[r]: /x\n", "[t][r]", "https://e.example/?a=1&b=2 ", "---\n", "subject: S\n", "\x00", "é",
    ]),
    max_size=25,
).map("".join)  # fmt: skip


@pytest.mark.parametrize("platform", Platform)
@given(text=PIECES)
def test_any_draft_makes_a_letter_or_is_refused_in_words(platform: Platform, text: str) -> None:
    with contextlib.suppress(HandoverError):
        letter = letter_of(Path("/nowhere/issue.md"), f"# S\n\n{text}", platform)
        if platform is Platform.LISTMONK:
            html = as_template(letter.html)
            assert compiles(html)
            assert compiles(text_as_template(letter.text, html))
