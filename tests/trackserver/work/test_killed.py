"""Several workers on the same recipients, killed in the middle: every hit counts exactly once."""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.trackserver.store.database import Database
from app.trackserver.store.schema import event, inbox, set_aside
from app.trackserver.words import EventType
from app.trackserver.work.recount import compare
from tests.trackserver.work.scene import ISSUE, Scene

ROOT = Path(__file__).parents[3]
WORKERS = 3
KILLS = 4
BATCHES = 200


@pytest.mark.slow
def test_workers_that_are_killed_lose_and_double_nothing(database: Database) -> None:
    scene = Scene(database, people=8)
    chance = random.Random(7)
    hits = 0

    def put(batches: int) -> None:
        nonlocal hits
        for start in range(hits, hits + batches * 10, 10):
            scene.put(
                *(
                    scene.click(
                        chance.randint(1, 8), chance.randint(1, 20), at=(start + n) * 40_000
                    )
                    if chance.random() < 0.4
                    else scene.open(chance.randint(1, 8), at=(start + n) * 40_000)
                    for n in range(10)
                )
            )
        hits += batches * 10

    put(BATCHES)
    kills = work(database, chance, lambda: put(BATCHES // 4))
    with database.reading() as connection:
        counts = connection.execute(
            select(func.count(), func.count(event.c.id.distinct())).select_from(event)
        ).one()
        assert tuple(counts) == (hits, hits)
        assert connection.scalar(select(func.count()).select_from(inbox)) == 0
        assert connection.scalar(select(func.count()).select_from(set_aside)) == 0
        assert compare(connection, database, ISSUE) == []
        clicks = connection.scalar(
            select(func.count()).select_from(event).where(event.c.type == EventType.CLICKED)
        )
    assert 0 < (clicks or 0) < hits
    assert kills == KILLS


def work(database: Database, chance: random.Random, put_more: Callable[[], None]) -> int:
    """Let workers drain the inbox, killing some; how many had to die with work left."""
    workers = [Process(database) for _ in range(WORKERS + KILLS + 1)]
    *replacements, last = workers[WORKERS:]
    at_work = workers[:WORKERS]
    for worker in workers:
        worker.await_ready()
    for worker in at_work:
        worker.go()
    kills = 0
    for replacement in replacements:
        time.sleep(0.03 + 0.1 * chance.random())
        victim = at_work.pop(chance.randrange(len(at_work)))
        while not waiting(database):  # they were faster than we
            put_more()
        kills += waiting(database) and victim.kill()
        replacement.go()
        at_work.append(replacement)
    for worker in at_work:
        assert worker.end() == 0
    # What a killed one had claimed is free again; there may have been nobody left to take it.
    last.go()
    assert last.end() == 0
    return kills


class Process:
    """A worker that waits for go()."""

    def __init__(self, database: Database) -> None:
        url = database.url.render_as_string(hide_password=False)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.trackserver.work.drainer", url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def await_ready(self) -> None:
        assert self._process.stdout
        assert self._process.stdout.readline() == "ready\n"

    def go(self) -> None:
        assert self._process.stdin
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def kill(self) -> bool:
        """Kill -9; whether it was still at work."""
        at_work = self._process.poll() is None
        self._process.kill()
        self.end()
        return at_work

    def end(self) -> int:
        """Let it end once nothing is left."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        code = self._process.wait(120)
        self._process.stdout.close()
        return code


def waiting(database: Database) -> bool:
    with database.reading() as connection:
        return bool(connection.scalar(select(func.count()).select_from(inbox)))
