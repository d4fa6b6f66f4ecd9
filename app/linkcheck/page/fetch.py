"""One page, checked for real: from its URL to a verdict.

The flow (contracts: "The flow", "Checks"): HEAD; where that brings no success, GET; once more after
what may be a passing trouble, once more on a fresh connection after a fault of protocol. Where HEAD
is not answered for longer than is usual for the host, GET goes out beside it.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.linkcheck.net.client import Client, Exchange
from app.linkcheck.net.cookies import CookieJar
from app.linkcheck.net.dial import Progress, Stage
from app.linkcheck.net.failures import Again, FailureError
from app.linkcheck.net.gate import Gate, HostClosedError, OpenGate
from app.linkcheck.net.resolver import Resolver, SystemResolver
from app.linkcheck.page import redirects
from app.linkcheck.page.answer import Answer
from app.linkcheck.page.beside import Beside
from app.linkcheck.page.outcome import judge
from app.linkcheck.page.reading import read_page
from app.linkcheck.page.retry import BACKOFF, retry_after
from app.linkcheck.settings import CheckSettings
from app.linkcheck.urls import WebUrl, parse
from app.linkcheck.verdict import Reason, Redirect, Verdict

_logger = logging.getLogger(__name__)

Guard = Callable[[WebUrl], FailureError | None]
"""Why a URL must not be asked for; None where it may."""

_HEAD_SHARE = 1 / 3
"""Of the time limit, what HEAD may use up on the way to a connection: then GET gets its chance."""

_SAME_VISITS = 2
"""Visits to one URL with the same cookies before it counts as a loop: some servers count them."""

_ENOUGH = 0.2
"""Seconds without which another look is not begun."""

# Found on the way to a connection: no other method would find something else.
_FACTS = {
    *(Reason.PRIVATE_TARGET, Reason.PRIVATE_ADDRESS, Reason.NO_SUCH_HOST, Reason.IPV6_ONLY),
    *(Reason.TLS_UNTRUSTED, Reason.TLS_EXPIRED, Reason.TLS_WRONG_HOST, Reason.TLS_OLD),
    *(Reason.TLS_INCOMPLETE_CHAIN, Reason.NOT_CHECKABLE),
}

# Before any request went out: two looks at different times are enough.
_TWICE = {Reason.REFUSED, Reason.DNS_FAILURE, Reason.TIMEOUT}

# A second look that ends so tells less than the first one did.
_NOTHING_NEW = {Reason.TIMEOUT, Reason.DNS_FAILURE, Reason.RATE_LIMITED, Reason.PENDING}


@dataclass(frozen=True, slots=True)
class PageVerdict:
    """What one check found out.

    ``verdict`` is the page's own, ``missing_fragments`` those asked for that surely are not in it,
    ``requests`` what it cost (redirects included).
    """

    verdict: Verdict
    missing_fragments: frozenset[str] = frozenset()
    requests: int = 0

    def for_fragment(self, fragment: str) -> Verdict:
        """The verdict of the link that has this fragment (``""``: none).

        The suggested and the final URL carry it on, unless a redirect set another.
        """
        from app.linkcheck.page.fragments import with_fragment

        return with_fragment(self.verdict, fragment, missing=fragment in self.missing_fragments)


@dataclass(slots=True)
class _Run:
    """One check under way. Times in seconds; waiting at the gate is not counted."""

    start: WebUrl
    fragments: frozenset[str]
    limit: float
    left: float
    reserve: float = 0.0
    requests: int = 0
    looks: int = 0
    heard: bool = False
    beside: Beside | None = None
    jar: CookieJar = field(default_factory=CookieJar)

    @property
    def spent(self) -> float:
        return self.limit - self.left


class Fetcher:
    """Checks pages; owns the connections. One for each event loop, closed by `aclose`.

    ``gate`` holds back requests (default: no limits), ``resolver`` looks names up (default: the
    system's), ``clock`` gives the time of day in UTC. ``guard`` says of a URL, before it or a
    redirect to it is followed, why it must not be asked for (default: anything may).
    """

    def __init__(
        self,
        settings: CheckSettings,
        *,
        gate: Gate | None = None,
        resolver: Resolver | None = None,
        clock: Callable[[], datetime] | None = None,
        guard: Guard | None = None,
    ) -> None:
        self._settings = settings
        self._gate = gate or OpenGate()
        self._guard: Guard = guard or (lambda _: None)
        self._own_resolver: SystemResolver | None = None
        if resolver is None:
            resolver = self._own_resolver = SystemResolver()
        self._client = Client(settings, resolver)
        self._clock = clock or (lambda: datetime.now(UTC))

    async def check(self, url: str, fragments: Collection[str] = ()) -> PageVerdict:
        """Ask for ``url`` (its fragment ignored) and look up all ``fragments`` in its page.

        Fragments are without ``#``, as in `WebUrl.fragment`. Never raises but `CancelledError`.
        """
        parsed = parse(url)
        start = parsed
        if parsed is not None and parsed.href != parsed.page:
            start = parse(parsed.page)
        if start is None:
            return PageVerdict(Verdict(Reason.MALFORMED, detail="This is no web address."))
        wanted: frozenset[str] = frozenset()
        if fragments:
            from app.linkcheck.page.fragments import worth_asking

            wanted = frozenset(name for name in fragments if worth_asking(name, start.host))
        limit = self._gate.paces.of(start.origin).whole(self._settings.timeout)
        run = _Run(start, wanted, limit, limit)
        try:
            answer = await self._settle(run)
        except Exception as error:  # noqa: BLE001 - a bug here must not end the check of the others
            _logger.error("a check failed: %s", type(error).__name__)
            failure = FailureError(Reason.PENDING, f"{type(error).__name__} in the checker")
            answer = Answer("GET", start, failure=failure)
        verdict = judge(start, answer, self._clock(), run.spent)
        return PageVerdict(verdict, answer.missing, run.requests)

    async def aclose(self) -> None:
        """Close every connection; checks still under way must have been cancelled before."""
        await self._client.aclose()
        if self._own_resolver is not None:
            self._own_resolver.close()

    async def _settle(self, run: _Run) -> Answer:
        if run.start.is_private and not self._settings.allow_private:
            failure = FailureError(Reason.PRIVATE_ADDRESS, f"{run.start.host} is private")
            return Answer("HEAD", run.start, failure=failure)
        if (refusal := self._guard(run.start)) is not None:
            return Answer("HEAD", run.start, failure=refusal)
        first = limited = None
        if not run.fragments:
            answer, first = await self._head(run)
            if answer.is_success or _is_fact(answer) or _asks_for_quiet(run, answer):
                return answer
            if first is None:
                await self._pause(run, answer)
            limited = answer if answer.status == 429 else None
        answer = await self._get(run, first)
        if limited is not None and _is_closed(answer):
            return limited
        if answer.is_success and answer.page is not None and run.left > _ENOUGH:
            await self._follow_refresh(run, answer, answer.page.refresh)
        return answer

    async def _head(self, run: _Run) -> tuple[Answer, Answer | None]:
        """What HEAD brought, and what GET did if it was begun beside it and is needed."""
        get = _Run(run.start, run.fragments, run.limit, 0.0)

        async def look(left: float) -> Answer:
            get.left = left
            return await self._look(get, "GET")

        run.beside = Beside(look)
        run.reserve = run.limit * (1 - _HEAD_SHARE)
        try:
            head = await self._look(run, "HEAD")
            run.reserve = 0.0
            if head.is_success or _is_fact(head) or _asks_for_quiet(run, head):
                return head, None
            first = await run.beside.answer()
        finally:
            await run.beside.aclose()
            run.beside = None
            run.requests += get.requests
            run.looks += get.looks
        if first is not None:
            run.left = min(run.left, get.left)
            if get.heard and head.failure and head.failure.reason is Reason.TIMEOUT:
                self._gate.paces.ignored_head(run.start.origin)
        return head, first

    async def _get(self, run: _Run, first: Answer | None) -> Answer:
        answer = first or await self._look(run, "GET")
        tried: set[Again] = set()
        while self._may_look_again(run, answer, tried):
            tried.add(answer.again)
            await self._pause(run, answer)
            newer = await self._look(run, "GET", fresh=True)
            if answer.head is not None and _tells_nothing(newer):
                break
            answer = newer
        return answer

    def _may_look_again(self, run: _Run, answer: Answer, tried: set[Again]) -> bool:
        if answer.again is Again.NEVER or run.left < _ENOUGH:
            return False
        if _asks_for_quiet(run, answer):
            return False
        if (answer.status or 0) >= 500 and self._gate.is_down(answer.url.host):
            return False
        if answer.retry_after is not None and answer.retry_after > run.left - _ENOUGH:
            return run.looks < 2
        if answer.status == 429:
            return run.looks < 3
        if answer.failure is not None and answer.failure.reason in _TWICE and run.looks >= 2:
            return False
        return answer.again not in tried

    async def _pause(self, run: _Run, answer: Answer) -> None:
        """Wait as long as the server asks, or a little where it may have been a passing trouble."""
        if answer.again is not Again.LATER or run.left < _ENOUGH:
            return
        seconds = answer.retry_after
        if seconds is None:
            first_lost = answer.method == "HEAD" and answer.status != 429
            if first_lost and (answer.head is not None or _is_lost(answer)):
                return  # GET may fare better at once
            seconds = min(BACKOFF[min(run.looks, len(BACKOFF)) - 1], run.left / 4)
        elif seconds > run.left - _ENOUGH:
            return
        await asyncio.sleep(seconds)
        run.left -= seconds

    async def _follow_refresh(self, run: _Run, answer: Answer, place: str | None) -> None:
        """Where the page itself sends readers on: see whether that exists."""
        target = None if place is None else parse(place, answer.url.href)
        if target is None or target.page == answer.url.page:
            return
        onward = await self._walk(run, "GET", target)
        answer.leads_nowhere = onward.status in (404, 410)
        answer.missing = frozenset()

    async def _look(self, run: _Run, method: str, *, fresh: bool = False) -> Answer:
        run.looks += 1
        return await self._walk(run, method, run.start, fresh=fresh)

    async def _walk(self, run: _Run, method: str, url: WebUrl, *, fresh: bool = False) -> Answer:
        """Follow the redirects from ``url`` to their end."""
        trail: list[Redirect] = []
        visits: Counter[tuple[str, str]] = Counter()
        while True:
            place = (url.page, run.jar.header(url))
            visits[place] += 1
            try:
                if visits[place] > _SAME_VISITS:
                    raise FailureError(Reason.REDIRECT_LOOP, "the same redirects come again")
                answer = await self._request(run, method, url, place[1], fresh=fresh)
                assert answer.head is not None  # noqa: S101
                if answer.head.status not in redirects.FOLLOWED:
                    answer.trail = tuple(trail)
                    if url.fragment:  # set by a redirect: readers land there, not where we meant
                        answer.missing = frozenset()
                    return answer
                target = redirects.follow(url, answer.head)
                if len(trail) == self._settings.max_redirects:
                    raise FailureError(Reason.TOO_MANY_REDIRECTS, f"{len(trail)} redirects")
            except FailureError as failure:
                wait = failure.retry_after
                return Answer(method, url, tuple(trail), failure=failure, retry_after=wait)
            trail.append(Redirect(answer.head.status, target.href))
            url = target

    async def _request(
        self, run: _Run, method: str, url: WebUrl, cookies: str, *, fresh: bool
    ) -> Answer:
        if url.is_private and not self._settings.allow_private:
            raise FailureError(Reason.PRIVATE_TARGET, f"{url.host} is a private address")
        if (refusal := self._guard(url)) is not None:
            raise refusal
        loop = asyncio.get_running_loop()
        try:
            async with self._gate.slot(url.host) as slot:
                began = loop.time()
                try:
                    exchange = await self._ask(run, method, url, cookies, fresh=fresh)
                    try:
                        answer = self._hear(exchange, method, url, loop.time() - began)
                        slot.answered(exchange.head.status, answer.retry_after)
                        self._gate.paces.answered(url.origin, method, answer.seconds)
                        run.heard = True
                        run.jar.learn(url, exchange.head)
                        left = run.left - answer.seconds
                        await read_page(self._settings, exchange, answer, run.fragments, left)
                    finally:
                        self._client.release(url, exchange)
                finally:
                    run.left -= loop.time() - began
                return answer
        except HostClosedError as closed:
            raise FailureError(
                Reason.RATE_LIMITED,
                "the site asked for a pause",
                retry_after=closed.retry_after,
            ) from None

    async def _ask(
        self, run: _Run, method: str, url: WebUrl, cookies: str, *, fresh: bool
    ) -> Exchange:
        pace = self._gate.paces.of(url.origin)
        progress = Progress(pace.to_connect(self._settings.timeout))
        timer = None
        try:
            async with asyncio.timeout(max(0.0, run.left - run.reserve)) as scope:
                if run.beside is not None:
                    delay = pace.before_get(run.limit)
                    timer = run.beside.armed(delay, run.left, progress, scope)
                return await self._client.ask(method, url, progress, cookies=cookies, fresh=fresh)
        except TimeoutError:
            looked_up = progress.stage is not Stage.LOOK_UP
            reason = Reason.TIMEOUT if looked_up else Reason.DNS_FAILURE
            raise FailureError(reason, progress.stage.value) from None
        finally:
            if timer is not None:
                timer.cancel()
            run.requests += progress.sent

    def _hear(self, exchange: Exchange, method: str, url: WebUrl, seconds: float) -> Answer:
        value = exchange.head.get("retry-after")
        wait = retry_after(value, self._clock()) if value else None
        return Answer(method, url, head=exchange.head, seconds=seconds, retry_after=wait)


def _is_fact(answer: Answer) -> bool:
    failure = answer.failure
    if failure is None:
        return False
    if failure.reason is Reason.TLS_ERROR:
        return failure.again is Again.NEVER
    return failure.reason in _FACTS


def _is_lost(answer: Answer) -> bool:
    return answer.failure is not None and answer.failure.reason is Reason.CONNECTION_LOST


def _tells_nothing(answer: Answer) -> bool:
    return answer.failure is not None and answer.failure.reason in _NOTHING_NEW


def _asks_for_quiet(run: _Run, answer: Answer) -> bool:
    """Whether the host wants no request for longer than this check may last."""
    limited = answer.status == 429 or _is_closed(answer)
    return limited and answer.retry_after is not None and answer.retry_after > run.left - _ENOUGH


def _is_closed(answer: Answer) -> bool:
    return answer.failure is not None and answer.failure.reason is Reason.RATE_LIMITED
