"""The rounds with the real checker, against a site on loopback whose pages die and come back."""

import asyncio
import json
import socket
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from app.linkcheck.many.states import NetworkState
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Reason, Verdict
from app.linkrot.archive import Archive
from app.linkrot.asking import CheckerAsks, from_here
from app.linkrot.listing import Count, count_dead, overview
from app.linkrot.model import DAY, Kind, Letter, Link, Standing, Written
from app.linkrot.rounds import Heard, Rounds, Terms
from app.linkrot.service import Allowed, RotService
from app.linkrot.store import RotStore, RotStoreError
from tests.linkcheck.many.fakes import FakeNetwork
from tests.linkrot.site import Site
from tests.support.patience import PATIENCE, wait_for

START = 1_800_000_000.0
LOCAL = CheckSettings(allow_private=True, timeout=4.0)


def issue(*links: str, subject: str = "Ferries") -> Written:
    letter = Letter(Kind.ISSUE, "a1", subject, subject, START - DAY)
    return Written(letter, tuple(Link(url, url, f"link {n}") for n, url in enumerate(links)))


class World:
    """Time that passes as a test says, and the rounds within it."""

    def __init__(self, store: RotStore, *written: Written) -> None:
        self.now = START
        self.written: Sequence[Written] = written
        self.changes = 0
        self.troubles: list[str] = []
        self.store = store
        self.archive = ""
        self.held = 0.0
        self.network = FakeNetwork(local=True)

    def days(self, days: float) -> None:
        """Let them pass, with the rounds at work."""
        asyncio.run(self._days(days))

    async def _days(self, days: float) -> None:
        asks = CheckerAsks(LOCAL, from_here, self.network)
        archive = Archive(self.store, self.archive, lambda: self.now) if self.archive else None

        async def gather() -> Sequence[Written]:
            return self.written

        def changed() -> None:
            self.changes += 1

        chance = Random(1).random
        terms = Terms(clock=lambda: self.now, chance=chance, holds_back=lambda: self.held)
        heard = Heard(changed, self.troubles.append)
        rounds = Rounds(self.store, asks, gather, archive, terms, heard)
        end = self.now + days * DAY
        try:
            while self.now < end:
                self.now += await rounds.step()
        finally:
            await asks.aclose()
            if archive is not None:
                await archive.aclose()


def test_what_died_since_is_listed_with_the_issue(site: Site, store: RotStore) -> None:
    stays, dies, never = site.page("/stays"), site.page("/dies"), site.url + "/never"
    world = World(store, issue(stays, dies, never))
    world.days(0.1)
    assert overview(store, world.written).groups == ()
    site.page("/dies", 410)
    world.days(20)
    (group,) = overview(store, world.written).groups
    assert group.letter.title == "Ferries"
    assert {dead.link.page: dead.page.standing for dead in group.links} == {
        dies: Standing.DIED,
        never: Standing.NEVER_ALIVE,
    }
    assert count_dead(store, world.written[0]) == Count(dead=2, since=1)
    assert world.changes >= 2
    site.page("/dies")
    world.days(16)
    (group,) = overview(store, world.written).groups
    assert [dead.link.page for dead in group.links] == [never]


def test_a_site_that_is_down_for_a_day_is_not_called_dead(site: Site, store: RotStore) -> None:
    url = site.page("/a")
    world = World(store, issue(url))
    world.days(0.1)
    site.page("/a", 500)
    world.days(15)
    site.page("/a")
    world.days(10)
    page = store.page(url)
    assert page is not None
    assert page.standing is Standing.ALIVE


@pytest.mark.parametrize("status", [401, 403, 429])
def test_a_server_that_refuses_checkers_is_never_called_dead(
    site: Site, store: RotStore, status: int
) -> None:
    url = site.page("/a", status)
    world = World(store, issue(url))
    world.days(60)
    page = store.page(url)
    assert page is not None
    assert page.standing is Standing.UNSURE


def test_no_redirect_leads_into_a_link_that_unsubscribes(site: Site, store: RotStore) -> None:
    url = site.page("/r", 302)
    site.headers["Location"] = "/unsubscribe/reader-7"
    world = World(store, issue(url))
    world.days(30)
    assert set(site.asked) == {"/r"}
    page = store.page(url)
    assert page is not None
    assert page.standing is Standing.UNSURE


def test_without_a_network_nothing_is_counted(store: RotStore) -> None:
    world = World(store, issue("https://nowhere-at-all.net/a"))
    world.network = FakeNetwork(NetworkState.OFFLINE, route=False)
    world.days(3)
    page = store.page("https://nowhere-at-all.net/a")
    assert page is not None
    assert page.standing is Standing.UNKNOWN


def test_the_nearest_copy_of_what_died_is_found(site: Site, store: RotStore) -> None:
    dies = site.page("/dies", 404)
    copy = f"{site.url}/web/20251230101112/{dies}"
    found = {"available": True, "url": copy, "timestamp": "20251230101112", "status": "200"}
    answer = json.dumps({"archived_snapshots": {"closest": found}}).encode()
    site.json("/wayback/available", answer)
    world = World(store, issue(dies), issue(dies, subject="Another"))
    world.archive = site.url
    world.days(5)
    groups = overview(store, world.written).groups
    assert [dead.copy and dead.copy.url for group in groups for dead in group.links] == [copy] * 2
    asked = [each for each in site.asked if each.startswith("/wayback")]
    assert len(asked) == 1  # both issues went out on the same day


def test_the_archive_is_not_asked_unless_that_is_allowed(site: Site, store: RotStore) -> None:
    world = World(store, issue(site.page("/dies", 404)))
    world.days(5)
    assert not [each for each in site.asked if each.startswith("/wayback")]


def test_copies_are_looked_for_while_other_links_are_still_due(site: Site, store: RotStore) -> None:
    site.json("/wayback/available", b'{"archived_snapshots": {}}')
    others = [site.page(f"/{each}") for each in range(60)]
    dies = site.page("/dies", 404)
    world = World(store, issue(dies, *others))
    world.days(2.5)  # dead by now
    world.archive = site.url
    world.written = (*world.written, issue(*(site.page(f"/n{n}") for n in range(300))))
    world.days(0.05)
    assert any(each.startswith("/wayback") for each in site.asked)
    assert not any(page.looked for page in store.pages([site.url + "/n299"]).values())


def test_an_archive_in_trouble_holds_up_nothing(site: Site, store: RotStore) -> None:
    site.page("/wayback/available", 503)
    world = World(store, issue(site.page("/a", 404), site.page("/b", 404)))
    world.archive = site.url
    world.days(5)
    assert len(overview(store, world.written).groups[0].links) == 2
    asked = [each for each in site.asked if each.startswith("/wayback")]
    assert 2 <= len(asked) <= 12


def test_who_writes_is_left_alone(site: Site, store: RotStore) -> None:
    world = World(store, issue(site.page("/a")))
    world.held = 3600.0
    world.days(1)
    assert not site.asked


def test_a_store_that_refuses_stops_the_asking(site: Site, store: RotStore) -> None:
    url = site.page("/a")

    class Broken(RotStore):
        is_broken = True

        def take(self, url: str, now: float, until: float) -> bool:
            if self.is_broken:
                raise RotStoreError("The disk is full.")
            return super().take(url, now, until)

    with Broken() as broken:
        world = World(broken, issue(url))
        world.days(0.05)
        assert world.troubles
        assert set(world.troubles) == {"The disk is full."}
        assert not site.asked
        broken.is_broken = False
        world.days(0.05)
    assert site.asked


def test_a_mistake_of_ours_ends_nothing(
    site: Site, store: RotStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    url = site.page("/a")
    real, calls = RotStore.want, []

    def want(self: RotStore, urls: Sequence[str], now: float) -> None:
        calls.append(now)
        if len(calls) == 1:
            raise RecursionError(url)
        real(self, urls, now)

    monkeypatch.setattr(RotStore, "want", want)
    world = World(store, issue(url))
    world.days(0.1)
    assert site.asked
    assert "RecursionError" in caplog.text
    assert url not in caplog.text


def test_a_server_that_checks_is_asked_instead(store: RotStore) -> None:
    asked: list[str] = []

    class Remote:
        async def check(self, url: str, fragments: object = ()) -> object:
            from app.linkcheck.page.fetch import PageVerdict

            asked.append(url)
            return PageVerdict(Verdict(Reason.OK, http_status=200, final_url=url))

        def ask_afresh(self, urls: Sequence[str]) -> None:
            asked.extend(f"afresh {url}" for url in urls)

        async def aclose(self) -> None:
            asked.append("closed")

    async def run() -> Verdict:
        asks = CheckerAsks(LOCAL, lambda *_: Remote(), FakeNetwork())  # type: ignore[arg-type]
        try:
            return await asks.ask("https://site.net/a")
        finally:
            await asks.aclose()

    assert asyncio.run(run()).reason is Reason.OK
    assert asked == ["afresh https://site.net/a", "https://site.net/a", "closed"]


def test_the_service_goes_its_rounds_and_ends(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "drafts"
    folder.mkdir()
    links = " ".join(f"[{n}]({site.page(f'/{n}')})" for n in range(5))
    (folder / "one.md").write_text(links + f" [hang]({site.url}/hang)")
    allowed = Allowed(folder, LOCAL)
    terms = Terms(pace=0.02, host_pace=0.02)
    service = RotService(allowed, Heard(), terms=terms, network=FakeNetwork(local=True), quiet=0.1)
    with RotStore() as store:
        pages = store.pages
        wait_for(lambda: [p.standing for p in pages().values()].count(Standing.ALIVE) == 5, 0.05)
    service.stop()
    wait_for(lambda: not service._thread.is_alive())


def test_the_service_ends_at_once_while_a_link_hangs(tmp_path: Path) -> None:
    (tmp_path / "drafts").mkdir()
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/a"
        (tmp_path / "drafts" / "one.md").write_text(f"[a]({url})")
        network = FakeNetwork(local=True)
        service = RotService(
            Allowed(tmp_path / "drafts", LOCAL), Heard(), network=network, quiet=0.0
        )
        silent.settimeout(PATIENCE)
        connection, _ = silent.accept()
        service.stop()
        wait_for(lambda: not service._thread.is_alive())
        connection.close()
