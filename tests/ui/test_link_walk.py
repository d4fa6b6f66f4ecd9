"""The walk through a draft's links: what it keeps is what a fresh look would give."""

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from app.lines import LineEdit
from app.linkcheck.verdict import Reason, Verdict
from app.markup import Document
from app.proof import Proof, ProofedLink
from app.ui.panels.link_walk import LinkWalk

LINES = [
    "", "", "# One", "Text with [here](https://a.test/1).", "[two](https://a.test/2) [r][ref] more",
    "[ref]: https://a.test/3", "- [item](nowhere)", "[text](https://a.test/1) [and][ref]", "```",
]  # fmt: skip
some_lines = st.lists(st.sampled_from(LINES), max_size=5)
edits = st.tuples(st.integers(0, 30), st.integers(0, 3), some_lines)
answers = st.sampled_from([Verdict(Reason.OK), Verdict(Reason.NOT_FOUND)])


@settings(max_examples=80, deadline=None)
@given(some_lines, st.lists(st.one_of(edits, answers), max_size=6))
def test_a_walk_gives_what_the_proof_gives(
    lines: list[str], steps: list[tuple[int, int, list[str]] | Verdict]
) -> None:
    document = Document(lines or [""])
    proof, walk = Proof(document), LinkWalk()
    for step in steps:
        if isinstance(step, Verdict):
            proof.learn((url, step) for url in sorted(proof.wanted())[:2])
        else:
            count = len(document.lines)
            first = min(step[0], count)
            removed = min(step[1], count - first)
            new = tuple(step[2]) or (("",) if removed == count else ())
            proof.apply(document.edit(LineEdit(first, removed, new)))
            while document.job is not None:
                document.job.run()
                proof.apply(document.adopt(document.job))
        assert list(walk.walk(document, proof)) == list(proof.links())


class CountingProof(Proof):
    asked = 0

    def links_of(self, index: int) -> Iterator[ProofedLink]:
        self.asked += 1
        return super().links_of(index)


def test_only_the_links_of_a_block_that_was_edited_are_made_again() -> None:
    document = Document([line for n in range(40) for line in (f"See [it](https://a.test/{n})", "")])
    proof, walk = CountingProof(document), LinkWalk()
    before = list(walk.walk(document, proof))
    assert proof.asked == 40
    proof.apply(document.edit(LineEdit(10, 1, ("See [it](https://a.test/new)",))))
    after = list(walk.walk(document, proof))
    assert proof.asked == 41
    assert [new is old for new, old in zip(after, before, strict=True)].count(False) == 1
