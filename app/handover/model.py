"""What is handed over, and what will become of it at the platform."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from app.engagement.model import Account


class HandoverError(Exception):
    """The issue was not handed over; ``str()`` says why and what can be done."""


class RefusedKeyError(HandoverError):
    """The platform does not let the key write drafts or images."""

    @classmethod
    def absent(cls, account: Account) -> "RefusedKeyError":
        """There is no key at all."""
        return cls(
            f"There is no key for “{account.name}” on this computer. Enter it under Accounts, "
            "Change key, or unlock the keyring."
        )


class SentMeanwhileError(HandoverError):
    """The issue is no draft any more at the platform: it was sent, or is about to be."""


class ChangedMeanwhileError(HandoverError):
    """The draft there is not the one that the plan was made for: make a new plan."""


class PictureError(HandoverError):
    """A picture cannot go to the platform, so nothing was handed over.

    Attributes:
        line: Where the draft shows it, from 1; 0 where that is not known.
    """

    def __init__(self, words: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {words}" if line else words)
        self.line = line


class TagError(HandoverError):
    """A merge tag that the platform does not know; ``line`` is its place, from 1."""

    def __init__(self, words: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {words}" if line else words)
        self.line = line


class UnreachableError(HandoverError):
    """The platform did not answer, or not so that one could go on; trying again may help."""


# What leaves --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Picture:
    """A file of this computer that the draft shows.

    Attributes:
        path: Where the file is.
        name: What the platform is to call it.
        digest: Of its content (BLAKE2b, hexadecimal): the same content goes up only once.
        size: Bytes.
        media: ``image/png`` and the like, as its content says.
        line: Where the draft shows it first, from 1.
        place: Stands for its address in the letter's bodies until it has one.
    """

    path: Path
    name: str
    digest: str
    size: int
    media: str
    line: int
    place: str


@dataclass(frozen=True, slots=True)
class Letter:
    """An issue as it leaves, the same that was previewed.

    Attributes:
        draft: The file that it was made from; names it in the history.
        subject: The first line in the inbox.
        preview: The second line; may be empty.
        title: The draft's own heading; the subject where it has none.
        markdown: The body without front matter, snippets filled in.
        html: The whole page of the email, styles inlined.
        fragment: The body's HTML alone, for a platform that has a frame of its own.
        text: The plain-text part.
        slug: The last part of its address in an archive; empty where the draft does not say.
        canonical_url: Where it was published first; empty where the draft does not say.
        cover: The address of the picture that stands for it; empty where the draft does not say.
        pictures: Files that are to be put online first; their ``place`` stands in the bodies.
    """

    draft: Path
    subject: str
    preview: str
    title: str
    markdown: str
    html: str
    fragment: str
    text: str
    slug: str = ""
    canonical_url: str = ""
    cover: str = ""
    pictures: tuple[Picture, ...] = ()


# What is there ------------------------------------------------------------------------------------


class Field(StrEnum):
    """What a draft at a platform consists of."""

    TITLE = "title"
    SUBJECT = "subject"
    PREVIEW = "preview"
    BODY = "body"
    TEXT = "text"
    SLUG = "slug"
    CANONICAL_URL = "canonical_url"
    COVER = "cover"


Fields = Mapping[Field, str]


@dataclass(frozen=True, slots=True)
class Unheard:
    """A request for a change whose answer was not heard (yet).

    Attributes:
        given: The fields as our draft had them.
        asked: The fields that were asked for.
    """

    given: Fields = field(repr=False)
    asked: Fields = field(repr=False)


@dataclass(frozen=True, slots=True)
class Handed:
    """What a platform was given of a draft; kept in the history.

    Attributes:
        account: The id of the account.
        provider: The platform, as the account names it.
        marker: Ours: by it the platform's draft is found again when no answer came. Kept before
            the first request, so that a retry after a crash makes no second draft.
        remote_id: The platform's id; empty while it is not known whether the draft was made.
        revision: What the platform changes with each edit: a time, or a hash of the content.
        url: Where the writer opens the draft there; empty where that is not known.
        at: When, in milliseconds since 1970.
        given: The fields as our draft had them.
        there: The fields as the platform had them afterwards.
        kept: Where ``there`` keeps edits that were made at the platform; elsewhere it differs from
            ``given`` only by what platforms tidy up by themselves.
        unheard: What was asked for last, while it is not known what became of it.
    """

    account: str
    provider: str
    marker: str
    remote_id: str = ""
    revision: str = ""
    url: str = ""
    at: int = 0
    given: Fields = field(default_factory=dict, repr=False)
    there: Fields = field(default_factory=dict, repr=False)
    kept: tuple[Field, ...] = ()
    unheard: Unheard | None = field(default=None, repr=False)


# What will change there ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Changed:
    """One field before and after; ``before`` is None where nothing is there yet."""

    field: Field
    before: str | None
    after: str


class Action(StrEnum):
    """What carrying a plan out does at the platform."""

    CREATE = "create"
    CHANGE = "change"
    NOTHING = "nothing"


class Choice(StrEnum):
    """What becomes of edits that were made at the platform since.

    ``ASK`` plans a conflict; the others are the writer's decisions about it: leave the draft there
    as it is now, join both texts, or make a second draft. None of them loses a word.
    """

    ASK = "ask"
    THEIRS = "theirs"
    MERGE = "merge"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class Conflict:
    """The draft was edited at the platform since it was handed over.

    Attributes:
        edited: Each field that was edited there: as it was handed over, and as it is now.
        base: The body as it was handed over.
        mine: The body of our draft now.
        theirs: The body there now.
        merged: Both joined; None where that cannot be done by itself.
        choices: What can be done, the gentlest first. ``MERGE`` is among them only where
            ``merged`` is not None.
        why_not: Why both cannot be joined, in a sentence; empty where they can.
    """

    edited: tuple[Changed, ...]
    base: str
    mine: str
    theirs: str
    merged: str | None
    choices: tuple[Choice, ...]
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done, to be shown before it is. Only reading was needed to make it.

    Attributes:
        action: Whether a draft is made, changed, or left as it is.
        marker: The draft's marker; see `Handed`.
        before: The marker of what was known when this was planned; empty for nothing.
        remote_id: The draft that is changed; empty where one is made.
        revision: The platform's, at the time of planning.
        fields: What the platform is to have: its draft's fields after the change. Only those that
            the letter says something about.
        changes: Those of them that differ from what is there, in the order to show them; with the
            names of pictures that are not online yet.
        uploads: Pictures that are put online first.
        url: Where the draft can be looked at there now; empty where it cannot.
        notes: What the writer should know, in sentences.
        conflict: To be decided before anything can be done; None where nothing is to decide.
    """

    letter: Letter = field(repr=False)
    account: Account
    action: Action
    marker: str
    remote_id: str
    revision: str
    fields: Fields = field(repr=False)
    changes: tuple[Changed, ...] = field(repr=False)
    uploads: tuple[Picture, ...] = ()
    url: str = ""
    notes: tuple[str, ...] = ()
    conflict: Conflict | None = field(default=None, repr=False)
    before: str = ""


# Who does what ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Remote:
    """A draft as the platform has it now.

    Attributes:
        is_draft: False once it is sent, scheduled, published or in the bin.
        state: The platform's word for what it is.
        own: What the platform's module keeps of it for writing it again.
    """

    id: str
    revision: str
    url: str
    is_draft: bool
    state: str
    fields: Fields = field(repr=False)
    own: Mapping[str, object] = field(default_factory=dict, repr=False)


class Platform(Protocol):
    """One platform, reached with one account's key; made by its module's ``platform``.

    No method can send or schedule anything: what they build always says that it is a draft.
    They raise HandoverError or an ``HttpError`` of ``app.engagement.errors``.
    """

    name: str
    """What the writer calls it."""
    keeps_markdown: bool
    """Whether the body there is Markdown, so that edits can be merged."""
    largest_picture: int
    """Bytes."""
    pictures: frozenset[str]
    """Media types of pictures that it takes."""
    key_help: str
    """What to do where the key may not write, in a sentence."""

    async def fields(self, letter: Letter) -> Fields:
        """The letter as this platform's fields. Raises HandoverError for what it would not take."""

    async def find(self, marker: str, since: int) -> Remote | None:
        """The draft with this marker, made after ``since`` (milliseconds since 1970), if any."""

    async def read(self, remote_id: str) -> Remote | None:
        """The draft of this id; None where it was deleted."""

    async def create(self, marker: str, fields: Fields) -> Remote:
        """Make the draft."""

    async def change(self, remote: Remote, fields: Fields) -> Remote:
        """Change the draft that is ``remote`` now. Raises ChangedMeanwhileError."""

    async def find_picture(self, picture: Picture) -> str | None:
        """The address of a picture that was put online before; None where that is not known."""

    async def put_picture(self, picture: Picture, content: bytes) -> str:
        """Put a picture online; its address."""


class Memory(Protocol):
    """What lasts of hand-overs: the history keeps it."""

    def handed(self, draft: Path, account: str) -> Handed | None:
        """What an account was last given of a draft."""

    def keep(self, draft: Path, handed: Handed) -> None:
        """Remember it in the place of what was before; durable when this returns."""

    def claim(self, draft: Path, handed: Handed, before: str) -> bool:
        """Keep it if what is known has its marker, or the marker ``before`` (empty: nothing is
        known); else somebody else was faster, and it is not kept.
        """

    def picture(self, account: str, digest: str) -> str | None:
        """The address that a picture's content has at an account."""

    def keep_picture(self, account: str, digest: str, address: str) -> None:
        """Remember it; durable when this returns."""


class Step(StrEnum):
    """How far a hand-over is."""

    LOOKING = "looking"
    PICTURES = "pictures"
    WRITING = "writing"
    READING_BACK = "reading_back"


@dataclass(frozen=True, slots=True)
class Progress:
    """For a progress bar: the step, and how many of its parts are done of how many."""

    step: Step
    done: int = 0
    whole: int = 0


Tell = Callable[[Progress], None]
