"""How long tests wait for what must happen: only what never happens takes so long.

Whoever waits goes on the moment it has happened, so the limit tells a hang from a slow, busy
machine, and nothing else.
"""

import time
from collections.abc import Callable

from pytestqt.qtbot import QtBot

PATIENCE = 60.0
"""Seconds."""


def wait_for(condition: Callable[[], object], pause: float = 0.005) -> None:
    """Look every ``pause`` seconds, in a thread without an event loop."""
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(pause)


def make_qtbot_patient() -> None:
    """Let `QtBot` wait no less, where nothing else is said."""
    waits = (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitExposed)
    for wait in (*waits, QtBot.waitActive, QtBot.waitCallback):
        defaults = wait.__kwdefaults__
        assert defaults is not None
        defaults["timeout"] = int(PATIENCE * 1000)
