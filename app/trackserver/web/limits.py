"""Token buckets: how many requests a key or an address may send."""

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a bucket after a request.

    Attributes:
        wait: Seconds until the next request is allowed; 0 where this one was.
        reset: Seconds until the bucket is full again.
    """

    limit: int
    remaining: int
    wait: float
    reset: float

    @property
    def headers(self) -> dict[str, str]:
        """As clients read them."""
        told = {
            "ratelimit-limit": str(self.limit),
            "ratelimit-remaining": str(self.remaining),
            "ratelimit-reset": str(math.ceil(self.reset)),
        }
        if self.wait:
            told["retry-after"] = str(math.ceil(self.wait))
        return told


class Buckets:
    """One bucket for each caller; the callers longest unseen are forgotten.

    Args:
        rate: Requests a second in the long run; 0 for no limit.
        burst: How many may come at once.
        clock: Seconds, monotonic.
    """

    def __init__(self, rate: float, burst: int, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, caller: Hashable) -> Allowance | None:
        """Take one token from the caller's bucket; None where there is no limit."""
        if not self._rate:
            return None
        now = self._clock()
        tokens, then = self._buckets.pop(caller, (float(self._burst), now))
        tokens = min(self._burst, tokens + (now - then) * self._rate)
        allowed = tokens >= 1
        if allowed:
            tokens -= 1
        self._buckets[caller] = (tokens, now)
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
        wait = 0.0 if allowed else (1 - tokens) / self._rate
        return Allowance(self._burst, int(tokens), wait, (self._burst - tokens) / self._rate)
