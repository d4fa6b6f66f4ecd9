"""Where Gmail would cut the letter, kept up to date beside the typing, in a thread."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.ui.editor.jobs import run_in_thread

if TYPE_CHECKING:
    from app.markup.follower import Follower
    from app.publish import Publication
    from app.publish.clip import Cut
    from app.ui.editor.open_draft import OpenDraft

REST_MS = 1500
"""Rest in typing after which the letter is measured."""


class _Work:
    """The draft once more, parsed apart from the editor; one job at a time."""

    def __init__(self) -> None:
        self._follower: Follower | None = None
        self.cut: Cut | None = None

    def measure(self, lines: Sequence[str], path: Path | None) -> None:
        """What is sent of these lines, as far as it is near the limit."""
        from app.markup.follower import Follower
        from app.publish import PLAIN, PublicationError, publication_for, reader_of
        from app.publish.clip import cut_of, may_be_near, spread

        self.cut = None
        publication: Publication
        try:
            publication = publication_for("\n".join(lines), path)
        except PublicationError:
            publication = PLAIN  # the preview says so, and the letter cannot be sent
        filled, origins = spread(lines, reader_of(path.parent)) if path else (lines, None)
        if self._follower is None:
            self._follower = Follower()
        document = self._follower.follow(filled)
        if may_be_near(document, publication):
            self.cut = cut_of(document, publication)
            if self.cut is not None and origins is not None:
                self.cut = self.cut.as_written(origins)


class ClipWatch(QObject):
    """Measures the draft that is shown after each rest in typing.

    Signals:
        measured: A `Cut`, or None where the letter is well below the limit.
    """

    measured = Signal(object)

    def __init__(self, is_wanted: Callable[[], bool], parent: QObject) -> None:
        """``is_wanted`` says whether anybody would see it."""
        super().__init__(parent)
        self._is_wanted = is_wanted
        self._draft: OpenDraft | None = None
        self._path: Callable[[], Path | None] = lambda: None
        self._work = _Work()
        self._measuring = False
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._measure)

    @property
    def is_settled(self) -> bool:
        """Whether the draft as it is now was measured."""
        return not self._measuring and not self._rest.isActive()

    def follow(self, draft: "OpenDraft | None", path: "Callable[[], Path | None]") -> None:
        """Watch this draft from now on, which has its file there; None for none."""
        if self._draft is not None:
            self._draft.changed.disconnect(self._on_changed)
        self._draft, self._path, self._work = draft, path, _Work()
        self._rest.stop()
        if draft is not None:
            draft.changed.connect(self._on_changed)
            self._rest.start()

    def again(self) -> None:
        """Something else has changed than the text: measure soon."""
        if self._draft is not None:
            self._rest.start()

    def _on_changed(self) -> None:
        self._rest.start()

    def _measure(self) -> None:
        draft, work, path = self._draft, self._work, self._path()
        if draft is None or not self._is_wanted():
            return
        if self._measuring:
            self._rest.start()
            return
        lines = tuple(draft.lines)
        self._measuring = True

        def then() -> None:
            self._measuring = False
            # A cut in a text that has changed meanwhile would be shown at a wrong place.
            if work is self._work and not self._rest.isActive():
                self.measured.emit(work.cut)

        run_in_thread(lambda: work.measure(lines, path), then, self)
