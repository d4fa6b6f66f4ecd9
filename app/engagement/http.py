"""One small client for platforms' APIs: JSON, patiently and within bounds.

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
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin, urlsplit

from app.certificates import trusting
from app.engagement import decode, failures, waiting
from app.engagement.errors import (
    BadAnswerError,
    HttpError,
    InsecureError,
    LimitedError,
    NotTheServerError,
    OfflineError,
    SilentError,
)
from app.speech import say

if TYPE_CHECKING:
    import httpx

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_MOST_REDIRECTS = 5

Query = Mapping[str, str | int | Sequence[str | int]]


@dataclass(frozen=True, slots=True)
class Upload:
    """A form with one file in it (``multipart/form-data``, RFC 7578).

    Attributes:
        part: The form's name for the file.
        media: The content's type.
        texts: The other fields.
    """

    part: str
    name: str
    content: bytes
    media: str
    texts: Mapping[str, str] = field(default_factory=dict)


Body = Mapping[str, Any] | Upload
"""What is written: a JSON object, or a form."""


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


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: str
    query: Query | None = None
    body: Body | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Client:
    """Reads and writes by one account's API. Close it, or use it in ``async with``.

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
        request = _Request("GET", self._base + path, query)
        return await self._patiently(
            lambda: self._once(request, read),
            lambda error: error.transient or isinstance(error, LimitedError),
        )

    async def write(
        self,
        method: str,
        path: str,
        body: Body,
        *,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """What the server answers to a change. Tried again only where it was certainly not made:
        no connection came about, or the server said that it is too much just now (429). Redirects
        are not followed.

        Raises:
            HttpError: after a SilentError, FailingError or BadAnswerError it may have been made all
                the same.
        """
        request = _Request(method, self._base + path, query, body, headers or {})
        return await self._patiently(
            lambda: self._once(request, decode.read_json),
            lambda error: isinstance(error, OfflineError | LimitedError),
        )

    async def _patiently(
        self, once: Callable[[], Awaitable[Answer]], again: Callable[[HttpError], bool]
    ) -> Answer:
        attempt = 0
        while True:
            attempt += 1
            await self._pause(self._not_before - time.monotonic())
            try:
                return await once()
            except HttpError as error:
                may_wait = error.wait <= self._patience.longest
                if not again(error) or not may_wait or attempt >= self._patience.attempts:
                    raise
                own = waiting.backoff(attempt, self._chance(), self._patience.first)
                await self._pause(max(own, error.wait))

    async def _once(self, request: _Request, read: Callable[[bytes], Any]) -> Answer:
        """Send one request and, if it only reads, follow its redirects within the origin."""
        for _ in range(_MOST_REDIRECTS + 1):
            async with self._sent(request) as response:
                status = response.status_code
                if status not in _REDIRECTS:
                    return await self._read(response, read, writing=request.body is not None)
                target = urljoin(request.url, response.headers.get("location", ""))
            if _origin_or_none(target) != self._origin:
                raise NotTheServerError(
                    say(
                        "The answer leads to another address, which does not get your "
                        "key. The network may want you to log in first, or the account's "
                        "address is not right."
                    )
                )
            if request.body is not None:
                raise NotTheServerError(
                    say(
                        "The server wants this to be written at another address: the "
                        "account's address is not quite right. Nothing was changed."
                    )
                )
            request = _Request("GET", target)
        raise NotTheServerError(say("The server's redirects lead in a circle."))

    async def _read(
        self, response: "httpx.Response", read: Callable[[bytes], Any], *, writing: bool
    ) -> Answer:
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
            code = failures.code(body) if is_json else ""
            wait = waiting.retry_after(headers.get("retry-after"), now) or 0
            raise failures.failure(status, code, wait, writing=writing)
        if not is_json:
            raise NotTheServerError(
                say(
                    "A web page answered instead of the server. Check the account's "
                    "address; some networks answer like this until you log in."
                )
            )
        data = read(body.whole())
        return Answer(data, headers, None if date is None else int(date * 1000))

    @asynccontextmanager
    async def _sent(self, asked: _Request) -> AsyncIterator["httpx.Response"]:
        import httpx

        self.requests += 1
        try:
            async with asyncio.timeout(self._patience.whole):
                request = self._client().build_request(
                    asked.method,
                    asked.url,
                    params=asked.query,
                    headers={**self._headers(), **asked.headers},
                    **_content(asked.body),
                )
                response = await self._client().send(request, stream=True)
                try:
                    yield response
                finally:
                    await response.aclose()
        except httpx.ConnectTimeout:
            raise OfflineError(
                say("The server cannot be reached: no connection in time.")
            ) from None
        except httpx.ConnectError as error:
            raise failures.no_connection(error) from None
        except httpx.ProxyError:
            raise OfflineError(say("The network's proxy does not let us through.")) from None
        except (TimeoutError, httpx.TimeoutException):
            raise SilentError(say("The server stopped answering.")) from None
        except httpx.DecodingError:
            raise BadAnswerError(say("The answer is broken.")) from None
        except (httpx.TransportError, ssl.SSLError, OSError):
            raise SilentError(say("The connection was lost.")) from None

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
        raise InsecureError(say("The account's address is not one; it begins with https://."))
    if found[0] != "https" and not is_loopback(found[1]):
        raise InsecureError(
            say(
                "The account's address is not encrypted: your key would be readable on "
                "the way. Use https://."
            )
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
    return trusting()


def _content(body: Body | None) -> dict[str, Any]:
    """A body in httpx's words."""
    if body is None:
        return {}
    if isinstance(body, Upload):
        return {
            "files": {body.part: (body.name, body.content, body.media)},
            "data": dict(body.texts),
        }
    return {"json": dict(body)}
