"""Storing what the writer decides: at once, durably, and never in the window's thread."""

import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.ui.notices import Notice, Tone

log = logging.getLogger(__name__)

Work = Callable[[], None]


class Saver(QObject):
    """Does small pieces of writing in a thread of its own, in the order in which they came.

    Of several that wait under one ``key`` only the newest is done.
    """

    told = Signal(object)
    """A `Notice` for the writer."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._changed = threading.Condition()
        self._waiting: dict[str, tuple[Work, str]] = {}
        self._ending = False
        self._thread: threading.Thread | None = None

    def do(self, key: str, work: Work, complaint: str = "") -> None:
        """Do this soon.

        Of an OSError the writer hears ``complaint``, with the reason for %1; without one nobody
        does, for what costs nothing to lose.
        """
        with self._changed:
            self._waiting.pop(key, None)
            self._waiting[key] = (work, complaint)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="saver", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def finish(self, timeout: float = 5.0) -> None:
        """Do what still waits and end, after at most this many seconds."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._ending)
                if not self._waiting:
                    return
                key = next(iter(self._waiting))
                work, complaint = self._waiting.pop(key)
            try:
                work()
            except OSError as error:
                why = error.strerror or type(error).__name__
                log.warning("Not stored: %s: %s", key.partition(" ")[0], why)
                if complaint:
                    self.told.emit(Notice(key, complaint.replace("%1", why), Tone.WARNING))
