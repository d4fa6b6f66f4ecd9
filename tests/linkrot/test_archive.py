"""An archive on loopback that answers as the Internet Archive documents, and as it fails."""

import asyncio
import json
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from app.linkrot import archive as archives
from app.linkrot.archive import Archive, ArchiveError, day_of, moment_of, stamp_of
from app.linkrot.model import DAY, Copy
from app.linkrot.store import RotStore
from tests.linkrot.site import Site, serve

PAGE = "https://site.net/ferry?a=1&b=2"
SENT = 1_767_225_600.0
"""2026-01-01T00:00:00Z"""
API = "/wayback/available"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def closest(site: Site, **changed: object) -> bytes:
    found = {
        "available": True,
        "url": f"{site.url}/web/20251230101112/{PAGE}",
        "timestamp": "20251230101112",
        "status": "200",
        **changed,
    }
    return json.dumps({"url": PAGE, "archived_snapshots": {"closest": found}}).encode()


def find(site: Site, store: RotStore, clock: Callable[[], float], page: str = PAGE) -> Copy:
    async def run() -> Copy:
        archive = Archive(store, site.url, clock)
        try:
            return await archive.find(page, SENT)
        finally:
            await archive.aclose()

    return asyncio.run(run())


def test_the_copy_nearest_to_the_issues_day(site: Site, store: RotStore) -> None:
    site.json(API, closest(site))
    copy = find(site, store, Clock())
    assert copy.url == f"{site.url}/web/20251230101112/{PAGE}"
    assert copy.taken == moment_of("20251230101112")
    (asked,) = site.asked
    assert parse_qs(urlsplit(asked).query) == {"url": [PAGE], "timestamp": ["20260101000000"]}


def test_it_is_asked_once_and_again_after_months(site: Site, store: RotStore) -> None:
    clock = Clock()
    site.json(API, closest(site))
    first = find(site, store, clock)
    assert find(site, store, clock) == first
    assert len(site.asked) == 1
    clock.now += archives.GOOD_FOR + 1
    find(site, store, clock)
    assert len(site.asked) == 2


def test_no_copy_is_an_answer_after_asking_without_the_scheme(site: Site, store: RotStore) -> None:
    clock = Clock()
    site.json(API, b'{"url": "x", "archived_snapshots": {}}')
    assert find(site, store, clock).url == ""
    assert [parse_qs(urlsplit(each).query)["url"][0] for each in site.asked] == [
        PAGE,
        PAGE.removeprefix("https://"),
    ]
    clock.now += 6 * DAY
    assert find(site, store, clock).url == ""
    assert len(site.asked) == 2
    clock.now += 2 * DAY
    site.json(API, closest(site))
    assert find(site, store, clock).url


@pytest.mark.parametrize("changed", [{"available": False}, {"status": "404"}, {"status": "301"}])
def test_a_kept_error_page_is_no_copy(
    site: Site, store: RotStore, changed: dict[str, object]
) -> None:
    site.json(API, closest(site, **changed))
    assert find(site, store, Clock()).url == ""


@pytest.mark.parametrize(
    "changed",
    [
        {"url": "https://evil.net/web/20251230101112/x"},
        {"url": "javascript:alert(1)"},
        {"url": "http://127.0.0.1:1/web/x"},
        {"url": 7},
        {"timestamp": "20251330101112"},
        {"timestamp": None},
        {"url": "http://a:b@127.0.0.1/web/x"},
    ],
)
def test_nobody_elses_address_and_no_nonsense_is_proposed(
    site: Site, store: RotStore, changed: dict[str, object]
) -> None:
    site.json(API, closest(site, **changed))
    with pytest.raises(ArchiveError, match="cannot be read"):
        find(site, store, Clock())
    assert store.copy(PAGE, day_of(SENT)) is None


def test_too_many_requests_pause_all_windows_for_as_long_as_is_asked(
    site: Site, store: RotStore
) -> None:
    clock = Clock()
    site.page(API, 429, b"<html><h1>Too Many Requests</h1></html>")
    site.headers["Retry-After"] = "120"
    with pytest.raises(ArchiveError, match="left alone") as told:
        find(site, store, clock)
    assert told.value.wait == pytest.approx(120)
    asked = len(site.asked)
    with RotStore() as other, pytest.raises(ArchiveError, match="left alone"):
        find(site, other, clock)
    assert len(site.asked) == asked
    clock.now += 121
    site.headers.clear()
    site.json(API, closest(site))
    assert find(site, store, clock).url


def test_429_without_a_word_pauses_for_a_quarter_of_an_hour(site: Site, store: RotStore) -> None:
    site.page(API, 429)
    with pytest.raises(ArchiveError) as told:
        find(site, store, Clock())
    assert told.value.wait == archives.PAUSE


@pytest.mark.parametrize(
    ("status", "kind", "body", "words"),
    [
        (503, "text/html", b"busy", "problem of its own"),
        (500, "application/json", b"{}", "problem of its own"),
        (200, "text/html", b"<h1>Log in</h1>", "web page answered"),
        (200, "application/json", b"{", "cannot be read"),
        (200, "application/json", b"[]", "cannot be read"),
        (200, "application/json", b'{"archived_snapshots": []}', "cannot be read"),
        (403, "text/html", b"no", "problem of its own"),
    ],
)
def test_its_errors_are_words(
    site: Site, store: RotStore, status: int, kind: str, body: bytes, words: str
) -> None:
    site.pages[API] = (status, kind, body)
    with pytest.raises(ArchiveError, match=words):
        find(site, store, Clock())
    assert len(site.asked) == 1


def test_nobody_there_is_said(store: RotStore) -> None:
    with serve() as gone:
        pass
    with pytest.raises(ArchiveError, match="online"):
        find(gone, store, Clock())


def test_an_answer_without_end_is_cut_off(site: Site, store: RotStore) -> None:
    site.json(API, b'{"archived_snapshots": {"x": "' + b"a" * (70 << 20) + b'"}}')
    with pytest.raises(ArchiveError, match="cannot be read"):
        find(site, store, Clock())


def test_stamps() -> None:
    assert stamp_of(SENT) == "20260101000000"
    assert moment_of(stamp_of(SENT)) == SENT
