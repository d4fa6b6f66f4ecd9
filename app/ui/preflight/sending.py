"""How the issues of a publication are sent: what the writer said of a folder of drafts."""

import os
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from app.paths import data_dir
from app.preflight import Platform
from app.ui import stored


@dataclass(frozen=True, slots=True)
class Sending:
    """What the writer said; everything may be unknown.

    Attributes:
        platform: Who sends the issues.
        account: The id of the account whose reports know the readers.
        sender: The name that an inbox shows.
    """

    platform: Platform | None = None
    account: str = ""
    sender: str = ""


def load(folder: Path) -> Sending:
    """What was said of a publication's folder; for any thread. What makes no sense is unknown."""
    try:
        found = stored.read_object(_file(folder))
    except (OSError, ValueError):
        return Sending()
    platform = found.get("platform")
    known = {each.value for each in Platform}
    return Sending(
        Platform(platform) if isinstance(platform, str) and platform in known else None,
        _text(found, "account"),
        _text(found, "sender"),
    )


def save(folder: Path, sending: Sending) -> None:
    """Keep it; for any thread, waits for the disk.

    Raises:
        OSError: it cannot be written.
    """
    content: dict[str, Any] = {"folder": str(folder), **asdict(sending)}
    stored.write_object(_file(folder), content)


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    return value[:200] if isinstance(value, str) else ""


def _file(folder: Path) -> Path:
    place = os.path.realpath(folder)
    name = blake2b(os.fsencode(place), digest_size=12).hexdigest()
    return data_dir() / "sending" / f"{name}.json"
