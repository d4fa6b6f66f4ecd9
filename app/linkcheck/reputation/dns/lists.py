"""A block list as a reputation service: its canary, its answers, and for how long they hold."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from app.linkcheck.reputation.answers import Answers
from app.linkcheck.reputation.dns.client import DnsClient
from app.linkcheck.reputation.dns.zones import Zone
from app.linkcheck.reputation.service import Flag, Remark, ReputationError
from app.linkcheck.urls import parse
from app.linkcheck.verdict import Note, Reason

_CANARY_EVERY = 3600.0
_CANARY_AGAIN = 60.0


class DnsList:
    """One list. Whether it can be used here at all is found out by its canary, once an hour.

    The canary is sent no later than the first question and is judged before any answer is believed;
    while the list is known to be unusable, nothing is asked.
    """

    def __init__(
        self,
        zone: Zone,
        client: DnsClient,
        answers: Answers,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._zone = zone
        self._client = client
        self._answers = answers
        self._clock = clock
        self._canary: asyncio.Task[str | None] | None = None
        self._canary_at = float("-inf")
        self.problem: str | None = None
        """Why the list cannot be used here, in plain words; None while it can, or is not known."""

    @property
    def name(self) -> str:
        """For people."""
        return self._zone.name

    async def look_up(self, url: str) -> Flag | Remark | None:
        """What the list says of the URL's host; see `ReputationService`."""
        parsed = parse(url)
        if parsed is None or parsed.is_private:
            return None
        names = self._zone.names(parsed)
        if not names:
            return None
        canary = self._fresh_canary()
        if canary.done() and (problem := canary.result()):
            raise ReputationError(problem)
        asked = [self._answers.begin(self._zone.id, name, self._asker(name)) for name in names]
        if problem := await asyncio.shield(canary):
            raise ReputationError(problem)
        return self._worst([await _settled(each) for each in asked])

    async def aclose(self) -> None:
        """See `ReputationService`."""
        if self._canary is not None:
            self._canary.cancel()
            await asyncio.gather(self._canary, return_exceptions=True)
        await self._answers.aclose()
        await self._client.aclose()

    def _worst(self, found: list[Any]) -> Flag | Remark | None:
        flag, remark, error = None, None, None
        for each in found:
            if isinstance(each, BaseException):
                error = error or each
            elif each["threat"] is not None and each["reason"] is not None:
                until = datetime.fromtimestamp(each["until"], UTC)
                flag = flag or Flag(Reason(each["reason"]), each["threat"], until)
            elif each["threat"] is not None:
                remark = remark or Remark(Note.ABUSED_SITE, each["threat"])
        if flag is None and error is not None:
            raise error
        return flag or remark

    def _asker(self, name: str) -> Callable[[], Any]:
        async def ask() -> tuple[dict[str, Any], float]:
            said, seconds = await self._ask(name)
            return {
                "threat": said.threat if said else None,
                "reason": said.reason.value if isinstance(said, Flag) else None,
                "until": self._clock() + seconds,
            }, seconds

        return ask

    async def _ask(self, name: str) -> tuple[Flag | Remark | None, float]:
        answer = await self._client.addresses(f"{name}.{self._zone.suffix}")
        if answer.is_alias:
            raise ReputationError(
                f"{self._zone.name} is not usable through this network's name server: it rewrites "
                "answers."
            )
        return (self._zone.read(answer.addresses) if answer.addresses else None), answer.seconds

    def _fresh_canary(self) -> "asyncio.Task[str | None]":
        canary, age = self._canary, self._clock() - self._canary_at
        if canary is not None and canary.done():
            span = _CANARY_AGAIN if self.problem else _CANARY_EVERY
            if canary.cancelled() or not 0 <= age < span:
                canary = None
        if canary is None:
            canary = self._canary = asyncio.ensure_future(self._try_canary())
            self._canary_at = self._clock()
        return canary

    async def _try_canary(self) -> str | None:
        """What stands in the way of using the list; None where nothing does."""
        listed, clean = await asyncio.gather(
            self._ask(self._zone.listed), self._ask(self._zone.clean), return_exceptions=True
        )
        self.problem = self._judge(listed, clean)
        return self.problem

    def _judge(self, listed: object, clean: object) -> str | None:
        for each in (listed, clean):
            if isinstance(each, ReputationError):
                return str(each)
            if isinstance(each, BaseException):
                raise each
        if isinstance(clean, tuple) and clean[0] is not None:
            return f"{self._zone.name} calls every name dangerous here; it is not asked."
        if isinstance(listed, tuple) and not isinstance(listed[0], Flag):
            return (
                f"{self._zone.name} does not answer through this network's name server: even its "
                "own test name is not listed."
            )
        return None


async def _settled(answer: Any) -> Any:
    """An answer, or the error instead of it, of one that may be under way for others, too."""
    if not isinstance(answer, asyncio.Future):
        return answer
    try:
        return await asyncio.shield(answer)
    except ReputationError as error:
        return error
