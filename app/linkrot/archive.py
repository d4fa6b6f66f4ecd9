"""Asks an archive for the copy of a page that is nearest to a day.

The interface is the Internet Archive's "Wayback Availability JSON API"
(https://archive.org/help/wayback_api.php), which other archives have, too:
``GET /wayback/available?url=…&timestamp=YYYYMMDDhhmmss`` answers ``{"archived_snapshots":
{"closest": {"available": true, "url": …, "timestamp": …, "status": "200"}}}``, and
``{"archived_snapshots": {}}`` where there is none. Too many requests give 429 with ``Retry-After``.

Nothing is sent but the page's address and the day. Answers are kept, and the archive's wish to be
left alone is kept by all windows.
"""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from app.engagement.errors import (
    BadAnswerError,
    HttpError,
    InsecureError,
    LimitedError,
    NotTheServerError,
    OfflineError,
    SilentError,
)
from app.engagement.http import Client, Patience
from app.linkcheck.urls import WebUrl, parse
from app.linkrot.model import DAY, Copy
from app.linkrot.store import RotStore

BASE = "https://archive.org"
PACE = 4.0
"""Seconds between two requests: the Internet Archive tells no limit, and blocks who asks much."""
GOOD_FOR = 90 * DAY
"""A copy that was found stays."""
NONE_FOR = 7 * DAY
"""That there is none may change: others ask the archive to keep pages."""
PAUSE = 900.0
"""Seconds after a 429 that says nothing of how long."""
LONGEST_PAUSE = DAY
_PATIENCE = Patience(connect=8.0, silence=15.0, whole=25.0, attempts=1)
_STAMP = re.compile(r"\d{14}")


class ArchiveError(Exception):
    """The archive said nothing that can be used; the message is for the writer.

    Attributes:
        wait: Seconds for which it is to be left alone; 0 where it may be asked again.
    """

    def __init__(self, words: str, wait: float = 0.0) -> None:
        super().__init__(words)
        self.wait = wait


class Archive:
    """One archive; belongs to one event loop. Close it.

    Args:
        store: Keeps what it says.
        base: Its address, ``https://archive.org``.
        clock: Seconds since 1970.
    """

    def __init__(
        self, store: RotStore, base: str = BASE, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._base = base.rstrip("/")
        self._clock = clock
        self._client: Client | None = None

    def known(self, page: str, near: float) -> Copy | None:
        """What it said earlier, as long as that holds."""
        found = self._store.copy(page, day_of(near))
        if found is None:
            return None
        age = self._clock() - found.asked
        return found if 0 <= age < (GOOD_FOR if found.url else NONE_FOR) else None

    def wait(self) -> float:
        """Seconds for which it is to be left alone."""
        return min(LONGEST_PAUSE, max(0.0, self._store.pause(self._base) - self._clock()))

    async def find(self, page: str, near: float) -> Copy:
        """The copy nearest to a time, or that there is none.

        Raises:
            ArchiveError: It cannot be asked now.
            RotStoreError: Nothing can be kept.
        """
        known = self.known(page, near)
        if known is not None:
            return known
        wait = self.wait()
        if wait > PACE:
            raise ArchiveError(PAUSED, wait)
        self._store.put_pause(self._base, self._clock() + PACE)
        try:
            copy = await self._ask(page, near)
        except ArchiveError as error:
            if error.wait:
                self._store.put_pause(self._base, self._clock() + error.wait)
            raise
        self._store.put_copy(page, day_of(near), copy)
        return copy

    async def aclose(self) -> None:
        """Close the connection."""
        if self._client is not None:
            await self._client.aclose()

    async def _ask(self, page: str, near: float) -> Copy:
        # With a scheme it sometimes says that there is none though there is:
        # https://github.com/internetarchive/wayback/issues/296
        for asked in (page, page.partition("://")[2]):
            found = self._read(await self._get(asked, near))
            if found is not None:
                url, taken = found
                return Copy(url, taken, self._clock())
        return Copy("", None, self._clock())

    async def _get(self, page: str, near: float) -> Any:
        query = {"url": page, "timestamp": stamp_of(near)}
        try:
            if self._client is None:
                self._client = Client(self._base, dict, patience=_PATIENCE)
            return (await self._client.get("/wayback/available", query)).data
        except LimitedError as error:
            wait = min(LONGEST_PAUSE, max(PACE, error.wait or PAUSE))
            raise ArchiveError(PAUSED, wait) from None
        except (OfflineError, SilentError) as error:
            raise ArchiveError(_AWAY) from error
        except InsecureError as error:
            raise ArchiveError(_UNSAFE) from error
        except NotTheServerError as error:
            raise ArchiveError(_NOT_AN_ARCHIVE) from error
        except HttpError as error:
            broken = isinstance(error, BadAnswerError)
            wait = min(LONGEST_PAUSE, error.wait or (0.0 if broken else 60.0))
            raise ArchiveError(_UNREADABLE if broken else _TROUBLE, wait) from error

    def _read(self, data: Any) -> tuple[str, float] | None:
        """The copy's address and time; None where there is none."""
        found = data.get("archived_snapshots") if isinstance(data, dict) else None
        if not isinstance(found, dict):
            raise ArchiveError(_UNREADABLE)
        closest = found.get("closest")
        if not isinstance(closest, dict) or closest.get("available") is not True:
            return None
        if str(closest.get("status", "200"))[:1] != "2":
            return None  # it kept an error page
        url, taken = closest.get("url"), moment_of(closest.get("timestamp"))
        copy = parse(url) if isinstance(url, str) and len(url) < 8192 else None
        if copy is None or taken is None or not self._is_its_own(copy):
            raise ArchiveError(_UNREADABLE)
        return _encrypted(copy), taken

    def _is_its_own(self, copy: WebUrl) -> bool:
        """Whether a copy is at the archive itself: nobody else's address is ever proposed."""
        base = parse(self._base)
        if base is None or copy.has_credentials:
            return False
        same = copy.host == base.host
        return (same and copy.port in (80, 443, base.port)) or (
            not base.is_address and copy.host.endswith(f".{base.host}")
        )


def day_of(at: float) -> str:
    """``YYYYMMDD``, UTC."""
    return stamp_of(at)[:8]


def stamp_of(at: float) -> str:
    """``YYYYMMDDhhmmss``, UTC, as archives have it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y%m%d%H%M%S")


def moment_of(stamp: object) -> float | None:
    """The time of a ``YYYYMMDDhhmmss``; None for anything else."""
    if not isinstance(stamp, str) or not _STAMP.fullmatch(stamp):
        return None
    try:
        return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _encrypted(copy: WebUrl) -> str:
    """The Internet Archive tells plain http and answers to https."""
    if copy.scheme == "http" and copy.port == 80 and not copy.is_private:
        return "https" + copy.href[4:]
    return copy.href


PAUSED = "The archive asks to be left alone for a while. Try again later."
_AWAY = "The archive cannot be reached. Are you online?"
_UNSAFE = "No safe connection to the archive can be made."
_NOT_AN_ARCHIVE = "A web page answered instead of the archive. Some networks answer like this."
_UNREADABLE = "The archive's answer cannot be read."
_TROUBLE = "The archive has a problem of its own. Try again later."
