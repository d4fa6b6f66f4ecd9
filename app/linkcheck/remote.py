"""Links checked by a Sendoff server instead of from here: the other `PageChecker`.

What is wanted at about the same time goes out in one request, and its lines are passed on as they
come. The key goes to this one server, never unencrypted except to this machine, and no redirect is
followed. Private addresses are never told to the server. Nothing is logged.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from app.linkcheck.page.fetch import PageVerdict
from app.linkcheck.sentences import sentence
from app.linkcheck.settings import CheckSettings, Mode
from app.linkcheck.told import UnreadableVerdictError, from_json
from app.linkcheck.urls import parse
from app.linkcheck.verdict import Note, Reason, Verdict

if TYPE_CHECKING:
    import httpx

    from app.linkcheck.many.checker import PageChecker

PATH = "/v1/links/check"
MOST = 200
"""Links in one request: the server takes 500, and 256 KiB."""
_LONGEST_URL = 4096
_BYTES = 200_000
_GATHER = 0.02
_REQUESTS = 4
_CONNECT, _SILENCE = 5.0, 25.0  # the server breaks its silence every ten seconds
_AWAY = 30.0
_LONGEST_PAUSE = 20.0
_MOST_LINE = 1 << 20
_AT_ONCE = 1_000
_UNANSWERED = frozenset({Reason.PENDING, Reason.OFFLINE, Reason.CAPTIVE_PORTAL})


@dataclass(frozen=True, slots=True)
class CheckServer:
    """A server that checks links for us.

    Attributes:
        address: Such as ``https://news.example.com``.
        key: One with the scope ``link-check``.
        falls_back: Whether links are checked from here when the server does not answer.

    Raises:
        CheckServerError: where the address is none, or would not be encrypted.
    """

    address: str
    key: str = field(repr=False)
    falls_back: bool = False

    def __post_init__(self) -> None:
        url = parse(self.address)
        if url is None or url.has_credentials:
            raise CheckServerError("The server's address is not one; it begins with https://.")
        if url.scheme != "https" and not _is_this_machine(url.host):
            raise CheckServerError(
                "The server's address is not encrypted: your key would be readable on the way. "
                "Use https://."
            )
        if not self.key.isascii() or not self.key.isprintable() or not self.key.strip():
            raise CheckServerError("The key is missing, or holds signs that no key has.")

    @property
    def mode(self) -> Mode:
        """Where links are checked."""
        return Mode.SERVER_OR_LOCAL if self.falls_back else Mode.SERVER


class CheckServerError(Exception):
    """Why the server gives no verdicts, in words for the writer; ``wait`` is in seconds."""

    def __init__(self, message: str, wait: float = _AWAY) -> None:
        super().__init__(message)
        self.wait = wait


class _Sought:
    """A URL that the server shall tell of."""

    __slots__ = ("afresh", "result", "url")

    def __init__(self, url: str, result: "asyncio.Future[Verdict | None]", *, afresh: bool) -> None:
        self.url = url
        self.result = result
        self.afresh = afresh


class RemoteChecker:
    """Asks a server; a `PageChecker` for one event loop.

    Args:
        server: Which one.
        settings: Of checks from here: private addresses are only ever asked from here.
        fallback: Checks from here what the server does not answer; None: that stays open.
        on_trouble: Hears why the server gives no verdicts, each reason once; "" when it does again.
    """

    def __init__(
        self,
        server: CheckServer,
        settings: CheckSettings,
        *,
        fallback: "PageChecker | None" = None,
        on_trouble: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._server = server
        self._url = server.address.rstrip("/") + PATH
        self._settings = settings
        self._fallback = fallback
        self._on_trouble = on_trouble
        self._troubles: set[str] = set()
        self._sought: list[_Sought] = []
        self._timer: asyncio.TimerHandle | None = None
        self._slots = asyncio.Semaphore(_REQUESTS)
        self._tasks: set[asyncio.Task[None]] = set()
        self._afresh: set[str] = set()
        self._away_until = 0.0
        self._why = ""
        self._http: httpx.AsyncClient | None = None
        self.requests = 0

    async def check(self, url: str, fragments: Collection[str] = ()) -> PageVerdict:
        """See `Fetcher.check`; what the server does not answer is `pending`, with a time."""
        parsed = parse(url)
        if parsed is not None and parsed.is_private:
            if self._settings.allow_private and self._fallback is not None:
                return await self._fallback.check(url, fragments)
            detail = sentence(Reason.PRIVATE_ADDRESS)
            return PageVerdict(Verdict(Reason.PRIVATE_ADDRESS, detail=detail))
        page, *places = await self._ask([url, *(f"{url}#{name}" for name in fragments)])
        if page is None or None in places:
            return await self._check_otherwise(url, fragments)
        missing = frozenset(
            name
            for name, place in zip(fragments, places, strict=True)
            if place is not None and Note.FRAGMENT_MISSING in place.notes
        )
        # From the writer's side it is a check like any other, to be kept in the app's own cache.
        return PageVerdict(replace(page, from_cache=False), missing, requests=1)

    def ask_afresh(self, urls: Iterable[str]) -> None:
        """The next check of these shall not be answered from what the server found earlier."""
        self._afresh.update(parsed.page for url in urls if (parsed := parse(url)) is not None)

    async def aclose(self) -> None:
        """Give up what is under way, and close the connections."""
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.aclose()
        if self._fallback is not None:
            await self._fallback.aclose()

    async def _check_otherwise(self, url: str, fragments: Collection[str]) -> PageVerdict:
        if self._fallback is not None:
            return await self._fallback.check(url, fragments)
        wait = max(self._away_until - asyncio.get_running_loop().time(), 5.0)
        retry_at = datetime.now(UTC) + timedelta(seconds=wait)
        detail = self._why or "The server did not check this link. It is asked again."
        return PageVerdict(Verdict(Reason.PENDING, detail=detail, retry_at=retry_at))

    async def _ask(self, urls: list[str]) -> list[Verdict | None]:
        loop = asyncio.get_running_loop()
        if loop.time() < self._away_until or len(urls[0]) > _LONGEST_URL:
            return [None] * len(urls)
        afresh = urls[0] in self._afresh
        self._afresh.discard(urls[0])
        sought = [_Sought(url, loop.create_future(), afresh=afresh) for url in urls]
        self._sought += sought
        if self._timer is None:
            self._timer = loop.call_later(_GATHER, self._send)
        return list(await asyncio.gather(*(each.result for each in sought)))

    def _send(self) -> None:
        """Put what is wanted now into requests."""
        self._timer = None
        wanted = [each for each in self._sought if not each.result.done()]
        self._sought = []
        for afresh in (False, True):
            for batch in _batches([each for each in wanted if each.afresh is afresh]):
                task = asyncio.get_running_loop().create_task(self._answer(batch, afresh=afresh))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _answer(self, batch: list[_Sought], *, afresh: bool) -> None:
        """Have one batch answered, whatever happens."""
        open_: dict[str, list[_Sought]] = {}
        for each in batch:
            open_.setdefault(each.url, []).append(each)
        try:
            async with self._slots:
                try:
                    await self._exchange(open_, afresh=afresh)
                except _PauseError as pause:
                    await asyncio.sleep(pause.seconds)
                    await self._exchange(open_, afresh=afresh)
        except _PauseError as pause:
            self._is_away(CheckServerError("The server asks for a pause.", pause.seconds))
        except CheckServerError as error:
            self._is_away(error)
        finally:
            for waiting in open_.values():
                _settle(waiting, None)

    def _is_away(self, error: CheckServerError) -> None:
        self._why = str(error)
        self._away_until = asyncio.get_running_loop().time() + error.wait
        if self._why not in self._troubles:
            self._troubles.add(self._why)
            self._on_trouble(self._why)

    def _is_back(self) -> None:
        if self._why:
            self._why = ""
            self._troubles.clear()
            self._on_trouble("")

    async def _exchange(self, open_: dict[str, list[_Sought]], *, afresh: bool) -> None:
        """One request; takes what is answered out of ``open_``."""
        import httpx

        body: dict[str, object] = {"urls": list(open_)}
        if afresh:
            body["max_age"] = 0
        self.requests += 1
        try:
            async with self._client().stream("POST", self._url, json=body) as response:
                if response.status_code != 200:
                    raise _refusal(response)
                media = response.headers.get("content-type", "").partition(";")[0].strip()
                if media != "application/x-ndjson":
                    raise CheckServerError(
                        "Something else than a Sendoff server answers at the server's address."
                    )
                self._is_back()
                async for line in _lines(response):
                    self._take(line, open_)
        except httpx.ConnectError:
            raise CheckServerError("The server that checks links cannot be reached.") from None
        except (httpx.TransportError, httpx.DecodingError, OSError):
            raise CheckServerError("The connection to the server was lost.", 5.0) from None

    def _take(self, line: bytes, open_: dict[str, list[_Sought]]) -> None:
        try:
            data = json.loads(line)
            verdict = from_json(data)
            url = data["url"]
        except (UnreadableVerdictError, ValueError, KeyError, RecursionError):
            return  # a newer server's words: this link stays unanswered
        waiting = open_.pop(url, None) if isinstance(url, str) else None
        if waiting is not None:
            _settle(waiting, None if verdict.reason in _UNANSWERED else verdict)

    def _client(self) -> "httpx.AsyncClient":
        if self._http is None:
            import httpx

            from app.linkcheck.net.tls import create_context

            # Both tell whole URLs, at levels that other people's settings may show.
            for name in ("httpx", "httpcore"):
                logging.getLogger(name).setLevel(logging.CRITICAL)
            is_encrypted = self._url.startswith("https:")
            self._http = httpx.AsyncClient(
                verify=create_context(),
                # A proxy would get what goes to this machine unencrypted.
                trust_env=is_encrypted,
                follow_redirects=False,
                headers={"authorization": f"Bearer {self._server.key}", "user-agent": "Sendoff"},
                timeout=httpx.Timeout(_SILENCE, connect=_CONNECT),
                limits=httpx.Limits(max_connections=_REQUESTS, keepalive_expiry=8),
            )
        return self._http


class _PauseError(Exception):
    """The server asks for a pause that is worth waiting for."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def remote_checker(
    server: CheckServer,
    settings: CheckSettings,
    on_trouble: Callable[[str], None] = lambda _: None,
) -> RemoteChecker:
    """What checks pages through ``server``; from here, too, where it may."""
    fallback = None
    if server.falls_back:
        from app.linkcheck.many.gates import HostGates
        from app.linkcheck.page.fetch import Fetcher
        from app.linkcheck.rules.deeds import refuse_deeds

        gates = HostGates(settings.concurrency, settings.per_host, settings.timeout)
        fallback = Fetcher(settings, gate=gates, guard=refuse_deeds)
    return RemoteChecker(server, settings, fallback=fallback, on_trouble=on_trouble)


def for_server(settings: CheckSettings) -> CheckSettings:
    """The limits of a `Checker` whose pages a server checks: it is the server that spares hosts."""
    return replace(settings, concurrency=_AT_ONCE, per_host=_AT_ONCE)


def _batches(sought: list[_Sought]) -> Iterable[list[_Sought]]:
    batch: list[_Sought] = []
    size = 0
    for each in sought:
        length = len(json.dumps(each.url)) + 2
        if batch and (len(batch) == MOST or size + length > _BYTES):
            yield batch
            batch, size = [], 0
        batch.append(each)
        size += length
    if batch:
        yield batch


async def _lines(response: "httpx.Response") -> AsyncIterator[bytes]:
    """The lines of an answer; bounded, since a server may be anything."""
    rest = b""
    async for part in response.aiter_bytes():
        *lines, rest = (rest + part).split(b"\n")
        for line in lines:
            if line.strip():
                yield line
        if len(rest) > _MOST_LINE:
            raise CheckServerError("The server's answer makes no sense.")


def _refusal(response: "httpx.Response") -> Exception:
    status = response.status_code
    if status == 401:
        return CheckServerError("The server does not take the key. It may have been revoked.", 300)
    if status == 403:
        return CheckServerError("The key lacks the scope “link-check”.", 300)
    if status in (404, 405):
        return CheckServerError("The server cannot check links: it is too old.", 300)
    if 300 <= status < 400:
        return CheckServerError("The server's address leads elsewhere, where your key is not sent.")
    if status in (429, 503):
        wait = _seconds(response.headers.get("retry-after"))
        if wait <= _LONGEST_PAUSE:
            return _PauseError(wait)
        return CheckServerError("The server asks for a pause.", min(wait, 3600.0))
    return CheckServerError(f"The server has a problem of its own ({status}).")


def _seconds(value: str | None) -> float:
    return float(value) if value is not None and value.isascii() and value.isdigit() else 5.0


def _settle(waiting: Iterable[_Sought], verdict: Verdict | None) -> None:
    for each in waiting:
        if not each.result.done():
            each.result.set_result(verdict)


def _is_this_machine(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")
