"""Finding a name from a few of its letters."""

from dataclasses import dataclass

_WORD_START = 12
_RUN = 8
_GAP = 1


@dataclass(frozen=True, slots=True)
class Match:
    """How well a name fits (more is better) and which of its letters were meant."""

    score: int
    positions: tuple[int, ...]


ANY = Match(0, ())
"""What every name is to a query without letters."""


def match(query: str, name: str) -> Match | None:
    """Fit the query's letters, in their order, into a name; None where they do not fit.

    Letters at the start of words and letters in a row count more; blanks in the query separate
    parts that are looked for one after the other. Work is bounded by len(query) * len(name).
    """
    wanted = "".join(query.casefold().split())
    folded = name.casefold()
    if len(folded) != len(name):  # a letter that folds into two would shift the positions
        folded = name.lower() if len(name.lower()) == len(name) else name
    if not wanted:
        return ANY
    starts = [at for at, letter in enumerate(folded) if letter == wanted[0]]
    found = [fit for at in starts if (fit := _fit(wanted, folded, at)) is not None]
    return max(found, key=lambda fit: fit.score, default=None)


def _fit(wanted: str, name: str, start: int) -> Match | None:
    positions = [start]
    score = _WORD_START if _starts_word(name, start) else 0
    for letter in wanted[1:]:
        at = _next(letter, name, positions[-1])
        if at < 0:
            return None
        if at == positions[-1] + 1:
            score += _RUN
        elif _starts_word(name, at):
            score += _WORD_START
        score -= min(at - positions[-1] - 1, 10) * _GAP
        positions.append(at)
    return Match(score - min(start, 20) - len(name) // 8, tuple(positions))


def _next(letter: str, name: str, after: int) -> int:
    """The following letter if it fits, else the next start of a word, else the next place."""
    if name[after + 1 : after + 2] == letter:
        return after + 1
    at = name.find(letter, after + 1)
    first = at
    while at >= 0:
        if _starts_word(name, at):
            return at
        at = name.find(letter, at + 1)
    return first


def _starts_word(name: str, at: int) -> bool:
    return at == 0 or not name[at - 1].isalnum()
