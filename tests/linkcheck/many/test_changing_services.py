"""Reputation services that are turned on and off while the app runs, and ones that are slow."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from app.linkcheck.many.service import LinkService
from app.linkcheck.many.states import NetworkState, Priority
from app.linkcheck.reputation import Flag, ReputationError, ReputationService
from app.linkcheck.reputation.build import OWN_LIST, make_services
from app.linkcheck.reputation.lists import OwnLists
from app.linkcheck.reputation.settings import Keys, ReputationSettings, Service
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Note, Reason, Status, Verdict
from tests.support.patience import wait_for
from tests.support.reputation_servers import DnsServer

from .fakes import FakeFetcher, FakeNetwork, failed

GOOD, BAD = "https://good.example/", "https://bad.example/"


class Listed:
    """Flags hosts; remembers what it was asked, and whether it was closed."""

    def __init__(self, *flagged: str, broken: bool = False) -> None:
        self.flagged = flagged
        self.broken = broken
        self.asked: list[str] = []
        self.is_closed = False

    async def look_up(self, url: str) -> Flag | None:
        assert not self.is_closed
        self.asked.append(url)
        if self.broken:
            raise ReputationError("It is down.")
        return Flag(Reason.SURBL) if any(host in url for host in self.flagged) else None

    async def aclose(self) -> None:
        self.is_closed = True


class Watched:
    """A service with two links that are wanted, and all that it said."""

    def __init__(
        self,
        folder: Path,
        fetcher: FakeFetcher | None = None,
        network: FakeNetwork | None = None,
    ) -> None:
        self.said: list[tuple[str, Verdict]] = []
        self.fetcher = fetcher or FakeFetcher()
        self.service = LinkService(
            folder / "verdicts.sqlite3",
            CheckSettings(),
            self.said.extend,
            lambda _: None,
            accepted_path=folder / "accepted.sqlite3",
            make_fetcher=lambda *_: self.fetcher,
            network=network or FakeNetwork(),
        )

    @property
    def last(self) -> dict[str, Verdict]:
        return dict(self.said)

    def want(self) -> None:
        self.service.want("draft", {GOOD: Priority.VISIBLE, BAD: Priority.VISIBLE})
        wait_for(lambda: len(self.last) == 2)

    def use(self, *services: ReputationService) -> None:
        self.service.use_reputation(services)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    made = Watched(tmp_path)
    yield made
    made.service.stop()


def test_a_service_that_is_turned_on_is_asked_of_what_is_known_already(watched: Watched) -> None:
    watched.want()
    watched.use(Listed("bad.example"))
    wait_for(lambda: watched.last[BAD].reason is Reason.SURBL)
    assert watched.last[GOOD].reason is Reason.OK
    assert len(watched.fetcher.asked) == 2, "no site is asked again for that"


def test_one_that_is_turned_on_in_the_very_moment_of_a_check(watched: Watched) -> None:
    watched.service.want("draft", {GOOD: Priority.VISIBLE, BAD: Priority.VISIBLE})
    wait_for(lambda: len(watched.fetcher.asked) == 2)  # found, and not told yet
    watched.use(Listed("bad.example"))
    wait_for(lambda: BAD in watched.last and watched.last[BAD].reason is Reason.SURBL)


def test_one_that_is_on_before_anything_is_wanted(watched: Watched) -> None:
    watched.use(Listed("bad.example"))
    watched.want()
    wait_for(lambda: watched.last[BAD].reason is Reason.SURBL)


def test_what_only_a_service_flagged_that_is_off_now_is_checked_anew(watched: Watched) -> None:
    first = Listed("bad.example")
    watched.use(first)
    watched.want()
    wait_for(lambda: watched.last[BAD].status is Status.BLOCK)
    watched.use()
    wait_for(lambda: watched.last[BAD].reason is Reason.OK)
    assert first.is_closed
    assert watched.fetcher.asked.count(BAD) == 2


def test_what_another_service_flags_stays_blocked_all_the_time(watched: Watched) -> None:
    watched.use(Listed("bad.example"))
    watched.want()
    wait_for(lambda: watched.last[BAD].status is Status.BLOCK)
    before, second = len(watched.said), Listed("bad.example")
    watched.use(second)
    wait_for(lambda: BAD in second.asked)
    time.sleep(0.1)
    assert all(
        verdict.status is Status.BLOCK for url, verdict in watched.said[before:] if url == BAD
    )
    assert watched.fetcher.asked.count(BAD) == 1


def test_a_service_that_cannot_tell_frees_no_flagged_link(watched: Watched) -> None:
    watched.use(Listed("bad.example"))
    watched.want()
    wait_for(lambda: watched.last[BAD].status is Status.BLOCK)
    watched.use(Listed(broken=True))
    wait_for(lambda: watched.last[GOOD].notes == (Note.REPUTATION_UNKNOWN,))
    assert watched.last[BAD].status is Status.BLOCK


def test_that_nothing_was_known_goes_with_the_service(watched: Watched) -> None:
    watched.use(Listed(broken=True))
    watched.want()
    wait_for(lambda: watched.last[GOOD].notes == (Note.REPUTATION_UNKNOWN,))
    watched.use()
    wait_for(lambda: watched.last[GOOD].notes == ())


def test_the_own_list_holds_without_a_network(tmp_path: Path) -> None:
    nowhere = FakeNetwork(NetworkState.OFFLINE, route=False)
    watched = Watched(tmp_path, FakeFetcher({"*": failed(Reason.DNS_FAILURE)}), nowhere)
    service = Listed("bad.example")
    own = tmp_path / OWN_LIST
    own.write_text("block bad.example\n")
    try:
        watched.use(OwnLists([own]), service)
        watched.want()
        wait_for(lambda: watched.last[BAD].reason is Reason.LISTED)
        assert watched.last[GOOD].reason is Reason.OFFLINE
        assert service.asked == [], "nobody is asked"
        own.write_text("")
        watched.use(OwnLists([own]))
        wait_for(lambda: watched.last[BAD].reason is Reason.OFFLINE)
    finally:
        watched.service.stop()


def test_changes_in_quick_succession_end_with_the_last(watched: Watched) -> None:
    watched.want()
    made = [Listed("good.example"), Listed(), Listed("bad.example")]
    for each in made:
        watched.use(each)
    wait_for(lambda: watched.last[BAD].reason is Reason.SURBL)
    wait_for(lambda: watched.last[GOOD].reason is Reason.OK)
    assert [each.is_closed for each in made] == [True, True, False]


def test_a_flag_of_an_earlier_run_goes_where_its_service_is_off(tmp_path: Path) -> None:
    first = Watched(tmp_path)
    first.use(Listed("bad.example"))
    first.want()
    wait_for(lambda: first.last[BAD].status is Status.BLOCK)
    first.service.stop()
    second = Watched(tmp_path)
    try:
        second.want()
        wait_for(lambda: second.last[BAD].reason is Reason.OK)
    finally:
        second.service.stop()


def test_the_mark_never_waits_for_a_slow_name_server(tmp_path: Path) -> None:
    """200 links; each of SURBL's answers takes 1.5 seconds, and one is a listing."""
    times: list[tuple[float, str, Verdict]] = []

    def hear(batch: Sequence[tuple[str, Verdict]]) -> None:
        times.extend((time.monotonic(), url, verdict) for url, verdict in batch)

    zone = "multi.surbl.org"
    listings: dict[str, Sequence[str]] = {
        f"test.surbl.org.{zone}": ["127.0.0.254"],
        f"h7.example.{zone}": ["127.0.0.8"],
    }
    with DnsServer(listings, delay=1.5) as dns:
        settings = ReputationSettings(frozenset({Service.SURBL}), None, (dns.address,))
        service = LinkService(
            tmp_path / "verdicts.sqlite3",
            CheckSettings(),
            hear,
            lambda _: None,
            accepted_path=tmp_path / "accepted.sqlite3",
            make_fetcher=lambda *_: FakeFetcher(delay=0.02),
            network=FakeNetwork(),
            reputation=make_services(settings, Keys(), cache=tmp_path, config=tmp_path),
        )
        try:
            urls = [f"https://h{number}.example/" for number in range(200)]
            service.want("draft", dict.fromkeys(urls, Priority.VISIBLE))
            wait_for(lambda: len(times) >= 200)
            wait_for(lambda: times[-1][2].status is Status.BLOCK)
        finally:
            service.stop()
    assert {url for _, url, _ in times[:200]} == set(urls)
    assert {verdict.reason for _, _, verdict in times[:200]} == {Reason.OK}
    assert [url for _, url, verdict in times if verdict.status is Status.BLOCK] == [urls[7]]
