"""What the palette offers."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be chosen. ``hint`` stands at the right (a shortcut, a folder, a line)."""

    title: str
    run: Callable[[], object]
    hint: str = ""
