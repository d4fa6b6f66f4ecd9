"""What a transaction comes to, before it is written: events, verdicts, figures."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from app.trackserver.work.bulk import Change, FigureRow
from app.trackserver.work.contributions import Figure, Figures
from app.trackserver.work.events import Event

Verdict = tuple[int, int, int]
"""Agent, reasons, rules."""

_MANY = 200_000
"""Figures that are counted at once: a few megabytes."""


class Changes:
    """New events, other verdicts, and the difference these make into the figures."""

    def __init__(self) -> None:
        self.new: list[Event] = []
        self.verdicts: defaultdict[int, list[Change]] = defaultdict(list)
        """By issue."""
        self._more: defaultdict[int, list[Figure]] = defaultdict(list)
        self._less: defaultdict[int, list[Figure]] = defaultdict(list)
        self._figures: defaultdict[int, Figures] = defaultdict(Counter)

    @property
    def issues(self) -> set[int]:
        """Those that anything changes for."""
        return {event.issue for event in self.new} | self.verdicts.keys()

    @property
    def count(self) -> int:
        """How many events are new or judged otherwise."""
        return len(self.new) + sum(map(len, self.verdicts.values()))

    def add(self, issue: int, figures: Iterable[Figure]) -> None:
        """Count these figures one more each."""
        self._note(self._more[issue], figures)

    def take_back(self, issue: int, figures: Iterable[Figure]) -> None:
        """Count these figures one less each."""
        self._note(self._less[issue], figures)

    def judged(
        self, issue: int, events: Iterable[Event], before: Iterable[Verdict]
    ) -> list[tuple[Event, Event]]:
        """Remember the events whose verdict is another than before; each as it was and is."""
        changed = []
        for event, old in zip(events, before, strict=True):
            verdict = verdict_of(event)
            if verdict != old:
                self.verdicts[issue].append((*verdict, event.at, event.id))
                agent, reasons, rules = old
                changed.append((replace(event, agent=agent, reasons=reasons, rules=rules), event))
        return changed

    def figures(self) -> Mapping[int, Figures]:
        """The difference by issue; a figure that stays as it is may be among them, with 0."""
        for lists, sign in ((self._more, 1), (self._less, -1)):
            for issue, noted in lists.items():
                figures = self._figures[issue]
                # In one go: the loop over all of them is then C's.
                for figure, n in Counter(noted).items():
                    figures[figure] += sign * n
                noted.clear()
        return self._figures

    def _note(self, noted: list[Figure], figures: Iterable[Figure]) -> None:
        noted += figures
        if len(noted) > _MANY:
            self.figures()


def verdict_of(event: Event) -> Verdict:
    """An event's class and reasons, and the version of the rules that found them."""
    return event.agent, event.reasons, event.rules


def figure_rows(figures: Mapping[int, Figures]) -> list[FigureRow]:
    """What to add to the table, in the order in which every worker does it."""
    return sorted(
        (number, *figure, n)
        for number, of_issue in figures.items()
        for figure, n in of_issue.items()
        if n
    )
