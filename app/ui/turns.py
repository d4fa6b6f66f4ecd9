"""Long work of the window's thread, a step in each turn of its event loop."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer


class Turns(QObject):
    """Does what cannot be done in a thread, such as making widgets, so that keys and paints come
    between the steps. One work at a time: another one takes its place.

    Args:
        pause: Milliseconds between two steps, for what nobody waits for yet.
    """

    def __init__(self, parent: QObject, pause: int = 0) -> None:
        super().__init__(parent)
        self._steps: Iterator[None] = iter(())
        self._timer = QTimer(self, interval=pause)
        self._timer.timeout.connect(self._go)

    def begin(self, steps: Iterator[None]) -> None:
        """Do these steps, one in each turn, the first in the next one."""
        self._steps = steps
        self._timer.start()

    def go_now(self) -> None:
        """Do the next step now: little work needs no other turn."""
        self._go()

    def pause(self) -> None:
        """Wait for `go_on`."""
        self._timer.stop()

    def go_on(self) -> None:
        """Go on with the steps that are left."""
        self._timer.start()

    def finish(self) -> None:
        """Do all that is left now."""
        self._timer.stop()
        for _ in self._steps:
            pass

    def stop(self) -> None:
        """Go no further."""
        self._timer.stop()
        self._steps = iter(())

    def _go(self) -> None:
        steps = self._steps
        if next(steps, steps) is steps and steps is self._steps:  # the end
            self._timer.stop()
