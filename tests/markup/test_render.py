"""The HTML of blocks and footnotes."""

from __future__ import annotations

from app.lines import LineEdit
from app.markup import Document, render_block, render_footnotes


def rendered(source: str) -> str:
    document = Document.from_text(source)
    return "".join(render_block(document, index) for index in range(len(document.blocks)))


def test_elements_say_their_line_within_the_block() -> None:
    html = rendered("text\n\n- a\n- b\n  > c")
    assert '<p data-line="0">text</p>' in html
    assert '<li data-line="1">b\n<blockquote data-line="2">' in html


def test_references_are_resolved_and_definitions_not_shown() -> None:
    assert rendered("[x][a] &amp; \\*\n\n[a]: http://a.example 'T'") == (
        '<p data-line="0"><a href="http://a.example" title="T">x</a> &amp; *</p>\n'
    )


def test_raw_html_is_kept_and_front_matter_and_template_lines_are_not_shown() -> None:
    html = rendered("---\na: b\n---\n{% include x %}\n<b onclick=x>raw</b>\n")
    assert html == '<p data-line="0"><b onclick=x>raw</b></p>\n'


def test_alternative_text_has_no_markup() -> None:
    assert 'alt="a b &amp; c"' in rendered("![a *b* &amp; `c`](i.png)")


def test_headings_carry_distinct_ids() -> None:
    html = rendered("# Über uns!\n\n# Über uns!\n\n## A_b c-d 日本 👍 {#x}")
    assert '<h1 data-line="0" id="über-uns">' in html
    assert 'id="über-uns-1"' in html
    assert 'id="a_b-c-d-日本-"' in html


def test_footnotes_are_numbered_by_first_use() -> None:
    source = (
        "a[^b] c[^a] d[^b] ^[inline *x*]\n\n[^a]: first\n[^b]: second\n\n    > more\n\n[^c]: unused"
    )
    document = Document.from_text(source)
    html = rendered(source)
    notes = render_footnotes(document)
    assert html.count("footnote-ref") == 4
    assert '<a href="#fn1" id="fnref1-2">1</a>' in html
    assert "second" not in html
    assert notes.index("second") < notes.index("first") < notes.index("inline <em>x</em>")
    assert "unused" not in notes
    assert notes.count("<li id=") == 3


def test_an_edit_that_renumbers_footnotes_tells_it() -> None:
    document = Document(["x", "", "plain", "", "a[^a]", "", "[^a]: note", "", "[^b]: other"])
    change = document.edit(LineEdit(0, 1, ("x[^b]",)))
    assert change.relinked == (2,)
    assert ">2</a>" in render_block(document, 2)


def test_nothing_is_dropped_where_nesting_is_too_deep() -> None:
    document = Document.from_text("> " * 500 + "the text")
    assert document.blocks[0].too_deep
    assert "the text" in render_block(document, 0)
    deep_list = "".join("  " * depth + f"* item{depth}\n" for depth in range(300))
    document = Document.from_text(deep_list)
    html = "".join(render_block(document, index) for index in range(len(document.blocks)))
    assert document.blocks[0].too_deep
    assert all(f"item{depth}" in html for depth in range(300))
