"""Coarse jobs: judging whole issues, deleting what was kept long enough, making partitions.

On PostgreSQL pgqueuer's schedules see to it that one process at a time does each; on SQLite a
thread does them all.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.trackserver.settings import Settings
from app.trackserver.store.database import Database
from app.trackserver.work.partitions import make_partitions
from app.trackserver.work.rerun import due, rerun
from app.trackserver.work.retention import ADDRESS_DAYS, retain

log = logging.getLogger(__name__)

_PATIENCE = 5.0
_PAUSES = 20
_INSTALLING = 7_369


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done now and then.

    Attributes:
        schedule: As in crontab, UTC.
        seconds: The same as an interval, for the thread.
    """

    name: str
    schedule: str
    seconds: float
    run: Callable[["Jobs"], None]


class Jobs:
    """Runs the jobs; one object for each process.

    Args:
        clock: Milliseconds UTC.
    """

    def __init__(
        self, database: Database, clock: Callable[[], int], settings: Settings | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._address_days = settings.retention_days if settings else ADDRESS_DAYS
        self._stop = threading.Event()
        self._not_before: dict[int, float] = {}

    def run(self, stop: threading.Event) -> None:
        """Run until ``stop``; waits while the store is away."""
        self._stop = stop
        self._try(Job("partition", "", 0, Jobs.partition))
        if self._database.is_sqlite:
            self._by_thread()
        else:
            self._by_pgqueuer()

    def judge(self) -> None:
        """Judge issues anew to which something was added."""
        with self._database.reading() as connection:
            issues = due(connection)
        for number in issues:
            if self._stop.is_set():
                return
            began = time.monotonic()
            if began < self._not_before.get(number, 0.0):
                continue
            rerun(self._database, number)
            ended = time.monotonic()
            # While hits still come, a large issue is judged less often than a small one.
            self._not_before[number] = ended + _PAUSES * (ended - began)
        self._not_before = {one: at for one, at in self._not_before.items() if one in issues}

    def retain(self) -> None:
        """Delete what was kept long enough."""
        retain(self._database, self._clock(), self._address_days)

    def partition(self) -> None:
        """Make the next months' partitions."""
        make_partitions(self._database, self._clock())

    def _try(self, job: Job) -> None:
        try:
            job.run(self)
        except Exception as error:  # noqa: BLE001 - the next time may succeed; it is told
            log.warning("a job failed", extra={"job": job.name, "error": type(error).__name__})

    def _by_thread(self) -> None:
        began = time.monotonic()
        # Not all at the start: a server that was just started has better things to do.
        at = {job.name: began + min(job.seconds, 60.0) for job in JOBS}
        while not self._stop.wait(1.0):
            for job in JOBS:
                if time.monotonic() >= at[job.name]:
                    self._try(job)
                    at[job.name] = time.monotonic() + job.seconds

    def _by_pgqueuer(self) -> None:
        while not self._stop.is_set():
            try:
                asyncio.run(self._scheduled())
            except Exception as error:  # noqa: BLE001 - the store is away; it is told
                log.warning("the schedules must wait", extra={"error": type(error).__name__})
                self._stop.wait(_PATIENCE)

    async def _scheduled(self) -> None:
        import psycopg
        from pgqueuer import PgQueuer
        from pgqueuer.models import Schedule

        url = self._database.url.set(drivername="postgresql").render_as_string(False)
        connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
        async with connection:
            await connection.execute("SELECT pg_advisory_lock(%s)", (_INSTALLING,))
            queuer = PgQueuer.from_psycopg_connection(connection)
            if not await queuer.qm.queries.has_table("pgqueuer_schedules"):
                await queuer.qm.queries.install()
            await connection.execute("SELECT pg_advisory_unlock(%s)", (_INSTALLING,))

            def schedule(job: Job) -> None:
                @queuer.schedule(job.name, job.schedule)
                async def run(_: Schedule) -> None:
                    await asyncio.to_thread(self._try, job)

            for job in JOBS:
                schedule(job)
            ending = asyncio.create_task(self._end(queuer.sm.shutdown))
            await queuer.sm.run()
            ending.cancel()

    async def _end(self, shutdown: asyncio.Event) -> None:
        while not self._stop.is_set():  # noqa: ASYNC110 - it is a thread's event
            await asyncio.sleep(0.2)
        shutdown.set()


JOBS = (
    Job("judge", "* * * * *", 60.0, Jobs.judge),
    Job("retain", "17 * * * *", 3_600.0, Jobs.retain),
    Job("partition", "3 3 * * *", 86_400.0, Jobs.partition),
)
