"""The gate of one issue, with what it remembers: what the window and the command hold."""

import threading
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.handover import images
from app.handover.gate import LIMIT, GateVerdict, Held, Override, judge, to_ask
from app.handover.history import History
from app.handover.states import LinkState, Place, asked, link_states, replaces, seen
from app.linkcheck.verdict import Verdict
from app.markup import Document
from app.publish.export.issue import issue_of


class Gatekeeper:
    """Hears of links' verdicts, judges, and keeps what it was told. For any thread.

    All methods may wait for the disk, and raise LedgerError.

    Args:
        draft: The issue's file.
        text: What is in it. Links of its snippets count as its own; they have no place in it.
        history: Where its links' states and overrides are kept.
        limit: How long ago a link may have been looked at.
        ignored: Hrefs that the writer wants to hear nothing of.
        allow_private: Whether addresses of the own network are asked.

    Raises:
        SnippetError: a snippet is missing.
    """

    def __init__(
        self,
        draft: Path,
        text: str,
        history: History,
        *,
        limit: timedelta = LIMIT,
        ignored: Collection[str] = (),
        allow_private: bool = False,
    ) -> None:
        self.limit = limit
        self._draft = draft
        issue = issue_of(text, draft.parent)
        self._document = issue.document
        self._pictures = images.beside(self._document, draft.parent)
        self._written = None if issue.markdown == text else _places(Document.from_text(text))
        self._history = history
        self._ignored = frozenset(ignored)
        self._allow_private = allow_private
        self._said: dict[str, Verdict] = {}
        self._lock = threading.Lock()
        states = link_states(self._document, {}, {}, now=_EPOCH, allow_private=allow_private)
        self.urls = asked(states)
        """What only a request can tell of, in the order of the text."""

    def hear(
        self, verdicts: Mapping[str, Verdict], now: datetime, *, from_check: bool = True
    ) -> None:
        """Take in what is known of links, whether they are this issue's or not; keep it.

        ``from_check`` is False for what was known already, of which some bears no time.
        """
        with self._lock:
            self._said.update({url: verdicts[url] for url in self.urls if url in verdicts})
            keep(self._history, self._draft, self.urls, verdicts, now if from_check else None)

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
        states = link_states(
            *(self._document, said, self._history.links(self._draft)),
            now=now,
            ignored=self._ignored,
            allow_private=self._allow_private,
        )
        states = tuple(each for each in states if each.url not in self._pictures)
        if self._written is None:
            return states
        written = self._written
        return tuple(replace(each, places=written.get(each.url, ())) for each in states)


def keep(
    history: History,
    draft: Path,
    urls: Collection[str],
    verdicts: Mapping[str, Verdict],
    heard_at: datetime | None,
    *,
    forgets: bool = True,
) -> None:
    """Keep what is news of an issue's links; raises LedgerError.

    Args:
        history: Where it is kept.
        draft: The issue's file.
        urls: All of the issue's links that only a request can tell of.
        verdicts: What was heard, of these and perhaps of others.
        heard_at: When a check told it; None for what was known before.
        forgets: Whether what is kept of other links goes: they are in the issue no more.
    """
    now = heard_at or datetime.now(UTC)
    said = {url: verdicts[url] for url in urls if url in verdicts}
    found = {url: each for url, verdict in said.items() if (each := seen(verdict, heard_at))}
    kept = history.links(draft)
    news = {url: each for url, each in found.items() if replaces(each, kept.get(url), now)}
    history.keep_links(draft, news, urls if forgets else kept)


def _places(document: Document) -> dict[str, tuple[Place, ...]]:
    """Where each address stands in the draft as it is written."""
    return {each.url: each.places for each in link_states(document, {}, {}, now=_EPOCH)}


_EPOCH = datetime.fromtimestamp(0, UTC)
