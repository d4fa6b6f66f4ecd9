"""The service as the window uses it: real threads, a fake fetcher, no network."""

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.linkcheck.many import desk as desk_module
from app.linkcheck.many.service import LinkService
from app.linkcheck.many.states import NetworkState, Priority
from app.linkcheck.reputation import Flag, ReputationService
from app.linkcheck.sentences import describe
from app.linkcheck.settings import CheckSettings
from app.linkcheck.store.cache import VerdictCache
from app.linkcheck.verdict import Reason, Status, Verdict
from tests.support.patience import PATIENCE, wait_for

from .fakes import FakeFetcher, FakeNetwork, failed, ok

A, B, C = "https://a.example/", "https://b.example/x#y", "https://c.example/"
SEEN, REST = Priority.VISIBLE, Priority.REST


class Window:
    """A stand-in for the window: a service and all that it said."""

    def __init__(
        self,
        folder: Path,
        fetcher: FakeFetcher,
        network: FakeNetwork,
        reputation: Sequence[ReputationService] = (),
    ) -> None:
        self.batches: list[list[tuple[str, Verdict]]] = []
        self.times: list[float] = []
        self.states: list[NetworkState] = []
        self.threads: set[str] = set()
        self.service = LinkService(
            folder / "verdicts.sqlite3",
            CheckSettings(),
            self._hear,
            self.states.append,
            accepted_path=folder / "accepted.sqlite3",
            make_fetcher=lambda *_: fetcher,
            network=network,
            reputation=reputation,
        )

    def _hear(self, batch: list[tuple[str, Verdict]]) -> None:
        self.threads.add(threading.current_thread().name)
        self.times.append(time.monotonic())
        self.batches.append(batch)

    @property
    def reasons(self) -> dict[str, Reason]:
        return {url: verdict.reason for batch in self.batches for url, verdict in batch}


@pytest.fixture
def fetcher() -> FakeFetcher:
    return FakeFetcher()


@pytest.fixture
def network() -> FakeNetwork:
    return FakeNetwork()


Opened = Callable[..., Window]


@pytest.fixture
def opened(tmp_path: Path, fetcher: FakeFetcher, network: FakeNetwork) -> Iterator[Opened]:
    windows = []

    def open_window(reputation: Sequence[ReputationService] = ()) -> Window:
        window = Window(tmp_path, fetcher, network, reputation)
        windows.append(window)
        return window

    yield open_window
    for window in windows:
        window.service.stop()


def test_what_is_wanted_is_checked_and_told_in_batches(opened: Opened) -> None:
    window = opened()
    window.service.want("draft", {f"https://h{n}.example/": REST for n in range(300)})
    wait_for(lambda: len(window.reasons) == 300)
    lasted = window.times[-1] - window.times[0]
    assert len(window.times) - 1 <= 1 + lasted / 0.045  # one that was late comes close to the next
    assert window.threads == {"links"}


def test_nothing_is_checked_twice(opened: Opened, fetcher: FakeFetcher) -> None:
    window = opened()
    for owner in ("one", "two"):
        window.service.want(owner, {A: REST, B: SEEN})
    wait_for(lambda: len(window.reasons) == 2)
    window.service.want("one", {A: SEEN, B: SEEN})
    time.sleep(0.1)
    assert sorted(fetcher.asked) == [A, "https://b.example/x"]


def test_what_nobody_wants_any_more_is_cancelled_and_not_told(
    opened: Opened, fetcher: FakeFetcher
) -> None:
    fetcher.delay = 5
    window = opened()
    window.service.want("one", {A: REST, C: REST})
    window.service.want("two", {C: REST})
    wait_for(lambda: len(fetcher.asked) == 2)
    window.service.want("one", {})
    wait_for(lambda: fetcher.cancelled == [A])
    assert window.batches == []


def test_a_url_is_not_checked_while_it_is_typed(
    opened: Opened, fetcher: FakeFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "RESTS", 2.5)  # a machine that stands still types slowly
    window = opened()
    whole = "https://example.com/path"
    for end in range(9, len(whole) + 1):
        window.service.typing("draft", whole[:end])
        window.service.want("draft", {whole[:end]: SEEN, C: SEEN})
        time.sleep(0.01)
    wait_for(lambda: whole in window.reasons)
    assert sorted(fetcher.asked) == [C, whole]


def test_leaving_a_url_checks_it_at_once(
    opened: Opened, fetcher: FakeFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "RESTS", 2 * PATIENCE)
    window = opened()
    window.service.want("draft", {C: SEEN})
    wait_for(lambda: C in window.reasons)
    window.service.typing("draft", A)
    window.service.want("draft", {A: SEEN, C: SEEN})
    time.sleep(0.1)
    assert A not in fetcher.asked
    window.service.typing("draft", None)
    wait_for(lambda: A in window.reasons)


def test_known_needs_neither_network_nor_thread(
    opened: Opened, fetcher: FakeFetcher, tmp_path: Path
) -> None:
    with closing(VerdictCache(tmp_path / "verdicts.sqlite3")) as cache:
        cache.put_many([(A, Verdict(Reason.NOT_FOUND, detail=describe(Reason.NOT_FOUND)))])
    window = opened()
    linkedin = "https://www.linkedin.com/in/x"
    known = window.service.known([A, B, linkedin])
    assert {url: verdict.reason for url, verdict in known.items()} == {
        A: Reason.NOT_FOUND,
        linkedin: Reason.LISTED_HOST,
    }
    assert known[A].from_cache
    assert fetcher.asked == []
    assert "links" not in {thread.name for thread in threading.enumerate()}


def test_after_a_restart_only_what_is_missing_or_stale_is_asked(
    opened: Opened, fetcher: FakeFetcher, tmp_path: Path
) -> None:
    old = datetime.now(UTC) - timedelta(days=3)
    with closing(VerdictCache(tmp_path / "verdicts.sqlite3")) as cache:
        fresh = Verdict(Reason.OK, checked_at=datetime.now(UTC), detail=describe(Reason.OK))
        stale = Verdict(Reason.OK, checked_at=old, detail=describe(Reason.OK))
        cache.put_many([(A, fresh), (C, stale)])
    window = opened()
    assert set(window.service.known([A, B, C])) == {A, C}
    window.service.want("draft", {A: REST, B: REST, C: REST})
    wait_for(lambda: len(window.reasons) == 3)
    assert sorted(fetcher.asked) == ["https://b.example/x", C]


def test_what_was_found_is_there_after_a_restart(opened: Opened, fetcher: FakeFetcher) -> None:
    fetcher.answers = {"c.example": failed(Reason.TIMEOUT)}
    first = opened()
    first.service.want("draft", {A: REST, C: REST})
    wait_for(lambda: len(first.reasons) == 2)
    first.service.stop()
    known = opened().service.known([A, C])
    assert {url: verdict.reason for url, verdict in known.items()} == {A: Reason.OK}


def test_checking_again_asks_again(opened: Opened, fetcher: FakeFetcher) -> None:
    fetcher.answers = {"a.example": failed(Reason.NOT_FOUND)}
    window = opened()
    window.service.want("draft", {A: REST})
    wait_for(lambda: window.reasons.get(A) is Reason.NOT_FOUND)
    fetcher.answers = {"a.example": ok}
    window.service.recheck([A])
    wait_for(lambda: window.reasons[A] is Reason.OK)


def test_the_writers_word_is_kept(opened: Opened, fetcher: FakeFetcher) -> None:
    fetcher.answers = {"a.example": failed(Reason.BOT_WALL)}
    window = opened()
    window.service.want("draft", {A: REST})
    wait_for(lambda: A in window.reasons)
    window.service.accept(A)
    assert window.service.known([A])[A].reason is Reason.ACCEPTED
    wait_for(lambda: window.reasons[A] is Reason.ACCEPTED)
    window.service.recheck([A])
    wait_for(lambda: len(fetcher.asked) == 2)
    window.service.stop()
    again = opened()
    again.service.want("draft", {A: REST})
    wait_for(lambda: again.reasons.get(A) is Reason.ACCEPTED)
    assert len(fetcher.asked) == 2
    again.service.withdraw_acceptance(A)
    wait_for(lambda: again.reasons[A] is Reason.BOT_WALL)


def test_the_writers_word_outlives_the_cache(opened: Opened, tmp_path: Path) -> None:
    window = opened()
    window.service.accept(A)
    window.service.stop()
    (tmp_path / "verdicts.sqlite3").unlink()
    assert opened().service.known([A])[A].reason is Reason.ACCEPTED


def test_passing_failures_are_looked_at_again_a_few_times(
    opened: Opened, fetcher: FakeFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "RETRIES", (0.05, 0.05))
    fetcher.answers = {"a.example": failed(Reason.SERVER_ERROR)}
    window = opened()
    window.service.want("draft", {A: REST, C: REST})
    wait_for(lambda: fetcher.asked.count(A) == 3)
    time.sleep(0.2)
    assert fetcher.asked.count(A) == 3
    assert fetcher.asked.count(C) == 1


def test_a_server_that_names_a_time_is_asked_again_then(
    opened: Opened, fetcher: FakeFetcher
) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=1)
    fetcher.answers = {"a.example": lambda _: Verdict(Reason.RATE_LIMITED, retry_at=soon)}
    window = opened()
    window.service.want("draft", {A: REST})
    wait_for(lambda: A in window.reasons)
    fetcher.answers = {}
    wait_for(lambda: window.reasons[A] is Reason.OK)


def test_offline_links_wait_and_are_checked_when_the_network_is_back(
    opened: Opened, fetcher: FakeFetcher, network: FakeNetwork
) -> None:
    network.route, network.state = False, NetworkState.OFFLINE
    window = opened()
    window.service.want("draft", {A: REST, B: SEEN})
    wait_for(lambda: window.states == [NetworkState.OFFLINE])
    wait_for(lambda: len(window.reasons) == 2)
    assert set(window.reasons.values()) == {Reason.OFFLINE}
    assert fetcher.asked == []
    network.route, network.state = True, NetworkState.ONLINE
    window.service.set_online(True)
    wait_for(lambda: set(window.reasons.values()) == {Reason.OK})
    assert window.states == [NetworkState.OFFLINE, NetworkState.ONLINE]
    assert window.service.state is NetworkState.ONLINE


def test_the_network_is_looked_for_without_a_hint(
    opened: Opened, network: FakeNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "_OFFLINE_LOOKS", (0.05,))
    network.route, network.state = False, NetworkState.OFFLINE
    window = opened()
    window.service.want("draft", {A: REST})
    wait_for(lambda: window.reasons.get(A) is Reason.OFFLINE)
    network.route, network.state = True, NetworkState.ONLINE
    wait_for(lambda: window.reasons[A] is Reason.OK)


def test_offline_known_statuses_stay(opened: Opened, network: FakeNetwork, tmp_path: Path) -> None:
    old = datetime.now(UTC) - timedelta(days=3)
    with closing(VerdictCache(tmp_path / "verdicts.sqlite3")) as cache:
        cache.put_many([(A, Verdict(Reason.OK, checked_at=old, detail="x"))])
    network.route, network.state = False, NetworkState.OFFLINE
    window = opened()
    window.service.want("draft", {A: REST, C: REST})
    wait_for(lambda: window.reasons == {C: Reason.OFFLINE})
    assert window.service.known([A])[A].reason is Reason.OK


def test_a_captive_portal_is_told_and_waited_out(
    opened: Opened, fetcher: FakeFetcher, network: FakeNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "_OFFLINE_LOOKS", (0.05,))
    network.state = NetworkState.CAPTIVE_PORTAL
    fetcher.answers = {"*": failed(Reason.TLS_WRONG_HOST)}
    window = opened()
    window.service.want("draft", {A: REST, C: REST})
    wait_for(lambda: set(window.reasons.values()) == {Reason.CAPTIVE_PORTAL})
    network.state, fetcher.answers = NetworkState.ONLINE, {}
    wait_for(lambda: set(window.reasons.values()) == {Reason.OK})
    assert window.states == [NetworkState.CAPTIVE_PORTAL, NetworkState.ONLINE]


def test_a_link_that_answers_ends_the_doubt_where_nobody_else_can_be_asked(
    opened: Opened, fetcher: FakeFetcher, network: FakeNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "_OFFLINE_LOOKS", (0.05,))
    network.state = NetworkState.OFFLINE
    fetcher.answers = {"*": failed(Reason.DNS_FAILURE)}
    window = opened()
    window.service.want("draft", {A: REST})
    wait_for(lambda: window.reasons.get(A) is Reason.OFFLINE)
    fetcher.answers = {}
    wait_for(lambda: window.reasons[A] is Reason.OK)


class Flags:
    """Calls everything dangerous, once it is `on`."""

    def __init__(self, *, on: bool = True) -> None:
        self.on = on
        self.asked: list[str] = []
        self.is_closed = False

    async def look_up(self, url: str) -> Flag | None:
        self.asked.append(url)
        return Flag(Reason.WEB_RISK, "MALWARE") if self.on else None

    async def aclose(self) -> None:
        self.is_closed = True


def test_a_flag_overrules_the_writer(opened: Opened) -> None:
    window = opened([Flags()])
    window.service.accept(A)
    window.service.want("draft", {A: REST})
    wait_for(lambda: window.reasons.get(A) is Reason.WEB_RISK)
    window.service.recheck([A])
    wait_for(lambda: window.reasons[A] is Reason.WEB_RISK)
    assert window.service.known([A])[A].status is Status.BLOCK


def test_what_an_earlier_run_found_is_put_to_services_without_asking_the_site_again(
    opened: Opened, fetcher: FakeFetcher
) -> None:
    window = opened()
    window.service.want("draft", {A: REST})
    wait_for(lambda: window.reasons.get(A) is Reason.OK)
    window.service.stop()
    flags = Flags()
    again = opened([flags])
    again.service.want("draft", {A: REST})
    wait_for(lambda: again.reasons.get(A) is Reason.WEB_RISK)
    assert fetcher.asked == [A]
    assert flags.asked == [A]


def test_a_service_that_has_nothing_to_say_leaves_the_writers_word_alone(opened: Opened) -> None:
    flags = Flags(on=False)
    window = opened([flags])
    window.service.accept(A)
    wait_for(lambda: flags.asked == [A])
    assert window.service.known([A])[A].reason is Reason.ACCEPTED
    window.service.stop()
    assert flags.is_closed


def test_stopping_is_quick_and_final(opened: Opened, fetcher: FakeFetcher) -> None:
    fetcher.delay = 30
    window = opened()
    window.service.want("draft", {f"https://h{n}.example/": REST for n in range(100)})
    wait_for(lambda: len(fetcher.asked) > 50)
    window.service.stop()
    wait_for(lambda: "links" not in {thread.name for thread in threading.enumerate()})
    window.service.want("draft", {A: REST})
    window.service.recheck([A])
    assert window.batches == []


def test_stopping_what_never_started(opened: Opened) -> None:
    window = opened()
    window.service.set_online(True)
    window.service.typing("draft", None)
    window.service.want("draft", {})
    window.service.stop()


def test_two_windows_share_what_they_find(opened: Opened, fetcher: FakeFetcher) -> None:
    one, two = opened(), opened()
    one.service.want("draft", {A: REST})
    wait_for(lambda: A in one.reasons)
    assert two.service.known([A])[A].reason is Reason.OK
    two.service.want("draft", {A: REST})
    wait_for(lambda: A in two.reasons)
    assert fetcher.asked == [A]


def test_a_damaged_cache_stops_nothing(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "verdicts.sqlite3").write_bytes(b"nonsense" * 999)
    window = opened()
    window.service.want("draft", {A: REST})
    wait_for(lambda: window.reasons.get(A) is Reason.OK)
    window.service.stop()
    with closing(sqlite3.connect(tmp_path / "verdicts.sqlite3")) as database:
        assert database.execute("SELECT url FROM verdicts").fetchall() == [(A,)]


def test_the_windows_thread_imports_nothing_heavy() -> None:
    """Neither asyncio nor ssl: their import would hold up the first frame."""
    code = (
        "import sys; from app.linkcheck.many.service import LinkService; "
        "from app.linkcheck.many.states import Priority; "
        "print(sorted({'asyncio', 'ssl', 'httpx'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
