"""Looks for garbage by the clock, in processes that run for months.

Commands count what they make and look for cycles seldom (``app.cli.main``): a transaction makes
thousands of things that are all gone at its end. But each statement that SQLAlchemy puts together
leaves some cycles behind, 100 KB a second under load, and the count comes to a look only after
minutes: until then memory grows. And the C library keeps what was freed after a busy moment, in an
arena for each thread.
"""

import ctypes
import gc
import sys
import threading
from collections.abc import Callable

_SECONDS = 10.0
_ALL = 30  # every so many looks, at everything: what lived a while before it became a cycle


def look_for_garbage(stop: threading.Event) -> None:
    """Look at what is new every ten seconds, and at everything every five minutes, until ``stop``.

    What the process has at the start stays for its life and is never looked at.
    """
    give_back = _trim()
    gc.collect()
    gc.freeze()
    looks = 0
    while not stop.wait(_SECONDS):
        looks += 1
        gc.collect(1 if looks % _ALL else 2)
        give_back(0)


def _trim() -> Callable[[int], object]:
    """The C library's own function that gives free memory back to the system (malloc_trim(3)), or
    one that does nothing where there is none.
    """
    if sys.platform == "linux":
        found = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if found is not None:
            found.argtypes = [ctypes.c_size_t]
            trim: Callable[[int], object] = found
            return trim
    return lambda _: None
