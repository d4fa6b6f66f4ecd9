"""Finds out about the links of ``sendoff check``: what is kept, and what must be asked."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING

from app.cli.checked import CheckedFile
from app.cli.progress import Progress
from app.linkcheck.many.known import combined
from app.linkcheck.sentences import sentence
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Reason, Verdict
from app.paths import cache_dir, data_dir

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.linkcheck.net.pace import Pace
    from app.linkcheck.remote import CheckServer
    from app.linkcheck.reputation import ReputationService
    from app.linkcheck.reputation.lists import OwnLists
    from app.linkcheck.store.accepted import AcceptedLinks
    from app.linkcheck.store.cache import VerdictCache


class Store:
    """The cache and the links checked by hand, as the app has them; a context manager."""

    def __init__(self, *, use_cache: bool) -> None:
        self._use_cache = use_cache

    def __enter__(self) -> "Store":
        self._cache = _open_cache() if self._use_cache else None
        accepted = data_dir() / "accepted.sqlite3"
        self._accepted = _open_accepted(accepted) if accepted.exists() else None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for each in (self._cache, self._accepted):
            if each is not None:
                each.close()

    def known(self, urls: Sequence[str], *, stale: bool) -> dict[str, Verdict]:
        """What need not be asked; ``stale``: results past their life span count, too."""
        cached = self._cache.get_many(urls) if self._cache else {}
        found = {url: each.verdict for url, each in cached.items() if each.fresh or stale}
        return combined(urls, found, self._accepted.verdicts(urls) if self._accepted else {})

    def paces(self) -> "Mapping[str, Pace]":
        """How fast hosts were in earlier runs, by origin."""
        return self._cache.paces() if self._cache else {}

    def keep(self, verdicts: dict[str, Verdict], paces: "Mapping[str, Pace]") -> None:
        """Store what was found for the next time."""
        if self._cache:
            self._cache.put_many(item for item in verdicts.items() if not item[1].from_cache)
            self._cache.put_paces(paces)


def _open_cache() -> "VerdictCache":
    from app.linkcheck.store.cache import VerdictCache

    return VerdictCache(cache_dir() / "verdicts.sqlite3")


def _open_accepted(path: Path) -> "AcceptedLinks":
    from app.linkcheck.store.accepted import AcceptedLinks

    return AcceptedLinks(path)


_TURNS = 8
"""Of the event loop: about what it takes to connect to a host and send it a request."""


@dataclass(slots=True)
class Answers:
    """What is known in the end, the requests that it cost, and the seconds that it took."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    requests: int = 0
    seconds: float = 0.0
    is_complete: bool = True
    """False where the user put an end to it."""


def read_offline(
    files: Sequence[CheckedFile], store: Store, lists: "OwnLists | None" = None
) -> Answers:
    """Ask nobody: what is kept, however old, and the rest is unknown. The writer's own lists hold
    here, too.
    """
    urls = [url for file in files for urls in file.read() for url in urls]
    verdict = Verdict(Reason.OFFLINE, detail=sentence(Reason.OFFLINE))
    known = dict.fromkeys(urls, verdict) | store.known(urls, stale=True)
    if lists is not None:
        known = {url: _by_lists(verdict, url, lists) for url, verdict in known.items()}
    return Answers(known)


def _by_lists(verdict: Verdict, url: str, lists: "OwnLists") -> Verdict:
    """The verdict, or that a list blocks the link or a redirect that is known of it."""
    from app.linkcheck.reputation import flagged

    for each in (url, *(hop.url for hop in verdict.redirects)):
        flag = lists.read_and_look_up(each)
        if flag is not None:
            return flagged(verdict, flag, each if each != url else None)
    return verdict


def read_and_check(
    files: Sequence[CheckedFile],
    store: Store,
    settings: CheckSettings,
    services: "Sequence[ReputationService]" = (),
    *,
    server: "CheckServer | None" = None,
    quiet: bool,
) -> Answers:
    """Ask for all that is not known, beginning while the files are still being parsed.

    Ctrl-C ends it, with what has been found until then.
    """
    import asyncio

    answers = Answers()
    progress = Progress(shown=not quiet and sys.stderr.isatty())
    try:
        asyncio.run(_read_and_check(files, store, settings, services, server, answers, progress))
    except KeyboardInterrupt:
        answers.is_complete = False
        for file in files:
            for _ in file.read():
                continue
    return answers


async def _read_and_check(
    files: Sequence[CheckedFile],
    store: Store,
    settings: CheckSettings,
    services: "Sequence[ReputationService]",
    server: "CheckServer | None",
    answers: Answers,
    progress: Progress,
) -> None:
    import asyncio

    from app.linkcheck.many.checker import Checker, PageChecker
    from app.linkcheck.many.gates import HostGates
    from app.linkcheck.net.pace import Paces
    from app.linkcheck.page.fetch import Fetcher
    from app.linkcheck.rules.deeds import refuse_deeds

    found: dict[str, Verdict] = {}

    def hear(url: str, verdict: Verdict) -> None:
        found[url] = verdict
        progress.show(len(found))

    paces = Paces(store.paces())
    limits = settings
    if server is not None:
        from app.linkcheck.remote import for_server, remote_checker

        limits = for_server(settings)
    gates = HostGates(limits.concurrency, limits.per_host, limits.timeout, paces)
    fetcher: PageChecker = (
        Fetcher(limits, gate=gates, guard=refuse_deeds)
        if server is None
        else remote_checker(server, settings, _tell_trouble)
    )
    checker = Checker(fetcher, limits, gates, hear, reputation=services)
    started, asked = perf_counter(), set[str]()
    try:
        for file in files:
            for urls in file.read():
                if urls:
                    known = store.known(urls, stale=False)
                    answers.verdicts |= known
                    for url, verdict in known.items():
                        checker.reputation.consult(url, verdict)
                    new = [url for url in urls if url not in answers.verdicts and url not in asked]
                    asked.update(new)
                    progress.total += len(new)
                    checker.submit(new)
                    progress.show(len(found))
                for _ in range(_TURNS if urls else 1):
                    await asyncio.sleep(0)
        await checker.join()
    finally:
        progress.clear()
        await checker.aclose()
        await fetcher.aclose()
        for service in services:
            await service.aclose()
        store.keep(found, paces.take_changed())
        answers.verdicts |= found
        answers.requests = checker.requests
        answers.seconds = perf_counter() - started if asked else 0.0


def _tell_trouble(why: str) -> None:
    if why:  # that it is over is seen by what was checked
        print(f"sendoff: {why}", file=sys.stderr)
