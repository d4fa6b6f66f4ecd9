"""Reputation services and the server that checks links, as the window has them: got together in a
thread, and each trouble of theirs told once.
"""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal

from app.linkcheck.verdict import Note, Verdict
from app.ui.apart import Apart
from app.ui.editor.jobs import run_in_thread
from app.ui.means import SERVER_OR_LOCAL, Means, gather
from app.ui.notices import Choice, Notice, Tone
from app.ui.settings import Settings

REPUTATION, SERVER = "reputation", "check server"
"""Keys of the notices."""


class CheckingMeans(QObject):
    """``means`` has what is in use; `ready` tells that it is other."""

    ready = Signal()
    told = Signal(object)
    settled = Signal(str)
    """The key of a notice that is over."""
    page_wanted = Signal(str)
    """A page of the settings."""
    changed = Signal()
    """Something of what `problems` or `server_trouble` say may be other."""
    lists_changed = Signal()
    """The writer's own list has another rule."""
    server_said = Signal(str)
    """Why the server gives no verdicts, "" when it does again; emitted from any thread."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.means = Means()
        self.is_ready = True
        self.server_trouble = ""
        self._falls_back = False
        self._told: set[tuple[str, str]] = set()
        self._gathering: Apart[Means] | None = None
        self.server_said.connect(self._on_server_said, Qt.ConnectionType.QueuedConnection)

    def gather(self, settings: Settings) -> None:
        """Get together what these settings have on; `ready` follows."""
        self.stop()
        self.is_ready = False
        self._falls_back = settings.check_where == SERVER_OR_LOCAL
        # A thread of its own: a keyring may wait for its owner for long.
        self._gathering = Apart(lambda: gather(settings), self._take, "link means", self)

    def stop(self) -> None:
        """Hear no more of what is being got together."""
        if self._gathering is not None:
            self._gathering.cancel()
            self._gathering = None

    @property
    def problems(self) -> Mapping[str, str]:
        """What keeps services from being used, by their names."""
        return {each.name: each.problem for each in self.means.services if each.problem}

    def rule(self, host: str, blocks: bool) -> None:
        """Put a host on the writer's own list, and say so."""
        troubles: list[str] = []

        def add() -> None:
            from app.ui import own_list

            try:
                own_list.add_rule(host, blocks=blocks)
            except (OSError, own_list.ListChangedError) as error:
                troubles.append(getattr(error, "strerror", None) or type(error).__name__)

        def added() -> None:
            if troubles:
                words = self.tr("Your list could not be kept: %1.").replace("%1", troubles[0])
                self._tell("own list", words, "lists")
                return
            words = self.tr("Links to %1 are blocked.") if blocks else self.tr("%1 is allowed.")
            choice = Choice(self.tr("My lists…"), lambda: self.page_wanted.emit("lists"))
            shown = Notice(
                "own list", words.replace("%1", host), Tone.INFO, (choice,), passing=True
            )
            self.told.emit(shown)
            self.lists_changed.emit()

        run_in_thread(add, added, self)

    def begin_anew(self) -> None:
        """The server is asked anew: what it said before counts no more."""
        self._on_server_said("")

    def look_at(self, verdicts: Iterable[tuple[str, Verdict]]) -> None:
        """Tell once where the services say nothing of links; again only of other troubles."""
        is_unknown = any(Note.REPUTATION_UNKNOWN in verdict.notes for _, verdict in verdicts)
        problems = self.problems
        if not is_unknown:
            if self._told and not problems and not self.means.reputation_trouble:
                self._forget_told()
            return
        new = set(problems.items()) or {("", "")}
        if new <= self._told:
            return
        self._told |= new
        self.changed.emit()
        self._tell_reputation(" ".join(map(_translated, problems.values())))

    def _take(self, means: Means | None) -> None:
        self._gathering = None
        self.is_ready = True
        if means is None:
            return  # the failure was reported; what was in use stays
        self.means = means
        self._forget_told()
        if means.reputation_trouble:
            self._told.add(("settings", means.reputation_trouble))
            self._tell_reputation(_translated(means.reputation_trouble))
        if means.server is None:  # else it tells of itself
            self._on_server_said(means.server_trouble)
        self.ready.emit()
        self.changed.emit()

    def _forget_told(self) -> None:
        self._told.clear()
        self.settled.emit(REPUTATION)
        self.changed.emit()

    def _tell_reputation(self, why: str) -> None:
        words = self.tr("Whether some links are dangerous is not known.")
        if not why:
            why = self.tr("A reputation service did not answer.")
        self._tell(REPUTATION, f"{words} {why}", REPUTATION)

    def _on_server_said(self, why: str) -> None:
        if why == self.server_trouble:
            return
        self.server_trouble = why
        self.changed.emit()
        if not why:
            self.settled.emit(SERVER)
            return
        so = (
            self.tr("Meanwhile links are checked from this computer.")
            if self._falls_back
            else self.tr("Until that is over, links are not checked.")
        )
        self._tell(SERVER, f"{QCoreApplication.translate('CheckServer', why)} {so}", "links")

    def _tell(self, key: str, words: str, page: str) -> None:
        choice = Choice(self.tr("Settings…"), lambda: self.page_wanted.emit(page))
        self.told.emit(Notice(key, words, Tone.WARNING, (choice,)))


def _translated(words: str) -> str:
    return QCoreApplication.translate("Reputation", words)
