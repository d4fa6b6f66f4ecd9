"""URLs as browsers read them, and when two of them are the same page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.linkcheck.urls import parse, scheme_of


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://example.com", "https://example.com/"),
        ("HTTPS://EXAMPLE.COM:443/A", "https://example.com/A"),
        ("http://example.com:80/", "http://example.com/"),
        ("http://example.com./a", "http://example.com/a"),
        ("http://example.com:8080/", "http://example.com:8080/"),
        ("http://example.com:443/", "http://example.com:443/"),
        ("https://bücher.example/ü?ä#ö", "https://xn--bcher-kva.example/%C3%BC?%C3%A4"),
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("https://example.com/a/../b/./c", "https://example.com/b/c"),
        ("  https://example.com/\n", "https://example.com/"),
        ("https:\\\\example.com\\a", "https://example.com/a"),
        ("http://[2606:4700::1111]/", "http://[2606:4700::1111]/"),
        ("http://[2606:4700:0:0::1111]:80/", "http://[2606:4700::1111]/"),
        ("http://0x08.8.2056/", "http://8.8.8.8/"),
        ("http://example.com/?", "http://example.com/?"),
        ("http://example.com/#", "http://example.com/"),
    ],
)
def test_same_page_same_key(url: str, page: str) -> None:
    parsed = parse(url)
    assert parsed is not None
    assert parsed.page == page
    again = parse(page)
    assert again is not None
    assert again.page == page


@pytest.mark.parametrize(
    "url",
    [
        *("", "example.com", "/a", "#a", "mailto:a@b.c", "ftp://a.b/", "http://", "http:///"),
        *("http://./", "https://exa mple.com", "http://[::1", "http://a:99999/", "javascript:1"),
        "http://1.2.3.4.5/",
    ],
)
def test_no_web_url(url: str) -> None:
    assert parse(url) is None


@pytest.mark.parametrize(
    ("url", "host"),
    [  # where parsers disagree about the host, it is the browsers' reading that is asked
        ("http://127.0.0.1\\@example.com/", "127.0.0.1"),
        ("http://example.com\\@127.0.0.1/", "example.com"),
        ("http://example.com#@127.0.0.1/", "example.com"),
        ("http://user@127.0.0.1:1@example.com/", "example.com"),
        ("http://127。0。0。1/", "127.0.0.1"),
        ("http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "localhost"),
        ("\x00http://127.0.0.1/", "127.0.0.1"),
        ("http://exa\tmple.com/", "example.com"),
        ("http://%31%32%37.0.0.1/", "127.0.0.1"),
        ("http://0177.0.0.1/", "127.0.0.1"),
        ("http://017700000001/", "127.0.0.1"),
        ("http://0/", "0.0.0.0"),
    ],
)
def test_hosts(url: str, host: str) -> None:
    parsed = parse(url)
    assert parsed is not None
    assert parsed.host == host


def test_parts() -> None:
    parsed = parse("https://me:pw@Example.com:8443/a?b=c#d%20e")
    assert parsed is not None
    assert (parsed.scheme, parsed.host, parsed.port) == ("https", "example.com", 8443)
    assert (parsed.origin, parsed.authority) == ("https://example.com:8443", "example.com:8443")
    assert (parsed.target, parsed.fragment) == ("/a?b=c", "d%20e")
    assert parsed.has_credentials
    assert not parsed.is_address
    assert "me" not in parsed.page


def test_relative_to_a_base() -> None:
    assert (found := parse("../x?y", "https://a.example/b/c/d#e")) is not None
    assert found.page == "https://a.example/b/x?y"
    assert scheme_of("mailto:a@b.c", "https://a.example/") == "mailto"
    assert scheme_of("//other.example", "https://a.example/") == "https"
    assert scheme_of("no scheme") is None


@given(st.text())
def test_anything_can_be_parsed(text: str) -> None:
    parsed = parse(text)
    if parsed is not None:
        again = parse(parsed.href)
        assert again is not None
        assert again.page == parsed.page
        assert parsed.target.isascii()
        assert parsed.host.isascii()
        assert not set(parsed.target) & set(" \r\n\t\0")


@given(st.text(alphabet=st.characters(codec=None), max_size=30))
def test_no_text_breaks_out_of_the_request_line(text: str) -> None:
    parsed = parse(f"https://example.com/{text}")
    if parsed is not None:
        assert not set(parsed.target + parsed.authority) & set(" \r\n\t\0")
