"""What trying something out found, in words for the writer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tried:
    """Sentences in English: what works, and what does not."""

    works: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
