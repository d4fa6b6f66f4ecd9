"""The rounds as the app uses them: a thread of their own, which ends within a second."""

import asyncio
import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from app.engagement.store import schema
from app.engagement.store.matches import Matches
from app.engagement.store.reader import Reader
from app.linkcheck.many.network import Network
from app.linkcheck.settings import CheckSettings
from app.linkcheck.store.accepted import AcceptedLinks
from app.linkrot.archive import BASE, Archive
from app.linkrot.asking import CheckerAsks, MakeFetcher, from_here
from app.linkrot.model import Written
from app.linkrot.rounds import Heard, Rounds, Terms
from app.linkrot.sources import Drafts, issue_links, issues, joined
from app.linkrot.store import RotStore, RotStoreError
from app.paths import data_dir

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

QUIET = 20.0
"""Seconds for which the writer must have rested before anything is asked."""
_STOPPING = 0.9


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the writer allows, and where things are.

    Attributes:
        drafts: The folder of drafts.
        settings: Limits of the checks.
        make_fetcher: Checks from here, or has a server check.
        asks_archive: Whether an archive may be asked about what died.
        archive: Its address.
    """

    drafts: Path
    settings: CheckSettings = field(default_factory=CheckSettings)
    make_fetcher: MakeFetcher = from_here
    asks_archive: bool = False
    archive: str = BASE


class Letters:
    """Reads the letters that there are; for any thread, one after the other."""

    def __init__(self, folder: Path, *, allow_private: bool = False) -> None:
        self._drafts = Drafts(folder)
        self._allow_private = allow_private
        self._lock = threading.Lock()

    def read(self, is_over: Callable[[], bool] = lambda: False) -> list[Written]:
        """Sent issues and saved drafts with their links. Takes a while: for a thread."""
        allows = self._allow_private
        with self._lock:
            found = [*_issues(allows), *self._drafts.read(allow_private=allows, is_over=is_over)]
        return without_accepted(joined(found, _drafts_of_issues()))


def one_issue(account: str, issue: str, *, allow_private: bool = False) -> Written | None:
    """One sent issue with its links; for a thread. None where it has none, or is not there."""
    if not schema.store_file().exists():
        return None
    try:
        with Reader() as reader:
            found = reader.issue(account, issue)
            if found is None:
                return None
            written = issue_links(reader, found, allow_private=allow_private)
    except (schema.StoreError, sqlite3.Error):
        return None  # the reports tell of it
    return next(iter(without_accepted([written])), None)


def without_accepted(written: Sequence[Written]) -> list[Written]:
    """Without the links that the writer checked by hand: their word holds."""
    file = data_dir() / "accepted.sqlite3"
    if not file.exists():
        return list(written)
    accepted = AcceptedLinks(file)
    try:
        trusted = accepted.verdicts({link.url for each in written for link in each.links})
    finally:
        accepted.close()
    kept = (
        replace(each, links=tuple(link for link in each.links if link.url not in trusted))
        for each in written
    )
    return [each for each in kept if each.links]


def _issues(allow_private: bool) -> list[Written]:
    if not schema.store_file().exists():
        return []
    try:
        with Reader() as reader:
            return issues(reader, allow_private=allow_private)
    except (schema.StoreError, sqlite3.Error) as error:
        log.warning("The sent issues cannot be read: %s", type(error).__name__)
        return []  # the reports tell of it


def _drafts_of_issues() -> dict[tuple[str, str], str]:
    """Which drafts are sent issues', as the writer has said or they themselves name it."""
    if not schema.store_file().exists():
        return {}
    try:
        with contextlib.closing(Matches()) as matches:
            said = matches.all()
    except (schema.StoreError, sqlite3.Error):
        return {}  # the reports tell of it
    return {(each.account, each.issue): each.path for each in said if each.is_draft}


class RotService:
    """Every method returns at once and may be called from any thread.

    Args:
        allowed: What may be done.
        heard: Hears in the service's thread.
        terms: How gently; who is typing is left alone besides.
        network: A stand-in for the computer's connection.
    """

    def __init__(
        self,
        allowed: Allowed,
        heard: Heard,
        *,
        terms: Terms | None = None,
        network: Network | None = None,
        quiet: float = QUIET,
    ) -> None:
        self._allowed = allowed
        self._heard = heard
        self._network = network
        self._quiet = quiet
        self._touched = time.monotonic()
        self._terms = replace(terms or Terms(), holds_back=self._holds_back)
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._rounds: Rounds | None = None
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="link-rot", daemon=True)
        self._thread.start()

    def touch(self) -> None:
        """The writer does something: nothing is asked for a moment."""
        self._touched = time.monotonic()

    def nudge(self) -> None:
        """There are other letters."""
        with self._lock:
            if self._loop is not None and self._rounds is not None:
                self._loop.call_soon_threadsafe(self._rounds.nudge)

    def stop(self) -> None:
        """End for good, within a second; what was found holds."""
        with self._lock:
            self._is_stopped = True
            if self._loop is not None and self._task is not None:
                self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(_STOPPING)
        if self._thread.is_alive():
            log.warning("The thread that looks after old links is slow to end")

    def _holds_back(self) -> float:
        return max(0.0, self._touched + self._quiet - time.monotonic())

    def _run(self) -> None:
        try:
            store = RotStore()
        except RotStoreError as error:
            self._heard.trouble(str(error))
            return
        try:
            asyncio.run(self._go_round(store))
        except asyncio.CancelledError:
            pass
        finally:
            store.close()

    async def _go_round(self, store: RotStore) -> None:
        allowed = self._allowed
        letters = Letters(allowed.drafts, allow_private=allowed.settings.allow_private)

        async def gather() -> list[Written]:
            return await _in_daemon(lambda: letters.read(lambda: self._is_stopped))

        asks = CheckerAsks(allowed.settings, allowed.make_fetcher, self._network)
        archive = Archive(store, allowed.archive) if allowed.asks_archive else None
        rounds = Rounds(store, asks, gather, archive, self._terms, self._heard)
        with self._lock:
            if self._is_stopped:
                return
            self._loop, self._rounds = asyncio.get_running_loop(), rounds
            self._task = asyncio.current_task()
        try:
            await rounds.run()
        finally:
            with self._lock:
                self._loop = self._task = self._rounds = None
            await asks.aclose()
            if archive is not None:
                await archive.aclose()


async def _in_daemon(work: Callable[[], Answer]) -> Answer:
    """Run ``work`` in a thread that the end of the program does not wait for."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Answer] = loop.create_future()

    def give(found: Answer | None, error: Exception | None) -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(found)  # type: ignore[arg-type]

    def run() -> None:
        found: Answer | None = None
        failure: Exception | None = None
        try:
            found = work()
        except Exception as error:  # noqa: BLE001 - handed on to whoever waits
            failure = error
        try:
            loop.call_soon_threadsafe(give, found, failure)
        except RuntimeError:
            log.debug("Nobody waits for the letters any more")

    threading.Thread(target=run, name="link-rot's", daemon=True).start()
    return await answer
