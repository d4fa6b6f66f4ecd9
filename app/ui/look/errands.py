"""Storing and reading for the dialog, never in the window's thread."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from app.publish.habits import HabitsError
from app.publish.shelf import ShelfError
from app.publish.template import TemplateError
from app.ui.background import ask_for
from app.ui.editor.jobs import window_post
from app.ui.saver import Saver

SAVE_MS = 400
"""From the last change until it is stored."""
_TROUBLES = (ShelfError, TemplateError, HabitsError)
Answer = TypeVar("Answer")


class Errands(QObject):
    """Carries work to the saver, in order, and its outcome back.

    Signals:
        told: Why something could not be done, in words.
        kept: Something was stored.
    """

    told = Signal(str)
    kept = Signal()

    def __init__(self, saver: Saver, parent: QObject) -> None:
        super().__init__(parent)
        self._saver = saver
        self._post = window_post()
        self._waiting: dict[str, Callable[[], object]] = {}
        self._pause = QTimer(self, singleShot=True, interval=SAVE_MS)
        self._pause.timeout.connect(self.save)

    def ask(self, work: Callable[[], Answer], then: Callable[[Answer], object]) -> None:
        """Read something, then go on here."""
        ask_for(work, then, lambda error: self.told.emit(str(error)), self, _TROUBLES)

    def later(self, key: str, work: Callable[[], object]) -> None:
        """Store something after a pause; what waits under the same key is left out."""
        self._waiting[key] = work
        self._pause.start()

    def save(self) -> None:
        """Store now what waits."""
        self._pause.stop()
        waiting, self._waiting = self._waiting, {}
        for work in waiting.values():
            self.run(work)

    def run(
        self,
        work: Callable[[], Answer],
        then: Callable[[Answer], object] | None = None,
        failed: Callable[[], object] | None = None,
    ) -> None:
        """Do something on the disk, behind what was asked for before; then go on here."""
        post = self._post

        def tell(answer: Answer) -> None:
            if isValid(self):
                if then is not None:
                    then(answer)
                self.kept.emit()

        def complain(words: str) -> None:
            if isValid(self):
                self.told.emit(words)
                if failed is not None:
                    failed()

        def complain_of_disk(reason: str) -> None:
            if isValid(self):
                complain(self.tr("It could not be kept: {0}.").format(reason))

        def run() -> None:
            try:
                answer = work()
            except _TROUBLES as error:
                words = str(error)
                post.bring(lambda: complain(words))
            except OSError as error:
                reason = error.strerror or str(error)
                post.bring(lambda: complain_of_disk(reason))
            else:
                post.bring(lambda: tell(answer))

        self._saver.do(f"look {id(run)}", run)
