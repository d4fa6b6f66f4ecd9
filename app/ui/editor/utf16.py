r"""Between Python's text and Qt's: code points, UTF-16 units, and what a text block may hold.

The app counts columns in code points, Qt in UTF-16 units; they differ on lines with characters
above U+FFFF (most emoji). Qt's documents also end a block at U+2029 and reserve U+FDD0 and U+FDD1,
which are ordinary characters in a Markdown file: inside Qt they are shown by stand-ins from a
private plane, so that a file's lines and the document's blocks always match one to one.
"""

from collections.abc import Iterable

_STAND_INS = {"\u2029": "\U0010fff0", "\ufdd0": "\U0010fff1", "\ufdd1": "\U0010fff2"}
_TO_QT = str.maketrans(_STAND_INS)
_FROM_QT = str.maketrans({there: here for here, there in _STAND_INS.items()})


def is_plain(text: str) -> bool:
    """Whether code points and UTF-16 units are the same in this text."""
    return text.isascii() or max(text) <= "\uffff"


def to_utf16(text: str, column: int) -> int:
    """The UTF-16 offset of a code point column; a column past the end means the end."""
    before = text[:column]
    if not before or is_plain(before):
        return len(before)
    return len(before) + sum(character > "\uffff" for character in before)


def from_utf16(text: str, offset: int) -> int:
    """The code point column of a UTF-16 offset; the inside of a pair means its start."""
    before = text[:offset]
    if not before or is_plain(before):
        return len(before)
    units = 0
    for column, character in enumerate(before):
        units += 2 if character > "\uffff" else 1
        if units > offset:
            return column
    return len(before)


def to_qt(lines: Iterable[str]) -> str:
    """The lines as one text for a Qt document that will have exactly one block for each."""
    text = "\n".join(lines)
    if text.isascii() or not any(character in text for character in _STAND_INS):
        return text
    return text.translate(_TO_QT)


def from_qt(text: str) -> str:
    """A block's text as the file has it."""
    if text.isascii() or max(text) <= "\uffff":
        return text
    return text.translate(_FROM_QT)
