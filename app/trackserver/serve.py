"""Puts a process together: store, copy of the links, inbox, web server, worker threads."""

import asyncio
import contextlib
import logging
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server
from sqlalchemy.exc import SQLAlchemyError

from app.trackserver.api import keys
from app.trackserver.checking.engine import Reach
from app.trackserver.checking.service import Checking
from app.trackserver.garbage import look_for_garbage
from app.trackserver.ingest.inbox_writer import Inbox
from app.trackserver.links import LinkTable
from app.trackserver.services import Clock, Services, wall_clock
from app.trackserver.settings import Limits, Settings
from app.trackserver.store.database import Database
from app.trackserver.store.setup import set_up
from app.trackserver.web import shortcut
from app.trackserver.web.front import Front
from app.trackserver.web.shortcut import DirectServer
from app.trackserver.work.jobs import Jobs
from app.trackserver.work.worker import Worker

_log = logging.getLogger(__name__)

_BACKLOG = 2048
_CONNECTIONS = 10_000


class Process:
    """A web server with its worker threads, or workers alone.

    Args:
        clock: The time, in milliseconds UTC.
        reach: How links are reached that are to be checked.
    """

    def __init__(
        self, settings: Settings, clock: Clock = wall_clock, reach: Reach | None = None
    ) -> None:
        self.settings = settings
        self._reach = reach
        self._clock = clock
        self._stopping = threading.Event()
        self._wake: Callable[[], object] = lambda: None
        self._database = Database(settings.database)

    def prepare(self) -> str | None:
        """Bring the store up to date; a new store's first key.

        A store that does not answer is no obstacle to one who knows the links from earlier.
        """
        settings = self.settings
        settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            if not set_up(self._database, self._clock()):
                return None
            with self._database.writing() as connection:
                return keys.make(
                    connection,
                    name="first key",
                    scopes=list(keys.Scope),
                    publication_id=None,
                    now=self._clock(),
                )[1]
        except SQLAlchemyError as error:
            _log.warning("the store does not answer: %s", type(error).__name__)
            return None

    def services(self) -> Services:
        """Open what a web process needs. Raises NoKeys."""
        folder = self.settings.folder
        links = LinkTable(self._database, folder / "links.db")
        links.start()
        return Services(
            settings=self.settings,
            database=self._database,
            inbox=Inbox(self._database, folder / "spill.db", self.settings.limits),
            keyring=links.keyring,
            links=links,
            checking=Checking(self.settings, self._database, self._clock, self._reach),
            clock=self._clock,
            stopping=self._stopping,
        )

    def serve(self, started: Callable[[Services], None] | None = None) -> None:
        """Serve until ``stop``; then whatever was answered is kept, and nothing is half done."""
        services = self.services()
        workers = [*self._start_workers(), self._start_looking()]
        try:
            _run(self._serve(services, started))
        finally:
            self._stopping.set()
            services.checking.close()
            services.inbox.close()
            for worker in workers:
                worker.join()
            services.links.close()
            self._database.close()

    def work(self) -> None:
        """Work off the inbox until ``stop``, without a web server."""
        for worker in [*self._start_workers(), self._start_looking()]:
            worker.join()
        self._database.close()

    def stop(self) -> None:
        """End ``serve`` or ``work``; from any thread or signal handler."""
        self._stopping.set()
        self._wake()

    def _start_workers(self) -> list[threading.Thread]:
        workers = [
            threading.Thread(
                target=Worker(self._database, self._clock, self.settings).run,
                args=(self._stopping,),
                name=f"worker-{number}",
            )
            for number in range(self.settings.workers)
        ]
        if workers:
            jobs = Jobs(self._database, self._clock, self.settings)
            workers.append(threading.Thread(target=jobs.run, args=(self._stopping,), name="jobs"))
        for worker in workers:
            worker.start()
        return workers

    def _start_looking(self) -> threading.Thread:
        looking = threading.Thread(target=look_for_garbage, args=(self._stopping,), name="garbage")
        looking.start()
        return looking

    async def _serve(self, services: Services, started: Callable[[Services], None] | None) -> None:
        settings = self.settings
        server = http_server(Front(services), settings.host, settings.port, settings.limits)
        asked = self._asked()
        serving = asyncio.create_task(server.serve())
        await asyncio.sleep(0)  # it listens now, or could not
        if serving.done() and isinstance(error := serving.exception(), OSError | RuntimeError):
            why = str(error).partition("\n")[0]  # granian adds a stack of its own
            raise CannotListen(f"{settings.host}:{settings.port} cannot be listened at: {why}")
        if started is not None:
            started(services)
        waiting = asyncio.create_task(asked.wait())
        await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        self._stopping.set()
        waiting.cancel()
        services.checking.begin_stop()
        if not serving.done():
            server.stop()  # takes no more, and answers what is under way
        await serving

    def _asked(self) -> asyncio.Event:
        """Set once ``stop`` was called, or a signal came."""
        loop, asked = asyncio.get_running_loop(), asyncio.Event()
        self._wake = lambda: loop.call_soon_threadsafe(asked.set)
        if self._stopping.is_set():
            asked.set()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                with contextlib.suppress(NotImplementedError):  # Windows
                    loop.add_signal_handler(number, asked.set)
        return asked


class CannotListen(Exception):  # noqa: N818 - reads as what it is
    """The address is not ours, or taken; the message says which."""


def http_server(application: object, host: str, port: int, limits: Limits) -> Any:
    """The web server, with an RSGI application behind it; ``serve()`` serves until ``stop()``."""
    server = DirectServer if hasattr(application, "directly") and shortcut.is_open() else Server
    return server(
        application,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        # HTTP/2 belongs to the proxy in front; telling the two apart would wait for ever.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=round(limits.head_seconds * 1000),
            max_buffer_size=limits.head,
        ),
        backlog=_BACKLOG,
        backpressure=_CONNECTIONS,
        websockets=False,
        log_enabled=False,
    )


def _run(serving: Coroutine[Any, Any, None]) -> None:
    if sys.platform == "win32":
        asyncio.run(serving)
    else:
        import uvloop

        uvloop.run(serving)
