"""The markup that Outlook for Windows, Gmail and Apple Mail need, a test for each item."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.markup import Document
from app.publish import Publication, parse_template, render_email
from app.publish.clients import CONTENT_WIDTH, for_clients
from app.publish.sanitise import sanitise
from app.publish.template import built_in
from tests.publish.test_email import Elements

DRAFT = """\
---
subject: Issue 12
preheader: What you missed
lang: en
---

# The head

Words with ==no mark==, `code`, <mark>a mark</mark> and a note[^1].

## Second {{ name }}

> A quote
>
> > in a quote

- one
  - deeper
- [x] done

3. three

| Name | Number |
|------|-------:|
| one  | 1      |

```py
indented(
    by_four)
```

---

![alone](https://example.com/wide.jpg)

![small](https://example.com/icon.png) in a line.

<figure><img src="https://example.com/f.png" width="1008" height="500"><figcaption>cap</figcaption>
</figure>

[back](#second) and [on](https://example.com/?a=1&b={{ id }})

[^1]: The footnote.
"""


def email(text: str = DRAFT, publication: Publication = Publication()) -> str:  # noqa: B008
    return render_email(Document.from_text(text), publication)


def elements(text: str = DRAFT) -> Elements:
    return Elements(email(text))


def head() -> str:
    return email().partition("</head>")[0]


def styles_of(found: Elements, tag: str) -> list[str]:
    return [attributes.get("style") or "" for attributes in found.named(tag)]


def test_doctype_language_direction_and_title() -> None:
    assert email().startswith('<!doctype html>\n<html lang="en" dir="ltr"')
    assert "<title>Issue 12</title>" in head()


def test_the_charset_is_the_first_thing_in_the_head() -> None:
    assert email().partition("<head>")[2].lstrip().startswith('<meta charset="utf-8">')


def test_word_counts_96_pixels_an_inch_and_has_its_name_spaces() -> None:
    assert 'xmlns:v="urn:schemas-microsoft-com:vml"' in email()
    assert 'xmlns:o="urn:schemas-microsoft-com:office:office"' in email()
    assert re.search(r"<!--\[if mso\]><xml>.*<o:AllowPNG/>.*>96</o:PixelsPerInch>", head())


def test_dark_mode_is_declared_and_its_rules_win_over_attributes() -> None:
    assert '<meta name="color-scheme" content="light dark">' in head()
    assert '<meta name="supported-color-schemes" content="light dark">' in head()
    assert ":root { color-scheme: light dark;" in head()
    media = head().partition("@media (prefers-color-scheme: dark) {")[2].partition("\n}")[0]
    declarations = re.findall(r": ([^;]+);", media)
    assert len(declarations) > 15
    assert all(value.endswith("!important") for value in declarations)


def test_outlook_on_the_web_gets_text_and_background_colours_by_its_own_marks() -> None:
    assert "[data-ogsc] .content { color: #d9d5cd !important; }" in head()
    assert "[data-ogsb] .sheet { background: #1c1d1f !important; }" in head()
    assert not re.search(r"\[data-ogsc\][^}]*background", head())


def test_the_style_sheets_that_stay_are_far_below_gmails_16_kb_and_load_nothing() -> None:
    sheets = re.findall(r"<style>(.*?)</style>", head(), re.DOTALL)
    assert sum(map(len, sheets)) < 8_000
    assert not re.search(r"@import|@font-face|url\(|<link", email())


def test_all_other_styles_are_attributes() -> None:
    assert "p { margin" not in head()
    assert all("margin:" in style for style in styles_of(elements(), "p"))
    assert all("font-family" in style for style in styles_of(elements(), "h2"))


def test_layout_tables_are_for_looks_only() -> None:
    tables = elements().named("table")
    layout = [table for table in tables if table.get("class") != "data"]
    assert len(layout) == 6  # page, sheet, two quotes, code, footnotes
    for table in layout:
        assert table["role"] == "presentation"
        assert table["cellpadding"] == table["cellspacing"] == table["border"] == "0"
    data = [table for table in tables if table.get("class") == "data"]
    assert [table.get("role") for table in data] == [None]


def test_600_pixels_as_attribute_style_and_for_word_as_a_table_of_its_own() -> None:
    (sheet,) = (table for table in elements().named("table") if table.get("class") == "sheet")
    assert sheet["width"] == "600"
    assert (sheet["style"] or "").endswith("width:100%;max-width:600px")
    assert re.search(r'<!--\[if mso\]><table [^>]*width="600"', email())
    assert "<!--[if mso]></td></tr></table><![endif]-->" in email()
    assert all("mso-table-lspace" in style for style in styles_of(elements(), "table"))


def test_backgrounds_are_attributes_too() -> None:
    assert all(
        table["bgcolor"]
        for table in elements().named("table")
        if table.get("class") in ("page", "sheet")
    )
    assert any(cell.get("bgcolor") == "#f6f3ec" for cell in elements().named("td"))


def test_quotes_and_code_stand_in_cells_with_paddings_and_room_below() -> None:
    cells = {cell.get("class"): cell["style"] or "" for cell in elements().named("td")}
    assert "border-left:3px solid" in cells["quote"]
    assert "padding:15px 18px" in cells["code"]
    spacers = [cell for cell in elements().named("td") if cell.get("class") == "space"]
    assert {cell["height"] for cell in spacers} == {"20"}
    assert len(spacers) == 3
    assert elements().named("blockquote")


def test_a_quote_in_arabic_has_its_line_at_the_right() -> None:
    cells = [cell for cell in elements("> سلام دوستان\n").named("td") if cell["class"] == "quote"]
    assert "border-right:3px solid" in (cells[0]["style"] or "")


def test_code_keeps_its_lines_and_blanks() -> None:
    assert "indented(\n    by_four)" in email()


def test_headings_have_room_that_word_knows() -> None:
    assert "mso-margin-top-alt" in styles_of(elements(), "h2")[0]


def test_lists_are_indented_by_margins() -> None:
    for style in styles_of(elements(), "ul") + styles_of(elements(), "ol"):
        assert "26px" in style.partition("margin:")[2].partition(";")[0]
        assert "padding:0" in style
        assert "inline-start" not in style


def test_fonts_begin_with_one_that_windows_has() -> None:
    for family in re.findall(r"font-family:([^;\"]+)", email().partition("<body")[2]):
        assert family.split(",")[0].strip("' ") in ("Georgia", "Segoe UI", "Consolas")


def test_data_tables_are_aligned_by_attributes() -> None:
    found = elements()
    assert [cell.get("align") for cell in found.named("th")] == [None, "right"]


def test_footnotes_are_targets_that_word_and_yahoo_find() -> None:
    for target in ("fn1", "fnref1", "second-name", "the-head"):
        assert f'<a name="{target}"' in email() or target == "second-name"
    assert not elements().named("section")


def test_newer_elements_are_plain_ones() -> None:
    names = {name for name, _ in elements().found}
    assert not names & {"section", "figure", "figcaption", "mark", "details", "article"}
    assert re.search(r'<span class="mark" style="[^"]*background', email())


def test_pictures() -> None:
    alone, small, figure = elements().named("img")
    assert alone["width"] == str(CONTENT_WIDTH)
    assert "display:block" in (alone["style"] or "")
    assert "width" not in small  # of unknown size amid words: Word would blow it up
    assert (figure["width"], figure["height"], figure["alt"]) == ("504", "250", "")
    for image in (alone, small):
        assert "max-width:100%;height:auto" in (image["style"] or "")
    assert "width:100%;max-width:504px;height:auto" in (figure["style"] or "")


def test_the_authors_own_colours_are_spared_by_the_dark_rules() -> None:
    found = elements(
        '<table><tr><td bgcolor="#ffffee"><h2>a</h2><a href="https://e.example/">b</a></td></tr>'
        '</table>\n\n[c](https://e.example/) <a href="https://e.example/" style="color:red">d</a>\n'
    )
    assert [link.get("class") for link in found.named("a")] == ["own", None, "own"]
    assert [heading.get("class") for heading in found.named("h2")] == ["own"]
    (cell,) = (cell for cell in found.named("td") if cell.get("bgcolor") == "#ffffee")
    assert "color:#2a2824" in (cell["style"] or "")
    assert "  a:not(.own) { color: #8abce4 !important; }" in head()


def test_mailchimps_tags_are_no_emphasis() -> None:
    html = email("Dear *|FNAME|*, *|IF:X|* you *|END:IF|*, *this|that*\n")
    assert "Dear *|FNAME|*, *|IF:X|* you *|END:IF|*, <em>this|that</em>" in html


@pytest.mark.parametrize(
    ("html", "width"),
    [
        ('<p><img src="a" width="48"></p>', "48"),
        ('<p>x <img src="a" width="4000"></p>', "504"),
        ('<p>x <img src="a" width="100%"></p>', "504"),
        ('<blockquote><p><img src="a"></p></blockquote>', "481"),
        ('<ul><li><ul><li><p><img src="a"></p></li></ul></li></ul>', "452"),
        ('<p><a href="b"><img src="a"></a></p>', "504"),
        ('<p>x <img src="known"></p>', "120"),
    ],
)
def test_widths_of_pictures(html: str, width: str) -> None:
    mended = for_clients(html, {"known": 120})
    assert Elements(mended).named("img")[0]["width"] == width


def test_merge_tags_between_rows_and_in_addresses_stay_in_place() -> None:
    template = built_in().text.replace(
        "</td></tr>\n</table>\n<!--[if mso]>",
        "</td></tr>\n{% if paid %}<tr><td>"
        "<a href=\"{{ url | default: 'x' }}\">*|NAME|*</a></td></tr>{% endif %}</table>\n"
        "<!--[if mso]>",
        1,
    )
    html = email(
        "See [it]({{ base }}/a?b={{ c | d }}&e=f) {{ a > b && c }}\n",
        Publication(template=parse_template(template, "mine")),
    )
    assert 'href="{{ base }}/a?b={{ c | d }}&amp;e=f"' in html
    assert "{{ a > b && c }}" in html
    assert re.search(
        r"\{% if paid %\}\s*<tr.*default: 'x' \}\}.*\*\|NAME\|\*.*</tr>\{% endif %\}", html
    )


PIECES = [
    "<p>",
    "</p>",
    "<blockquote>",
    "</blockquote>",
    "<pre>",
    "</pre>",
    "<table>",
    "<tr>",
    "<td>",
    "</table>",
    "<ul>",
    "<li>",
    "</ul>",
    "<section>",
    "</section>",
    "<mark>",
    "</mark>",
    "<figure>",
    "<img src=x>",
    "<details>",
    "text",
    "<a id=x>",
    "</a>",
    "<hr>",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_whatever_is_mended_is_closed_in_order(html: str) -> None:
    clean = sanitise(html)
    found = Elements(for_clients(clean))
    assert (found.open, found.faults) == ([], [])


def test_a_wide_table_is_scrolled_and_breaks_no_words() -> None:
    html = render_email(Document.from_text("| a | b |\n|--|--|\n| word | https://e.example/x |\n"))
    assert '<div class="scroll" style="overflow-x:auto"><table class="data"' in html
    assert html.count("<div") == html.count("</div>")
    assert re.search(r'<table class="data"[^>]*overflow-wrap:break-word', html)
    assert re.search(r"<a [^>]*overflow-wrap:anywhere", html)
    assert "word-wrap:break-word;overflow-wrap:anywhere" in html  # the last one holds


def test_code_is_written_from_left_to_right_in_every_letter() -> None:
    html = render_email(Document.from_text("---\ndir: rtl\n---\n\n```\ncode\n```\n"))
    assert re.search(r"<pre [^>]*direction:ltr;text-align:left", html)
