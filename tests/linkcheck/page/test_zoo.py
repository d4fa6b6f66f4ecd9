"""Every behaviour of the zoo gets the verdict that a writer should see, within its limits.

Twice: checked from here, and checked by a server for us. It is one suite, as it is one checker.
"""

import asyncio
import gc
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.linkcheck.many.checker import PageChecker
from app.linkcheck.page.fetch import Fetcher, PageVerdict
from app.linkcheck.remote import CheckServer, RemoteChecker
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Note, Reason

from ..names import Names
from ..zoo.behaviour import Behaviour
from ..zoo.bodies import BODIES
from ..zoo.methods import METHODS
from ..zoo.protocol import PROTOCOL
from ..zoo.redirecting import REDIRECTS
from ..zoo.server import Zoo
from ..zoo.slow import SLOW
from ..zoo.statuses import STATUSES

SUBJECTS = (METHODS, STATUSES, REDIRECTS, BODIES, SLOW, PROTOCOL)
BEHAVIOURS = [behaviour for subject in SUBJECTS for behaviour in subject.all]
LIMIT = 5.0
SETTINGS = CheckSettings(allow_private=True, timeout=LIMIT)
QUOTING = {Reason.NOT_HTTP, Reason.BROKEN_SERVER}
"""A server tells nothing of what a site sent, and these words do."""


@dataclass
class Seen:
    page: PageVerdict
    seconds: float
    methods: str


class Visitor:
    """Visits everything once, at the same time: so do the checks of a newsletter."""

    is_here = True

    def __init__(self, zoo: Zoo) -> None:
        self.zoo = zoo
        self.seen: dict[str, Seen] = {}

    def checker(self) -> PageChecker:
        return Fetcher(SETTINGS)

    async def visit_all(self, behaviours: list[Behaviour]) -> None:
        checker = self.checker()
        await asyncio.gather(*(self._visit(checker, behaviour) for behaviour in behaviours))
        await checker.aclose()

    def home(self, behaviour: Behaviour) -> str:
        """Each behaviour has a host of its own, where the system allows (all of 127/8 on Linux)."""
        base = self.zoo.base
        if sys.platform == "linux":
            high, low = divmod(BEHAVIOURS.index(behaviour), 250)
            base = base.replace("127.0.0.1", f"127.1.{high}.{low + 1}")
        return f"{base}/{behaviour.key}"

    async def _visit(self, checker: PageChecker, behaviour: Behaviour) -> None:
        began = time.monotonic()
        url = f"{self.home(behaviour)}{behaviour.path}"
        page = await checker.check(url, behaviour.fragments)
        methods = " ".join(self.zoo.asked(behaviour.key))
        self.seen[behaviour.key] = Seen(page, time.monotonic() - began, methods)


class DistantVisitor(Visitor):
    """Has a server do it; there the behaviours have names, since no client's address is asked."""

    is_here = False

    def __init__(self, zoo: Zoo, server: CheckServer) -> None:
        super().__init__(zoo)
        self._server = server

    def checker(self) -> PageChecker:
        return RemoteChecker(self._server, CheckSettings())

    def home(self, behaviour: Behaviour) -> str:
        return f"http://{distant_name(behaviour)}:{self.zoo.port}/{behaviour.key}"


def distant_name(behaviour: Behaviour) -> str:
    return f"b{BEHAVIOURS.index(behaviour)}.example"


@contextmanager
def check_server(folder: Path) -> Iterator[CheckServer]:
    """A tracking server that reaches the zoo by its behaviours' names."""
    pytest.importorskip("granian", reason="the server's extra is not installed")
    from app.trackserver.checking.engine import Reach
    from app.trackserver.settings import Checks
    from app.trackserver.store.database import Database
    from tests.trackserver.serving import Nowhere, serving

    local = ["127.0.0.1"]
    many = len(BEHAVIOURS) * 2
    checks = Checks(allow_private=True, ports=frozenset(), timeout=LIMIT, links=many, at_once=many)
    reach = Reach(Names({distant_name(each): local for each in BEHAVIOURS}), Nowhere())
    database = Database(f"sqlite:///{folder / 'sendoff.db'}")
    with serving(
        database, folder, address="http://news.example", checks=checks, reach=reach
    ) as served:
        yield CheckServer(served.url, served.key)
    database.close()


@pytest.fixture(scope="module", params=["here", "server"])
def visitor(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visitor]:
    with Zoo({behaviour.key: behaviour.handler for behaviour in BEHAVIOURS}) as zoo:
        visitor = Visitor(zoo)
        if request.param == "here":
            asyncio.run(visitor.visit_all(BEHAVIOURS))
        else:
            with check_server(tmp_path_factory.mktemp("server")) as server:
                visitor = DistantVisitor(zoo, server)
                asyncio.run(visitor.visit_all(BEHAVIOURS))
        gc.collect()
        yield visitor


def test_keys_are_unique() -> None:
    keys = [behaviour.key for behaviour in BEHAVIOURS]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.key)
def test_zoo(visitor: Visitor, behaviour: Behaviour) -> None:
    seen, expected = visitor.seen[behaviour.key], behaviour.expected
    verdict = seen.page.verdict
    home = visitor.home(behaviour)
    assert verdict.reason == expected.reason, verdict
    notes = set(verdict.notes) - {Note.SLOW} | ({Note.SLOW} & set(expected.notes))
    assert notes == set(expected.notes)
    if expected.status is not None:
        assert verdict.http_status == expected.status
    if expected.methods is not None:
        assert seen.methods == expected.methods
    if visitor.is_here:
        assert seen.page.requests == len(seen.methods.split())
    if expected.final is not None:
        assert verdict.final_url == home + expected.final
    wanted = None if expected.suggestion is None else home + expected.suggestion
    if expected.suggestion is not None or not expected.notes:
        assert verdict.suggestion == wanted
    assert seen.page.missing_fragments == expected.missing
    if visitor.is_here or verdict.reason not in QUOTING:
        assert expected.words in f"{verdict.detail} {verdict.evidence}"


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.key)
def test_limits(visitor: Visitor, behaviour: Behaviour) -> None:
    seen = visitor.seen[behaviour.key]
    assert seen.seconds < behaviour.expected.at_most + 2.5  # all are visited at the same time
    assert seen.seconds < LIMIT + 1.5
    redirects = seen.methods.split()
    if "D4" not in behaviour.key and "redirect" not in behaviour.key:
        assert len(redirects) <= 6


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.key)
def test_words_for_the_writer(visitor: Visitor, behaviour: Behaviour) -> None:
    verdict = visitor.seen[behaviour.key].page.verdict
    assert verdict.detail.endswith(".")
    assert "{" not in verdict.detail
    assert len(verdict.detail) < 400
    if verdict.status == "unverified":
        assert verdict.evidence
