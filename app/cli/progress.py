"""A progress bar on standard error, for people only."""

import os
import shutil
import sys

_WIDEST, _NARROWEST = 30, 5


class Progress:
    """Shows how many of `total` are done, on one line that is never wrapped."""

    def __init__(self, *, shown: bool) -> None:
        self.total = 0
        self._shown = shown and os.environ.get("TERM") != "dumb"
        self._is_drawn = False
        self._full, self._empty = "█░" if _can_be_shown("█░") else "#-"

    def show(self, done: int) -> None:
        """Draw the bar."""
        if not self._shown:
            return
        self._is_drawn = True
        words = f"{done} of {self.total}"
        room = min(_WIDEST, shutil.get_terminal_size().columns - len(words) - 2)
        full = done * room // max(self.total, 1)
        bar = f"{self._full * full}{self._empty * (room - full)} " if room >= _NARROWEST else ""
        print(f"\r{bar}{words}\x1b[K", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Leave the line empty."""
        if self._is_drawn:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _can_be_shown(signs: str) -> bool:
    try:
        signs.encode(sys.stderr.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
