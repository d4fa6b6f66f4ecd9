"""What the window and the process that syncs for it say to each other: a line of JSON each.

Keys travel here, through a pipe that only the two have, never in arguments or the environment.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.engagement.model import Account
from app.engagement.sync.engine import Progress
from app.engagement.sync.state import Outcome, State

LONGEST = 1 << 20
"""Bytes of a line, at most."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Sync this account."""

    account: Account
    key: str


@dataclass(frozen=True, slots=True)
class Unwanted:
    """Stop the sync of this account; its outcome follows."""

    account: str


Message = Wanted | Unwanted | Progress | Outcome


def written(message: Message) -> bytes:
    """As a line."""
    told = {"kind": type(message).__name__, **asdict(message)}
    return json.dumps(told).encode() + b"\n"


def read(line: bytes) -> Message:
    """Of a line. Raises ValueError, KeyError or TypeError where it is none of ours."""
    told = json.loads(line)
    kind = _KINDS[told.pop("kind")]
    return kind(told)


def _wanted(told: Mapping[str, Any]) -> Wanted:
    return Wanted(Account(**told["account"]), told["key"])


def _outcome(told: Mapping[str, Any]) -> Outcome:
    rest = {"state": State(told["state"]), "problems": tuple(told["problems"])}
    return Outcome(**{**told, **rest})


_KINDS: Mapping[str, Callable[[dict[str, Any]], Message]] = {
    "Wanted": _wanted,
    "Unwanted": lambda told: Unwanted(**told),
    "Progress": lambda told: Progress(**told),
    "Outcome": _outcome,
}
