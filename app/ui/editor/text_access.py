"""Reading a Qt document by lines and columns, and changing it in single undo steps.

The only place where code points become positions of a `QTextDocument` and back.
"""

from collections.abc import Sequence

from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument

from app.lines import LineEdit, difference

from . import folds
from .places import Place, Selection, TextEdit, caret_at
from .utf16 import from_qt, from_utf16, line_to_qt, to_qt, to_utf16


def line_text(block: QTextBlock) -> str:
    """A block's text as the file has it; an input method's open text is not part of it."""
    return from_qt(block.text())


def place_of(block: QTextBlock, offset: int) -> Place:
    """The place at a UTF-16 offset in a block."""
    text = block.text()
    column = offset if text.isascii() else from_utf16(text, offset)
    return block.blockNumber(), column


def position_of(document: QTextDocument, place: Place) -> int:
    """The document's position of a place; places that do not exist become the nearest."""
    line, column = place
    block = document.findBlockByNumber(min(max(line, 0), document.blockCount() - 1))
    return block.position() + to_utf16(block.text(), max(column, 0))


def selection_of(cursor: QTextCursor) -> Selection:
    """A cursor's selection as places."""
    document = cursor.document()
    ends = []
    for position in (cursor.anchor(), cursor.position()):
        block = document.findBlock(position)
        ends.append(place_of(block, position - block.position()))
    return Selection(*ends)


def cursor_for(document: QTextDocument, selection: Selection) -> QTextCursor:
    """A cursor with this selection."""
    cursor = QTextCursor(document)
    cursor.setPosition(position_of(document, selection.anchor))
    cursor.setPosition(position_of(document, selection.caret), QTextCursor.MoveMode.KeepAnchor)
    return cursor


def apply_edits(cursor: QTextCursor, edits: Sequence[TextEdit]) -> None:
    """Change the document in one undo step; edits come in the order of the text.

    The cursor ends with the selection that the first edit asks for.
    """
    document = cursor.document()
    cursor.beginEditBlock()
    for edit in reversed(edits):
        exact = _out_of_folds(document, edit)
        start, end = position_of(document, exact.start), position_of(document, exact.end)
        if start == end and not exact.text:
            continue
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(to_qt(exact.text.split("\n")))
    cursor.endEditBlock()
    if edits:
        after = cursor_for(document, edits[0].after)
        cursor.setPosition(after.anchor())
        cursor.setPosition(after.position(), QTextCursor.MoveMode.KeepAnchor)


def _out_of_folds(document: QTextDocument, edit: TextEdit) -> TextEdit:
    """The same change, between places that Qt can be told: none in what is folded away."""
    start, end, text = edit.start, edit.end, edit.text
    first = document.findBlockByNumber(start[0])
    last = document.findBlockByNumber(end[0])
    if folds.is_hidden(first.text(), start[1]):
        start, text = (start[0], 0), line_text(first)[: start[1]] + text
    if folds.is_hidden(last.text(), end[1]):
        line = line_text(last)
        end, text = (end[0], len(line)), text + line[end[1] :]
    return TextEdit(start, end, text, edit.after)


def reveal(document: QTextDocument, place: Place) -> bool:
    """Unfold what is around a place, and fold away the rest of its line; True when that was needed.

    The text stays the same; for undo, what is shown belongs to the change before.
    """
    line, column = place
    block = document.findBlockByNumber(line)
    if not block.isValid() or not folds.is_hidden(block.text(), column):
        return False
    cursor = cursor_for(document, caret_at((line, 0)))
    cursor.joinPreviousEditBlock()
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText(line_to_qt(line_text(block), column))
    cursor.endEditBlock()
    return True


def touched_lines(document: QTextDocument, position: int, added: int) -> tuple[int, int]:
    """The first and last line, as they are now, that a ``contentsChange`` speaks of.

    These are the blocks whose layouts Qt made anew; `changed_lines` may find that less changed.
    """
    last = min(position + added, document.characterCount() - 1)
    return document.findBlock(position).blockNumber(), document.findBlock(last).blockNumber()


def changed_lines(
    document: QTextDocument, old: Sequence[str], touched: tuple[int, int]
) -> LineEdit | None:
    """What a change of these lines did to the old ones.

    None where only formats or an input method's open text changed.
    """
    first, last = touched
    removed = last - first + 1 - (document.blockCount() - len(old))
    lines = []
    block = document.findBlockByNumber(first)
    for _ in range(last - first + 1):
        lines.append(line_text(block))
        block = block.next()
    edit = difference(old[first : first + removed], lines)
    if not edit.removed and not edit.lines:
        return None
    return LineEdit(first + edit.first, edit.removed, edit.lines)


def text_in(cursor: QTextCursor) -> str:
    """The selected text as the file has it, non-breaking spaces and all."""
    selected = cursor.selectedText()
    if selected.isascii():
        return selected
    return from_qt(selected.replace("\u2029", "\n"))
