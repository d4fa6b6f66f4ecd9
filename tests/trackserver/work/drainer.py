"""A worker as a process of its own, to be killed: ``python -m tests.trackserver.work.drainer URL``.

It takes two batches at once, says so when it is ready, begins when it is told to, and ends when
nothing is left and its input is closed.
"""

import sys
import threading

from app.trackserver.store.database import Database
from app.trackserver.work import worker as module
from tests.trackserver.work.scene import START


def main() -> None:
    module.MOST_ROWS = 2
    database = Database(sys.argv[1])
    worker = module.Worker(database, lambda: START + 3_600_000)
    worker._rows = 2
    print("ready", flush=True)
    sys.stdin.readline()
    is_enough = threading.Event()
    threading.Thread(target=_hear, args=(is_enough,), daemon=True).start()
    while worker.step() or not is_enough.wait(0.01):
        pass
    database.close()


def _hear(is_enough: threading.Event) -> None:
    sys.stdin.read()
    is_enough.set()


if __name__ == "__main__":
    main()
