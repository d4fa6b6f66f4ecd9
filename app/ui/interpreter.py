"""Python beside a window: threads give way to the keys, and garbage is looked for at rest."""

import gc
import sys

from PySide6.QtCore import QObject, QTimer

SWITCH_SECONDS = 0.0005
"""A thread that computes gives the interpreter away after this time. Painting one key takes the
interpreter back several times, and each time Python's own 5 ms would pass."""
LOOK_MS = 3000
YOUNG = 5_000
"""New objects that are worth a look; one takes about 0.2 ms for each 1,000."""
OLDER = 10
"""Looks at new objects before those that have survived them are looked at too."""


class Interpreter(QObject):
    """Sets Python's pace for a program with a window, for as long as this lives.

    Python looks for garbage whenever some thousand objects are new, and everything waits: with a
    draft being parsed in a thread that is 10 ms in the middle of a key. Nearly nothing of ours is
    garbage that only such a look finds, so a look now and then is enough.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        sys.setswitchinterval(SWITCH_SECONDS)
        gc.disable()
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(_look_for_garbage)
        self._timer.start()


def _look_for_garbage() -> None:
    young, middle, old = gc.get_count()
    if old > OLDER:
        gc.collect(2)
    elif middle > OLDER:
        gc.collect(1)
    elif young > YOUNG:
        gc.collect(0)
