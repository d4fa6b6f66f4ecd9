"""Which text is a link, of which kind, to where."""

# ruff: noqa: E501 - tables of cases read best one a line

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkDestination

from app.markup import Document, Link, LinkKind, Mistake
from app.markup.found import special
from app.markup.linkrules import PLAIN_TARGET


def links(source: str) -> list[Link]:
    return [placed.link for placed in Document.from_text(source).links()]


def hrefs(source: str) -> list[str | None]:
    return [link.href for link in links(source)]


@pytest.mark.parametrize(
    ("source", "kind", "href", "text"),
    [
        ("[the *text*](http://a.example 'T')", "inline", "http://a.example", "the text"),
        ("[x](<a b>)", "inline", "a%20b", "x"),
        ("[x](http://a.example/(b)c)", "inline", "http://a.example/(b)c", "x"),
        ("![an *image*](i.png)", "image", "i.png", "an image"),
        ("<https://a.example>", "autolink", "https://a.example", "https://a.example"),
        ("<me@a.example>", "autolink", "mailto:me@a.example", "me@a.example"),
        ("see https://a.example/x_y.", "bare", "https://a.example/x_y", "https://a.example/x_y"),
        ("(www.a.example)", "bare", "http://www.a.example", "www.a.example"),
        ("<a href='x?a=1&amp;b'>t *u*</a>", "html", "x?a=1&b", "t u"),
        ("<a href='x?a=1&copy=2'>t</a>", "html", "x?a=1&copy=2", "t"),
        ("<img alt='A &amp; B' src=i.png>", "html_image", "i.png", "A & B"),
        ('<div>\n<area href="x">\n</div>', "html", "x", ""),
        ("[x][Ä  b]\n\n[ä B]: u", "reference", "u", "x"),
        ("[Ä b][]\n\n[ä B]: u", "reference", "u", "Ä b"),
        ("[x]\n\n[x]: <u v> 'T'", "reference", "u%20v", "x"),
        ("![i][x]\n\n[x]: u", "image", "u", "i"),
    ],
)
def test_kinds(source: str, kind: str, href: str, text: str) -> None:
    (link,) = links(source)
    assert (link.kind, link.href, link.text) == (kind, href, text)
    assert link.mistake is None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("写信（me@a.example）：you@b.example。", ["mailto:me@a.example", "mailto:you@b.example"]),
        ("见https://a.example/路径，以及https://b.example。", ["https://a.example/%E8%B7%AF%E5%BE%84", "https://b.example"]),
        ("Canny：https://a.example/x）后", ["https://a.example/x"]),
        ("https://a.example/x&quot;</a>", ["https://a.example/x"]),
        ("Client(&quot;http://127.0.0.1:8081&quot;,timeout = 60)", ["http://127.0.0.1:8081"]),
        ("(see https://a.example/w_(x))", ["https://a.example/w_(x)"]),
        ("https://a.example/?q=1&amp;b=2", ["https://a.example/?q=1&amp;b=2"]),
        ("https://https://a.example/b", ["https://https://a.example/b"]),
        ("git+https://a.example/b.git@main.", []),
        ("http://a.example/t/kr$1@mars.example)", ["http://a.example/t/kr$1@mars.example"]),
        ("crates.io setup.py README.md CUDA.My a@b pkg@1.2.3", []),
        ("foo_bar@a.example, mailto:x@b.example", ["mailto:foo_bar@a.example", "mailto:x@b.example"]),
        ("*www.a.example* \"www.b.example\"", ["http://www.a.example", "http://www.b.example"]),
        ("`http://a.example` <!-- http://b.example -->", []),
        ("[see http://a.example](http://b.example)", ["http://b.example"]),
        ("<a href=x>http://a.example</a>", ["x"]),
        ("<!-- [a](b)\n\n<a href=x> -->", []),
        ("<script>\n'<a href=x>'\n</script>", []),
        ("[![i](a.png)](b)", ["a.png", "b"]),
        ("[a](b)[c](d)", ["b", "d"]),
        ("[Spo https://a.example/kane](https://b.example/)", ["https://b.example/"]),
        ("{% include refs.md %}\n[x]: u\n\n[x]", ["u"]),
        ("> {% raw %}\n> [x]: u\n\n[x]", ["u"]),
    ],
)  # fmt: skip
def test_where_links_are(source: str, expected: list[str]) -> None:
    assert hrefs(source) == expected


@pytest.mark.parametrize(
    ("source", "href"),
    [
        ("[t]({{ email_url }})", "{{ email_url }}"),
        ("[{{ s }}]({{ email_url }} 'title')", "{{ email_url }}"),
        ("[t]({{b}}1)", "%7B%7Bb%7D%7D1"),
        ("[t](*|UNSUB|*)", "*%7CUNSUB%7C*"),
        ("[t]({% link a b %})", "{% link a b %}"),
        ("[t]({unsubscribe_url})", "%7Bunsubscribe_url%7D"),
        ("<a href='*|ARCHIVE|*'>t</a>", "*|ARCHIVE|*"),
        ('<a href="http://localhost:{port}">t</a>', "http://localhost:{port}"),
        ("<a href=\"{{ x | default: 'a' }}\">t</a>", "{{ x | default: 'a' }}"),
    ],
)
def test_template_tags_in_destinations(source: str, href: str) -> None:
    (link,) = links(source)
    assert (link.mistake, link.href) == (Mistake.TEMPLATE, href)
    assert link.kind in (LinkKind.INLINE, LinkKind.HTML)


@pytest.mark.parametrize(
    ("source", "mistake"),
    [
        ("[x](javascript:alert(1))", Mistake.UNSAFE_SCHEME),
        ("[x](<vbscript:a b>)", Mistake.UNSAFE_SCHEME),
        ("[x](file:///etc/passwd 't')", Mistake.UNSAFE_SCHEME),
        ("![x](data:text/html,hi)", Mistake.DATA_URI),
        ("<a href=' javascript:x'>y</a>", Mistake.UNSAFE_SCHEME),
        ("[x]()", Mistake.EMPTY),
        ("[x](<> 't')", Mistake.EMPTY),
        ("<a href=''>x</a>", Mistake.EMPTY),
    ],
)
def test_destinations_that_are_refused_or_empty(source: str, mistake: Mistake) -> None:
    (link,) = links(source)
    assert link.mistake is mistake
    assert link.kind is not LinkKind.MISTAKE


def test_an_undefined_reference_is_reported_only_where_a_link_was_plainly_meant() -> None:
    (link,) = links("[text][nowhere]")
    assert (link.kind, link.href) == (LinkKind.REFERENCE, None)
    assert link.mistake is Mistake.REFERENCE_UNDEFINED
    assert links("a[i][j] [plain] [x][] [x][^1] `[a][b]` cmd [-a][-b] \\[a][b]") == []


def test_an_include_may_define_what_the_draft_does_not() -> None:
    (link,) = links("[text][elsewhere]\n\n{% include references.md %}")
    assert link.mistake is Mistake.DEFINED_ELSEWHERE


def test_a_definition_that_nothing_uses_is_listed() -> None:
    used, unused = links("[a]\n\n[a]: http://a.example\n[b]: http://b.example 't'")
    assert used.kind is LinkKind.REFERENCE
    assert (unused.kind, unused.href) == (LinkKind.DEFINITION, "http://b.example")
    assert unused.mistake is Mistake.UNUSED_DEFINITION


def test_the_first_of_several_definitions_counts() -> None:
    document = Document.from_text("> [a]: http://one.example\n\n[a]: http://two.example\n\n[a]")
    assert [placed.link.href for placed in document.links()] == ["http://one.example"]


def test_a_whole_html_page_is_read_as_html() -> None:
    page = (
        "<!DOCTYPE html>\n<html>\n<body>\n\n    <a\n      href=x>indented</a>\n\n[no](markdown)\n"
    )
    assert hrefs(page) == ["x"]


def test_links_between_lines() -> None:
    document = Document.from_text("[a](1)\n\n- [b](2)\n- [c](3)\n\n[d](4)")
    assert [placed.link.href for placed in document.links_between(3, 4)] == ["3"]
    assert [placed.link.href for placed in document.links_between(0, 99)] == ["1", "2", "3", "4"]


def test_an_html_page_may_begin_with_comments() -> None:
    page = "<!-- NAME: A -->\n\n<?xml version='1.0'?>\n<html>\n\n    <a href=x>y</a>\n"
    assert hrefs(page) == ["x"]
    assert hrefs("<!-- a comment -->\n\n[x](y)") == ["y"]


def test_ordinary_destinations_take_the_short_cut() -> None:
    for url in ("https://www.example.com/a/b.html?c=d_e&f=1#g", "http://127.0.0.1:8080/"):
        assert (match := PLAIN_TARGET.match(f"({url})"))
        assert match[1] == url


URL_TEXT = st.text("abz09AZ./:?&=#-_~%+$,;@!*()'\"<>[]{}\\ü |", max_size=40)


@given(st.sampled_from(["http", "https"]), st.sampled_from(["a.example", "127.0.0.1:80"]), URL_TEXT)
def test_the_short_cut_for_plain_destinations_reads_them_as_markdown_it_does(
    scheme: str, host: str, rest: str
) -> None:
    source = f"({scheme}://{host}{rest})"
    match = PLAIN_TARGET.match(source)
    if match is None:
        return
    destination = parseLinkDestination(source, 1, len(source))
    assert (destination.str, destination.pos) == (match[1], match.end(1))
    assert MarkdownIt().normalizeLink(destination.str) == match[1]
    assert special(match[1], match[1]) is None
