"""Storing what the writer decides: at once, durably, and never in the window's thread."""

import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.ui.editor.jobs import window_post
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
        self._post = window_post()

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
                held = [self._waiting.pop(key)]
            try:
                held[0][0]()
            except OSError as error:
                complaint, why = held[0][1], error.strerror or type(error).__name__
                log.warning("Not stored: %s: %s", key.partition(" ")[0], why)
                if complaint:
                    self.told.emit(Notice(key, complaint.replace("%1", why), Tone.WARNING))
            except Exception:
                # What comes after it is stored all the same.
                log.exception("Storing met a mistake of the program: %s", key.partition(" ")[0])
            finally:
                # What the work knows of the window is let go of in the window's thread, as with
                # `editor.jobs`.
                self._post.bring(held.clear)
