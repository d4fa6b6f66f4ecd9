"""A short cut through granian for what needs neither the event loop nor a task of its own.

Granian's thread for Python hands each request to the event loop, which makes a task of it; for an
open that costs more than all that we do with it. An application with a method ``directly`` is
asked in granian's own thread first. What it takes it answers from whatever thread it likes, at
any time: granian's protocol object allows that. Everything else goes on to the event loop.

Granian has no public hook for this, so its worker is put together here as its embedded server does
it. That was tried with the versions of ``_TRIED``; with another one, requests take the long way.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import granian
from granian._granian import CallbackScheduler, RSGIWorker
from granian.server.embed import Server

from app.trackserver.web.logs import where

_log = logging.getLogger(__name__)

_TRIED = ("2.8.",)


class Application(Protocol):
    """An RSGI application that answers some requests directly."""

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        """Answer one request, in the event loop."""

    def directly(self, scope: Any, proto: Any) -> bool:
        """Take the request and answer it now or later, from any thread; False leaves it to
        ``__rsgi__``. Called in one thread that all requests wait for: it must not block.
        """


def is_open() -> bool:
    """Whether this granian is one that the short cut was tried with."""
    return granian.__version__.startswith(_TRIED)


class DirectServer(Server):
    """Granian's embedded server with the short cut, for an ``Application``."""

    @staticmethod
    async def _spawn_rsgi_worker(
        worker: int, signal: Any, application: Application, socket: Any, *settings: Any
    ) -> None:
        """Serve until ``signal`` is set; the settings are in granian's own order."""
        (threads, io_threads, python_threads, idle, backpressure, _tasks, http, http1, http2,
         websockets, files, _log_format, tls, _scope) = settings  # fmt: skip
        loop = asyncio.get_running_loop()
        ended = loop.create_future()
        signal.add_cb(lambda: loop.call_soon_threadsafe(ended.set_result, None))
        make: Any = RSGIWorker  # granian's own description of it is out of date
        make(
            worker, socket, None, threads, io_threads, python_threads, idle, backpressure,
            http, http1, http2, websockets, files, *tls, (None, None),
        ).serve_async(_Scheduler(loop, application), loop, signal)  # fmt: skip
        await ended


class _Scheduler(CallbackScheduler):
    """What granian's thread calls with each request."""

    _schedule_fn: Callable[[Any], None]

    def __new__(cls, loop: asyncio.AbstractEventLoop, application: Application) -> "_Scheduler":
        """The arguments are those of a task scheduler, which this is not."""
        del application
        made: _Scheduler = super().__new__(cls, loop, None, None, None, None)  # type: ignore[call-arg]
        return made

    def __init__(self, loop: asyncio.AbstractEventLoop, application: Application) -> None:
        self._schedule_fn = _schedule(loop, application)


def _schedule(loop: asyncio.AbstractEventLoop, application: Application) -> Callable[[Any], None]:
    tasks: set[asyncio.Task[None]] = set()  # the event loop itself holds tasks only weakly

    async def answer(watcher: Any) -> None:
        try:
            await application.__rsgi__(watcher.scope, watcher.proto)
        except Exception as error:  # noqa: BLE001 - granian answers 500 and writes it down
            watcher.err(error)
        else:
            watcher.done()

    def begin(watcher: Any) -> None:
        task = loop.create_task(answer(watcher))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    def schedule(watcher: Any) -> None:
        # Nothing may be raised here: granian does not look.
        proto = watcher.proto
        try:
            if not application.directly(watcher.scope, proto):
                with suppress(RuntimeError):  # the loop was closed: nobody waits any more
                    loop.call_soon_threadsafe(begin, watcher)
        except Exception as error:  # noqa: BLE001 - nothing a client sends may end in silence
            _log.error("error", extra={"error": type(error).__name__, "where": where(error)})
            proto.response_empty(500, [])

    return schedule
