"""Python beside a window: threads give way to the keys, and garbage is looked for at rest."""

import gc
import sys
import time

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

SWITCH_SECONDS = 0.0001
"""A thread that computes gives the interpreter away after this time. Painting one key takes the
interpreter back several times, and each time Python's own 5 ms would pass."""
LOOK_MS = 1500
YOUNG = 2_000
"""New objects that are worth a look; one takes 0.2 to 0.5 ms for each 1,000."""
MOST = 5_000
"""New objects that a look takes in while the writer is here."""
BUSY = 0.05
"""The share of a processor from which on other threads are at work."""
OLDER = 10
"""Looks at new objects before those that survived them are put by."""
WHOLE_SECONDS = 120.0
"""Between two looks at everything."""


class Interpreter(QObject):
    """Sets Python's pace for a program with a window, for as long as this lives.

    Python looks for garbage whenever some thousand objects are new, and everything waits: with a
    draft being parsed in a thread that is 10 ms in the middle of a key. Nearly nothing of ours is
    garbage that only such a look finds, so a look now and then is enough, at what is new and not
    too much. Everything older, and what a start or a sync makes by the ten thousand, is put by
    unseen (``gc.freeze``): a look at all of it takes 60 ms, and waits until another program has
    the keys.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        sys.setswitchinterval(SWITCH_SECONDS)
        gc.disable()
        self._looks = 0
        self._whole = time.monotonic()
        self._computed = self._others_seconds()
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look_for_garbage)
        self._timer.start()

    def _look_for_garbage(self) -> None:
        now = time.monotonic()
        if now - self._whole > WHOLE_SECONDS and not _is_active():
            gc.unfreeze()
            gc.collect()
            self._whole, self._looks = now, 0
            gc.freeze()
            return
        young, others = gc.get_count()[0], self._others_compute()
        if young > MOST or self._looks >= OLDER or others:
            gc.freeze()
            self._looks = 0
        elif young > YOUNG:
            gc.collect(0)
            self._looks += 1

    def _others_compute(self) -> bool:
        """Whether other threads made much since the last look. Python's count of new objects takes
        away what died of the old: a sync that puts fifty thousand in the place of as many seems to
        have made none.
        """
        before, self._computed = self._computed, self._others_seconds()
        return self._computed - before > BUSY * LOOK_MS / 1000

    @staticmethod
    def _others_seconds() -> float:
        return time.process_time() - time.thread_time()


def _is_active() -> bool:
    return QGuiApplication.applicationState() == Qt.ApplicationState.ApplicationActive
