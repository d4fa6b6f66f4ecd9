"""Threads for an event loop's blocking deeds, which nobody waits for at the end."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class DaemonThreads(ThreadPoolExecutor):
    """A thread for each deed, which the end of the program does not wait for: a keyring that asks
    the writer to unlock it, or a name server that is silent, may block for minutes.
    """

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it at once."""
        found: Future[Any] = Future()

        def run() -> None:
            if not found.set_running_or_notify_cancel():
                return
            try:
                found.set_result(fn(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 - handed on to whoever waits
                found.set_exception(error)

        threading.Thread(target=run, name="sync's", daemon=True).start()
        return found
