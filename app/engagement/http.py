"""One small client for platforms' APIs: reads JSON by GET, patiently and within bounds.

The key goes to the account's own origin and nowhere else, never unencrypted except to this machine.
Nothing is logged.
"""

import asyncio
import logging
import random
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin, urlsplit

from app.engagement import decode, waiting
from app.engagement.errors import (
    BadAnswerError,
    FailingError,
    ForbiddenError,
    HttpError,
    InsecureError,
    LimitedError,
    NotFoundError,
    NotTheServerError,
    OfflineError,
    RefusedError,
    SilentError,
    StatusError,
)

if TYPE_CHECKING:
    import httpx

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_MOST_REDIRECTS = 5

Query = Mapping[str, str | int | Sequence[str | int]]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, in seconds.

    Attributes:
        connect: For a connection.
        silence: For the next byte.
        whole: For one answer.
        attempts: How often a request is sent that fails for a passing reason.
        first: Before the first repetition; doubled for each further one.
        longest: A pause that the server asks for is kept within a sync up to this; a longer one
            ends the sync, which goes on later.
    """

    connect: float = 10.0
    silence: float = 20.0
    whole: float = 120.0
    attempts: int = 4
    first: float = 0.5
    longest: float = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """JSON that came with a status of 200 to 299.

    Attributes:
        headers: Lower-case names.
        server_time: The server's clock, milliseconds; None where it tells none.
    """

    data: Any
    headers: Mapping[str, str]
    server_time: int | None


class Client:
    """Reads one account's API. Close it, or use it in ``async with``.

    Args:
        base: What paths are appended to, such as ``https://api.example.com/v1``.
        headers: What is sent with each request, the key in the platform's way.
        patience: See there.
        sleep: Waits some seconds.
        chance: Between 0 and 1.

    Raises:
        InsecureError: ``base`` is neither https nor on this machine, or not an address at all.
    """

    def __init__(
        self,
        base: str,
        headers: Callable[[], Mapping[str, str]],
        *,
        patience: Patience = Patience(),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._base = base.rstrip("/")
        self._origin = _origin(self._base)
        self._headers = headers
        self._patience = patience
        self._sleep = sleep
        self._chance = chance
        self._http: httpx.AsyncClient | None = None
        self._not_before = 0.0
        self.requests = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def get(
        self,
        path: str,
        query: Query | None = None,
        read: Callable[[bytes], Any] = decode.read_json,
    ) -> Answer:
        """The JSON at ``path``, tried again where that can help.

        Args:
            path: Appended to the base.
            query: What is asked for.
            read: Makes an answer's data of its bytes. May raise BadAnswerError.

        Raises:
            HttpError: of a kind that says what the writer can do.
        """
        attempt = 0
        while True:
            attempt += 1
            await self._pause(self._not_before - time.monotonic())
            try:
                return await self._once(self._base + path, query, read)
            except HttpError as error:
                may_wait = error.wait <= self._patience.longest
                again = error.transient or (isinstance(error, LimitedError) and may_wait)
                if not again or not may_wait or attempt >= self._patience.attempts:
                    raise
                own = waiting.backoff(attempt, self._chance(), self._patience.first)
                await self._pause(max(own, error.wait))

    async def _once(self, url: str, query: Query | None, read: Callable[[bytes], Any]) -> Answer:
        """Send one request and follow its redirects within the origin."""
        sent = query
        for _ in range(_MOST_REDIRECTS + 1):
            async with self._sent(url, sent) as response:
                status = response.status_code
                if status not in _REDIRECTS:
                    return await self._read(response, read)
                target = urljoin(url, response.headers.get("location", ""))
            if _origin_or_none(target) != self._origin:
                raise NotTheServerError(
                    "The answer leads to another address, which does not get your key. The network "
                    "may want you to log in first, or the account's address is not right."
                )
            url, sent = target, None
        raise NotTheServerError("The server's redirects lead in a circle.")

    async def _read(self, response: "httpx.Response", read: Callable[[bytes], Any]) -> Answer:
        headers = {name.lower(): value for name, value in response.headers.items()}
        date = waiting.http_date(headers.get("date"))
        now = time.time() if date is None else date
        self._not_before = time.monotonic() + waiting.until_allowed(headers, now)
        media = headers.get("content-type", "").partition(";")[0].strip().lower()
        is_json = media == "application/json" or media.endswith("+json")
        body = decode.Inflater(headers.get("content-encoding", ""))
        async for part in response.aiter_raw():
            body.feed(part)
        status = response.status_code
        if not 200 <= status < 300:
            code = _code(body) if is_json else ""
            raise _failure(status, code, waiting.retry_after(headers.get("retry-after"), now) or 0)
        if not is_json:
            raise NotTheServerError(
                "A web page answered instead of the server. Check the account's address; some "
                "networks answer like this until you log in."
            )
        data = read(body.whole())
        return Answer(data, headers, None if date is None else int(date * 1000))

    @asynccontextmanager
    async def _sent(self, url: str, query: Query | None) -> AsyncIterator["httpx.Response"]:
        import httpx

        self.requests += 1
        try:
            async with asyncio.timeout(self._patience.whole):
                request = self._client().build_request(
                    "GET", url, params=query, headers=dict(self._headers())
                )
                response = await self._client().send(request, stream=True)
                try:
                    yield response
                finally:
                    await response.aclose()
        except httpx.ConnectTimeout:
            raise OfflineError("The server cannot be reached: no connection in time.") from None
        except httpx.ConnectError as error:
            raise _no_connection(error) from None
        except httpx.ProxyError:
            raise OfflineError("The network's proxy does not let us through.") from None
        except (TimeoutError, httpx.TimeoutException):
            raise SilentError("The server stopped answering.") from None
        except httpx.DecodingError:
            raise BadAnswerError("The answer is broken.") from None
        except (httpx.TransportError, ssl.SSLError, OSError):
            raise SilentError("The connection was lost.") from None

    async def _pause(self, seconds: float) -> None:
        if seconds > 0:
            await self._sleep(seconds)

    def _client(self) -> "httpx.AsyncClient":
        if self._http is None:
            import httpx

            # Both tell whole URLs, at levels that other people's settings may show.
            for name in ("httpx", "httpcore"):
                logging.getLogger(name).setLevel(logging.CRITICAL)
            patience = self._patience
            self._http = httpx.AsyncClient(
                verify=_trusted(),
                # A proxy would get what goes to this machine unencrypted.
                trust_env=self._origin[0] == "https",
                follow_redirects=False,
                headers={"accept": "application/json", "accept-encoding": "gzip",
                         "user-agent": "Sendoff"},
                # Requests wait their turn for one of the connections as long as they may take.
                timeout=httpx.Timeout(patience.silence, connect=patience.connect, pool=None),
                limits=httpx.Limits(max_connections=2, keepalive_expiry=8),
            )  # fmt: skip
        return self._http


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _origin(url: str) -> tuple[str, str, int]:
    found = _origin_or_none(url)
    if found is None:
        raise InsecureError("The account's address is not one; it begins with https://.")
    if found[0] != "https" and not is_loopback(found[1]):
        raise InsecureError(
            "The account's address is not encrypted: your key would be readable on the way. Use "
            "https://."
        )
    return found


def _origin_or_none(url: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80)


@cache
def _trusted() -> ssl.SSLContext:
    """The system's certificates; ours where OpenSSL sees none of the system."""
    context = ssl.create_default_context()
    if not context.cert_store_stats()["x509_ca"] and not ssl.get_default_verify_paths().capath:
        import certifi

        context.load_verify_locations(certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _no_connection(error: BaseException) -> HttpError:
    reason: BaseException | None = error
    while reason is not None:
        if isinstance(reason, ssl.SSLCertVerificationError):
            return InsecureError(f"The server's certificate is not good: {_certificate(reason)}.")
        if isinstance(reason, ssl.SSLError):
            return InsecureError("No safe connection to the server can be made.")
        reason = reason.__cause__ or reason.__context__
    return OfflineError("The server cannot be reached. Are you online?")


def _certificate(error: ssl.SSLCertVerificationError) -> str:
    # https://www.openssl.org/docs/man3.0/man3/X509_STORE_CTX_get_error.html
    words = {10: "it has expired", 18: "nobody vouches for it", 19: "nobody known vouches for it",
             20: "nobody known vouches for it", 62: "it belongs to another host",
             64: "it belongs to another host"}  # fmt: skip
    return words.get(error.verify_code, "it cannot be verified")


def _code(body: decode.Inflater) -> str:
    try:
        found = decode.read_json(body.whole())
    except BadAnswerError:
        return ""
    word = found.get("code") if isinstance(found, dict) else None
    return word[:100] if isinstance(word, str) else ""


def _failure(status: int, code: str, wait: float) -> HttpError:
    if status == 401:
        return RefusedError("The server does not take the key. It may have been revoked.")
    if status == 403:
        return ForbiddenError("The key is not allowed to read this.")
    if status == 404:
        return NotFoundError("The server has no such thing, or no more.")
    if status == 429:
        return LimitedError("The server asks for a pause.", wait=wait)
    if status == 511:
        return NotTheServerError("The network wants you to log in first.")
    if status >= 500:
        return FailingError(f"The server has a problem of its own ({status}).", wait=wait)
    return StatusError(f"The server answered with an error ({status}).", status, code)
