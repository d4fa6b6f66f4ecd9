"""The link checker as the window sees it: started after the first frame, heard in this thread."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from app.ui.notices import Notice, Tone

if TYPE_CHECKING:
    from app.linkcheck.many.service import LinkService
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
        self.state = CHECKING
        queued = Qt.ConnectionType.QueuedConnection
        self._arrived.connect(self._on_arrived, queued)
        self._state_arrived.connect(self._set_state, queued)
        self._left.connect(self.assured, queued)  # after the verdicts, which come the same way

    @property
    def is_started(self) -> bool:
        """Whether the service runs."""
        return self._service is not None

    def start(self, settings: "Settings") -> None:
        """Start the service with these settings, or start it anew with other ones."""
        from app.linkcheck.many.service import LinkService
        from app.linkcheck.reputation.blocklist import Blocklist
        from app.linkcheck.settings import CheckSettings

        self.stop()
        limits = CheckSettings(
            timeout=settings.check_timeout,
            allow_private=self.allow_private,
            trust_placeholders=True,
        )
        self._service = LinkService(
            self._cache,
            limits,
            self._arrived.emit,
            self._state_arrived.emit,
            reputation=(Blocklist(self._blocked),) if self._blocked else (),
        )
        self._tell_what_is_not_kept(self._service)
        self._paused = not settings.check_links
        self._set_state(PAUSED if self._paused else CHECKING)
        for owner, urls in self._wants.items():
            self._pass_on(owner, urls)

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
        if self._service is not None and not self._paused:
            self._service.recheck(urls)

    def assure(self, owner: str, urls: Iterable[str], again: Iterable[str]) -> bool:
        """Find out all that can be known of these, also where checking is turned off.

        ``again`` are asked for whatever is known. `assured` follows; False: it cannot yet.
        """
        if self._service is None:
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
        if self._service is not None:
            self._service.stop()
            self._service = None

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
        wanted = {} if self._paused else urls
        self._service.want(owner, {url: ranks[visible] for url, visible in wanted.items()})

    def _on_arrived(self, verdicts: "list[tuple[str, Verdict]]") -> None:
        answered = any(not verdict.from_cache for _, verdict in verdicts)
        if self.state == CHECKING and answered and self._service is not None:
            self._set_state(self._service.state)
        self.verdicts.emit(verdicts)

    def _set_state(self, state: str) -> None:
        if self._paused:
            state = PAUSED
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)
