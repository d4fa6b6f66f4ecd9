"""The ids of headings: those of a draft that is edited are those of a fresh look."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.lines import LineEdit
from app.markup import Document
from app.markup.headings import Slugs, numbered

bases = st.sampled_from(["", "a", "a-1", "a-1-1", "a-2", "b", "b-1", "-1", "c"])
groups = st.lists(bases, max_size=3)


@settings(max_examples=600, deadline=None)
@given(
    st.lists(groups, max_size=6),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3), st.lists(groups, max_size=3))),
)
def test_an_exchange_gives_what_numbering_all_anew_gives(
    start: list[list[str]], steps: list[tuple[int, int, list[list[str]]]]
) -> None:
    owners = list(enumerate(start))
    slugs: Slugs[int] = Slugs()
    slugs.renew(owners)
    for step, (first, removed, come) in enumerate(steps, 1):
        new = [(100 * step + at, each) for at, each in enumerate(come)]
        gone = [owner for owner, _ in owners[first : first + removed]]
        before = {owner: slugs.of(owner) for owner, _ in owners}
        owners[first : first + removed] = new
        changed = slugs.exchange(gone, dict(new))
        if changed is None:
            changed = slugs.renew(owners)
        ids = iter(numbered(base for _, own in owners for base in own))
        wanted = {owner: tuple(next(ids) for _ in own) for owner, own in owners}
        assert {owner: slugs.of(owner) for owner, _ in owners} == wanted
        assert set(slugs) == {each for own in wanted.values() for each in own}
        assert changed == {owner for owner, own in wanted.items() if own != before.get(owner, ())}


def test_a_heading_that_nothing_else_is_called_alike_is_renamed_alone() -> None:
    slugs: Slugs[int] = Slugs()
    slugs.renew([(at, [f"heading-{at}"]) for at in range(100)])
    assert slugs.exchange([50], {100: ["heading-50x"]}) == {100}
    assert slugs.exchange([100], {101: ["heading-7"]}) is None  # it will need a number


LINES = ["# a", "## a", "# a 1", "[to](#a)", "[to](#b)", '<a id="b"></a>', "# b", "", "", "x {#a}",
         "# c {#b}", "# a 1 1", "# a"]  # fmt: skip
some_lines = st.lists(st.sampled_from(LINES), max_size=5)


@settings(max_examples=300, deadline=None)
@given(some_lines, st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3), some_lines)))
def test_anchors_after_edits_are_those_of_a_fresh_look(
    lines: list[str], edits: list[tuple[int, int, list[str]]]
) -> None:
    document = Document(lines or [""])
    for at, count, new in edits:
        first = min(at, len(document.lines))
        removed = min(count, len(document.lines) - first)
        come = tuple(new) or (("",) if removed == len(document.lines) else ())
        document.edit(LineEdit(first, removed, come))
        document.finish()
        whole = Document(document.lines)
        assert list(document.headings()) == list(whole.headings())
        assert document.index.anchors == whole.index.anchors
