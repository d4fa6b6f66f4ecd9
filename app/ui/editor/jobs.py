"""Work in another thread, and what follows in the thread of the user interface."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot
from shiboken6 import isValid


class Post(QObject):
    """Brings calls into the thread that made it; may be used from any."""

    _came = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._came.connect(self._on_came, Qt.ConnectionType.QueuedConnection)

    def bring(self, call: Callable[[], None]) -> None:
        """Call it there soon; not at all where the program has ended meanwhile."""
        if isValid(self):
            self._came.emit(call)

    @Slot(object)
    def _on_came(self, call: Callable[[], None]) -> None:
        call()


@dataclass(slots=True)
class _Tasks:
    """What a job has to do. Emptied in the window's thread before that lets go of the owner: the
    thread of the pool may be the last that holds the job, and must never be the last that holds a
    widget or a timer, which would end there.
    """

    work: Callable[[], object]
    then: Callable[[], object]
    owner: QObject


class _Job:
    """Known to the thread that works and to the window's."""

    def __init__(self, tasks: _Tasks) -> None:
        self._tasks: _Tasks | None = tasks

    def work(self) -> None:
        if self._tasks is not None:
            self._tasks.work()

    def finish(self) -> None:
        tasks, self._tasks = self._tasks, None
        if tasks is not None and isValid(tasks.owner):
            tasks.then()


class _Work(QRunnable):
    def __init__(self, job: _Job, post: Post) -> None:
        super().__init__()
        self._job = job
        self._post = post

    def run(self) -> None:
        """Called in a thread of the pool; a failure is reported by the excepthook."""
        try:
            self._job.work()
        finally:
            self._post.bring(self._job.finish)


_posts: list[Post] = []


def window_post() -> Post:
    """The post of the window's thread; first asked for there."""
    if not _posts or not isValid(_posts[0]):
        _posts[:] = [Post()]
    return _posts[0]


def run_in_thread(work: Callable[[], object], then: Callable[[], object], owner: QObject) -> None:
    """Run ``work`` in a thread, then ``then`` here, unless ``owner`` is gone by that time."""
    job = _Job(_Tasks(work, then, owner))
    QThreadPool.globalInstance().start(_Work(job, window_post()))


def wait_for_jobs(milliseconds: int) -> None:
    """Wait until no job works any more, at most this long: before the program ends."""
    QThreadPool.globalInstance().waitForDone(milliseconds)
