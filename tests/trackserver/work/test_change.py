"""What a transaction comes to is counted in portions."""

from collections import Counter

import pytest

from app.trackserver.work import change
from app.trackserver.work.change import Changes, figure_rows
from app.trackserver.work.events import Event

ONE, OTHER = (0, "", 7, 0), (1, "00000001", 7, 0)


@pytest.mark.parametrize("many", [1, 3, 1_000])
def test_figures_are_the_same_however_many_are_counted_at_once(
    monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(change, "_MANY", many)
    changes = Changes()
    for _ in range(4):
        changes.add(2, [ONE, OTHER])
        changes.take_back(2, [OTHER])
        changes.add(1, [ONE])
    changes.take_back(1, [OTHER])
    figures = changes.figures()
    assert figures == {1: Counter({ONE: 4, OTHER: -1}), 2: Counter({ONE: 4, OTHER: 0})}
    assert figure_rows(figures) == [(1, *ONE, 4), (1, *OTHER, -1), (2, *ONE, 4)]


def test_only_other_verdicts_are_remembered() -> None:
    same = Event(5, 1, 1, 1, 7, None, 0, 0, 1, 0)
    other = Event(6, 2, 1, 1, 7, None, 2, 64, 1, 0)
    changes = Changes()
    assert changes.issues == set()
    ((was, now),) = changes.judged(1, [same, other], [(0, 0, 1), (0, 0, 0)])
    assert (was.agent, was.reasons, was.rules) == (0, 0, 0)
    assert now is other
    assert changes.verdicts == {1: [(2, 64, 1, 6, 2)]}
    assert (changes.issues, changes.count) == ({1}, 1)
