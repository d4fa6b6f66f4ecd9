"""The documents that readers (and the preview) get."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.markup import Document
from app.publish import render_email, render_preview, render_text

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"

DRAFT = """\
---
title: The “news” & more
subject: Issue 12 <is> out
preheader: What you missed
lang: en-GB
---

Hello *you*, {{ name | default: "friend" }}.

| Name | Number |
|------|-------:|
| one  | 1      |

<table width="100%" bgcolor="#eeeeee"><tr><td>Layout</td></tr></table>

- [ ] open
- [x] done

A note[^1], and ![a picture](https://example.com/a.png).

{% if member %}

Members read on [here](https://example.com/?id={{ id }}&x=*|UNIQID|*).

[^1]: The footnote.
"""


def email(text: str) -> str:
    return render_email(Document.from_text(text))


class Elements(HTMLParser):
    """Start tags as (name, attributes), and whether every element is closed in order."""

    VOID = frozenset(["meta", "br", "img", "hr", "wbr", "col", "area"])

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def test_head_of_the_document() -> None:
    html = email(DRAFT)
    elements = Elements(html)
    assert html.startswith('<!doctype html>\n<html lang="en-GB" dir="ltr"')
    assert elements.named("meta")[0] == {"charset": "utf-8"}
    names = {meta["name"]: meta["content"] for meta in elements.named("meta") if "name" in meta}
    assert names["color-scheme"] == names["supported-color-schemes"] == "light dark"
    assert names["viewport"] == "width=device-width, initial-scale=1"
    assert "<title>Issue 12 &lt;is&gt; out</title>" in html
    assert "<o:PixelsPerInch>96</o:PixelsPerInch>" in html


def test_every_element_is_closed() -> None:
    elements = Elements(email(DRAFT))
    assert (elements.open, elements.faults) == ([], [])


def test_layout_is_a_table_of_600_pixels() -> None:
    layout = [table for table in Elements(email(DRAFT)).named("table") if table.get("role")]
    assert all(table["role"] == "presentation" for table in layout)
    assert all(
        table["cellpadding"] == table["cellspacing"] == table["border"] == "0" for table in layout
    )
    assert layout[1]["width"] == "600"
    assert (layout[1]["style"] or "").endswith("width:100%;max-width:600px")
    assert "<!--[if mso]><table" in email(DRAFT)


def test_preheader_is_first_and_hidden() -> None:
    body = email(DRAFT).partition("<body")[2].partition(">")[2].lstrip()
    first = Elements(body).found[0]
    assert first[1]["class"] == "preheader"
    style = first[1]["style"] or ""
    for hidden in ("display:none", "max-height:0", "overflow:hidden", "mso-hide:all"):
        assert hidden in style
    assert "What you missed\u2007\u034f" in body
    assert "preheader" not in email("text\n").partition("<body")[2]


def test_dark_rules_for_clients_and_for_outlook() -> None:
    html = email("text\n")
    assert "@media (prefers-color-scheme: dark) {" in html
    assert "[data-ogsc] .content {" in html
    assert "@media (max-width: 620px) {" in html


def test_title_is_shown_unless_the_body_has_its_own() -> None:
    assert re.search(r'<h1 class="title"[^<>]*>The “news” &amp; more</h1>', email(DRAFT))
    assert '<h1 class="title"' not in email("---\ntitle: One\n---\n\n# Other\n\ntext\n")


def test_data_tables_have_looks_and_layout_tables_keep_theirs() -> None:
    tables = Elements(email(DRAFT)).named("table")
    assert sum(table.get("class") == "data" for table in tables) == 1
    (own,) = (table for table in tables if table.get("bgcolor") == "#eeeeee")
    assert own["width"] == "100%"
    assert set(own) == {"width", "bgcolor", "style"}
    assert "color:#2a2824" in (own["style"] or "")  # not the light letters of the dark


def test_merge_tags_stay_as_written() -> None:
    html = email(DRAFT)
    assert '{{ name | default: "friend" }}' in html
    assert "{% if member %}" in html
    assert 'href="https://example.com/?id={{ id }}' in html or "{{ id }}" in html
    assert "*|UNIQID|*" in html


def test_tasks_and_footnotes() -> None:
    html = email(DRAFT)
    assert "☐ open" in html
    assert "☑ done" in html
    assert '<a name="fnref1" href="#fn1"' in html
    assert '<a name="fn1"' in html
    assert html.index("Members read on") < html.index("The footnote.")


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("سلام دوستان", "rtl"),
        ("Hello", "ltr"),
        ("---\ndir: rtl\n---\n\nHello\n", "rtl"),
        ("", "ltr"),
    ],
)
def test_direction(text: str, direction: str) -> None:
    assert f'dir="{direction}"' in email(text)


@pytest.mark.parametrize("language", ['x" onload="y', "", "<b>", "english please"])
def test_a_language_that_is_none_is_undetermined(language: str) -> None:
    assert email(f"---\nlang: '{language}'\n---\n\ntext\n").count('lang="und"') == 2


def test_no_place_of_the_draft_is_in_the_email() -> None:
    assert "data-line" not in email(DRAFT)
    assert "data-key" not in email(DRAFT)


def test_preview_tells_places_and_has_a_policy() -> None:
    html = render_preview(Document.from_text(DRAFT))
    assert "default-src 'none'" in html
    assert 'data-first="7"' in html
    assert 'data-line="0"' in html


def test_text_part() -> None:
    text = render_text(Document.from_text(DRAFT))
    assert text.startswith("The “news” & more\n=================\n\nHello you, {{ name")
    assert "Name | Number\none | 1\n" in text
    assert "- ☐ open\n- ☑ done\n" in text
    assert "A note[1], and [a picture]." in text
    assert "<https://example.com/?id={{ id }}&x=*|UNIQID|*>" in text
    assert text.endswith("1. The footnote.\n")


def corpus() -> Iterator[Path]:
    for path in sorted(CORPUS.glob("*/*")):
        if path.suffix in (".md", ".markdown", ".html"):
            yield path


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real newsletters is not here")
def test_every_real_newsletter_renders() -> None:
    paths = list(corpus())
    assert len(paths) > 100
    for path in paths:
        document = Document.from_text(path.read_text(encoding="utf-8"))
        elements = Elements(render_email(document))
        assert (elements.open, elements.faults) == ([], []), path.name
        assert not elements.named("script"), path.name
        assert len(render_text(document)) > 50, path.name  # one has a title and no body


HOSTILE = st.sampled_from(
    [
        *(
            "<",
            ">",
            "</",
            "<!--",
            "-->",
            "<div ",
            "<a href=",
            '"',
            "'",
            "&",
            "{{",
            "}}",
            "{%",
            "%}",
        ),
        *("<script>", "</script>", "<style>", "</td></tr></table></div></body></html>", "*|", "|*"),
        *("<svg onload=", "javascript:", "data:", "\n", "\n\n", "text", "[^1]", "[a](", ")", "%7B"),
        *("<table>", "<template>", "<noscript>", "<p title='", "- [ ] ", "---\n", "\0", "$body"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(HOSTILE, max_size=30).map("".join))
def test_no_draft_breaks_out_of_the_template(text: str) -> None:
    document = Document.from_text(text)
    html = render_email(document)
    elements = Elements(html)
    assert (elements.open, elements.faults) == ([], [])
    assert not {"script", "svg", "iframe", "form", "template"} & {
        name for name, _ in elements.found
    }
    assert not any(name.startswith("on") for _, attrs in elements.found for name in attrs)
    assert html.count("</html>") == 1
    render_text(document)


def test_characters_that_make_gmail_clip_a_letter_are_what_was_meant_by_them() -> None:
    harmful = "It\u0092s \u0080 5\x00\x07 \u0085 \ud800\uffff."
    document = Document.from_text(
        f"---\ntitle: A\u0092\x07\npreheader: B\ud801\n---\n\n{harmful}\n"
    )
    html = render_email(document)
    assert ">It’s € 5\ufffd … \ufffd.</p>" in html
    assert ">A’</h1>" in html
    assert "<title>A’</title>" in html
    assert 'class="preheader" style="' in html
    assert ">B\ufffd" in html
    html.encode()
    assert "It’s € 5" in render_text(document)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", html)
