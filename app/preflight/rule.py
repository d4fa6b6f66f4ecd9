"""What a rule is: an id, a weight, one sentence, and a function of what it looks at.

What a rule looks at is its kind. The engine asks it again only when that changed:

* `BlockRule`: the text of one block.
* `LinkRule`: one link with its verdict.
* `FrameRule`: subject, preheader and front matter.
* `DraftRule`: the draft as a whole, by way of a small fact that it gathers from each block.
* `MailRule`: the mail as it would leave.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from app.preflight.finding import Remark, Severity
from app.preflight.mail import Mail
from app.preflight.snapshot import Frame, Part, SeenLink


class Platform(StrEnum):
    """Who sends the issue: what its merge tags mean, and what it adds by itself."""

    BUTTONDOWN = "buttondown"
    GHOST = "ghost"
    LISTMONK = "listmonk"


@dataclass(frozen=True, slots=True)
class Setting:
    """What findings depend on besides the draft.

    Attributes:
        today: The day on which the issue would be sent.
        platform: None where it is not known; rules that need it are then silent.
        folder: Where the draft lies, for images beside it; None for a draft without a file.
        clients: The mail programs that matter, as ``family/platform`` of caniemail's data.
    """

    today: date = field(default_factory=date.today)
    platform: Platform | None = None
    folder: Path | None = None
    clients: tuple[str, ...] = (
        "gmail/desktop-webmail",
        "gmail/ios",
        "gmail/android",
        "apple-mail/ios",
        "apple-mail/macos",
        "outlook/windows",
        "outlook/outlook-com",
        "yahoo/desktop-webmail",
    )


Fact = Hashable
Facts = Sequence[tuple[Part, Fact]]
"""What a rule gathered, from the blocks that had something to say, in the order of the draft."""


@dataclass(frozen=True, slots=True)
class _Named:
    """What all rules have.

    Attributes:
        id: ``subject.matter``; stable, for mutes and scripts.
        severity: How much it matters, unless a remark says otherwise.
        about: One sentence for the table of rules, marked for translation; what a rule says goes
            through `app.speech.say`.
    """

    id: str
    severity: Severity
    about: str


@dataclass(frozen=True, slots=True)
class BlockRule(_Named):
    """Looks at the text of one block; remarks are in lines of that block."""

    check: Callable[[Part, Setting], Iterable[Remark]]


@dataclass(frozen=True, slots=True)
class LinkRule(_Named):
    """Looks at one link with its verdict; remarks are in lines of the link's block."""

    check: Callable[[SeenLink, Part, Setting], Iterable[Remark]]
    reads_files: bool = False
    """It looks at the file of an image, too, which may change without the draft."""


@dataclass(frozen=True, slots=True)
class FrameRule(_Named):
    """Looks at what an inbox shows; remarks are in lines of the draft."""

    check: Callable[[Frame, Setting], Iterable[Remark]]


@dataclass(frozen=True, slots=True)
class DraftRule(_Named):
    """Gathers a fact from each block, and judges all facts together.

    ``gather`` gives None for a block that has no say; ``judge`` gives remarks with their blocks.
    """

    gather: Callable[[Part], Fact | None]
    judge: Callable[[Facts, Frame, Setting], Iterable[tuple[Part | None, Remark]]]


@dataclass(frozen=True, slots=True)
class MailRule(_Named):
    """Looks at the final bytes; remarks are in lines of the draft."""

    check: Callable[[Mail, Setting], Iterable[Remark]]


Rule = BlockRule | LinkRule | FrameRule | DraftRule | MailRule
