"""Modules that are needed late: imported in a thread, for it takes the window 5 to 60 ms."""

import sys
from collections.abc import Callable
from importlib import import_module

from PySide6.QtCore import QObject

from app.ui.editor.jobs import run_in_thread

_on_their_way: set[str] = set()


def when_loaded(module: str, then: Callable[[], object], owner: QObject) -> None:
    """Call ``then`` once a module is there: at once, or, the first time, when a thread has imported
    it. What is asked for again meanwhile is done once.
    """
    if module in _on_their_way:
        return
    if module in sys.modules:
        then()
        return
    _on_their_way.add(module)

    def load() -> None:
        try:
            import_module(module)
        finally:
            _on_their_way.discard(module)

    run_in_thread(load, then, owner)
