"""Which page is asked about next, and when: gently, and never two windows at once.

The pace is kept by what the store knows of earlier requests, so that neither a restart nor a
second window quickens it.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from app.linkrot.store import RotStore

PACE = 8.0
"""Seconds, at the least, between two requests to anybody."""
HOST_PACE = 120.0
"""Seconds, at the least, between two requests to the same host."""
SPREAD = 0.5
"""Each pause is up to this part longer, by chance."""
LEASE = 600.0
"""Seconds after which a page is due again whose asker has vanished."""
LONGEST = 600.0
"""Seconds after which it is looked again, whatever was said: clocks and letters change."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A page that is to be asked for now, or (``url`` empty) how many seconds to wait."""

    url: str = ""
    wait: float = 0.0


def next_turn(
    store: RotStore,
    now: float,
    chance: Callable[[], float] = random.random,
    *,
    pace: float = PACE,
    host_pace: float = HOST_PACE,
) -> Turn:
    """Claim the page whose turn it is. Raises RotStoreError."""
    rest = _left(store.last_asked(now), pace * (1 + SPREAD * chance()), now)
    if rest > 0:
        return Turn(wait=rest)
    waits = [LONGEST]
    asked = store.asked_since(now - host_pace, now)
    for url, host in store.due(now):
        rest = _left(asked.get(host), host_pace, now)
        if rest > 0:
            waits.append(rest)
        elif store.take(url, now, now + LEASE):
            return Turn(url)
    next_due = store.next_due()
    if next_due is not None and next_due > now:
        waits.append(next_due - now)
    return Turn(wait=max(1.0, min(waits)))


def _left(asked: float | None, pause: float, now: float) -> float:
    """Seconds until ``pause`` has passed."""
    return 0.0 if asked is None else asked + pause - now
