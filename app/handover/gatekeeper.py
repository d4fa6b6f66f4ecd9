"""The gate of one issue, with what it remembers: what the window and the command hold."""

import threading
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.handover.gate import LIMIT, GateVerdict, Held, Override, judge, to_ask
from app.handover.history import History
from app.handover.states import LinkState, asked, link_states, replaces, seen
from app.linkcheck.verdict import Verdict
from app.markup import Document


class Gatekeeper:
    """Hears of links' verdicts, judges, and keeps what it was told. For any thread.

    All methods may wait for the disk, and raise LedgerError.

    Args:
        draft: The issue's file.
        document: Its text, parsed; nobody else may use it.
        history: Where its links' states and overrides are kept.
        limit: How long ago a link may have been looked at.
        ignored: Hrefs that the writer wants to hear nothing of.
        allow_private: Whether addresses of the own network are asked.
    """

    def __init__(
        self,
        draft: Path,
        document: Document,
        history: History,
        *,
        limit: timedelta = LIMIT,
        ignored: Collection[str] = (),
        allow_private: bool = False,
    ) -> None:
        self.limit = limit
        self._draft = draft
        self._document = document
        self._history = history
        self._ignored = frozenset(ignored)
        self._allow_private = allow_private
        self._said: dict[str, Verdict] = {}
        self._lock = threading.Lock()
        states = link_states(document, {}, {}, now=_EPOCH, allow_private=allow_private)
        self.urls = asked(states)
        """What only a request can tell of, in the order of the text."""

    def hear(
        self, verdicts: Mapping[str, Verdict], now: datetime, *, from_check: bool = True
    ) -> None:
        """Take in what is known of links, whether they are this issue's or not; keep it.

        ``from_check`` is False for what was known already, of which some bears no time.
        """
        with self._lock:
            mine = {url: verdicts[url] for url in self.urls if url in verdicts}
            self._said.update(mine)
            kept = self._history.links(self._draft)
            heard_at = now if from_check else None
            found = {url: each for url, said in mine.items() if (each := seen(said, heard_at))}
            newer = {url: each for url, each in found.items() if replaces(each, kept.get(url), now)}
            self._history.keep_links(self._draft, newer, self.urls)

    def judge(self, now: datetime) -> GateVerdict:
        """Whether the issue may leave now."""
        overrides = self._history.overrides(self._draft)
        return judge(self._states(now), overrides, now, self.limit)

    def to_ask(self, now: datetime) -> list[str]:
        """What is unknown, or was looked at too long ago."""
        return to_ask(self._states(now), now, self.limit)

    def override(self, held: Held, reason: str, now: datetime) -> Override:
        """Let a link through; raises BlankReasonError."""
        decision = held.override(reason, now)
        self._history.override(self._draft, decision)
        return decision

    def take_back(self, override: Override, now: datetime) -> None:
        """Let it hold the issue again."""
        self._history.take_back(self._draft, override, now)

    def _states(self, now: datetime) -> tuple[LinkState, ...]:
        with self._lock:
            said = dict(self._said)
        return link_states(
            *(self._document, said, self._history.links(self._draft)),
            now=now,
            ignored=self._ignored,
            allow_private=self._allow_private,
        )


_EPOCH = datetime.fromtimestamp(0, UTC)
