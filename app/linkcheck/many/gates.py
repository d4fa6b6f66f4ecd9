"""Who may ask which host, and when: the limits that all checks share.

A host gets `per_host` requests at once without any spacing. Only one that complains (429, or 503)
is asked more slowly: fewer at once, a pause, and spaced, until it answers again. One that refuses
everybody (429) is closed for a while: whoever waits for it is told so at once. Hosts never wait for
one another, apart from the limit on all requests.
"""

import asyncio
from collections import deque
from types import TracebackType

from app.linkcheck.net.capacity import connections_at_once
from app.linkcheck.net.gate import HostClosedError, Slot

_TOO_MANY, _UNAVAILABLE = 429, 503
_FIRST_SPACING = 0.1
# 503 says that something is wrong, not that it was us: less of a reason to be slow.
_LONGEST_SPACING = {_TOO_MANY: 2.0, _UNAVAILABLE: 0.02}
_LONGEST_PAUSE = 5.0
# One page may have its own limits; a host that refuses so many in a row means itself.
_REFUSALS_TO_CLOSE = 5
_REFUSING_FOR = 4.0
_SHORTEST_CLOSURE, _LONGEST_CLOSURE = 30.0, 600.0


class HostLimit:
    """One host's turn-taking. ``limit`` requests at once, none before ``resume_at`` (loop time)."""

    __slots__ = (
        "active",
        "answers",
        "closed_until",
        "limit",
        "refusals",
        "refusing_since",
        "resume_at",
        "slowed_at",
        "spacing",
    )

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.active = 0
        self.spacing = 0.0
        self.resume_at = 0.0
        self.answers = 0
        self.refusals = 0
        self.refusing_since = 0.0
        self.closed_until = 0.0
        self.slowed_at = 0.0

    def slow_down(self, now: float, longest_spacing: float) -> None:
        """After a complaint: half as many at once, and twice as far apart."""
        self.answers = 0
        self.slowed_at = now
        self.limit = max(1, self.limit // 2)
        wider = max(_FIRST_SPACING, self.spacing * 2)
        self.spacing = max(self.spacing, min(wider, longest_spacing))

    def count_refusal(self, now: float) -> None:
        """After 429: one more in a row."""
        self.refusals += 1
        if self.refusals == 1:
            self.refusing_since = now

    def refuses_everybody(self, now: float, *, for_long: bool) -> bool:
        """Whether it has said nothing but 429: for some time, or that this will take long."""
        if self.refusals < _REFUSALS_TO_CLOSE:
            return False
        return for_long or now - self.refusing_since >= _REFUSING_FOR

    def recover(self, usual: int) -> None:
        """After an answer: half as far apart, and after several of them one more at once."""
        self.spacing = self.spacing / 2 if self.spacing > _FIRST_SPACING / 4 else 0.0
        self.answers += 1
        if self.answers > 2 * self.limit:
            self.answers = 0
            self.limit = min(self.limit + 1, usual)


class HostGates:
    """The gate of a `Fetcher` (see `app.linkcheck.net.gate.Gate`), and the limits behind it.

    Belongs to one event loop. ``concurrency`` bounds the requests in flight in all, ``per_host``
    those to one host; ``patience`` is a link's time limit: nobody waits for a host that wants to be
    left alone for longer.
    """

    def __init__(self, concurrency: int, per_host: int, patience: float = 20.0) -> None:
        self._concurrency = connections_at_once(concurrency)
        self._per_host = per_host
        self._patience = patience
        self._active = 0
        self._hosts: dict[str, HostLimit] = {}
        self._waiting: deque[tuple[HostLimit, asyncio.Future[None]]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def limit_of(self, host: str) -> HostLimit:
        """The limits of one host as they are now."""
        limit = self._hosts.get(host)
        if limit is None:
            limit = self._hosts[host] = HostLimit(self._per_host)
        return limit

    def slot(self, host: str) -> "_Slot":
        """Wait for this host's turn."""
        return _Slot(self, self.limit_of(host))

    async def _enter(self, host: HostLimit) -> None:
        if host.closed_until:
            closed_for = host.closed_until - asyncio.get_running_loop().time()
            if closed_for > 0:
                raise HostClosedError(closed_for)
        if not self._waiting and self._is_free(host):
            self._take(host)
            return
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (host, granted)
        self._waiting.append(entry)
        self._grant()
        try:
            await granted
        except asyncio.CancelledError:
            if entry in self._waiting:
                self._waiting.remove(entry)
            elif granted.done() and not granted.cancelled() and granted.exception() is None:
                self._leave(host)
            raise

    def _leave(self, host: HostLimit) -> None:
        self._active -= 1
        host.active -= 1
        if self._waiting:
            self._grant()

    def _is_free(self, host: HostLimit) -> bool:
        return (
            self._active < self._concurrency
            and host.active < host.limit
            and (not host.resume_at or host.resume_at <= asyncio.get_running_loop().time())
        )

    def _take(self, host: HostLimit) -> None:
        self._active += 1
        host.active += 1
        if host.spacing:
            host.resume_at = asyncio.get_running_loop().time() + host.spacing

    def _grant(self) -> None:
        """Let in, in order, everyone whose host is free; look again when a pause ends."""
        held: list[tuple[HostLimit, asyncio.Future[None]]] = []
        while self._waiting and self._active < self._concurrency:
            host, granted = entry = self._waiting.popleft()
            if granted.done():
                continue
            if self._is_free(host):
                self._take(host)
                granted.set_result(None)
            else:
                held.append(entry)
        self._waiting.extendleft(reversed(held))
        if held:
            self._look_again()

    def _look_again(self) -> None:
        """Grant again when the first pause of a host that somebody waits for ends."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        pauses = [host.resume_at for host, _ in self._waiting if host.resume_at > now]
        if self._timer:
            self._timer.cancel()
        self._timer = loop.call_at(min(pauses), self._grant) if pauses else None

    def _heard(self, host: HostLimit, began: float, status: int, retry_after: float | None) -> None:
        if status in _LONGEST_SPACING:
            now = asyncio.get_running_loop().time()
            if began >= host.slowed_at:  # not of the same burst as the complaint before
                host.slow_down(now, _LONGEST_SPACING[status])
            pause = host.spacing if retry_after is None else retry_after
            if pause <= self._patience:
                host.resume_at = max(host.resume_at, now + min(max(pause, 0.0), _LONGEST_PAUSE))
            self._count_refusal(host, now, status, pause)
            return
        host.refusals = 0
        if host.spacing or host.limit < self._per_host:
            host.recover(self._per_host)

    def _count_refusal(self, host: HostLimit, now: float, status: int, pause: float) -> None:
        if status != _TOO_MANY:
            host.refusals = 0
            return
        host.count_refusal(now)
        if host.refuses_everybody(now, for_long=pause > self._patience):
            self._close(host, now, min(max(pause, _SHORTEST_CLOSURE), _LONGEST_CLOSURE))

    def _close(self, host: HostLimit, now: float, seconds: float) -> None:
        """Send everyone away who waits for this host, and who comes in the next time."""
        host.closed_until, host.resume_at = now + seconds, 0.0
        for waiting, granted in self._waiting:
            if waiting is host and not granted.done():
                granted.set_exception(HostClosedError(seconds))
        self._waiting = deque(entry for entry in self._waiting if entry[0] is not host)


class _Slot:
    """The right to make one request; also the context in which it is made."""

    __slots__ = ("_began", "_gates", "_host")

    def __init__(self, gates: HostGates, host: HostLimit) -> None:
        self._gates = gates
        self._host = host
        self._began = 0.0

    async def __aenter__(self) -> Slot:
        await self._gates._enter(self._host)  # noqa: SLF001 - two halves of one class
        self._began = asyncio.get_running_loop().time()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._gates._leave(self._host)  # noqa: SLF001

    def answered(self, status: int, retry_after: float | None) -> None:
        """Tell what the host said."""
        self._gates._heard(self._host, self._began, status, retry_after)  # noqa: SLF001
