"""Web Risk's Update API: lists of hash prefixes on this computer, asked about before Google is.

No URL leaves the computer. Where a prefix of four bytes or more is on a list, that prefix goes to
Google, and the full hashes that come back are compared here.

Source: https://cloud.google.com/web-risk/docs/update-api
"""

import asyncio
import base64
import logging
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from app.linkcheck.reputation.answers import Answers
from app.linkcheck.reputation.service import Flag, ReputationError
from app.linkcheck.reputation.webrisk.api import ThreatType, WebRiskApi, expiry, most_severe
from app.linkcheck.reputation.webrisk.canonical import NoHostError, canonicalize
from app.linkcheck.reputation.webrisk.differences import read_difference
from app.linkcheck.reputation.webrisk.expressions import hashes
from app.linkcheck.reputation.webrisk.lookup import flag
from app.linkcheck.reputation.webrisk.prefixes import ChecksumError, PrefixStore
from app.linkcheck.urls import parse

log = logging.getLogger(__name__)

_MOST_ENTRIES = 1 << 18
"""In one difference: more would be megabytes in one piece."""
_MOST_ROUNDS = 64
_PATIENCE = 60.0
"""Seconds to wait for lists that are loaded for the first time."""
_TOO_OLD = 86400.0
"""After a day without a successful update the lists say nothing of a site."""
_DEFAULT_NEXT = 1800.0
_BACKOFF = (60.0, 120.0, 300.0, 900.0, 1800.0)


class WebRiskUpdate:
    """A reputation service on local lists, which it keeps up to date while it is asked."""

    name = "Google Web Risk"

    def __init__(self, api: WebRiskApi, answers: Answers, path: Path) -> None:
        self._api = api
        self._answers = answers
        self._path = path
        self._store: PrefixStore | None = None
        self._updating: asyncio.Task[None] | None = None
        self._not_before: dict[ThreatType, float] = {}
        self._failures: dict[ThreatType, int] = {}
        self._start_over: set[ThreatType] = set()

    @property
    def problem(self) -> str | None:
        """Why it cannot be used, in plain words."""
        return self._api.problem

    async def look_up(self, url: str) -> Flag | None:
        """What Web Risk has against the URL; see `ReputationService`."""
        parsed = parse(url)
        if parsed is None or parsed.is_private:
            return None
        try:
            full = hashes(canonicalize(url))
        except NoHostError:
            return None
        try:
            found = (await self._current_store()).find(full)
        except (sqlite3.Error, OSError) as error:
            raise ReputationError("Web Risk's local lists cannot be used.") from error
        if not found:
            return None
        suspects = [(each, prefix) for each in full for prefix in found if each.startswith(prefix)]
        return await self._confirmed(suspects)

    async def aclose(self) -> None:
        """Give up an update (what it has finished stays), close file and connections."""
        if self._updating is not None:
            self._updating.cancel()
            await asyncio.gather(self._updating, return_exceptions=True)
        if self._store is not None:
            self._store.close()
            self._store = None
        await self._answers.aclose()
        await self._api.aclose()

    async def _current_store(self) -> PrefixStore:
        """The lists, updated in the background; raises `ReputationError` while they are no use."""
        if self._store is None:
            self._store = PrefixStore(self._path)
        if (self._updating is None or self._updating.done()) and self._due():
            self._updating = asyncio.ensure_future(self._update())
        if not self._is_usable() and self._updating is not None:
            await asyncio.wait([self._updating], timeout=_PATIENCE)
        if not self._is_usable() or self._store is None:
            raise ReputationError(self.problem or "Web Risk's lists could not be loaded yet.")
        return self._store

    def _is_usable(self) -> bool:
        now, store = self._api.clock(), self._store
        return store is not None and all(
            0 <= now - store.state(threat).updated < _TOO_OLD for threat in ThreatType
        )

    def _due(self) -> list[ThreatType]:
        now, store = self._api.clock(), self._store
        if store is None:
            return []
        return [
            threat
            for threat in ThreatType
            if self._not_before.get(threat, store.state(threat).next) <= now
        ]

    async def _update(self) -> None:
        await asyncio.gather(*(self._update_list(threat) for threat in self._due()))

    async def _update_list(self, threat: ThreatType) -> None:
        """Bring one list up to date, in as many rounds as the server likes."""
        for _ in range(_MOST_ROUNDS):
            try:
                more = await self._take_difference(threat)
            except (ReputationError, ChecksumError, ValueError, TypeError, OSError) as error:
                self._put_off(threat, error)
                return
            except sqlite3.Error as error:
                self._put_off(threat, error)
                return
            self._failures.pop(threat, None)
            self._not_before.pop(threat, None)
            if not more:
                return

    def _put_off(self, threat: ThreatType, error: Exception) -> None:
        """Later, and from the beginning where the list is not what the server thinks it is."""
        log.warning("A list of Web Risk was not updated: %s", type(error).__name__)
        if not isinstance(error, ReputationError | OSError):
            self._start_over.add(threat)
        failures = self._failures[threat] = self._failures.get(threat, 0) + 1
        pause = _BACKOFF[min(failures, len(_BACKOFF)) - 1]
        self._not_before[threat] = self._api.clock() + pause

    async def _take_difference(self, threat: ThreatType) -> bool:
        """Ask for one difference and apply it; says whether there may be more at once."""
        store = self._store
        if store is None:
            return False
        state, now = store.state(threat), self._api.clock()
        token = "" if threat in self._start_over else state.token
        query = [
            ("threatType", threat.value),
            ("versionToken", token),
            ("constraints.maxDiffEntries", str(_MOST_ENTRIES)),
            ("constraints.supportedCompressions", "RAW"),
            ("constraints.supportedCompressions", "RICE"),
        ]
        answer = await self._api.get("/v1/threatLists:computeDiff", query, timeout=30.0)
        difference = read_difference(answer, threat, now + _DEFAULT_NEXT)
        # Where the server names no time, it may be asked at any: until nothing is new.
        more = "recommendedNextDiff" not in answer and difference.token not in ("", token)
        await asyncio.to_thread(store.apply, difference, now)
        self._start_over.discard(threat)
        store.refresh()
        return more and bool(answer.get("additions") or answer.get("removals"))

    async def _confirmed(self, suspects: Iterable[tuple[bytes, bytes]]) -> Flag | None:
        """Whether one of the full hashes is really listed; each prefix is asked for once."""
        answers = await asyncio.gather(
            *(self._confirm(full, prefix) for full, prefix in suspects), return_exceptions=True
        )
        flags = [each for each in answers if isinstance(each, Flag)]
        if flags:
            order = [threat.value for threat in ThreatType]
            return min(
                flags, key=lambda each: order.index(each.threat) if each.threat in order else 9
            )
        for each in answers:
            if isinstance(each, BaseException):
                raise each
        return None

    async def _confirm(self, full: bytes, prefix: bytes) -> Flag | None:
        known = self._answers.get("web-risk-hash", full.hex())
        if known is None:

            async def ask() -> tuple[dict[str, Any], float]:
                return await self._search(prefix)

            listed = await self._answers.ask("web-risk-prefix", prefix.hex(), ask)
            known = listed.get(full.hex())
        return None if known is None else flag(known["threat"], known["until"])

    async def _search(self, prefix: bytes) -> tuple[dict[str, Any], float]:
        """The listed hashes that begin so; kept until the first of their expiries, and the hashes
        themselves for as long as each may be.
        """
        query = [("hashPrefix", base64.urlsafe_b64encode(prefix).decode("ascii"))]
        query += [("threatTypes", threat.value) for threat in ThreatType]
        answer = await self._api.get("/v1/hashes:search", query)
        now, listed = self._api.clock(), dict[str, Any]()
        try:
            for each in answer.get("threats", ()):
                full = base64.b64decode(each["hash"]).hex()
                threat, until = most_severe(each["threatTypes"]), expiry(each.get("expireTime"))
                if threat:
                    listed[full] = {"threat": threat, "until": until or now}
        except (KeyError, TypeError, ValueError, AttributeError):
            raise ReputationError("Web Risk gave an answer that is not documented.") from None
        for full, found in listed.items():
            self._answers.put("web-risk-hash", full, found, found["until"] - now)
        ends = [expiry(answer.get("negativeExpireTime")) or now]
        ends += [found["until"] for found in listed.values()]
        return listed, min(ends) - now
