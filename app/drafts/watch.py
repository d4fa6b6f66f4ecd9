"""Notices that the folder of drafts changed, whoever changed it."""

import threading
from collections.abc import Callable

from app.drafts.errors import DraftError
from app.drafts.library import Entry, Library

LOOK_SECONDS = 2.0


class LibraryWatch:
    """Calls back, from its own thread, with the new list whenever it is another one.

    It looks at the folder at intervals: that also sees network drives and synchronised folders,
    which tell nobody what they do.
    """

    def __init__(
        self,
        library: Library,
        on_change: Callable[[list[Entry]], None],
        on_error: Callable[[DraftError], None],
        *,
        interval: float = LOOK_SECONDS,
    ) -> None:
        self._library = library
        self._on_change = on_change
        self._on_error = on_error
        self._interval = interval
        self._stop = threading.Event()
        self._hurry = threading.Event()
        self._thread = threading.Thread(target=self._run, name="library", daemon=True)
        self._thread.start()

    def refresh(self) -> None:
        """Look at once."""
        self._hurry.set()

    def stop(self, timeout: float = 2.0) -> None:
        """End the thread."""
        self._stop.set()
        self._hurry.set()
        self._thread.join(timeout)

    def _run(self) -> None:
        known: list[Entry] | None = None
        failed = False
        while not self._stop.is_set():
            try:
                found = self._library.entries()
            except DraftError as error:
                if not failed:
                    self._on_error(error)
                failed, known = True, None
            else:
                failed = False
                if found != known:
                    known = found
                    self._on_change(found)
            self._hurry.wait(self._interval)
            self._hurry.clear()
