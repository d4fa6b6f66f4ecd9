"""Web Risk's Lookup API: each URL is sent to Google.

Source: https://cloud.google.com/web-risk/docs/lookup-api
"""

from datetime import UTC, datetime
from typing import Any

from app.linkcheck.reputation.answers import Answers
from app.linkcheck.reputation.service import Flag, ReputationError
from app.linkcheck.reputation.webrisk.api import ThreatType, WebRiskApi, expiry, most_severe
from app.linkcheck.urls import parse
from app.linkcheck.verdict import Reason

_CLEAN_SECONDS = 1800.0
"""The interface gives no expiry for "nothing known": short, as a draft lives for hours."""


class WebRiskLookup:
    """A reputation service that sends URLs, without their fragment, user name and password."""

    name = "Google Web Risk"

    def __init__(self, api: WebRiskApi, answers: Answers) -> None:
        self._api = api
        self._answers = answers

    @property
    def problem(self) -> str | None:
        """Why it cannot be used, in plain words."""
        return self._api.problem

    async def look_up(self, url: str) -> Flag | None:
        """What Web Risk has against the URL; see `ReputationService`."""
        parsed = parse(url)
        if parsed is None or parsed.is_private:
            return None

        async def ask() -> tuple[dict[str, Any], float]:
            return await self._ask(parsed.page)

        answer = await self._answers.ask("web-risk", parsed.page, ask)
        return flag(answer["threat"], answer["until"])

    async def aclose(self) -> None:
        """See `ReputationService`."""
        await self._answers.aclose()
        await self._api.aclose()

    async def _ask(self, page: str) -> tuple[dict[str, Any], float]:
        query = [("threatTypes", threat.value) for threat in ThreatType]
        answer = await self._api.get("/v1/uris:search", [*query, ("uri", page)])
        now = self._api.clock()
        found = answer.get("threat")
        if not found:
            return {"threat": None, "until": now + _CLEAN_SECONDS}, _CLEAN_SECONDS
        threat = most_severe(found.get("threatTypes")) if isinstance(found, dict) else None
        if threat is None:
            raise ReputationError("Web Risk gave an answer that is not documented.")
        until = expiry(found.get("expireTime")) or now
        return {"threat": threat, "until": until}, until - now


def flag(threat: str | None, until: float) -> Flag | None:
    """A threat as the flag that it is."""
    if threat is None:
        return None
    return Flag(Reason.WEB_RISK, threat, datetime.fromtimestamp(until, UTC))
