"""What the window and the command line show: dead links by the letter that has them."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.linkrot.archive import day_of
from app.linkrot.model import Copy, Kind, Letter, Link, Page, Written
from app.linkrot.store import RotStore


@dataclass(frozen=True, slots=True)
class DeadLink:
    """A dead link of a letter, and what the archive said of it; None: it was not asked."""

    letter: Letter
    link: Link
    page: Page
    copy: Copy | None

    @property
    def was_sent_dead(self) -> bool:
        """Whether it was seen dead before the issue was sent."""
        at, failed = self.letter.at, self.page.failed
        if self.letter.kind is not Kind.ISSUE or at is None or failed is None:
            return False
        return failed <= at


@dataclass(frozen=True, slots=True)
class Group:
    """A letter with its dead links."""

    letter: Letter
    links: tuple[DeadLink, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the list shows.

    Attributes:
        groups: Sent issues, the newest first, then drafts.
        letters, pages: How many are looked after.
        looked: How many of the pages were looked at.
        last: When a page was last looked at; None where none was.
    """

    groups: tuple[Group, ...]
    letters: int
    pages: int
    looked: int
    last: float | None

    @property
    def links(self) -> int:
        """How many dead links there are, those of several letters counted in each."""
        return sum(len(group.links) for group in self.groups)


def nearest_to(letter: Letter, page: Page) -> float:
    """The time to which a copy should be near: when readers got the letter; for a draft, when the
    page last worked.
    """
    if letter.kind is Kind.ISSUE and letter.at is not None:
        return letter.at
    for at in (page.alive, page.failed, letter.at):
        if at is not None:
            return at
    return page.first_seen


def overview(store: RotStore, written: Sequence[Written]) -> Overview:
    """Read it all. Raises RotStoreError."""
    known = store.pages()
    wanted = {link.page for each in written for link in each.links}
    looks = [page.looked for page in known.values() if page.url in wanted and page.looked]
    groups = [_group(store, each, known) for each in _in_order(written)]
    return Overview(
        groups=tuple(group for group in groups if group.links),
        letters=len(written),
        pages=len(wanted),
        looked=len(looks),
        last=max(looks, default=None),
    )


@dataclass(frozen=True, slots=True)
class Count:
    """How many of a letter's links are dead, and how many of those died after it was sent."""

    dead: int = 0
    since: int = 0


def count_dead(store: RotStore, written: Written) -> Count:
    """Count them. Raises RotStoreError."""
    found = store.pages([link.page for link in written.links]).values()
    sent = written.letter.at or 0.0
    dead = [page for page in found if page.is_dead]
    since = [page for page in dead if page.alive is not None and (page.failed or 0.0) > sent]
    return Count(len(dead), len(since))


def _in_order(written: Sequence[Written]) -> list[Written]:
    return sorted(
        written,
        key=lambda each: (each.letter.kind is Kind.DRAFT, -(each.letter.at or 0.0)),
    )


def _group(store: RotStore, written: Written, known: dict[str, Page]) -> Group:
    found = []
    for link in written.links:
        page = known.get(link.page)
        if page is not None and page.is_dead:
            near = day_of(nearest_to(written.letter, page))
            found.append(DeadLink(written.letter, link, page, store.copy(link.page, near)))
    return Group(written.letter, tuple(found))
