"""The proof of one draft: each link with its verdict, kept in step with edits and answers.

Work is proportional to what changed: an edit touches the links of the blocks that it touched, an
answer those of the blocks that use its URL.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from app.linkcheck.rules.offline import Subject, judge_offline
from app.linkcheck.urls import parse
from app.linkcheck.verdict import SEVERITY, Reason, Status, Verdict
from app.markup import Block, Change, Document, Link, LinkKind, PlacedLink

PENDING = Verdict(Reason.PENDING)
IGNORED = Verdict(Reason.IGNORED)


@dataclass(frozen=True, slots=True)
class ProofedLink:
    """A link at its place in the draft, with what is known of it."""

    placed: PlacedLink
    verdict: Verdict
    url: str | None

    @property
    def link(self) -> Link:
        """The link itself."""
        return self.placed.link


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is known of a link without asking: its URL, or the verdict that needs no network."""

    href: str | None
    url: str | None
    offline: Verdict | None


def url_of(link: Link) -> str | None:
    """The absolute URL that a request would go to; None where the link has none."""
    if link.href is None:
        return None
    url = parse(link.href)
    return url.href if url else None


def offline_verdict(
    link: Link, document: Document, *, allow_private: bool = False
) -> Verdict | None:
    """What can be said without a network; None when the link must be asked for."""
    subject = Subject(
        href=link.href,
        kind=link.kind.value,
        mistake=link.mistake.value if link.mistake else None,
        anchors=document.anchors(),
    )
    verdict = judge_offline(subject, allow_private=allow_private)
    if verdict is not None and link.detail:
        return replace(verdict, detail=link.detail)
    return verdict


class Proof:
    """All links of an open draft with their verdicts."""

    def __init__(
        self,
        document: Document,
        known: Mapping[str, Verdict] | None = None,
        ignored: Collection[str] = (),
        *,
        allow_private: bool = False,
    ) -> None:
        self._document = document
        self._allow_private = allow_private
        self._known: dict[str, Verdict] = dict(known or {})
        self._ignored = set(ignored)
        self._entries: dict[int, tuple[_Entry, ...]] = {}
        self._tallies: dict[int, list[Status]] = {}
        self._users: dict[str, set[int]] = {}
        self.counts: Counter[Status] = Counter()
        for block in document.blocks:
            self._enter(block)

    @property
    def ignored(self) -> frozenset[str]:
        """The hrefs that the writer wants to hear nothing of in this draft."""
        return frozenset(self._ignored)

    def foresee(self, hrefs: Iterable[str]) -> list[str]:
        """Judge these ahead, in any thread, so that `apply` finds it done.

        Returns the URLs among them that only a request can tell of.
        """
        urls = []
        for href in hrefs:
            url = parse(href)
            subject = Subject(href, LinkKind.INLINE.value)
            judged = judge_offline(subject, allow_private=self._allow_private)
            if url is not None and judged is None:
                urls.append(url.href)
        return urls

    def apply(self, change: Change) -> None:
        """Follow an edit of the document."""
        if len(change.removed) == len(change.added) == 1:
            old, new = change.removed[0], change.added[0]
            if old.links and old.links is new.links and not change.relinked:
                self._hand_on(old.id, new.id)
                return
        for block in change.removed:
            self._leave(block.id)
        for block in change.added:
            self._enter(block)
        for index in change.relinked:
            block = self._document.blocks[index]
            self._leave(block.id)
            self._enter(block)

    def learn(self, verdicts: Iterable[tuple[str, Verdict]]) -> set[int]:
        """Take in answers; returns the ids of the blocks whose links they concern."""
        touched: set[int] = set()
        for url, verdict in verdicts:
            self._known[url] = verdict
            touched |= self._users.get(url, set())
        for block_id in touched:
            self._tally(block_id)
        return touched

    def ignore(self, href: str, ignored: bool = True) -> set[int]:
        """Stop (or resume) speaking of an href; returns the ids of the blocks concerned."""
        if ignored:
            self._ignored.add(href)
        else:
            self._ignored.discard(href)
        touched = {
            block_id
            for block_id, entries in self._entries.items()
            if any(entry.href == href for entry in entries)
        }
        for block_id in touched:
            self._tally(block_id)
        return touched

    def allow_private(self, allowed: bool) -> set[int]:
        """Ask addresses of the own network, or not; returns the ids of the blocks concerned."""
        if allowed == self._allow_private:
            return set()
        self._allow_private = allowed
        touched: set[int] = set()
        for block in self._document.blocks:
            before = self._entries[block.id]
            if tuple(self._entry(link) for link in block.links) != before:
                self._leave(block.id)
                self._enter(block)
                touched.add(block.id)
        return touched

    def wanted(self) -> set[str]:
        """The URLs that only a request can tell of."""
        return set(self._users)

    def wanted_in(self, block_id: int) -> set[str]:
        """The URLs of one block that only a request can tell of."""
        entries = self._entries.get(block_id, ())
        return {entry.url for entry in entries if entry.url and entry.offline is None}

    def links(self) -> Iterator[ProofedLink]:
        """Every link in the order of the text."""
        return self._proofed((placed.link, placed) for placed in self._document.links())

    def links_between(self, first_line: int, last_line: int) -> Iterator[ProofedLink]:
        """The links of the blocks that lie on these lines (both included)."""
        return self._proofed(self._document.placed_between(first_line, last_line))

    def urls_between(self, first_line: int, last_line: int) -> set[str]:
        """The URLs of the links in the blocks that lie on these lines (both included)."""
        blocks = self._document.blocks
        return {
            entry.url
            for index in self._document.indices_between(first_line, last_line)
            for entry in self._entries[blocks[index].id]
            if entry.url is not None
        }

    def links_of(self, index: int) -> Iterator[ProofedLink]:
        """The links of one block."""
        links = self._document.links_of(index)
        return self._proofed((placed.link, placed) for placed in links)

    def stamp(self, block_id: int) -> object:
        """The same object for as long as neither a block's links nor their verdicts may differ."""
        return self._tallies[block_id]

    def problems(self) -> list[ProofedLink]:
        """The links that want attention, the worst first, then in the order of the text."""
        found = (each for each in self.links() if SEVERITY[each.verdict.status] >= 2)
        return sorted(found, key=lambda each: -SEVERITY[each.verdict.status])

    def verdict_of(self, link: Link) -> Verdict:
        """What is known of a link of this document."""
        return self._verdict(self._entry(link))

    def _proofed(self, links: Iterable[tuple[Link, PlacedLink]]) -> Iterator[ProofedLink]:
        entries: Iterator[tuple[Link, _Entry]] = iter(())
        block_index = -1
        for own, placed in links:
            if placed.block_index != block_index:
                block_index = placed.block_index
                block = self._document.blocks[block_index]
                entries = zip(block.links, self._entries[block.id], strict=True)
            # ``links`` may leave out some of the block's: go on to this one's entry.
            entry = next(entry for link, entry in entries if link is own)
            yield ProofedLink(placed, self._verdict(entry), entry.url)

    def _entry(self, link: Link) -> _Entry:
        offline = offline_verdict(link, self._document, allow_private=self._allow_private)
        return _Entry(link.href, url_of(link), offline)

    def _verdict(self, entry: _Entry) -> Verdict:
        verdict = entry.offline or self._known.get(entry.url or "", PENDING)
        # A flag wins over everything: nobody sends a dangerous link by having ignored a dead one.
        is_ignored = entry.href is not None and entry.href in self._ignored
        return IGNORED if is_ignored and verdict.status is not Status.BLOCK else verdict

    def _enter(self, block: Block) -> None:
        # A block of thousands of links says the same few things over and over.
        known: dict[tuple[object, ...], _Entry] = {}
        entries = []
        for link in block.links:
            key = (link.href, link.kind, link.mistake, link.detail)
            entry = known.get(key)
            if entry is None:
                entry = known[key] = self._entry(link)
            entries.append(entry)
        self._entries[block.id] = tuple(entries)
        for url in self.wanted_in(block.id):
            self._users.setdefault(url, set()).add(block.id)
        self._tally(block.id)

    def _leave(self, block_id: int) -> None:
        for url in self.wanted_in(block_id):
            users = self._users[url]
            users.discard(block_id)
            if not users:
                del self._users[url]
        del self._entries[block_id]
        self._untally(block_id)

    def _hand_on(self, old: int, new: int) -> None:
        """Another block has the very same links: there may be thousands."""
        for url in self.wanted_in(old):
            self._users[url].discard(old)
            self._users[url].add(new)
        self._entries[new] = self._entries.pop(old)
        self._tallies[new] = self._tallies.pop(old)

    def _tally(self, block_id: int) -> None:
        # Plain loops: nearly every block has a link or none, and Counter's methods take long.
        self._untally(block_id)
        tally = [self._verdict(entry).status for entry in self._entries[block_id]]
        for status in tally:
            self.counts[status] += 1
        self._tallies[block_id] = tally

    def _untally(self, block_id: int) -> None:
        for status in self._tallies.pop(block_id, ()):
            self.counts[status] -= 1
