"""Making things durable at a pace, except for somebody who waits."""

import threading
import time
from pathlib import Path

import pytest

from app.drafts.flusher import Flush, Flusher


def test_who_waits_is_served_however_many_flushes_come_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.drafts.flusher.FLUSH_SECONDS", 60)
    flusher = Flusher(lambda error, _: pytest.fail(f"{error}"))
    served: list[bool] = []
    waiter = threading.Thread(target=lambda: served.append(flusher.wait_for(4, 5)))
    waiter.start()
    for ticket in range(1, 5):
        flusher.request(Flush(None, tmp_path, (), ticket))
        time.sleep(0.02)
    waiter.join()
    flusher.stop(5)
    assert served == [True]
