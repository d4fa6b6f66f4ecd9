"""Killed in the middle of its rounds, it knows all that it said it had noted."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.linkrot.planning import next_turn
from app.linkrot.store import RotStore

START = 1_800_000_000.0
ROUNDS = """
import sys
from app.linkcheck.verdict import Reason, Verdict
from app.linkrot.judging import after
from app.linkrot.planning import next_turn
from app.linkrot.store import RotStore

now = float(sys.argv[1])
with RotStore() as store:
    store.want([f"https://h{n}.net/" for n in range(5000)], now)
    while True:
        turn = next_turn(store, now, pace=0.0)
        page = store.page(turn.url)
        store.put(after(page, Verdict(Reason.GONE), now, 0.5))
        print(turn.url, flush=True)
        now += 1
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nothing kills that hard here")
@pytest.mark.parametrize("after_lines", [1, 7, 40])
def test_killed_at_any_time_it_goes_on_where_it_was(folders: Path, after_lines: int) -> None:
    command = [sys.executable, "-c", ROUNDS, str(START)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline().strip() for _ in range(after_lines)]
        os.kill(process.pid, signal.SIGKILL)
        said += [line.strip() for line in process.stdout if line.endswith("\n")]
    with RotStore() as store:
        known = store.pages()
        assert len(known) == 5000
        assert all(known[url].failures == 1 for url in said)
        assert sum(page.failures for page in known.values()) - len(said) in (0, 1)
        again = next_turn(store, START + 10_000)
        assert again.url
        assert known[again.url].failures == 0
