"""Addresses of the letter: absolute, with UTM parameters where they belong."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.markup import Document
from app.publish import Publication, Utm, render_email, render_text
from app.publish.links import absolute, mend_links, with_utm

UTM = Utm(source="my letter", campaign="issue-12")
ADDED = "utm_source=my%20letter&utm_medium=email&utm_campaign=issue-12"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com", f"https://example.com/?{ADDED}"),
        ("https://example.com/a?b=c#d", f"https://example.com/a?b=c&{ADDED}#d"),
        ("https://example.com/a?#d?e", f"https://example.com/a?{ADDED}#d?e"),
        ("HTTP://example.com/a?b&", f"HTTP://example.com/a?b&{ADDED}"),
        ("https://example.com/%zz?x=a+b%20c", f"https://example.com/%zz?x=a+b%20c&{ADDED}"),
    ],
)
def test_added(url: str, expected: str) -> None:
    assert with_utm(url, UTM) == expected


@pytest.mark.parametrize(
    "url",
    [
        "mailto:me@example.com",
        "tel:+4930",
        "#note",
        "/relative",
        "",
        "https://example.com/{{ id }}",
        "https://example.com/%7B%7B%20id%20%7D%7D",
        "{{ unsubscribe_url }}",
        "*|UNSUB|*",
        "https://example.com/*%7CID%7C*",
        "https://example.com/?utm_source=other",
        "https://example.com/?a=1&UTM_Campaign=x#y",
        "https://example.com/unsubscribe?u=1",
        "https://example.com/letter/opt-out",
        "https://example.com/email-preferences",
    ],
)
def test_left_alone(url: str) -> None:
    assert with_utm(url, UTM) == url


URLS = st.builds(
    "https://{}{}{}{}".format,
    st.from_regex(r"[a-z]{1,8}\.example", fullmatch=True),
    st.from_regex(r"(/[a-z0-9%._~;:@-]{0,9}){0,3}", fullmatch=True),
    st.from_regex(r"(\?[a-z0-9=&%+;/?-]{0,20})?", fullmatch=True),
    st.from_regex(r"(#[a-zA-Z0-9=&?/!:~-]{0,12})?", fullmatch=True),
)


@given(URLS, st.text(min_size=1, max_size=20), st.text(max_size=20))
def test_the_rest_of_an_address_stays_and_twice_is_once(
    url: str, source: str, campaign: str
) -> None:
    utm = Utm(source=source, campaign=campaign)
    try:
        changed = with_utm(url, utm)
    except UnicodeEncodeError:
        assert any("\ud800" <= each <= "\udfff" for each in source + campaign)
        return
    assert with_utm(changed, utm) == changed
    if changed == url:
        return
    before, after = urlsplit(url), urlsplit(changed)
    assert (after.scheme, after.netloc) == (before.scheme, before.netloc)
    assert after.path == (before.path or "/")
    assert changed.partition("#")[1:] == url.partition("#")[1:]
    assert after.query.startswith(before.query)
    added = after.query[len(before.query) :].removeprefix("&")
    assert parse_qsl(added) == utm.pairs()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/a?b#c", "https://example.com/a?b#c"),
        ("a", "https://example.com/blog/a"),
        ("//other.example/a", "https://other.example/a"),
        ("#here", "#here"),
        ("mailto:a@b", "mailto:a@b"),
        ("{{ url }}", "{{ url }}"),
        ("http://[", "http://["),
    ],
)
def test_absolute(url: str, expected: str) -> None:
    assert absolute(url, "https://example.com/blog/post") == expected


def test_a_link_that_says_unsubscribe_is_left_alone() -> None:
    html = '<a href="https://e.example/u/1"><b>Unsubscribe</b> here</a> <a href="https://e.example/">x</a>'
    assert mend_links(html, utm=UTM) == html.replace(
        'https://e.example/"', f'https://e.example/?{ADDED.replace("&", "&amp;")}"'
    )


def test_both_parts_have_the_same_addresses() -> None:
    document = Document.from_text("[a](/b?c=1&d=2#e) ![p](/p.png)\n")
    publication = Publication(base_url="https://example.com", utm=UTM)
    url = f"https://example.com/b?c=1&d=2&{ADDED}#e"
    assert f'href="{url.replace("&", "&amp;")}"' in render_email(document, publication)
    assert f"<{url}>" in render_text(document, publication)
    assert 'src="https://example.com/p.png"' in render_email(document, publication)
