"""Checking links in a web process: a thread of its own, and what the event loop remembers.

Pixels and clicks are answered in the process's main loop; what takes time here never happens there.
The thread begins with the first link that has to be asked for.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.linkcheck.urls import parse
from app.trackserver.checking.asks import Ask, Told, grouped, line
from app.trackserver.checking.shelf import Kept, Shelf
from app.trackserver.settings import Settings
from app.trackserver.store.database import Database
from app.trackserver.web.limits import Allowance, Buckets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.trackserver.checking.desk import Desk
    from app.trackserver.checking.engine import Reach

_log = logging.getLogger(__name__)

_REMEMBERED = 20_000
_YOUNG = 10_000
"""ms: nobody may have asked for again what was asked for so lately."""
_STOPPING = 10.0
_SILENCE = 10.0
"""Seconds after which a client is told that its answer still comes."""


class Checking:
    """What the endpoint uses; all methods but ``begin_stop`` and ``close`` belong to the main loop.

    Args:
        clock: Milliseconds UTC.
        reach: Stand-ins for what reaches out.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Callable[[], int],
        reach: "Reach | None" = None,
    ) -> None:
        self.checks = settings.checks
        self.shelf = Shelf(database, clock)
        self.sources: Counter[str] = Counter()
        self._own_host = parse(settings.base)
        self._clock = clock
        self._reach = reach
        self._per_minute = self.checks.per_minute
        self._buckets = Buckets(self._per_minute / 60, max(1, self._per_minute), time.monotonic)
        self._streams: Counter[int] = Counter()
        self._lines: dict[str, tuple[bytes, int, int]] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._desk: Desk | None = None
        self._early: list[Callable[[Desk], None]] = []
        self._is_stopped = False

    @property
    def waiting(self) -> int:
        """Links that wait, or are being asked for."""
        return self._desk.waiting if self._desk else 0

    @property
    def requests(self) -> int:
        """Sent to sites so far."""
        return self._desk.requests if self._desk else 0

    @property
    def verdicts(self) -> Counter[str]:
        """How many links were found to have each status."""
        return Counter(self._desk.verdicts) if self._desk else Counter()

    def admit(self, key: int) -> Allowance | None:
        """Count a request of this key; the allowance says how long it has to wait, if at all."""
        return self._buckets.take(key)

    def streams(self, key: int) -> int:
        """Requests of this key that are being answered."""
        return self._streams[key]

    def oldest(self, max_age: int | None) -> int:
        """The time (ms) before which a verdict is too old for a client that wants none older than
        ``max_age`` seconds.
        """
        if max_age is None:
            return 0
        return self._clock() - max(max_age * 1000, _YOUNG)

    def remembered(self, urls: Sequence[str], oldest: int) -> tuple[list[bytes], list[str]]:
        """The lines of those that this process knows, and the others."""
        lines, now, found, missing = self._lines, self._clock(), [], []
        for url in urls:
            known = lines.get(url)
            if known is not None and known[2] > now and known[1] >= oldest:
                found.append(known[0])
            else:
                missing.append(url)
        self.sources["memory"] += len(found)
        return found, missing

    def read(self, urls: Sequence[str], oldest: int) -> dict[str, Kept]:
        """Those that the store knows, by their canonical form; blocks."""
        known = self.shelf.known(map(canonical, urls))
        return {url: kept for url, kept in known.items() if kept.checked_at >= oldest}

    def learn(self, urls: Sequence[str], known: dict[str, Kept]) -> tuple[list[bytes], list[str]]:
        """Remember what was read: its lines, and the URLs that nobody knows."""
        found, missing = [], []
        for url in urls:
            kept = known.get(canonical(url))
            if kept is None:
                missing.append(url)
            else:
                found.append(self._remember(url, kept))
        self.sources["store"] += len(found)
        return found, missing

    async def ask(self, key: int, urls: Sequence[str], oldest: int) -> AsyncIterator[bytes]:
        """Have these checked: lines, several at a time, as they come."""
        groups = grouped((url, canonical(url)) for url in urls)
        arrived: asyncio.Queue[tuple[str, Told]] = asyncio.Queue()
        main = asyncio.get_running_loop()

        def tell(url: str, answer: Told) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                main.call_soon_threadsafe(arrived.put_nowait, (url, answer))

        ask = Ask(key, set(groups), oldest, tell)
        open_urls = set(groups)
        with self._counted(key):
            try:
                self._tell(lambda desk: desk.take(ask))
                while open_urls:
                    try:
                        portion = [await asyncio.wait_for(arrived.get(), _SILENCE)]
                    except TimeoutError:
                        yield b"\n"  # an empty line: we are still there
                        continue
                    while not arrived.empty():
                        portion.append(arrived.get_nowait())
                    lines = []
                    for url, answer in portion:
                        open_urls.discard(url)
                        for written in groups[url]:
                            lines.append(line(written, answer.encoded))
                            if answer.kept is not None:
                                self._remember(written, answer.kept)
                    self.sources["checked"] += len(lines)
                    yield b"".join(lines)
            finally:
                if open_urls:
                    self._tell(lambda desk: desk.leave(ask))

    def begin_stop(self) -> None:
        """Answer everybody who waits; from any thread."""
        self._tell(lambda desk: desk.stop(), starts=False)
        with self._lock:
            self._is_stopped = True

    def close(self) -> None:
        """Keep what was found, and end the thread."""
        self.begin_stop()
        thread = self._thread
        if thread is not None:
            thread.join(_STOPPING)
            if thread.is_alive():
                _log.warning("the checking thread is slow to end")

    @contextmanager
    def _counted(self, key: int) -> "Iterator[None]":
        self._streams[key] += 1
        try:
            yield
        finally:
            self._streams[key] -= 1
            if not self._streams[key]:
                del self._streams[key]

    def _remember(self, url: str, kept: Kept) -> bytes:
        """The line by which this is told from now on."""
        known = line(url, kept.encoded)
        self._lines.pop(url, None)
        self._lines[url] = (known, kept.checked_at, kept.fresh_until)
        if len(self._lines) > _REMEMBERED:
            del self._lines[next(iter(self._lines))]
        return known

    def _tell(self, action: "Callable[[Desk], None]", *, starts: bool = True) -> None:
        """Have the desk do something in its own thread, which is started first if need be."""
        with self._lock:
            if self._thread is None:
                if not starts or self._is_stopped:
                    return
                self._thread = threading.Thread(target=self._run, name="links-checking")
                self._thread.start()
            if self._desk is None:
                self._early.append(action)
                return
            desk, loop = self._desk, self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended
                loop.call_soon_threadsafe(action, desk)

    def _run(self) -> None:
        asyncio.run(self._work())

    async def _work(self) -> None:
        from app.trackserver.checking.desk import Desk
        from app.trackserver.checking.engine import Reach

        hosts = frozenset({self._own_host.host} if self._own_host else ())
        desk = Desk(self.checks, self.shelf, hosts, self._reach or Reach())
        with self._lock:
            self._loop = asyncio.get_running_loop()
            self._desk = desk
            early, self._early = self._early, []
        for action in early:
            action(desk)
        await desk.run()


def canonical(url: str) -> str:
    """One form for all spellings of a URL; what is none stands for itself."""
    parsed = parse(url)
    return url if parsed is None else parsed.href
