"""Makes written data durable in a thread of its own, at a maximum pace."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from app.drafts import atomic

FLUSH_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Flush:
    """What to make durable: an open file if there is one, and its folder's names if they changed.

    ``then_remove`` are files that are superseded by it and go once it is durable. ``ticket`` is
    the number up to which everything is durable then.
    """

    descriptor: int | None
    folder: Path
    then_remove: tuple[Path, ...]
    ticket: int
    renamed: bool = True


class Flusher:
    """Flushes the newest request; ``on_failure`` is called from its thread with the folder."""

    def __init__(self, on_failure: Callable[[OSError, Path], None]) -> None:
        self._on_failure = on_failure
        self._changed = threading.Condition()
        self._next: Flush | None = None
        self._superseded: list[Path] = []
        self._renamed: set[Path] = set()  # folders whose names are not durable yet
        self._resting = False
        self._done = 0
        self._awaited = 0
        self._stopping = False
        self._thread: threading.Thread | None = None

    def request(self, flush: Flush) -> None:
        """Ask for a flush; a request that has not begun yet is taken over by this one."""
        own = None if flush.descriptor is None else os.dup(flush.descriptor)
        with self._changed:
            self._superseded += flush.then_remove
            if flush.renamed:
                self._renamed.add(flush.folder)
            self._drop_next()
            self._next = replace(flush, descriptor=own, then_remove=tuple(self._superseded))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="flusher", daemon=True)
                self._thread.start()
            if not self._resting:  # its rest is no shorter for what comes meanwhile
                self._changed.notify_all()

    def wait_for(self, ticket: int, timeout: float) -> bool:
        """Wait until everything up to this ticket is durable, at most ``timeout`` seconds."""
        with self._changed:
            self._awaited = max(self._awaited, ticket)
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._done >= ticket, timeout)

    def stop(self, timeout: float) -> None:
        """Flush what is left and end the thread."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(timeout)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._next is not None or self._stopping)
                flush, self._next = self._next, None
                if flush is None:
                    return
                flush = replace(flush, renamed=flush.folder in self._renamed)
                self._renamed.discard(flush.folder)
            began = time.monotonic()
            self._perform(flush)
            with self._changed:
                self._resting = True
                rest = began + FLUSH_SECONDS - time.monotonic()
                self._changed.wait_for(self._must_hurry, rest)
                self._resting = False

    def _must_hurry(self) -> bool:
        """Somebody waits for what is not durable yet: no rest before it is."""
        return self._stopping or self._done < self._awaited

    def _perform(self, flush: Flush) -> None:
        try:
            if flush.descriptor is not None:
                os.fsync(flush.descriptor)
            if flush.renamed:
                atomic.sync_folder(flush.folder)
        except OSError as error:
            if flush.renamed:
                self._note_renamed([flush.folder])
            self._on_failure(error, flush.folder)
            return
        finally:
            _close(flush.descriptor)
        for path in flush.then_remove:
            with contextlib.suppress(OSError):  # gone already, or found again at the next opening
                path.unlink()
        self._note_renamed(path.parent for path in flush.then_remove)
        with self._changed:
            del self._superseded[: len(flush.then_remove)]
            self._done = max(self._done, flush.ticket)
            self._changed.notify_all()

    def _note_renamed(self, folders: Iterable[Path]) -> None:
        """The next flush into these has to make their names durable."""
        with self._changed:
            self._renamed.update(folders)

    def _drop_next(self) -> None:
        if self._next is not None:
            _close(self._next.descriptor)
        self._next = None


def _close(descriptor: int | None) -> None:
    if descriptor is not None:
        with contextlib.suppress(OSError):  # the flush before it is what says whether all is well
            os.close(descriptor)
