"""Web Risk's Update API: local prefixes, against a server that keeps versions of lists."""

import asyncio
import base64
import sqlite3
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path

import pytest

from app.linkcheck.reputation import Flag, ReputationError
from app.linkcheck.reputation.answers import Answers
from app.linkcheck.reputation.webrisk.api import ThreatType, WebRiskApi
from app.linkcheck.reputation.webrisk.prefixes import ChecksumError, Difference, PrefixStore
from app.linkcheck.reputation.webrisk.update import WebRiskUpdate
from app.linkcheck.verdict import Reason
from tests.linkcheck.reputation.clocks import Clock
from tests.support.reputation_servers import WebRiskServer, google_error
from tests.support.web_risk_lists import Lists, full_hash

BAD = "bad.example/"
DIFFERENCE, SEARCH = "/v1/threatLists:computeDiff", "/v1/hashes:search"


class Desk:
    """A service, its server and its clock; start it again by entering it again."""

    def __init__(self, folder: Path, lists: Lists, server: WebRiskServer, clock: Clock) -> None:
        self.folder, self.lists, self.server, self.clock = folder, lists, server, clock

    async def __aenter__(self) -> WebRiskUpdate:
        self._answers = Answers(self.folder / "answers.sqlite3", clock=self.clock)
        api = WebRiskApi("key", self.server.url, allow_private=True, clock=self.clock)
        self._service = WebRiskUpdate(api, self._answers, self.folder / "lists.sqlite3")
        return self._service

    async def __aexit__(self, *_: object) -> None:
        await self._service.aclose()
        await self._answers.aclose()

    def later(self, seconds: float) -> None:
        self.clock.now += seconds
        self.lists.now = self.clock.now

    def asked(self, path: str) -> int:
        return sum(request.path == path for request in self.server.asked)


Test = Callable[[Desk], Awaitable[None]]


@pytest.fixture(params=["raw", "rice"])
def run(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[Test], None]:
    def run(test: Test) -> None:
        clock = Clock()
        lists = Lists(clock.now, compressed=request.param == "rice")
        others = [sha256(bytes((number,))).digest()[:4] for number in range(100)]
        lists.publish("MALWARE", [*others, full_hash(BAD)[:4]])
        lists.publish("SOCIAL_ENGINEERING", [*others[:50], full_hash("long.example/")[:7]])
        lists.dangerous = {
            BAD: ["MALWARE"],
            "long.example/": ["SOCIAL_ENGINEERING"],
        }
        with WebRiskServer(lists) as server:
            asyncio.run(_run(test, Desk(tmp_path, lists, server, clock)))

    return run


async def _run(test: Test, desk: Desk) -> None:
    await test(desk)


async def _settle(service: WebRiskUpdate) -> None:
    """Wait for an update that goes on in the background."""
    if service._updating is not None:
        await asyncio.wait([service._updating])


def test_only_prefixes_leave_the_computer_and_only_on_a_hit(run: Callable[[Test], None]) -> None:
    async def test(desk: Desk) -> None:
        async with desk as service:
            assert await service.look_up("https://good.example/page") is None
            assert desk.asked(SEARCH) == 0
            found = await service.look_up("https://www.bad.example/some/page?x#y")
            assert isinstance(found, Flag)
            assert (found.reason, found.threat) == (Reason.WEB_RISK, "MALWARE")
            assert found.until is not None
            assert found.until.timestamp() == desk.clock.now + 300
            (search,) = [request for request in desk.server.asked if request.path == SEARCH]
            sent = base64.urlsafe_b64decode(search.query["hashPrefix"][0])
            assert sent == full_hash(BAD)[:4]
            assert "example" not in repr([request.query for request in desk.server.asked])

    run(test)


def test_longer_prefixes_count_whole(run: Callable[[Test], None]) -> None:
    async def test(desk: Desk) -> None:
        async with desk as service:
            assert isinstance(await service.look_up("https://long.example/"), Flag)

    run(test)


def test_a_prefix_alone_is_no_flag(run: Callable[[Test], None]) -> None:
    async def test(desk: Desk) -> None:
        desk.lists.publish("MALWARE", [full_hash("innocent.example/")[:4]])
        async with desk as service:
            assert await service.look_up("https://innocent.example/") is None
            assert await service.look_up("https://innocent.example/other") is None
            assert desk.asked(SEARCH) == 1
            desk.later(599)
            await service.look_up("https://innocent.example/")
            assert desk.asked(SEARCH) == 1
            desk.later(2)
            await service.look_up("https://innocent.example/")
            assert desk.asked(SEARCH) == 2

    run(test)


def test_a_full_hash_is_kept_until_it_expires_and_asked_for_again(
    run: Callable[[Test], None],
) -> None:
    async def test(desk: Desk) -> None:
        async with desk as service:
            assert isinstance(await service.look_up("https://bad.example/"), Flag)
        async with desk as service:
            desk.later(299)
            assert isinstance(await service.look_up("https://bad.example/"), Flag)
            assert desk.asked(SEARCH) == 1
            desk.later(2)
            desk.lists.dangerous.pop(BAD)
            assert await service.look_up("https://bad.example/") is None
            assert desk.asked(SEARCH) == 2

    run(test)


def test_lists_are_updated_by_differences_when_it_is_time(run: Callable[[Test], None]) -> None:
    async def test(desk: Desk) -> None:
        async with desk as service:
            await service.look_up("https://good.example/")
            assert desk.asked(DIFFERENCE) == 4
            old = desk.lists.versions["MALWARE"][-1]
            fresh = full_hash("fresh.example/")[:4]
            desk.lists.publish("MALWARE", [*old[1:40:3], *old[60:], fresh])
            desk.lists.dangerous["fresh.example/"] = ["MALWARE"]
            desk.later(1799)
            await service.look_up("https://good.example/")
            await _settle(service)
            assert desk.asked(DIFFERENCE) == 4
        desk.later(2)
        async with desk as service:  # started again: the lists are on the disk
            await service.look_up("https://good.example/")
            await _settle(service)
            assert desk.asked(DIFFERENCE) == 8
            assert desk.server.asked[-1].query["versionToken"] != [""]
            assert isinstance(await service.look_up("https://fresh.example/"), Flag)
            with sqlite3.connect(desk.folder / "lists.sqlite3") as file:
                rows = file.execute(
                    "SELECT hash FROM prefixes JOIN lists ON id = list WHERE threat = 'MALWARE' "
                    "ORDER BY hash"
                )
                assert [row[0] for row in rows] == desk.lists.versions["MALWARE"][-1]
            file.close()

    run(test)


def test_a_wrong_checksum_discards_the_difference_and_begins_anew_later(
    run: Callable[[Test], None],
) -> None:
    async def test(desk: Desk) -> None:
        async with desk as service:
            await service.look_up("https://good.example/")
            desk.lists.publish("MALWARE", [full_hash("fresh.example/")[:4]])
            desk.lists.dangerous["fresh.example/"] = ["MALWARE"]
            desk.lists.spoil_checksum = 4
            desk.later(1801)
            assert isinstance(await service.look_up("https://bad.example/"), Flag)
            await _settle(service)
            assert isinstance(await service.look_up("https://bad.example/"), Flag)
            assert await service.look_up("https://fresh.example/") is None
            desk.later(61)
            await service.look_up("https://good.example/")
            await _settle(service)
            assert desk.server.asked[-1].query["versionToken"] == [""]
            assert isinstance(await service.look_up("https://fresh.example/"), Flag)

    run(test)


def test_without_lists_nothing_is_known(run: Callable[[Test], None]) -> None:
    async def test(desk: Desk) -> None:
        desk.lists.failure = google_error(403, "PERMISSION_DENIED")
        async with desk as service:
            with pytest.raises(ReputationError, match="key"):
                await service.look_up("https://good.example/")
            assert service.problem
            asked = len(desk.server.asked)
            with pytest.raises(ReputationError, match="key"):
                await service.look_up("https://bad.example/")
            assert len(desk.server.asked) == asked
            desk.lists.failure = None
            desk.later(301)
            assert isinstance(await service.look_up("https://bad.example/"), Flag)

    run(test)


def test_lists_of_yesterday_say_nothing(run: Callable[[Test], None]) -> None:
    async def test(desk: Desk) -> None:
        async with desk as service:
            await service.look_up("https://good.example/")
            desk.lists.failure = google_error(503, "UNAVAILABLE")
            desk.later(80_000)
            assert await service.look_up("https://good.example/") is None
            await _settle(service)
            desk.later(10_000)
            with pytest.raises(ReputationError):
                await service.look_up("https://good.example/")

    run(test)


def test_a_search_that_fails_is_unknown_and_not_kept(run: Callable[[Test], None]) -> None:
    async def test(desk: Desk) -> None:
        async with desk as service:
            await service.look_up("https://good.example/")
            desk.lists.failure = google_error(500, "INTERNAL")
            with pytest.raises(ReputationError):
                await service.look_up("https://bad.example/")
            desk.lists.failure = None
            assert isinstance(await service.look_up("https://bad.example/"), Flag)

    run(test)


def test_rounds_follow_each_other_while_no_time_is_named(run: Callable[[Test], None]) -> None:
    async def test(desk: Desk) -> None:
        desk.lists.next = None
        async with desk as service:
            await service.look_up("https://good.example/")
            await _settle(service)
            # Two lists have entries, and are asked for once more until nothing is new.
            assert desk.asked(DIFFERENCE) == 6
            await service.look_up("https://good.example/")
            assert desk.asked(DIFFERENCE) == 6

    run(test)


def difference(**changes: object) -> Difference:
    usual: dict[str, object] = {
        "threat": ThreatType.MALWARE,
        "is_reset": False,
        "removals": [],
        "additions": [],
        "token": "t",
        "checksum": None,
        "next": 0.0,
    }
    return Difference(**(usual | changes))  # type: ignore[arg-type]


def test_removals_go_by_the_old_list_and_before_additions(tmp_path: Path) -> None:
    store = PrefixStore(tmp_path / "lists")
    store.apply(difference(additions=[b"aaaa", b"cccc", b"bbbbb", b"dddd"]), 1.0)
    checksum = sha256(b"aaaa" + b"aaab" + b"cccc").digest()
    change = difference(removals=[3, 1], additions=[b"aaab"], checksum=checksum)
    assert store.apply(change, 2.0) == 3
    store.close()


def test_a_difference_that_makes_no_sense_changes_nothing(tmp_path: Path) -> None:
    store = PrefixStore(tmp_path / "lists")
    store.apply(difference(additions=[b"aaaa"]), 1.0)
    with pytest.raises(ValueError, match="beyond"):
        store.apply(difference(removals=[0, 1], additions=[b"bbbb"]), 2.0)
    with pytest.raises(ChecksumError):
        store.apply(difference(is_reset=True, checksum=bytes(32)), 2.0)
    store.refresh()
    assert store.find([b"aaaa" + bytes(28), b"bbbb" + bytes(28)]) == {b"aaaa": {ThreatType.MALWARE}}
    store.close()


def test_a_damaged_file_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "lists").write_bytes(b"no database at all, but long enough to be read as one" * 50)
    store = PrefixStore(tmp_path / "lists")
    assert store.find([bytes(32)]) == {}
    store.close()
