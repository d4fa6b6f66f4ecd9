"""Walking through many things without holding up the keys."""

from collections.abc import Callable, Iterable, Iterator
from time import perf_counter
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer

Item = TypeVar("Item")

SLICE_SECONDS = 0.004


class Gatherer(QObject, Generic[Item]):
    """Collects what an iterator gives in slices of 4 ms between other events.

    ``restart`` drops what was collected so far: call it whenever the source changes, before the
    next slice could see a source that is no longer the one that it began with. The new walk
    begins after ``delay`` milliseconds without another restart.
    """

    def __init__(
        self,
        source: Callable[[], Iterable[Item]],
        done: Callable[[list[Item]], object],
        delay: int,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._source = source
        self._done = done
        self._delay = delay
        self._walk: Iterator[Item] | None = None
        self._found: list[Item] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._slice)

    def restart(self, *, now: bool = False) -> None:
        """Begin anew, after the delay or at once."""
        self._walk = None
        self._found = []
        self._timer.start(0 if now else self._delay)

    def stop(self) -> None:
        """Forget the walk."""
        self._walk = None
        self._timer.stop()

    def _slice(self) -> None:
        if self._walk is None:
            self._walk = iter(self._source())
        end = perf_counter() + SLICE_SECONDS
        for item in self._walk:
            self._found.append(item)
            if perf_counter() > end:
                self._timer.start(0)
                return
        found, self._found, self._walk = self._found, [], None
        self._done(found)
