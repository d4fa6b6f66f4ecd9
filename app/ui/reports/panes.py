"""The parts of a page, between which F6 moves the keyboard."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget


def next_pane(panes: Sequence[QWidget], focus: QWidget | None, by: int) -> QWidget | None:
    """The part after (1) or before (-1) the one that has the keyboard, of those that are seen."""
    seen = [pane for pane in panes if pane.isVisible()]
    if not seen:
        return None
    holders = [at for at, pane in enumerate(seen) if _holds(pane, focus)]
    # A page holds its parts: the last one is meant.
    here = holders[-1] if holders else 0
    return seen[(here + by) % len(seen)]


def _holds(pane: QWidget, focus: QWidget | None) -> bool:
    return focus is not None and (focus is pane or pane.isAncestorOf(focus))
