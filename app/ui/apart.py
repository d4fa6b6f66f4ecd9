"""Work that may hang for long, such as asking a server: in a thread that nothing else waits for."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar, cast

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

Answer = TypeVar("Answer")


class Apart(Generic[Answer]):
    """Runs ``work``, then ``then`` in the thread that made this; ``then`` hears None where the
    work failed, which the excepthook reports. It keeps itself alive until then.
    """

    def __init__(
        self,
        work: Callable[[], Answer],
        then: Callable[[Answer | None], object],
        name: str = "apart",
    ) -> None:
        self._work = work
        self._then = then
        self._is_cancelled = False
        self._bridge = _Bridge(cast("Callable[[object], None]", self._finish))
        _under_way.add(self)
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def cancel(self) -> None:
        """Nothing is heard of it any more; the work itself ends when it ends."""
        self._is_cancelled = True

    def _run(self) -> None:
        answer: Answer | None = None
        try:
            answer = self._work()
        finally:
            if isValid(self._bridge):  # not so when the program has ended meanwhile
                self._bridge.over.emit(answer)

    def _finish(self, answer: Answer | None) -> None:
        _under_way.discard(self)
        if not self._is_cancelled:
            self._then(answer)


class _Bridge(QObject):
    over = Signal(object)

    def __init__(self, finish: Callable[[object], None]) -> None:
        super().__init__()
        self._finish = finish
        self.over.connect(self._on_over, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def _on_over(self, answer: object) -> None:
        self._finish(answer)


_under_way: set[object] = set()
