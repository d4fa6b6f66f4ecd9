"""The proof follows edits and answers, and its counts are always those of a fresh proof."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from app.lines import LineEdit
from app.linkcheck.verdict import Reason, Status, Verdict
from app.markup import Document
from app.proof import Proof, url_of

DRAFT = """\
# Letter

One [good](https://good.example/) and one [bad](https://bad.example/#part) link.

A [slip](example.org/path) and a [letter](mailto:me@example.org).

The [good one][g] again.

[g]: https://good.example/
"""

OK = Verdict(Reason.OK)
NOT_FOUND = Verdict(Reason.NOT_FOUND)


def fresh(text: str) -> tuple[Document, Proof]:
    document = Document.from_text(text)
    return document, Proof(document)


def reasons(proof: Proof) -> list[Reason]:
    return [each.verdict.reason for each in proof.links()]


def positive(counts: Counter[Status]) -> dict[Status, int]:
    return {status: count for status, count in counts.items() if count}


def test_what_needs_a_request_is_pending_and_wanted() -> None:
    _, proof = fresh(DRAFT)
    assert reasons(proof) == [
        Reason.PENDING,
        Reason.PENDING,
        Reason.SCHEME_MISSING,
        Reason.NOT_CHECKABLE,
        Reason.PENDING,
    ]
    assert proof.wanted() == {"https://good.example/", "https://bad.example/#part"}


def test_an_answer_reaches_every_use_of_its_url() -> None:
    document, proof = fresh(DRAFT)
    touched = proof.learn([("https://good.example/", OK)])
    assert len(touched) == 2
    assert touched <= {block.id for block in document.blocks}
    assert proof.counts[Status.SAFE] == 2


def test_an_answer_for_a_url_that_is_gone_touches_nothing() -> None:
    _, proof = fresh(DRAFT)
    assert proof.learn([("https://elsewhere.example/", OK)]) == set()


def test_an_answer_is_remembered_for_a_url_typed_later() -> None:
    document, proof = fresh("nothing yet")
    proof.learn([("https://good.example/", OK)])
    proof.apply(document.edit(LineEdit(0, 1, ("[now](https://good.example/)",))))
    assert reasons(proof) == [Reason.OK]


def test_problems_come_worst_first_then_in_the_order_of_the_text() -> None:
    _, proof = fresh(DRAFT)
    proof.learn(
        [
            ("https://good.example/", Verdict(Reason.BOT_WALL)),
            ("https://bad.example/#part", NOT_FOUND),
        ]
    )
    assert [each.verdict.reason for each in proof.problems()] == [
        Reason.NOT_FOUND,
        Reason.SCHEME_MISSING,
        Reason.BOT_WALL,
        Reason.BOT_WALL,
    ]


def test_an_ignored_link_is_spoken_of_no_more_until_it_is_resumed() -> None:
    _, proof = fresh(DRAFT)
    assert proof.ignore("example.org/path")
    assert Reason.SCHEME_MISSING not in reasons(proof)
    assert Reason.IGNORED in reasons(proof)
    proof.ignore("example.org/path", ignored=False)
    assert Reason.SCHEME_MISSING in reasons(proof)


def test_a_flag_wins_over_having_been_ignored() -> None:
    _, proof = fresh(DRAFT)
    proof.ignore("https://bad.example/#part")
    assert Reason.IGNORED in reasons(proof)
    assert proof.learn([("https://bad.example/#part", Verdict(Reason.SURBL))])
    assert Reason.SURBL in reasons(proof)
    assert proof.counts[Status.BLOCK] == 1


def test_known_verdicts_are_there_from_the_first_moment() -> None:
    document = Document.from_text(DRAFT)
    proof = Proof(document, {"https://good.example/": OK})
    assert proof.counts[Status.SAFE] == 2


def test_the_url_of_a_link_is_what_a_browser_would_ask_for() -> None:
    document = Document.from_text("[a](HTTP://EXAMPLE.org:80/a%20b?q#f) [b](/relative)")
    first, second = document.links()
    assert url_of(first.link) == "http://example.org/a%20b?q#f"
    assert url_of(second.link) is None


LINES = st.sampled_from(
    [
        "",
        "# Heading",
        "[a](https://a.example/) and [b](https://b.example/)",
        "- [a](https://a.example/)",
        "[r][r]",
        "[r]: https://r.example/",
        "[h](#heading)",
        "```",
        "plain words",
        "[c](c.example/x)",
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    start=st.lists(LINES, min_size=1, max_size=12),
    edits=st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 3), st.lists(LINES, min_size=1, max_size=3)),
        max_size=6,
    ),
)
def test_after_any_edits_it_equals_a_fresh_proof(
    start: list[str], edits: list[tuple[int, int, list[str]]]
) -> None:
    document = Document(start)
    proof = Proof(document)
    known = [("https://a.example/", OK), ("https://r.example/", NOT_FOUND)]
    proof.learn(known)
    for first, removed, lines in edits:
        first = min(first, len(document.lines))
        removed = min(removed, len(document.lines) - first)
        proof.apply(document.edit(LineEdit(first, removed, tuple(lines))))
    while document.job is not None:
        job = document.job
        job.run()
        proof.apply(document.adopt(job))
    again = Proof(Document(document.lines), dict(known))
    assert [(each.link, each.verdict) for each in proof.links()] == [
        (each.link, each.verdict) for each in again.links()
    ]
    assert positive(proof.counts) == positive(again.counts)
    assert proof.wanted() == again.wanted()


def test_part_of_a_long_list_has_the_verdicts_of_its_own_links() -> None:
    text = "\n".join(f"- [{number}](https://{number}.example/)" for number in range(30))
    document = Document.from_text(text)
    answers = [
        (f"https://{number}.example/", NOT_FOUND if number % 3 else OK) for number in range(30)
    ]
    proof = Proof(document, dict(answers))
    for first in (0, 7, 29):
        for each in proof.links_between(first, first + 2):
            assert each.verdict is dict(answers)[each.url or ""]
            assert each.url == each.link.href


def settle(document: Document, proof: Proof) -> None:
    while document.job is not None:
        document.job.run()
        proof.apply(document.adopt(document.job))


def test_thousands_of_links_stay_known_while_their_block_is_parsed_again() -> None:
    lines = [f"[a{at}](https://a.test/{at})" for at in range(2_000)]
    document = Document(["Before.", "", *lines])
    proof = Proof(document, {"https://a.test/7": NOT_FOUND})
    counts, wanted = proof.counts.copy(), proof.wanted()
    changed = f"xy {lines[1000]}"
    proof.apply(document.edit(LineEdit(1002, 1, (changed,))))
    assert document.job is not None
    assert proof.counts == counts
    assert proof.wanted() == wanted
    assert [each.verdict.reason for each in proof.links_between(9, 9)] == [Reason.NOT_FOUND]
    (moved,) = proof.links_between(1002, 1002)
    assert (moved.url, moved.placed.column) == ("https://a.test/1000", changed.index("https"))
    assert moved.link.whole.end_column == len(changed)
    assert proof.urls_between(1002, 1002) >= {"https://a.test/1000"}
    proof.apply(document.edit(LineEdit(1500, 1, ("no link",))))
    settle(document, proof)
    fresh = Document(document.lines)
    assert list(proof.links()) == list(Proof(fresh, {"https://a.test/7": NOT_FOUND}).links())
    assert proof.counts == Proof(fresh, {"https://a.test/7": NOT_FOUND}).counts
    assert proof.wanted() == Proof(fresh).wanted()


def test_a_line_that_comes_between_thousands_of_links_moves_them() -> None:
    lines = [f"[a{at}](https://a.test/{at})" for at in range(2_000)]
    document = Document(["Before.", "", *lines])
    proof = Proof(document)
    proof.apply(document.edit(LineEdit(500, 0, ("new",))))
    assert document.job is not None
    assert [each.url for each in proof.links_between(1003, 1003)] == ["https://a.test/1000"]
