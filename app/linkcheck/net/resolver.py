"""From a host name to its addresses, and the difference between "no such host" and "no answer"."""

import asyncio
import queue
import socket
import threading
from collections.abc import Callable
from typing import Protocol

_THREADS = 16
_NO_SUCH_HOST = frozenset(
    code
    for name in ("EAI_NONAME", "EAI_NODATA", "EAI_ADDRFAMILY")
    if (code := getattr(socket, name, None)) is not None
) | {11001, 11004}  # WSAHOST_NOT_FOUND, WSANO_DATA


class NoSuchHostError(Exception):
    """The name system answered: this name has no addresses."""


class ResolverFailedError(Exception):
    """The name system did not answer: nothing is known of the name."""


class Resolver(Protocol):
    """Looks names up."""

    async def resolve(self, host: str, port: int) -> tuple[str, ...]:
        """IP addresses of ``host`` in the system's order of preference.

        Raises `NoSuchHostError` or `ResolverFailedError`.
        """


class SystemResolver:
    """The operating system's resolver (``getaddrinfo``), asked in daemon threads.

    Threads of its own, since a resolver that hangs must neither hold up the loop's other work nor
    the end of the program. Names asked for twice at the same time are looked up once.
    """

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._threads = 0
        self._pending: dict[str, asyncio.Future[tuple[str, ...]]] = {}

    async def resolve(self, host: str, port: int) -> tuple[str, ...]:
        """See `Resolver`."""
        waiting = self._pending.get(host)
        if waiting is None:
            waiting = asyncio.get_running_loop().create_future()
            waiting.add_done_callback(lambda _: self._pending.pop(host, None))
            self._pending[host] = waiting
            self._submit(host, port, waiting)
        return await asyncio.shield(waiting)

    def _submit(self, host: str, port: int, result: "asyncio.Future[tuple[str, ...]]") -> None:
        loop = asyncio.get_running_loop()

        def job() -> None:
            found = look_up(host, port)
            try:
                loop.call_soon_threadsafe(_settle, result, found)
            except RuntimeError:  # the loop is closed: nobody waits any more
                return

        self._jobs.put(job)
        if self._threads < min(_THREADS, len(self._pending)):
            self._threads += 1
            threading.Thread(target=self._work, name="sendoff-dns", daemon=True).start()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    def close(self) -> None:
        """Let the threads end."""
        for _ in range(self._threads):
            self._jobs.put(None)
        self._threads = 0


def look_up(host: str, port: int) -> tuple[str, ...] | Exception:
    """One blocking look-up: the addresses, or the error to raise."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno in _NO_SUCH_HOST:
            return NoSuchHostError(host)
        return ResolverFailedError(error.strerror or str(error))
    except (OSError, UnicodeError) as error:
        return ResolverFailedError(str(error))
    addresses = dict.fromkeys(str(address[0]) for *_, address in found)
    return tuple(addresses) if addresses else NoSuchHostError(host)


def _settle(result: "asyncio.Future[tuple[str, ...]]", found: tuple[str, ...] | Exception) -> None:
    if result.done():
        return
    if isinstance(found, Exception):
        result.set_exception(found)
        result.exception()  # whoever waited may be gone
    else:
        result.set_result(found)
