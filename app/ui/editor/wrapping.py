"""Lines and words without an end: base64, a page of HTML in one line, what a tool made."""

from collections.abc import Iterable

from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QPlainTextEdit

from . import folds

LONG_WORD = 3_000
"""Characters without a blank, from which on lines break anywhere."""


def wrap_long_words(view: QPlainTextEdit, lines: Iterable[str]) -> None:
    """Let a view break its lines anywhere from now on if these have an endless word.

    Between words, Qt takes a time that grows with the square of the longest of them: half a
    second a key for 200,000 characters.
    """
    anywhere = QTextOption.WrapMode.WrapAnywhere
    if view.wordWrapMode() != anywhere and any(map(_has_long_word, lines)):
        view.setWordWrapMode(anywhere)


def _has_long_word(line: str) -> bool:
    if len(line) > folds.LONGEST:
        return False  # it is folded: no word that is shown takes long
    return len(line) > LONG_WORD and max(map(len, line.split()), default=0) > LONG_WORD
