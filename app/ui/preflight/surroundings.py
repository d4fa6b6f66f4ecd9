"""What findings depend on besides the draft: its publication's platform and readers, and mutes."""

import contextlib
import sqlite3
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.paths import config_dir
from app.preflight import Setting
from app.preflight.muting import Mute, Mutes, Scope, mutes_file
from app.preflight.readers import NO_READERS, Readers, readers_of
from app.ui.preflight import sending
from app.ui.preflight.sending import Sending

if TYPE_CHECKING:
    from app.engagement.model import Account

READERS_SECONDS = 300.0
"""For how long the readers that reports told of are taken to be the same."""


@dataclass(frozen=True, slots=True)
class Around:
    """What holds of one draft.

    Attributes:
        sending: What the writer said of its publication.
        account: The account whose reports know the readers: the one that was chosen, or else the
            only one at the platform.
        accounts: All that there are to choose from.
        readers: What those reports tell.
    """

    setting: Setting = field(default_factory=Setting)
    sending: Sending = field(default_factory=Sending)
    account: "Account | None" = None
    accounts: "tuple[Account, ...]" = ()
    readers: Readers = NO_READERS
    mutes: tuple[Mute, ...] = ()


class Surroundings:
    """Reads and writes them; for any thread but the window's, for the disk may be slow."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mutes: Mutes | None = None
        self._is_closed = False
        self._sendings: dict[Path, Sending] = {}
        self._readers: dict[str, tuple[float, Readers]] = {}

    def of(self, draft: Path | None) -> Around:
        """What holds of a draft; of one without a file nothing is known."""
        if draft is None:
            return Around()
        draft = draft.resolve()  # as the command line knows it
        folder = draft.parent
        with self._lock:
            if folder not in self._sendings:
                self._sendings[folder] = sending.load(folder)
            said = self._sendings[folder]
        present = _accounts()
        account = _account(said, present)
        readers = self._known_readers(account)
        mutes = self._kept()
        return Around(
            Setting(platform=said.platform, folder=folder, clients=readers.clients),
            said,
            account,
            present,
            readers,
            tuple(mutes.of(draft)) if mutes is not None else (),
        )

    def choose(self, folder: Path, **said: object) -> None:
        """The writer said how a publication is sent. Raises OSError: it cannot be kept."""
        folder = folder.resolve()
        with self._lock:
            before = self._sendings.get(folder) or sending.load(folder)
            chosen = replace(before, **said)  # type: ignore[arg-type]  # fields of Sending
            sending.save(folder, chosen)
            self._sendings[folder] = chosen

    def mute(self, rule: str, scope: Scope, draft: Path, reason: str) -> None:
        """Hear of a rule no more in a draft or its publication. Raises MutesError."""
        draft = draft.resolve()
        name = draft if scope is Scope.ISSUE else draft.parent
        if (mutes := self._kept()) is not None:
            mutes.add(Mute(rule, scope, str(name), reason, datetime.now(UTC)))

    def unmute(self, mute: Mute) -> None:
        """Hear of the rule again. Raises MutesError."""
        if (mutes := self._kept()) is not None:
            mutes.remove(mute.rule, mute.scope, mute.name)

    def moved(self, draft: Path, to: Path) -> None:
        """A draft's file has another name. Raises MutesError."""
        if (mutes := self._kept()) is not None:
            mutes.move(draft.resolve(), to.resolve())

    def close(self) -> None:
        """Give the files back."""
        with self._lock:
            self._is_closed = True
            if self._mutes is not None:
                self._mutes.close()
                self._mutes = None

    def _kept(self) -> Mutes | None:
        """None once the app is closing: a job that is late reads and keeps nothing more."""
        with self._lock:
            if self._mutes is None and not self._is_closed:
                self._mutes = Mutes(mutes_file())
            return self._mutes

    def _known_readers(self, account: "Account | None") -> Readers:
        if account is None:
            return NO_READERS
        now = time.monotonic()
        with self._lock:
            then, readers = self._readers.get(account.id, (-READERS_SECONDS, NO_READERS))
        if now - then < READERS_SECONDS:
            return readers
        readers = _read(account)
        with self._lock:
            self._readers[account.id] = now, readers
        return readers


def _accounts() -> "tuple[Account, ...]":
    """None where they cannot be read, which the reports tell of."""
    if not (config_dir() / "accounts.json").exists():
        return ()  # and what knows accounts, with its HTTP client, takes no memory
    from app.engagement import accounts

    try:
        return accounts.load()
    except accounts.AccountError:
        return ()


def _account(said: Sending, present: "tuple[Account, ...]") -> "Account | None":
    if said.account:
        return next((each for each in present if each.id == said.account), None)
    at_platform = [each for each in present if each.provider == said.platform]
    return at_platform[0] if len(at_platform) == 1 else None


def _read(account: "Account") -> Readers:
    """Nothing where the store cannot be read, which the reports tell of."""
    from app.engagement.reports.programs import programs
    from app.engagement.store.reader import Reader
    from app.engagement.store.schema import StoreError, store_file

    if not store_file().exists():
        return NO_READERS
    try:
        with contextlib.closing(Reader()) as reader:
            return readers_of(programs(reader, account.id))
    except (StoreError, sqlite3.DatabaseError):
        return NO_READERS
