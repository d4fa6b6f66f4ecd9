r"""Between Python's text and Qt's: code points, UTF-16 units, and what a text block may hold.

The app counts columns in code points, Qt in UTF-16 units; they differ on lines with characters
above U+FFFF (most emoji). Qt's documents also end a block at U+2029 and reserve U+FDD0 and U+FDD1,
which are ordinary characters in a Markdown file: inside Qt they are shown by stand-ins from a
private plane, so that a file's lines and the document's blocks always match one to one. Of lines
that are too long for Qt only parts are shown (see `folds`); columns are always those of the whole
line, offsets those of the text that is shown.
"""

from collections.abc import Sequence

from . import folds

_STAND_INS = {"\u2029": "\U0010fff0", "\ufdd0": "\U0010fff1", "\ufdd1": "\U0010fff2"}
_TO_QT = str.maketrans(_STAND_INS)
_FROM_QT = str.maketrans({there: here for here, there in _STAND_INS.items()})


def is_plain(text: str) -> bool:
    """Whether code points and UTF-16 units are the same in this text."""
    return text.isascii() or max(text) <= "\uffff"


def to_utf16(text: str, column: int) -> int:
    """The UTF-16 offset of a code point column; a column past the end means the end.

    The inside of a fold means its start.
    """
    if folds.has_folds(text):
        column = folds.shown_column(text, column)
    return units(text[:column])


def units(text: str) -> int:
    """How many UTF-16 units a text takes."""
    if not text or is_plain(text):
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def from_utf16(text: str, offset: int) -> int:
    """The code point column of a UTF-16 offset; the inside of a pair means its start."""
    column = _shown_column(text[:offset], offset)
    return folds.whole_column(text, column) if folds.has_folds(text) else column


def _shown_column(before: str, offset: int) -> int:
    if not before or is_plain(before):
        return len(before)
    units = 0
    for column, character in enumerate(before):
        units += 2 if character > "\uffff" else 1
        if units > offset:
            return column
    return len(before)


def to_qt(lines: Sequence[str]) -> str:
    """The lines as one text for a Qt document that will have exactly one block for each."""
    if any(len(line) > folds.LONGEST for line in lines):
        return "\n".join(map(line_to_qt, lines))
    return _stood_in(folds.escape("\n".join(lines)))


def line_to_qt(line: str, around: int | None = None) -> str:
    """A line as Qt shows it: folded where it is too long, but for what is around a column."""
    return _stood_in(folds.fold(line, around))


def _stood_in(text: str) -> str:
    if text.isascii() or not any(character in text for character in _STAND_INS):
        return text
    return text.translate(_TO_QT)


def from_qt(text: str) -> str:
    """A block's text as the file has it."""
    if text.isascii() or max(text) <= "\uffff":
        return text
    return folds.unfold(text.translate(_FROM_QT))
