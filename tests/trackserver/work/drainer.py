"""A worker as a process of its own, to be killed: ``python -m tests.trackserver.work.drainer URL``.

It takes two batches at once, says so when it is ready, and ends when nothing is left.
"""

import sys

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
    while worker.step():
        pass
    database.close()


if __name__ == "__main__":
    main()
