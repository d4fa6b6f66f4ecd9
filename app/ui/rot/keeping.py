"""The care for old links as the window sees it: started after all else, heard in this thread."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, SignalInstance

from app.ui.apart import Apart
from app.ui.editor.jobs import run_in_thread

if TYPE_CHECKING:
    from app.linkcheck.many.checker import PageChecker
    from app.linkcheck.many.gates import HostGates
    from app.linkcheck.remote import CheckServer
    from app.linkcheck.settings import CheckSettings
    from app.linkrot.listing import Count, Overview
    from app.linkrot.model import Copy
    from app.linkrot.service import Letters, RotService

NUDGE_MS = 5_000
"""Between a sync that brought something and a look which links there are now."""
CHANGES_MS = 400
"""Several changes at a time are told once."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the writer allows.

    Attributes:
        watches: Links are looked at in the background.
        asks_archive: What died is looked for in an archive.
        archive: Its address.
        folder: The drafts.
        timeout: Seconds for one link.
        allow_private: Addresses of one's own network are asked, too.
        server: Checks the links; None: they are checked from here.
    """

    watches: bool
    asks_archive: bool
    archive: str
    folder: Path
    timeout: float
    allow_private: bool
    server: "CheckServer | None" = None

    @property
    def limits(self) -> "CheckSettings":
        """Those of the checker."""
        from app.linkcheck.settings import CheckSettings

        return CheckSettings(
            timeout=self.timeout, allow_private=self.allow_private, trust_placeholders=True
        )

    def make_fetcher(self, settings: "CheckSettings", gates: "HostGates") -> "PageChecker":
        """What checks links, there or here."""
        from app.linkcheck.remote import remote_checker
        from app.linkrot.asking import from_here

        if self.server is None:
            return from_here(settings, gates)
        return remote_checker(self.server, settings)


class RotKeeper(QObject):
    """Runs the rounds while they are allowed; nothing of them is loaded otherwise."""

    changed = Signal()
    """A link died or came back, a copy was found, or there are other letters."""
    trouble = Signal(str)
    """In words; empty: it is over."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wish: Wish | None = None
        self._service: RotService | None = None
        self._letters: tuple[Path, bool, Letters] | None = None
        self._is_stopped = False
        self._hearer = _Hearer(self)
        queued = Qt.ConnectionType.QueuedConnection
        self._rest = QTimer(self, singleShot=True, interval=CHANGES_MS)
        self._rest.timeout.connect(self.changed)
        self._hearer.changed.connect(self._rest.start, queued)
        self._hearer.trouble.connect(self.trouble, queued)
        self._nudge = QTimer(self, singleShot=True, interval=NUDGE_MS)
        self._nudge.timeout.connect(self._on_nudge)

    @property
    def is_running(self) -> bool:
        """Whether links are being looked at."""
        return self._service is not None

    @property
    def wish(self) -> Wish | None:
        """What is allowed now."""
        return self._wish

    def follow(self, wish: Wish) -> None:
        """Start, stop or start anew, as the writer allows."""
        if wish == self._wish or self._is_stopped:
            return
        self._wish = wish
        if self._service is not None:
            run_in_thread(self._service.stop, lambda: None, self)  # which may take a moment
            self._service = None
        if wish.watches:
            run_in_thread(_load_service, self._begin, self)
        self.changed.emit()

    def stop(self) -> None:
        """End for good, within a second."""
        self._is_stopped = self._hearer.is_deaf = True
        if self._service is not None:
            self._service.stop()
            self._service = None

    def touch(self) -> None:
        """The writer does something."""
        if self._service is not None:
            self._service.touch()

    def nudge(self) -> None:
        """There may be other letters."""
        if self._service is not None:
            self._nudge.start()

    def read(self, then: "Callable[[Overview | None], object]", owner: QObject) -> None:
        """Read everything in a thread; None where it cannot be read, which ``trouble`` tells.
        Nobody hears of it once ``owner`` is gone; so it is with what follows.
        """
        wish = self._wish
        if wish is None:
            return
        Apart(lambda: self._read(wish), then, "link-rot-list", owner)

    def count(self, account: str, issue: str, then: "Callable[[Count | None], object]") -> None:
        """How many links of an issue are dead; None where that cannot be read."""
        allows = self._wish is not None and self._wish.allow_private
        Apart(lambda: _count(account, issue, allows), then, "link-rot-count")

    def find_copy(
        self, page: str, near: float, then: "Callable[[Copy | str], object]", owner: QObject
    ) -> None:
        """Ask the archive on the spot; ``then`` hears the copy, or why there is none in words."""
        wish = self._wish
        if wish is not None:
            Apart(
                lambda: _find(wish.archive, page, near),
                lambda found: then(found if found is not None else ""),
                "archive",
                owner,
            )

    def look_again(self, page: str, then: Callable[[str], object], owner: QObject) -> None:
        """Look at one page on the spot; ``then`` hears what is wrong in words, or nothing."""
        wish = self._wish
        if wish is not None:
            looked = lambda words: then(words or "")  # noqa: E731
            Apart(lambda: _look(wish, page), looked, "link-rot-look", owner)

    def _begin(self) -> None:
        wish = self._wish
        if self._is_stopped or wish is None or not wish.watches or self._service is not None:
            return
        from app.linkrot.rounds import Heard
        from app.linkrot.service import Allowed, RotService

        allowed = Allowed(
            drafts=wish.folder,
            settings=wish.limits,
            make_fetcher=wish.make_fetcher,
            asks_archive=wish.asks_archive,
            archive=wish.archive,
        )
        heard = Heard(self._hearer.tell_change, self._hearer.tell_trouble)
        self._service = RotService(allowed, heard)

    def _on_nudge(self) -> None:
        if self._service is not None:
            self._service.nudge()
        self.changed.emit()

    def _read(self, wish: Wish) -> "Overview | None":
        from app.linkrot.listing import overview
        from app.linkrot.service import Letters
        from app.linkrot.store import RotStore, RotStoreError

        known = self._letters
        if known is None or known[:2] != (wish.folder, wish.allow_private):
            known = (wish.folder, wish.allow_private,
                     Letters(wish.folder, allow_private=wish.allow_private))  # fmt: skip
            self._letters = known
        try:
            with RotStore() as store:
                return overview(store, known[2].read(lambda: self._is_stopped))
        except RotStoreError as error:
            self._hearer.tell_trouble(str(error))
            return None


class _Hearer(QObject):
    """Called in other threads; its signals hop into the window's."""

    changed = Signal()
    trouble = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.is_deaf = False

    def tell_change(self) -> None:
        self._tell(self.changed)

    def tell_trouble(self, words: str) -> None:
        self._tell(self.trouble, words)

    def _tell(self, signal: SignalInstance, *told: object) -> None:
        if not self.is_deaf:
            signal.emit(*told)


def _load_service() -> None:
    import_module("app.linkrot.service")


def _count(account: str, issue: str, allow_private: bool) -> "Count | None":
    from app.linkrot.listing import count_dead
    from app.linkrot.service import one_issue
    from app.linkrot.store import RotStore, RotStoreError, store_file

    if not store_file().exists():
        return None
    written = one_issue(account, issue, allow_private=allow_private)
    if written is None:
        return None
    try:
        with RotStore() as store:
            return count_dead(store, written)
    except RotStoreError:
        return None  # the list tells of it


def _find(base: str, page: str, near: float) -> "Copy | str":
    import asyncio

    from app.linkrot.archive import Archive, ArchiveError
    from app.linkrot.store import RotStore, RotStoreError

    async def find() -> "Copy":
        with RotStore() as store:
            archive = Archive(store, base)
            try:
                return await archive.find(page, near)
            finally:
                await archive.aclose()

    try:
        return asyncio.run(find())
    except (ArchiveError, RotStoreError) as error:
        return str(error)


def _look(wish: Wish, page: str) -> str:
    import asyncio

    from app.linkrot.asking import CheckerAsks
    from app.linkrot.rounds import Terms, look
    from app.linkrot.store import RotStore, RotStoreError

    async def look_at() -> bool:
        with RotStore() as store:
            asks = CheckerAsks(wish.limits, wish.make_fetcher)
            try:
                return await look(store, asks, page, Terms()) is not None
            finally:
                await asks.aclose()

    try:
        was_seen = asyncio.run(look_at())
    except RotStoreError as error:
        return str(error)
    return "" if was_seen else AWAY


AWAY = "The page could not be looked at: the network is away."
