"""How fast do workers work off a backlog of hits?

    python benchmarks/drain.py [--hits 1000000] [--workers 2] [--store sqlite postgresql] [--smoke]

A backlog is put into the inbox as web processes leave it (batches of 64 hits), then worker
processes drain it. Printed: hits a second by the clock, the processor time of a hit, which other
programs on the machine change less, and how much of the machine those had. Afterwards the events
must be as many as the hits, and a recount must find every figure right. Exit status 1 when it does
not.
"""

import gc
import multiprocessing
import os
import resource
import sys
import time
from multiprocessing.synchronize import Event as Signal
from pathlib import Path

from _hits import START, fill, hits, send, server_seconds, store
from _measure import arguments, heading
from sqlalchemy import func, select, text

from app.trackserver.store.database import Database
from app.trackserver.store.schema import event
from app.trackserver.work.recount import compare
from app.trackserver.work.worker import Worker

SELDOM = 500_000
"""How often ``sendoff worker`` looks for garbage; see app.cli.main."""


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--hits", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--recipients", type=int, default=200_000)
    parser.add_argument("--issues", type=int, default=2)
    parser.add_argument("--store", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--profile", action="store_true", help="one worker, in this process")
    options = parser.parse_args()
    if options.smoke:
        options.hits, options.recipients = 2_000, 500
    heading("Draining a backlog")
    wrong = False
    for name in options.store:
        with store(name) as database:
            send(database, options.issues, options.recipients)
            made = hits(database, options.hits, options.issues, options.recipients, seed=1)
            count = fill(database, made)
            if options.profile:
                profile(database)
            else:
                workers = 1 if database.is_sqlite else options.workers
                before = server_seconds(database)
                machine = busy_and_all()
                seconds, cpu = drain(database, workers)
                server = server_seconds(database) - before
                busy, whole = (new - old for new, old in zip(busy_and_all(), machine, strict=True))
                print(
                    f"  {name}: {count:,} hits by {workers} workers in {seconds:.1f} s ="
                    f" {count / seconds:,.0f}/s"
                )
                print(
                    f"    processor time a hit: workers {cpu / count * 1e6:.0f} us"
                    f" (their start included), PostgreSQL {server / count * 1e6:.0f} us"
                )
                print(
                    f"    of the machine's processors: {(cpu + server) / whole:.0%} were ours,"
                    f" {(busy - cpu - server) / whole:.0%} went to other programs"
                )
                print(f"    memory of the largest worker: {largest():.0f} MB")
            wrong |= not right(database, count, options.issues)
    sys.exit(1 if wrong else 0)


def drain(database: Database, count: int) -> tuple[float, float]:
    """Seconds by the clock, and of the workers' processors."""
    context = multiprocessing.get_context("spawn")
    go, url = context.Event(), database.url.render_as_string(hide_password=False)
    ready = context.Semaphore(0)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    workers = [context.Process(target=work, args=(url, ready, go)) for _ in range(count)]
    for worker in workers:
        worker.start()
    for _ in workers:
        ready.acquire()
    began = time.perf_counter()
    go.set()
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu


def busy_and_all() -> tuple[float, float]:
    """Processor time since the machine started, in seconds: what was used, and what there was."""
    line = Path("/proc/stat").read_text().partition("\n")[0]
    # user nice system idle iowait irq softirq steal; the guests' are in the first two already.
    ticks = [int(field) for field in line.split()[1:9]]
    whole, hertz = sum(ticks), os.sysconf("SC_CLK_TCK")
    return (whole - ticks[3] - ticks[4]) / hertz, whole / hertz


def largest() -> float:
    """The most memory that one of our processes has had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000


def work(url: str, ready: "multiprocessing.synchronize.Semaphore", go: Signal) -> None:
    gc.set_threshold(SELDOM)
    database = Database(url)
    worker = Worker(database, lambda: START + 7 * 3_600_000)
    with database.reading() as connection:
        connection.execute(text("SELECT 1"))
    ready.release()
    go.wait()
    while worker.step():
        pass
    database.close()


def profile(database: Database) -> None:
    import cProfile
    import pstats

    worker = Worker(database, lambda: START + 7 * 3_600_000)
    worker.step()
    profiler = cProfile.Profile()
    began = time.perf_counter()
    profiler.enable()
    count = 0
    while done := worker.step():
        count += done
    profiler.disable()
    print(f"  {(time.perf_counter() - began) / max(count, 1) * 1e6:.0f} us a hit, profiled")
    pstats.Stats(profiler).sort_stats("tottime").print_stats(30)


def right(database: Database, count: int, issues: int) -> bool:
    with database.reading() as connection:
        stored = connection.scalar(select(func.count()).select_from(event))
        differences = sum(
            len(compare(connection, database, number)) for number in range(1, issues + 1)
        )
    print(f"    {stored:,} events stored; {differences} figures differ from a recount")
    return stored == count and not differences


if __name__ == "__main__":
    main()
