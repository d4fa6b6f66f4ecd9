"""What the page is told: only what changed, the latest state, within a budget."""

from app.lines import LineEdit
from app.linkcheck.verdict import Reason, Verdict
from app.markup import Document
from app.proof import Proof
from app.ui.preview.feed import Feed, Operation, finished, is_slow

TEXT = (
    "# Head\n\none\n\n[a](https://a.example/)\n\ntwo[^n]\n\nlast\n\n[^n]: [b](https://b.example/)\n"
)


def feed_of(text: str) -> tuple[Document, Proof, Feed]:
    document = Document.from_text(text)
    proof = Proof(document)
    return document, proof, Feed(document, proof)


def names(batch: list[Operation]) -> list[object]:
    return [operation[0] for operation in batch]


def test_a_fresh_page_is_told_everything_once() -> None:
    _, _, feed = feed_of(TEXT)
    batch = feed.take(10)
    assert names(batch)[:3] == ["reset", "title", "frame"]
    assert names(batch).count("fill") == 7
    assert not feed.waiting
    assert feed.take(10) == []


def test_a_budget_that_is_spent_leaves_the_rest_for_later() -> None:
    _, _, feed = feed_of("word\n\n" * 50)
    batch = feed.take(0)
    assert names(batch).count("fill") == 1
    assert feed.filling
    fills = 1
    while feed.waiting:
        fills += names(feed.take(0)).count("fill")
    assert fills == 51


def test_the_place_that_is_looked_at_comes_first() -> None:
    _, _, feed = feed_of("\n\n".join(f"word {n}" for n in range(50)) + "\n")
    feed.show_first(80)
    fill = feed.take(0)[-1]
    assert "word 40" in str(fill[2])


def test_many_edits_of_a_block_are_told_once() -> None:
    document, _, feed = feed_of(TEXT)
    feed.take(10)
    for text in ("on", "onx", "only"):
        feed.apply(document.edit(LineEdit(8, 1, (text,))))
    fills = [operation for operation in feed.take(10) if operation[0] == "fill"]
    assert sum("only" in str(fill[2]) for fill in fills) == 1
    assert not any(">onx<" in str(fill[2]) for fill in fills)


def test_a_verdict_tells_marks_alone() -> None:
    _, proof, feed = feed_of(TEXT)
    feed.take(10)
    feed.marks_changed(proof.learn([("https://a.example/", Verdict(Reason.GONE))]))
    batch = feed.take(10)
    assert set(names(batch)) == {"marks"}
    assert {"https://a.example/": "warn"} in [operation[2] for operation in batch]


def test_links_of_footnotes_are_marked_where_they_are_shown() -> None:
    _, proof, feed = feed_of(TEXT)
    feed.take(10)
    feed.marks_changed(proof.learn([("https://b.example/", Verdict(Reason.BOT_WALL))]))
    told = {str(operation[1]): operation[2] for operation in feed.take(10)}
    assert told["notes"] == {"https://b.example/": "unverified"}


def test_verdicts_on_a_block_that_is_gone_are_let_go() -> None:
    document, _, feed = feed_of(TEXT)
    feed.take(10)
    gone = document.blocks[2].id
    feed.apply(document.edit(LineEdit(4, 2, ())))
    feed.take(10)
    feed.marks_changed([gone])
    feed.take(10)
    assert not feed.waiting


def test_places_of_the_draft_and_back() -> None:
    _, _, feed = feed_of("one\n\n- a\n- [x](https://x.example) and [x](https://x.example)\n")
    name, key, line = feed.scroll(3.5)
    assert name == "scroll"
    assert isinstance(key, str)
    assert line == 1.5
    assert feed.line_of(key, 1.5) == 3.5
    assert feed.source_of(key, 1, "https://x.example", 1) == (3, 33)
    assert feed.source_of(key, 1, None, 0) == (3, 0)
    assert feed.source_of("b0", 1, None, 0) is None
    assert feed.scroll(1e9)[1] == key


def test_the_frame_is_told_when_it_is_another() -> None:
    document, _, feed = feed_of("---\ntitle: One\n---\n\ntext\n")
    feed.take(10)
    feed.apply(document.edit(LineEdit(1, 1, ("title: Two",))))
    assert ["title", "Two"] in feed.take(10)
    assert feed.letter.subject == "Two"


def test_a_large_segment_is_sanitised_later_and_comes_last() -> None:
    large = "<div>" + "<p onclick='x'>word</p>" * 2_000 + "</div>\n"
    document, _, feed = feed_of(f"one\n\n{large}\nlast\n")
    batch = feed.take(10)
    assert is_slow(batch)
    assert names(batch)[-2:] == ["fill", "fill"]
    feed.apply(document.edit(LineEdit(0, 1, ("changed",))))
    done = finished(batch)
    assert "onclick" not in str(done)
    assert "one" in str(done[-2][2])
    later = feed.take(10)
    assert "changed" in str(later)
    assert "last" in str(later)
    assert not is_slow(later)
    assert not feed.waiting
