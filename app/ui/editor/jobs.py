"""Work in another thread, and what follows in the thread of the user interface."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot
from shiboken6 import isValid


class _Job(QObject):
    """Lives in the thread that asked; kept alive by `_running` until its work is reported."""

    done = Signal()

    def __init__(self, then: Callable[[], None], owner: QObject) -> None:
        super().__init__()
        self._then = then
        self._owner = owner
        self.done.connect(self._finish, Qt.ConnectionType.QueuedConnection)

    @Slot()
    def _finish(self) -> None:
        _running.discard(self)
        if isValid(self._owner):
            self._then()


_running: set[_Job] = set()


class _Work(QRunnable):
    def __init__(self, work: Callable[[], None], job: _Job) -> None:
        super().__init__()
        self._work = work
        self._job = job

    def run(self) -> None:
        """Called in a thread of the pool; a failure is reported by the excepthook."""
        try:
            self._work()
        finally:
            if isValid(self._job):  # not so when the program has ended meanwhile
                self._job.done.emit()


def run_in_thread(work: Callable[[], None], then: Callable[[], None], owner: QObject) -> None:
    """Run ``work`` in a thread, then ``then`` here, unless ``owner`` is gone by that time."""
    job = _Job(then, owner)
    _running.add(job)
    QThreadPool.globalInstance().start(_Work(work, job))


def wait_for_jobs(milliseconds: int) -> None:
    """Wait until no job works any more, at most this long: before the program ends."""
    QThreadPool.globalInstance().waitForDone(milliseconds)
