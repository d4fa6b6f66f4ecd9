"""The link checker as the window sees it: started after the first frame, heard in this thread."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from app.ui.checking_means import CheckingMeans
from app.ui.means import LOCAL, SERVER
from app.ui.notices import Notice, Tone

if TYPE_CHECKING:
    from app.linkcheck.many.service import LinkService
    from app.linkcheck.remote import CheckServer
    from app.linkcheck.reputation import ReputationService
    from app.linkcheck.verdict import Verdict
    from app.ui.settings import Settings

CHECKING, PAUSED = "checking", "paused"


class Checking(QObject):
    """One link service for all drafts.

    Before ``start`` and while checking is turned off, wishes are only noted; what is known already
    can still be had. The service answers in a thread of its own: one queued signal brings its
    batches here.
    """

    verdicts = Signal(list)
    state_changed = Signal(str)
    told = Signal(object)
    """A `Notice` for the writer."""
    assured = Signal(str, int)
    """Who asked for it (see `assure`), and how many links are left; 0 is the end."""
    _arrived = Signal(list)
    _left = Signal(str, int)
    _state_arrived = Signal(str)

    def __init__(self, cache: Path, parent: QObject, blocked: Collection[str] = ()) -> None:
        """``blocked`` are URLs on the writer's own blocklist."""
        super().__init__(parent)
        self._cache = cache
        self.allow_private = False
        self._blocked = frozenset(blocked)
        self._service: LinkService | None = None
        self._wants: dict[str, Mapping[str, bool]] = {}
        self._paused = False
        self._settings: Settings | None = None
        self._server: CheckServer | None = None
        self.means = CheckingMeans(self)
        self.means.ready.connect(self._use_means)
        self.means.told.connect(self.told)
        self.means.lists_changed.connect(self._use_lists)
        self.state = CHECKING
        queued = Qt.ConnectionType.QueuedConnection
        self._arrived.connect(self._on_arrived, queued)
        self._state_arrived.connect(self._set_state, queued)
        self._left.connect(self.assured, queued)  # after the verdicts, which come the same way

    @property
    def is_started(self) -> bool:
        """Whether the service runs."""
        return self._service is not None

    @property
    def is_held(self) -> bool:
        """Whether links wait for the server that the writer chose, since it cannot be asked yet."""
        if self._settings is None or self._settings.check_where == LOCAL:
            return False
        return self._server is None and (
            not self.means.is_ready or self._settings.check_where == SERVER
        )

    def start(self, settings: "Settings") -> None:
        """Start the service with these settings, or start it anew with other ones."""
        self._settings = settings
        self._server = None
        self._paused = not settings.check_links
        self.means.gather(settings)
        self._open()
        self._set_state(PAUSED if self._paused else CHECKING)

    def use_services(self, settings: "Settings") -> None:
        """Other reputation services, another server or other keys: checks go on meanwhile."""
        self._settings = settings
        if self._service is not None:
            self.means.gather(settings)
            self._want_all()

    def known(self, urls: Iterable[str]) -> dict[str, "Verdict"]:
        """What is stored of these URLs; asks no network; for any thread."""
        service = self._service
        return service.known(urls) if service is not None else {}

    def want(self, owner: str, urls: Mapping[str, bool]) -> None:
        """Replace what a draft wants to know; True for a URL that is in view."""
        if urls:
            self._wants[owner] = dict(urls)
        else:
            self._wants.pop(owner, None)
        self._pass_on(owner, urls)

    def typing(self, owner: str, url: str | None) -> None:
        """The URL that is being typed in a draft just now."""
        if self._service is not None:
            self._service.typing(owner, url)

    def recheck(self, urls: Iterable[str]) -> None:
        """Ask for these again, whatever is stored."""
        if self._service is not None and not self._paused and not self.is_held:
            self._service.recheck(urls)

    def assure(self, owner: str, urls: Iterable[str], again: Iterable[str]) -> bool:
        """Find out all that can be known of these, also where checking is turned off.

        ``again`` are asked for whatever is known. `assured` follows; False: it cannot yet.
        """
        if self._service is None or self.is_held or not self.means.is_ready:
            return False
        self._service.assure(owner, urls, again, lambda left: self._left.emit(owner, left))
        return True

    def relent(self, owner: str) -> None:
        """Go no further with what `assure` began."""
        if self._service is not None:
            self._service.relent(owner)

    def accept(self, url: str) -> None:
        """The writer has checked this one by hand."""
        if self._service is not None:
            self._service.accept(url)

    def stop(self) -> None:
        """Stop the service, if it runs; takes less than a second."""
        self.means.stop()
        self._close()

    def _open(self) -> None:
        """Open the service in the place of the one before, and tell it what is wanted."""
        from app.linkcheck.many.service import LinkService
        from app.linkcheck.settings import CheckSettings

        self._close()
        self.means.begin_anew()
        if self._settings is None:
            return
        limits = CheckSettings(
            timeout=self._settings.check_timeout,
            allow_private=self.allow_private,
            trust_placeholders=True,
        )
        self._service = LinkService(
            self._cache,
            limits,
            self._arrived.emit,
            self._state_arrived.emit,
            server=self._server,
            on_trouble=self.means.server_said.emit,
            reputation=self._reputation(),
        )
        self._tell_what_is_not_kept(self._service)
        self._want_all()

    def _close(self) -> None:
        if self._service is not None:
            self._service.stop()
            self._service = None

    def _use_means(self) -> None:
        """The services and the server that are on are there now."""
        if self._service is None:
            return
        if self._server != self.means.means.server:
            self._server = self.means.means.server
            self._open()
        else:
            self._service.use_reputation(self._reputation())
            self._want_all()

    def _use_lists(self) -> None:
        if self._settings is not None:
            self.use_services(self._settings)

    def _reputation(self) -> "tuple[ReputationService, ...]":
        services: tuple[ReputationService, ...] = self.means.means.services
        if not self._blocked:
            return services
        from app.linkcheck.reputation.blocklist import Blocklist

        return (Blocklist(self._blocked), *services)

    def _want_all(self) -> None:
        for owner, urls in self._wants.items():
            self._pass_on(owner, urls)

    def _tell_what_is_not_kept(self, service: "LinkService") -> None:
        from app.linkcheck.store.cache import CacheNotice

        if service.notice is CacheNotice.MEMORY_ONLY:
            words = self.tr(
                "The results of link checks cannot be stored on this disk. They are shown, and"
                " found anew at the next start."
            )
            self.told.emit(Notice("cache", words, Tone.WARNING))
        if not service.accepted.is_kept:
            words = self.tr(
                "Which links you checked by hand cannot be stored on this disk. It is remembered"
                " until you close Sendoff."
            )
            self.told.emit(Notice("accepted", words, Tone.WARNING))

    def _pass_on(self, owner: str, urls: Mapping[str, bool]) -> None:
        if self._service is None:
            return
        from app.linkcheck.many.states import Priority

        ranks = {True: Priority.VISIBLE, False: Priority.REST}
        wanted = {} if self._paused or self.is_held else urls
        self._service.want(owner, {url: ranks[visible] for url, visible in wanted.items()})

    def _on_arrived(self, verdicts: "list[tuple[str, Verdict]]") -> None:
        answered = any(not verdict.from_cache for _, verdict in verdicts)
        if self.state == CHECKING and answered and self._service is not None:
            self._set_state(self._service.state)
        self.means.look_at(verdicts)
        self.verdicts.emit(verdicts)

    def _set_state(self, state: str) -> None:
        if self._paused:
            state = PAUSED
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)
