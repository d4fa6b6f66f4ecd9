"""Token buckets."""

from app.trackserver.web.limits import Buckets


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def waits(buckets: Buckets, times: int) -> list[float]:
    taken = [buckets.take("a") for _ in range(times)]
    return [one.wait for one in taken if one is not None]


def test_a_burst_is_allowed_and_then_the_rate() -> None:
    clock = Clock()
    buckets = Buckets(2, 3, clock)
    assert waits(buckets, 4) == [0, 0, 0, 0.5]
    clock.now = 0.5
    assert waits(buckets, 2) == [0, 0.5]


def test_callers_do_not_share() -> None:
    buckets = Buckets(1, 1, Clock())
    first, second = buckets.take("a"), buckets.take("b")
    assert first is not None
    assert second is not None
    assert first.wait == second.wait == 0


def test_a_refusal_costs_nothing_and_tells_when_to_come_back() -> None:
    clock = Clock()
    buckets = Buckets(1, 1, clock)
    for _ in range(10):
        last = buckets.take("a")
    assert last is not None
    assert last.headers == {
        "ratelimit-limit": "1",
        "ratelimit-remaining": "0",
        "ratelimit-reset": "1",
        "retry-after": "1",
    }


def test_no_rate_is_no_limit() -> None:
    assert Buckets(0, 0, Clock()).take("a") is None


def test_the_longest_unseen_are_forgotten() -> None:
    buckets = Buckets(1, 2, Clock())
    for number in range(50_010):
        buckets.take(number)
    remembered = buckets.take(50_009)
    forgotten = buckets.take(0)
    assert remembered is not None
    assert forgotten is not None
    assert (remembered.remaining, forgotten.remaining) == (0, 1)
