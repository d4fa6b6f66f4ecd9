"""The body in keyed pieces: patches must lead to what a fresh document gives."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lines import LineEdit
from app.markup import Document
from app.publish import Patch, PreviewModel, segments
from app.publish.balance import Balance, balance_of, spans

LINES = st.sampled_from(
    [
        *("", "", "", "text", "# Head", "- item", "> quote", "text[^1] and ^[here]", "[^1]: note"),
        *("<div>", "</div>", '<div align="center">', "<table><tr><td>", "</td></tr></table>"),
        *("<center>", "</center>", "<!--", "-->", "<style>", "</style>", "```", "{% if x %}"),
        *("[a]: https://example.com/a", "[a]", "| a | b |", "|---|---|", "- [ ] task"),
    ]
)
TEXTS = st.lists(LINES, max_size=25)


class Mirror:
    """The page's side: a list of keys and what they look like, changed by patches alone."""

    def __init__(self, model: PreviewModel) -> None:
        self.model = model
        self.html = {key: model.segment(key).html for key in model.order()}
        self.keys = model.order()

    def follow(self, patch: Patch) -> None:
        for key in patch.removed:
            self.keys.remove(key)
        at = 0 if patch.after is None else self.keys.index(patch.after) + 1
        self.keys[at:at] = patch.added
        for key in (*patch.added, *patch.refreshed):
            self.html[key] = self.model.segment(key).html

    def shown(self) -> list[str]:
        return [self.html[key] for key in self.keys]


def bounded(edit: tuple[int, int, Sequence[str]], count: int) -> LineEdit:
    first = edit[0] % count
    removed = min(edit[1], count - first)
    lines = tuple(edit[2]) or ("",)
    return LineEdit(first, removed, lines)


@settings(max_examples=300, deadline=None)
@given(
    TEXTS,
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 4), st.lists(LINES, max_size=4)), max_size=5
    ),
)
def test_patches_lead_to_the_segments_of_a_fresh_document(
    lines: list[str], edits: list[tuple[int, int, list[str]]]
) -> None:
    document = Document(lines)
    model = PreviewModel(document)
    mirror = Mirror(model)
    for each in edits:
        edit = bounded(each, len(document.lines))
        mirror.follow(model.apply(document.edit(edit)))
        while document.job is not None:
            document.job.run()
            mirror.follow(model.apply(document.adopt(document.job)))
        fresh = Document(document.lines)
        assert mirror.shown() == [segment.html for segment in segments(fresh)]
        assert mirror.keys == model.order()


def test_an_edit_touches_only_its_own_segment() -> None:
    document = Document.from_text("one\n\n<div>\n\ninside\n\n</div>\n\nlast\n")
    model = PreviewModel(document)
    keys = model.order()
    patch = model.apply(document.edit(LineEdit(0, 1, ("one more",))))
    assert (patch.after, len(patch.removed), len(patch.added)) == (None, 1, 1)
    assert patch.removed == (keys[0],)
    assert model.order()[1:] == keys[1:]


def test_raw_html_that_spans_blocks_stays_around_them() -> None:
    document = Document.from_text('<div align="center">\n\n**in**\n\n</div>\n\nout\n')
    first, second, _notes = segments(document)
    assert first.html.split("\n") == [
        '<div align="center">',
        '<p data-line="2"><strong>in</strong></p>',
        "</div>",
        "",
    ]
    assert "out" in second.html
    assert first.line_count == 6


def test_what_is_never_closed_ends_with_its_block() -> None:
    document = Document.from_text("<div>\n\none\n\ntwo\n")
    assert len(list(segments(document))) == 4


def test_a_style_sheet_with_blank_lines_is_no_text() -> None:
    document = Document.from_text("a\n\n<div><style>\n\n.x { color: red }\n\n</style></div>\n\nb\n")
    html = "".join(segment.html for segment in segments(document))
    assert "color" not in html
    assert ">a</p>" in html
    assert ">b</p>" in html


def test_lines_of_a_segment_count_from_its_start() -> None:
    document = Document.from_text("<div>\n\none\n\ntwo\n\n</div>\n")
    model = PreviewModel(document)
    key, _notes = model.order()
    assert model.key_at(4) == key
    assert model.first_line(key) == 0
    with pytest.raises(KeyError):
        model.segment("b0")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<div></div>", None),
        ("<div><p>", Balance((), ("div",))),
        ("</div><table>", Balance(("div",), ("table",))),
        ("<!-- <div> -->", None),
        ("<!-- <div>", None),
        ("<DIV><span></DIV>", None),
        ("<p><li><td>", None),
    ],
)
def test_balance(html: str, expected: Balance | None) -> None:
    assert balance_of(html) == expected


def test_spans_are_disjoint_and_in_order() -> None:
    opens, closes = Balance((), ("div",)), Balance(("div",), ())
    assert spans([(0, opens), (2, closes), (4, opens), (5, opens), (7, closes), (9, closes)]) == [
        (0, 3),
        (4, 10),
    ]
    assert spans([(0, opens), (3, Balance(("table",), ()))]) == []


def test_many_open_elements_cost_little() -> None:
    balances = [(index, Balance(("table",), ("div",))) for index in range(50_000)]
    assert spans(balances) == []
    assert balance_of("<div>" * 50_000 + "</table>" * 50_000) is not None
