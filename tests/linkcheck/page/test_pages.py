"""What a page says, and when to ask again: any text is understood, none takes long."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.linkcheck.page.fragments import FragmentSearch, worth_asking
from app.linkcheck.page.pages import Page
from app.linkcheck.page.retry import retry_after

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1", 1.0),
        ("0", None),
        ("120", 120.0),
        ("0.5", 0.5),
        (" 7 ", 7.0),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30.0),
        ("Sunday, 22-Nov-26 12:00:30 GMT", 30.0),
        ("Sun Nov 22 12:00:30 2026", 30.0),
        ("Sun, 22 Nov 2026 13:00:30 +0100", 30.0),
        ("Sun, 22 Nov 2026 11:59:00 GMT", None),
        ("-5", None),
        ("abc", None),
        ("", None),
        ("1m30s", None),
        ("١٢", None),
        ("9" * 400, 10 * 365 * 86400.0),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.text())
def test_retry_after_takes_anything(value: str) -> None:
    wait = retry_after(value, NOW)
    assert wait is None or 0 <= wait <= 10 * 365 * 86400


@pytest.mark.parametrize(
    ("fragment", "host", "asked"),
    [
        ("part", "a.example", True),
        ("", "a.example", False),
        ("Top", "a.example", False),
        (":~:text=a", "a.example", False),
        ("part:~:text=a", "a.example", True),
        ("/route", "a.example", False),
        ("!page", "a.example", False),
        ("t=30", "a.example", False),
        ("L10", "github.com", False),
        ("usage", "gist.github.com", False),
        ("part", "notgithub.com", True),
    ],
)
def test_which_fragments_are_looked_up(fragment: str, host: str, asked: bool) -> None:
    assert worth_asking(fragment, host) is asked


@given(st.integers(1, 30))
def test_a_place_is_found_across_pieces(size: int) -> None:
    page = "x" * 40 + '<h2 class="a" id="the-part">The part</h2>' + "y" * 40
    search = FragmentSearch(["the-part", "other"])
    for at in range(0, len(page), size):
        search.feed(page[at : at + size])
    assert search.missing == {"other"}


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ("0; url=/a,b;c", "/a,b;c"),
        ("0,URL='/a'", "/a"),
        ("5;/a", "/a"),
        ("1.5; url = /a ", "/a"),
        ("30; url=/a", None),
        ("0", None),
        ("0;", None),
        ("x; url=/a", None),
        ("0; url=/a?url=b&amp;c", "/a?url=b&c"),
    ],
)
def test_meta_refresh(content: str, target: str | None) -> None:
    tag = f'<META content="{content}" HTTP-EQUIV="Refresh">'
    assert Page(tag, whole=True).refresh == target
    assert Page(f"<!-- {tag} -->", whole=True).refresh is None


@given(st.text())
def test_any_text_is_a_page(text: str) -> None:
    page = Page(text, whole=True)
    assert isinstance(page.title, str)
    assert isinstance(page.is_drawn_by_script, bool)
    assert page.is_parked in (True, False)
    assert page.is_error_page in (True, False)
    assert page.refresh is None or page.refresh


@pytest.mark.parametrize(
    "hostile",
    [
        "<title" * 10_000,
        "<title>" + "404 - " * 10_000,
        "<meta " * 10_000,
        "<!--" * 15_000,
        "<script>" * 8_000,
        "<" * 60_000,
        "<div " + "id " * 20_000,
        "<title>" + " not found" * 6_000,
        "<meta http-equiv=refresh content='0;" + " " * 50_000,
        "id=" * 20_000,
        "<script " * 8_000 + "src='",
        "<html " + "x" * 60_000,
    ],
    ids=lambda text: text[:12],
)
def test_no_page_takes_long(hostile: str) -> None:
    import time

    began = time.process_time()
    page = Page(hostile[: 64 * 1024], whole=True)
    _ = (page.title, page.is_error_page, page.is_parked, page.refresh, page.is_drawn_by_script)
    search = FragmentSearch(["x"])
    search.feed(hostile)
    assert time.process_time() - began < 0.5
