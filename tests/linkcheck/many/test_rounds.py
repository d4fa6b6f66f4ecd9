"""Waiting for all that can be known of some links: the check, and what reputation adds to it."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from app.linkcheck.many.service import LinkService
from app.linkcheck.many.states import NetworkState, Priority
from app.linkcheck.reputation import Flag, ReputationService
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Reason, Verdict
from tests.support.patience import PATIENCE, wait_for

from .fakes import FakeFetcher, FakeNetwork

A, B, C = "https://a.example/", "https://b.example/", "https://c.example/"


class SlowList:
    """A reputation service that takes its time, and flags what it is told to."""

    def __init__(self, *flagged: str, seconds: float = 0.3) -> None:
        self.flagged = set(flagged)
        self.seconds = seconds

    async def look_up(self, url: str) -> Flag | None:
        await asyncio.sleep(self.seconds)
        return Flag(Reason.LISTED) if url in self.flagged else None

    async def aclose(self) -> None:
        pass


class Window:
    """Hears verdicts and what is left in the order in which they come."""

    def __init__(
        self,
        folder: Path,
        fetcher: FakeFetcher,
        network: FakeNetwork,
        reputation: Sequence[ReputationService],
    ) -> None:
        self.heard: list[tuple[str, Reason] | int] = []
        self.service = LinkService(
            folder / "verdicts.sqlite3",
            CheckSettings(),
            lambda batch: self.heard.extend((url, said.reason) for url, said in batch),
            lambda _: None,
            accepted_path=folder / "accepted.sqlite3",
            make_fetcher=lambda *_: fetcher,
            network=network,
            reputation=reputation,
        )

    def assure(self, *urls: str, again: Sequence[str] = ()) -> None:
        """Find out about these, and wait until nothing is left."""
        del self.heard[:]
        self.service.assure("hand-over", urls, again, self.heard.append)
        wait_for(lambda: 0 in self.heard)

    @property
    def told(self) -> dict[str, Reason]:
        """The last verdict of each link that came before the end."""
        before = self.heard[: self.heard.index(0)]
        return dict(each for each in before if isinstance(each, tuple))

    @property
    def left(self) -> list[int]:
        return [each for each in self.heard if isinstance(each, int)]


Opened = Callable[..., Window]


@pytest.fixture
def fetcher() -> FakeFetcher:
    return FakeFetcher()


@pytest.fixture
def network() -> FakeNetwork:
    return FakeNetwork()


@pytest.fixture
def opened(tmp_path: Path, fetcher: FakeFetcher, network: FakeNetwork) -> Iterator[Opened]:
    windows = []

    def open_window(*reputation: ReputationService) -> Window:
        windows.append(Window(tmp_path, fetcher, network, reputation))
        return windows[-1]

    yield open_window
    for window in windows:
        window.service.stop()


def test_the_end_comes_after_every_verdict_and_what_is_left_only_falls(opened: Opened) -> None:
    window = opened()
    urls = [f"https://h{number}.example/" for number in range(200)]
    window.assure(*urls)
    assert window.told.keys() == set(urls)
    assert window.left == list(range(200, -1, -1))


def test_the_end_waits_for_what_reputation_has_to_say(opened: Opened) -> None:
    window = opened(SlowList(B))
    window.assure(A, B)
    assert window.told == {A: Reason.OK, B: Reason.LISTED}


def test_what_was_asked_before_the_round_began_is_waited_for_too(opened: Opened) -> None:
    window = opened(SlowList(A))
    window.service.want("draft", {A: Priority.VISIBLE})
    wait_for(lambda: (A, Reason.OK) in window.heard)
    window.assure(A)
    assert window.told == {A: Reason.LISTED}


class SlowToClose(SlowList):
    """One that has much to write down when it is turned off."""

    async def aclose(self) -> None:
        await asyncio.sleep(0.3)


def test_the_end_waits_for_services_that_are_being_turned_on(opened: Opened) -> None:
    window = opened(SlowToClose(seconds=0))
    window.assure(A, B)
    window.service.use_reputation([SlowList(B)])
    window.assure(A, B)
    assert window.told == {B: Reason.LISTED}


def test_a_link_is_asked_again_only_where_that_is_wanted(
    opened: Opened, fetcher: FakeFetcher
) -> None:
    window = opened()
    window.assure(A, B)
    window.assure(A, B, again=[B])
    assert fetcher.asked == [A, B, B]
    assert window.told == {B: Reason.OK}


def test_a_flag_that_was_lifted_is_gone_at_the_end(opened: Opened) -> None:
    own = SlowList(A, seconds=0.05)
    window = opened(own)
    window.assure(A)
    assert window.told == {A: Reason.LISTED}
    own.flagged.clear()
    window.assure(A, again=[A])
    assert window.told == {A: Reason.OK}


def test_nothing_to_find_out_is_the_end_at_once(opened: Opened) -> None:
    window = opened()
    window.assure()
    assert window.left == [0]


def test_without_a_network_it_ends_too(opened: Opened, network: FakeNetwork) -> None:
    network.route = False
    network.state = NetworkState.OFFLINE
    window = opened(SlowList(A))
    window.assure(A, B)
    assert set(window.told.values()) == {Reason.OFFLINE}
    window.assure(A, B, again=[A, B])
    assert window.left[-1] == 0


def test_a_round_that_was_given_up_says_no_more_and_its_checks_end(
    opened: Opened, fetcher: FakeFetcher
) -> None:
    fetcher.delay = PATIENCE
    window = opened()
    window.service.assure("hand-over", [A, B, C], [], window.heard.append)
    wait_for(lambda: len(fetcher.asked) == 3 and window.heard == [3])
    window.service.relent("hand-over")
    wait_for(lambda: sorted(fetcher.cancelled) == [A, B, C])
    assert window.heard == [3]


def test_what_a_draft_wants_goes_on_when_a_round_is_given_up(
    opened: Opened, fetcher: FakeFetcher
) -> None:
    fetcher.delay = 1.0
    window = opened()
    window.service.want("draft", {A: Priority.REST})
    window.service.assure("hand-over", [A, B], [], lambda _: None)
    wait_for(lambda: len(fetcher.asked) == 2)
    window.service.relent("hand-over")
    wait_for(lambda: fetcher.cancelled == [B])
    wait_for(lambda: window.heard)
    assert window.heard == [(A, Reason.OK)]


def test_a_link_that_the_writer_vouched_for_does_not_keep_the_round(
    opened: Opened, fetcher: FakeFetcher
) -> None:
    fetcher.answers = {A: lambda _: Verdict(Reason.BOT_WALL)}
    window = opened(SlowList(seconds=0.05))
    window.service.accept(A)
    window.assure(A, B, again=[A])
    assert window.told[B] is Reason.OK
