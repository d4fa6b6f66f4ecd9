"""Talks to the REST interface of Web Risk v1, and turns every failure into plain words.

Source: https://cloud.google.com/web-risk/docs/reference/rest; errors:
https://cloud.google.com/apis/design/errors. The key goes in a header
(https://cloud.google.com/docs/authentication/api-keys-use), so that it is in no URL.
"""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from app.linkcheck.reputation.service import ReputationError
from app.linkcheck.urls import WebUrl, parse

if TYPE_CHECKING:
    from app.linkcheck.net.client import Client
    from app.linkcheck.net.resolver import SystemResolver

URL = "https://webrisk.googleapis.com"
TIMEOUT = 5.0
_PAUSE_AFTER_LIMIT = 60.0
_PAUSE_AFTER_REFUSAL = 300.0
_LARGEST = 32 << 20


class ThreatType(StrEnum):
    """What a URL can be listed for, the most severe first (webrisk.proto)."""

    MALWARE = "MALWARE"
    SOCIAL_ENGINEERING = "SOCIAL_ENGINEERING"
    UNWANTED_SOFTWARE = "UNWANTED_SOFTWARE"
    SOCIAL_ENGINEERING_EXTENDED_COVERAGE = "SOCIAL_ENGINEERING_EXTENDED_COVERAGE"


def most_severe(words: object) -> str | None:
    """The first of the known threat types among ``words``; a new kind counts, too."""
    if not isinstance(words, list) or not words:
        return None
    known = [threat.value for threat in ThreatType if threat.value in words]
    return known[0] if known else str(words[0])[:60]


@dataclass(slots=True)
class WebRiskApi:
    """One account.

    Attributes:
        key: The writer's own.
        url: Of the interface.
        problem: Why it cannot be used, in plain words; None while it can, or is not known.
    """

    key: str = field(repr=False)
    url: str = URL
    allow_private: bool = False
    clock: Callable[[], float] = time.time
    problem: str | None = None
    _not_before: float = 0.0
    _client: "Client | None" = None
    _resolver: "SystemResolver | None" = None

    async def get(
        self,
        path: str,
        query: Sequence[tuple[str, str]],
        *,
        timeout: float = TIMEOUT,  # noqa: ASYNC109 - a limit of the whole exchange
    ) -> dict[str, Any]:
        """The JSON object at a path.

        Raises:
            ReputationError: it could not be had; the same at once while the service asks for rest.
        """
        if self.clock() < self._not_before:
            raise ReputationError(self.problem or "Web Risk asked to be left alone for a while.")
        url = parse(f"{self.url}{path}?{urlencode(query)}")
        if url is None:
            raise ReputationError("Web Risk cannot be asked about this.")
        try:
            async with asyncio.timeout(timeout):
                status, retry_after, body = await self._exchange(url, timeout)
        except TimeoutError:
            raise ReputationError("Web Risk did not answer in time.") from None
        answer = _object(body)
        if status != 200:
            raise self._failure(status, retry_after, answer)
        if answer is None:
            raise ReputationError("Something else answered instead of Web Risk.")
        self.problem = None
        return answer

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None
        if self._resolver is not None:
            self._resolver.close()
            self._resolver = None

    async def _exchange(self, url: WebUrl, seconds: float) -> tuple[int, float | None, bytes]:
        from app.linkcheck.net.body import BodyError
        from app.linkcheck.net.dial import Progress
        from app.linkcheck.net.failures import FailureError

        client = self._client = self._client or self._new_client()
        try:
            exchange = await client.ask("GET", url, Progress(to_connect=seconds))
            try:
                body, pieces = exchange.open_body(_LARGEST), list[bytes]()
                while piece := await body.read():
                    pieces.append(piece)
            finally:
                client.release(url, exchange)
        except (FailureError, BodyError, OSError):
            raise ReputationError("Web Risk cannot be reached.") from None
        return exchange.head.status, _seconds(exchange.head.get("retry-after")), b"".join(pieces)

    def _new_client(self) -> "Client":
        from app.linkcheck.net.client import Client
        from app.linkcheck.net.resolver import SystemResolver
        from app.linkcheck.settings import CheckSettings

        self._resolver = SystemResolver()
        settings = CheckSettings(
            allow_private=self.allow_private, trust_placeholders=True, concurrency=256
        )
        return Client(
            settings,
            self._resolver,
            headers=(
                "User-Agent: Sendoff\r\n"
                "Accept: application/json\r\n"
                "Accept-Encoding: gzip\r\n"
                f"X-Goog-Api-Key: {self.key}\r\n"
            ),
        )

    def _failure(
        self, status: int, retry_after: float | None, answer: dict[str, Any] | None
    ) -> ReputationError:
        """What an error means, and for how long nothing is asked because of it."""
        reason = _reason(answer)
        pause = retry_after or 0.0
        if status == 429:
            words, pause = "Web Risk's quota is used up for now.", pause or _PAUSE_AFTER_LIMIT
        elif status in (401, 403) or reason.startswith("API_KEY"):
            words = (
                "Web Risk refused the key. Check it, and that the project has Web Risk and billing "
                "switched on."
            )
            pause = pause or _PAUSE_AFTER_REFUSAL
        elif status >= 500:
            words = "Web Risk has a trouble of its own."
        else:
            return ReputationError("Web Risk cannot be asked about this.")
        self.problem = words
        self._not_before = self.clock() + min(pause, 3600.0)
        return ReputationError(words)


def expiry(text: object) -> float | None:
    """Unix time of a timestamp of up to nine decimals (RFC 3339); None where it is none."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _reason(answer: dict[str, Any] | None) -> str:
    """``ErrorInfo.reason`` of Google's error envelope, such as ``API_KEY_INVALID``."""
    error = (answer or {}).get("error")
    details = error.get("details") if isinstance(error, dict) else None
    for detail in details if isinstance(details, list) else ():
        if isinstance(detail, dict) and isinstance(detail.get("reason"), str):
            return str(detail["reason"])
    return ""


def _seconds(header: str) -> float | None:
    return float(header) if header.isascii() and header.isdigit() else None
