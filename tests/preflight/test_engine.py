"""The engine: what changed is judged anew, and comes out as if all had been."""

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from app.lines import LineEdit
from app.linkcheck.verdict import Note, Reason, Verdict
from app.markup import Document
from app.preflight import Finding, Preflight, Setting, Severity, take, worst
from app.preflight.snapshot import Snapshot
from app.proof import Proof, ProofedLink
from app.publish import render_email
from tests.preflight.support import TODAY, findings

LINES = [
    "", "", "---", "title: A subject of some length", "subject: TK", "# One", "### Three", "##",
    "##Glued", "The the words **left open.", "Text with [here](https://example.com/a).",
    "[words][ref] and [words](https://b.test/?utm_source=x&utm_campaign=one)",
    "[words](https://b.test/?utm_source=x&utm_campaign=two)", "[ref]: https://c.test/", "[ref]: ",
    "```", "TODO: write", "<!-- open", "-->", "- item {{ name }}", "> quoted {% if x %}",
    "{% endif %}",
    "![](picture.png)", '<p style="color:#777;background:#888">grey</p>', "Attached is the file.",
    "A paragraph that is said twice, and that is long enough to be sure that it was a mistake.",
    "On Friday 3 March 2026 we meet.", "[a](http://bit.ly/x)", "| a | b |\n", "\u0092",
]  # fmt: skip
SETTING = Setting(today=TODAY)


class Desk:
    """A draft under edits, with the findings that grow along."""

    def __init__(self, lines: list[str]) -> None:
        self.document = Document(lines)
        self.proof = Proof(self.document)
        self.preflight = Preflight(SETTING)
        self.snapshot: Snapshot | None = None

    def edit(self, edit: LineEdit) -> None:
        self.proof.apply(self.document.edit(edit))
        while self.document.job is not None:
            self.document.job.run()
            self.proof.apply(self.document.adopt(self.document.job))

    def findings(self) -> list[Finding]:
        self.snapshot = take(self.document, self.proof, self.snapshot)
        return self.preflight.run(self.snapshot, render_email(self.document))

    def anew(self) -> list[Finding]:
        document = Document(self.document.lines)
        proof = Proof(document, self.known())
        return Preflight(SETTING).run(take(document, proof), render_email(document))

    def known(self) -> dict[str, Verdict]:
        return {each.url: each.verdict for each in self.proof.links() if each.url}


some_lines = st.lists(st.sampled_from([line.strip("\n") for line in LINES]), max_size=8)
edits = st.tuples(st.integers(0, 40), st.integers(0, 4), some_lines)
verdicts = st.sampled_from(
    [
        Verdict(Reason.OK),
        Verdict(Reason.NOT_FOUND),
        Verdict(Reason.SURBL),
        Verdict(Reason.OK, notes=(Note.MOVED_PERMANENTLY,), suggestion="https://d.test/"),
    ]
)


@settings(max_examples=120, deadline=None)
@given(some_lines, st.lists(st.one_of(edits, verdicts), min_size=1, max_size=6))
def test_what_grew_with_edits_and_answers_is_what_a_fresh_look_finds(
    lines: list[str], steps: list[tuple[int, int, list[str]] | Verdict]
) -> None:
    desk = Desk(lines or [""])
    desk.findings()
    for step in steps:
        if isinstance(step, Verdict):
            desk.proof.learn((url, step) for url in sorted(desk.proof.wanted())[:1])
        else:
            count = len(desk.document.lines)
            first = min(step[0], count)
            removed = min(step[1], count - first)
            new = tuple(step[2]) or (("",) if removed == count else ())
            desk.edit(LineEdit(first, removed, new))
        assert desk.findings() == desk.anew()


def test_an_edit_asks_the_rules_about_its_block_only() -> None:
    desk = Desk([line for at in range(50) for line in (f"Paragraph {at} says TK.", "")])
    assert len([each for each in desk.findings() if each.rule == "todo.note"]) == 50
    before = desk.preflight.asked["todo.note"]
    assert before >= 50
    desk.edit(LineEdit(40, 1, ("Paragraph 20 says nothing.",)))
    assert len([each for each in desk.findings() if each.rule == "todo.note"]) == 49
    assert desk.preflight.asked["todo.note"] == before + 1


def test_lines_put_in_above_move_findings_without_asking_again() -> None:
    desk = Desk([*["First.", ""] * 20, "Last has TK."])
    desk.findings()
    before = desk.preflight.asked["todo.note"]
    desk.edit(LineEdit(0, 0, ("New.", "")))
    found = [each for each in desk.findings() if each.rule == "todo.note"]
    assert [(each.line, each.column) for each in found] == [(42, 9)]
    assert desk.preflight.asked["todo.note"] <= before + 2


def test_an_answer_asks_the_rules_over_links_only() -> None:
    desk = Desk(["[words](https://a.test/) here", "", "[words](https://b.test/) there"])
    desk.findings()
    before = desk.preflight.asked.copy()
    desk.proof.learn([("https://a.test/", Verdict(Reason.SURBL))])
    found = desk.findings()
    assert worst(found) is Severity.BLOCK
    asked = desk.preflight.asked - before
    assert asked["link.flagged"] == 1
    assert asked["todo.note"] == 0
    assert asked["heading.empty"] == 0


def test_findings_come_in_the_order_of_the_text() -> None:
    found = findings("# A title\n\nTK and [here](https://a.test/).\n\n#### Deep TK\n")
    places = [(each.line, each.column) for each in found]
    assert places == sorted(places)


class CountingProof(Proof):
    """Counts the blocks whose links were asked for."""

    asked = 0

    def links_of(self, index: int) -> Iterator[ProofedLink]:
        self.asked += 1
        return super().links_of(index)


def test_only_what_an_edit_or_an_answer_concerns_is_looked_at_again() -> None:
    lines = [line for at in range(50) for line in (f"See [it](https://a.test/{at}) now.", "")]
    document = Document(lines)
    proof = CountingProof(document)
    before = take(document, proof)
    assert proof.asked == len(document.blocks)
    proof.apply(document.edit(LineEdit(40, 1, ("See [it](https://a.test/new) then.",))))
    after = take(document, proof, before)
    assert proof.asked == len(document.blocks) + 1
    proof.learn([("https://a.test/new", Verdict(Reason.NOT_FOUND))])
    again = take(document, proof, after)
    assert proof.asked == len(document.blocks) + 2
    assert [new is old for new, old in zip(again.parts, before.parts, strict=True)].count(
        False
    ) == 1


def test_the_repair_of_a_reference_follows_its_definition() -> None:
    desk = Desk(["[words][ref] here.", "", "A paragraph.", "", "[ref]: https://c.test/"])
    moved = Verdict(Reason.OK, notes=(Note.MOVED_PERMANENTLY,), suggestion="https://d.test/")
    desk.proof.learn([("https://c.test/", moved)])
    desk.findings()
    desk.edit(LineEdit(3, 0, ("", "Another one.")))
    places = [each.fix.start for each in desk.findings() if each.rule == "link.moved" and each.fix]
    assert places
    assert set(places) == {(6, 7)}
