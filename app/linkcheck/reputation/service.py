"""What a reputation service is, and what it may say."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.linkcheck.verdict import Note, Reason


class ReputationError(Exception):
    """A service could not be asked, or gave no usable answer; says why in plain words.

    Holds neither a key nor anything of a link.
    """


@dataclass(frozen=True, slots=True)
class Flag:
    """A service's warning: ``reason`` is one of the ``block`` reasons, ``threat`` its own term.

    ``until`` is when it runs out: afterwards it may neither be shown nor be believed.
    """

    reason: Reason
    threat: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """What a service knows that is no reason to stop: it adds a note, and changes no status."""

    note: Note
    threat: str | None = None


class ReputationService(Protocol):
    """One service, for instance Google Web Risk or a DNS block list.

    One that needs no network has ``asks_nobody = True``: it is asked without one, too.
    """

    async def look_up(self, url: str) -> Flag | Remark | None:
        """What the service has against this URL or its host, None when there is nothing.

        A service on the Internet has to pass over hosts that only exist in a private network.
        Raises `ReputationError` when the service cannot tell; never takes longer than its own
        time limit.
        """

    async def aclose(self) -> None:
        """Keep what was learned, and give back what is open; in the loop that asked."""


class NamedService(ReputationService, Protocol):
    """A service whose state can be shown to people."""

    @property
    def name(self) -> str:
        """For people."""

    @property
    def problem(self) -> str | None:
        """Why it cannot be used, in plain words; None while it can, or is not known."""
