"""Who may ask which host, and when: the limits that all checks share.

A host gets `per_host` requests at once without any spacing. Only one that complains (429, or 503)
is asked more slowly: fewer at once, a pause, and spaced, until it answers again. Hosts never wait
for one another, apart from the limit on all requests.

Two circuit breakers, which the first few links of a host trip for the rest of them:

* One that wants to be left alone (429, or 503 with a short Retry-After), and says so again after
  the pauses that it asked for, is closed for a while: whoever waits for it is told so at once, and
  all that is said of a link that was not asked is that the site limits requests.
* One that answers everything with a server error, and still does a while later, is down: each
  further link gets its own HEAD and GET, but no second look after a pause; that waiting does not
  help has been seen.
"""

import asyncio
from collections import deque
from types import TracebackType

from app.linkcheck.net.capacity import connections_at_once
from app.linkcheck.net.gate import HostClosedError, Slot
from app.linkcheck.net.pace import Paces

_TOO_MANY, _SERVER_ERRORS, _UNAVAILABLE = 429, 500, 503
_FIRST_SPACING = 0.1
# 503 says that something is wrong, not that it was us: less of a reason to be slow.
_LONGEST_SPACING = {_TOO_MANY: 2.0, _UNAVAILABLE: 0.02}
_LONGEST_PAUSE = 5.0
# One page may have its own limits; a host that refuses so many in a row means itself.
_REFUSALS_TO_CLOSE = 5
_REFUSING_FOR = 4.0
_PAUSES_KEPT = 2
_ERRORS_TO_BE_DOWN = 5
_DOWN_FOR = 0.9
_AT_ONCE_WHEN_DOWN = 4
_SHORTEST_CLOSURE, _LONGEST_CLOSURE = 30.0, 600.0


class HostLimit:
    """One host's turn-taking. ``limit`` requests at once, none before ``resume_at`` (loop time)."""

    __slots__ = (
        "active",
        "answers",
        "closed_until",
        "errors",
        "failing_since",
        "is_down",
        "limit",
        "pauses_kept",
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
        self.pauses_kept = 0
        self.errors = 0
        self.failing_since = 0.0
        self.is_down = False
        self.closed_until = 0.0
        self.slowed_at = 0.0

    def slow_down(self, now: float, longest_spacing: float) -> None:
        """After a complaint: half as many at once, and twice as far apart."""
        self.answers = 0
        self.slowed_at = now
        self.limit = max(1, self.limit // 2)
        wider = max(_FIRST_SPACING, self.spacing * 2)
        self.spacing = max(self.spacing, min(wider, longest_spacing))

    def count_refusal(self, began: float, now: float, *, after_pause: bool) -> None:
        """After a plea to be left alone: one more in a row; ``began`` is when it was asked."""
        self.refusals += 1
        if self.refusals == 1:
            self.refusing_since, self.pauses_kept = now, 0
        elif after_pause and began > self.refusing_since:
            self.pauses_kept += 1

    def refuses_everybody(self, now: float, *, for_long: bool) -> bool:
        """Whether it has said nothing else: for some time, or that this will take long."""
        if self.refusals < _REFUSALS_TO_CLOSE:
            return False
        kept = self.pauses_kept >= _PAUSES_KEPT
        return for_long or kept or now - self.refusing_since >= _REFUSING_FOR

    def count_error(self, began: float, now: float) -> None:
        """After a server error: one more in a row."""
        self.errors += 1
        if self.errors == 1:
            self.failing_since = now
        if self.errors >= _ERRORS_TO_BE_DOWN and began - self.failing_since >= _DOWN_FOR:
            self.is_down = True
            self.limit = max(self.limit, _AT_ONCE_WHEN_DOWN)

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
    left alone for longer. ``paces`` is what earlier runs found of the hosts' speed.
    """

    def __init__(
        self,
        concurrency: int,
        per_host: int,
        patience: float = 20.0,
        paces: Paces | None = None,
    ) -> None:
        self.paces = Paces() if paces is None else paces
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

    def is_down(self, host: str) -> bool:
        """See `Gate.is_down`."""
        return self.limit_of(host).is_down

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
        now = asyncio.get_running_loop().time()
        if status >= _SERVER_ERRORS:
            host.count_error(began, now)
        else:
            host.errors, host.is_down = 0, False
        if status == _TOO_MANY or (status == _UNAVAILABLE and self._is_worth_waiting(retry_after)):
            self._refused(host, began, now, status, retry_after)
            return
        host.refusals = 0
        if status == _UNAVAILABLE:
            self._slow_down(host, began, now, status, retry_after)
        elif host.spacing or host.limit < self._per_host:
            host.recover(self._per_host)

    def _is_worth_waiting(self, retry_after: float | None) -> bool:
        return retry_after is not None and retry_after <= self._patience

    def _refused(
        self, host: HostLimit, began: float, now: float, status: int, retry_after: float | None
    ) -> None:
        """It wants to be left alone: close it when it says so to everybody, pauses or not."""
        after_pause = retry_after is not None and began >= host.slowed_at
        pause = self._slow_down(host, began, now, status, retry_after)
        host.count_refusal(began, now, after_pause=after_pause)
        if host.refuses_everybody(now, for_long=pause > self._patience):
            self._close(host, now, min(max(pause, _SHORTEST_CLOSURE), _LONGEST_CLOSURE))

    def _slow_down(
        self, host: HostLimit, began: float, now: float, status: int, retry_after: float | None
    ) -> float:
        """After a complaint: the pause in seconds."""
        if began >= host.slowed_at and not host.is_down:  # not of the burst of the one before
            host.slow_down(now, _LONGEST_SPACING[status])
        pause = host.spacing if retry_after is None else retry_after
        if pause <= self._patience:
            host.resume_at = max(host.resume_at, now + min(max(pause, 0.0), _LONGEST_PAUSE))
        return pause

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
