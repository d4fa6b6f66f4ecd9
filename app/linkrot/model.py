"""What is known of links that were sent or saved. Times are seconds since 1970, UTC."""

from dataclasses import dataclass
from enum import StrEnum

DAY = 86_400.0


class Standing(StrEnum):
    """What may be said of a page."""

    UNKNOWN = "unknown"
    """It was not looked at yet."""
    ALIVE = "alive"
    UNSURE = "unsure"
    """Its server refuses checkers, or says what proves nothing."""
    FAILING = "failing"
    """It failed, but not often or not long enough to be called dead."""
    DIED = "died"
    """It worked when it was looked at before, and does not any more."""
    NEVER_ALIVE = "never_alive"
    """It was dead when first looked at: whether it ever worked is not known."""


DEAD = frozenset({Standing.DIED, Standing.NEVER_ALIVE})


@dataclass(frozen=True, slots=True)
class Page:
    """What the looks at one address found; one page however many fragments lead into it.

    Attributes:
        url: Without a fragment.
        first_seen: When a letter was first found to have it.
        wanted: When one last was.
        due: When it is to be looked at next.
        asked: When its host was last sent a request for it, whatever came of it.
        looked: When a look last said something.
        alive: When it last worked.
        failed: When the failures in a row began.
        counted: When the last failure was counted: they count from a day apart.
        failures: How many counted.
        is_dead: Enough of them, over long enough.
        reason: The word of the last verdict; empty before the first.
        http_status: What the server answered then.
    """

    url: str
    first_seen: float
    wanted: float
    due: float
    asked: float | None = None
    looked: float | None = None
    alive: float | None = None
    failed: float | None = None
    counted: float | None = None
    failures: int = 0
    is_dead: bool = False
    reason: str = ""
    http_status: int | None = None

    @property
    def standing(self) -> Standing:
        """What may be said of it."""
        if self.is_dead:
            return Standing.NEVER_ALIVE if self.alive is None else Standing.DIED
        if self.looked is None:
            return Standing.UNKNOWN
        if self.failures:
            return Standing.FAILING
        return Standing.ALIVE if self.alive == self.looked else Standing.UNSURE


class Kind(StrEnum):
    """What has links."""

    ISSUE = "issue"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Letter:
    """A sent issue or a saved draft.

    Attributes:
        account: An issue's account, its id; empty for drafts.
        id: The platform's id of the issue, or the draft's path.
        title: The subject.
        at: When it was sent, or last changed; None where that is not known.
        draft: The path of a sent issue's own draft, where that is known; else empty.
    """

    kind: Kind
    account: str
    id: str
    title: str
    at: float | None
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A letter's link to a page: ``page`` is the address that is asked for, ``url`` as written.

    ``draft`` is the path of the draft that has it; empty where none is known.
    """

    page: str
    url: str
    text: str
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A letter with those of its links that can be looked at, each page once."""

    letter: Letter
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """What an archive said of a page when it was asked for the copy nearest to a day.

    Attributes:
        url: Where the copy is; empty where the archive knows of none.
        taken: When it was made; None where there is none.
        asked: When the archive was asked.
    """

    url: str
    taken: float | None
    asked: float
