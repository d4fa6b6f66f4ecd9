"""Looks for garbage by the clock, in processes that run for months.

Commands count what they make and look for cycles seldom (``app.cli.main``): a transaction makes
thousands of things that are all gone at its end. But each statement that SQLAlchemy puts together
leaves some cycles behind, 100 KB a second under load, and the count comes to a look only after
minutes: until then memory grows.
"""

import gc
import threading

_SECONDS = 10.0
_ALL = 30  # every so many looks, at everything: what lived a while before it became a cycle


def look_for_garbage(stop: threading.Event) -> None:
    """Look at what is new every ten seconds, and at everything every five minutes, until ``stop``.

    What the process has at the start stays for its life and is never looked at.
    """
    gc.collect()
    gc.freeze()
    looks = 0
    while not stop.wait(_SECONDS):
        looks += 1
        gc.collect(1 if looks % _ALL else 2)
