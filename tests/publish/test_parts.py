"""The smaller parts: sanitising, merge tags, plain text, the frame of a letter."""

from time import process_time

import pytest

from app.markup import Document
from app.publish import PreviewModel, letter_of, opening, render_email
from app.publish.merge_tags import restore
from app.publish.sanitise import flatten, sanitise
from app.publish.segments import without_lines
from app.publish.text import text_of

VECTORS = [
    ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
    ('<a href="java\nscript:alert(1)">x</a>', "<a>x</a>"),
    ('<a href=" data:text/html,x">x</a>', "<a>x</a>"),
    ('<img src="data:image/svg+xml,x" alt="x">', '<img alt="x">'),
    ('<img src="data:image/png;base64,AA==">', '<img src="data:image/png;base64,AA==">'),
    ('<a href="{{ url }}">x</a>', '<a href="{{ url }}">x</a>'),
    ('<a href="/here">x</a>', '<a href="/here">x</a>'),
    ('<p style="color:red;position:fixed">x</p>', '<p style="color:red">x</p>'),
    ('<p style="background:#ffe">x</p>', '<p style="background:#ffe">x</p>'),
    ('<p style="background:#ffe url(//x)">x</p>', '<p style="">x</p>'),
    ('<p style="background:u\\72l(//x)">x</p>', '<p style="">x</p>'),
    ('<p style="background:image-set(&quot;//x&quot; 1x)">x</p>', '<p style="">x</p>'),
    ('<p style="background:url(//x)" onclick="y()">x</p>', '<p style="">x</p>'),
    ('<p class="preheader">x</p>', "<p>x</p>"),
    ("<title>no text</title><p>x</p>", "<p>x</p>"),
    ("<form><input>x</form>", "x"),
    ("<p>open", "<p>open</p>"),
    ("<!-- gone -->x", "x"),
    # what a style could fetch, run or hide behind, in every spelling
    ('<p style="color:expression(alert(1));width:1px">x</p>', '<p style="width:1px">x</p>'),
    ('<p style="width:\\75\\72\\6c(//e/)">x</p>', '<p style="">x</p>'),
    ('<p style="color:u\\rl(//e/)">x</p>', '<p style="">x</p>'),
    ('<p style="list-style-type:url(//e/)">x</p>', '<p style="">x</p>'),
    (
        '<p style="display:image-set(url(//e/) 1x);color:red">x</p>',
        '<p style="color:red">x</p>',
    ),
    ('<p style="width:var(--x, url(//e/))">x</p>', '<p style="">x</p>'),
    ('<p style="height:attr(title url)">x</p>', '<p style="">x</p>'),
    ('<p style="font:12px \\69mage(x)">x</p>', '<p style="">x</p>'),
    (
        '<p style="width:calc(1px + 2em);color:rgb(1, 2, 3)">x</p>',
        '<p style="width:calc(1px + 2em);color:rgb(1, 2, 3)">x</p>',
    ),
    (
        """<p style="font-family:'a;b(c)',serif;color:url(x)">x</p>""",
        '<p style="font-family:&quot;a;b(c)&quot; , serif">x</p>',
    ),
    # servers of files, which Windows would greet with the reader's name
    (r'<img src="\\e\x.png" alt="x"><a href="\\e\x">y</a>', '<img alt="x"><a>y</a>'),
    (r'<img src=" /\e/x.png" alt="x">', '<img alt="x">'),
    ('<q cite="javascript:x">x</q>', "<q>x</q>"),
    ('<a href="&#1;javascript:x">x</a>', "<a>x</a>"),
    ('<a href="javascript&colon;x">x</a>', "<a>x</a>"),
]
"""What authors, or those who write to them, may try, and what is left of it."""


@pytest.mark.parametrize(("written", "kept"), VECTORS)
def test_sanitise(written: str, kept: str) -> None:
    assert sanitise(written) == kept
    assert sanitise(kept) == kept


@pytest.mark.parametrize(
    "hostile",
    [
        *("<div>" * 20_000, "<a " * 50_000, '<a "' * 50_000, "<!--" * 50_000, "</" * 50_000),
        *("<!-->" + "<div>" * 20_000, "<!--->" + "<div>" * 20_000),
        *("<b><p>" * 10_000, "<a " + " ".join(f"x{n}=1" for n in range(20_000)) + ">"),
        *("{{" * 50_000, "*|" * 50_000, "{%" * 50_000),
    ],
    ids=lambda text: text[:6],
)
def test_pathological_html_takes_bounded_time(hostile: str) -> None:
    start = process_time()
    assert "end" in restore(sanitise(hostile + "end")) or hostile.endswith(("<a ", '"', "--", "</"))
    assert process_time() - start < 5


def test_elements_that_multiply_are_shown_as_their_source() -> None:
    open_in_each_paragraph = "".join(f"<b id={number}>" for number in range(200))
    written = f"<p>{open_in_each_paragraph}" + "<p>x" * 5_000
    shown = sanitise(written)
    assert len(shown) < 10 * len(written)
    assert "&lt;b id=199&gt;" in shown


def test_comments_end_where_browsers_end_them() -> None:
    for comment in ("<!-->", "<!--->", "<!-- a --!>", "<!-- a -->"):
        assert flatten(comment + "<b>" * 300, 2).count("<b>") == 2


def test_text_that_looks_like_our_own_attribute_stays() -> None:
    text = 'Say data-line="5" in <b data-line="7">words</b>'
    assert without_lines(text) == 'Say data-line="5" in <b>words</b>'
    source = f"<div>\n\n<p>{text}</p>\n\n</div>\n"
    assert 'Say data-line="5" in' in render_email(Document.from_text(source))


def test_flatten_keeps_text_and_shallow_elements() -> None:
    assert flatten("<div>" * 3 + "deep" + "</div>" * 3, 2) == "<div><div>deep</div></div>"
    paragraphs = "<p>text<br>" * 1000
    assert flatten(paragraphs, 2) == paragraphs


@pytest.mark.parametrize(
    ("escaped", "written"),
    [
        ("{{ a &gt; b &amp;&amp; c }}", "{{ a > b && c }}"),
        ("{{ &lt;script&gt; }}", "{{ &lt;script> }}"),
        ("a &gt; b", "a &gt; b"),
        ('<a href="%7B%7Bbase%7D%7D/1">', '<a href="{{base}}/1">'),
        ('<a href="*%7CURL%7C*">', '<a href="*|URL|*">'),
        ('<a href="%7B%7B%22%7D%7D">', '<a href="%7B%7B%22%7D%7D">'),
        ('<a href="a%7Cb*%7C">', '<a href="a%7Cb*%7C">'),
        ("%7B%7Btext%7D%7D", "%7B%7Btext%7D%7D"),
    ],
)
def test_merge_tags(escaped: str, written: str) -> None:
    assert restore(escaped) == written


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one\ntwo</p><p>three<br>four</p>", "one two\n\nthree\nfour\n"),
        ("<h1>Head</h1><p>x</p>", "Head\n====\n\nx\n"),
        ('<p><a href="https://a.example/">a</a></p>', "a <https://a.example/>\n"),
        ('<p><a href="https://a.example/">https://a.example</a></p>', "https://a.example\n"),
        ('<p><a href="mailto:me@a.example">me@a.example</a></p>', "me@a.example\n"),
        ('<p><a href="#fn1">note</a></p>', "note\n"),
        ('<p><img src="x" alt="cat"> <img src="y"></p>', "[cat]\n"),
        ("<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul><p>d</p>", "- a\n- b\n  1. c\n\nd\n"),
        ('<ol start="9"><li>a</li><li><p>b</p><p>c</p></li></ol>', "9. a\n10. b\n\n    c\n"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n\n> b\n"),
        ("<pre><code>x\n  y\n</code></pre>", "    x\n      y\n"),
        ("<hr>", "* * *\n"),
        ("<table><tr><td><p>lay</p></td><td>out</td></tr></table>", "lay\n\nout\n"),
        ("", ""),
        ("</li></ul></blockquote></a></pre>x", "x\n"),
    ],
)
def test_plain_text(html: str, text: str) -> None:
    assert text_of(html) == text


def test_letter_takes_the_first_that_says_something() -> None:
    def subject(text: str) -> str:
        return letter_of(Document.from_text(text)).subject

    assert subject("---\ntitle: T\nsubject: S\n---\n") == "S"
    assert subject("---\ntitle: T\nsubject: ''\n---\n") == "T"
    assert subject("text\n\n## Heading\n") == "Heading"
    assert subject("text\n") == ""


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        ("<!DOCTYPE html>\n<html><head>\n<title>A &amp; B\n letter</title></head>", "A & B letter"),
        ("<html><TITLE lang=en>T</TITLE><body><h1>H</h1></body></html>", "T"),
        ("---\nsubject: S\n---\n<html><title>T</title>", "S"),
        ("---\npreheader: P\n---\n\n<html><title>T</title>", "T"),
        ("<html><!-- <title>no</title> --><title>T</title>", "T"),
        ("<html><title> </title><body>\n\n# H\n", ""),
        ("\n" * 100_000 + "text", ""),
        ("<html><body><svg><title>no</title></svg></body></html>", ""),
        ("# H\n\n<title>no</title>\n", "H"),
        ("<html><title>never closed", ""),
        ("<html><title>" + "T" * 30_000 + "</title>", ""),
    ],
)
def test_a_page_of_html_is_called_by_its_title(written: str, subject: str) -> None:
    assert letter_of(Document.from_text(written)).subject == subject


def test_opening_is_words_without_addresses() -> None:
    document = Document.from_text("# Head\n\nSee [this](https://a.example) now.\n")
    assert opening(PreviewModel(document)) == "Head See this now."
