"""Which key asks for which change of the text."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from . import formatting, typing_help
from .places import Place, Selection, TextEdit, caret_at, end_of

_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier
_NONE = Qt.KeyboardModifier.NoModifier
_RETURN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def help_with(
    event: QKeyEvent, lines: Sequence[str], selection: Selection, *, in_code: bool
) -> TextEdit | None:
    """The change that a key makes beyond its plain meaning; None for the plain meaning.

    In code nothing is helped but the line break, which is always a plain one: Qt's Shift+Enter
    would insert U+2028.
    """
    key = event.key()
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if key in _RETURN and modifiers == _SHIFT:
        return _line_break(selection)
    if in_code:
        return None
    if key in _RETURN and modifiers == _NONE:
        return typing_help.enter(lines, selection.caret) if selection.is_empty else None
    if key == Qt.Key.Key_Tab and modifiers == _NONE:
        return typing_help.indent(lines, selection, out=False)
    if key == Qt.Key.Key_Backtab:
        return typing_help.indent(lines, selection, out=True)
    if modifiers == _CONTROL:
        return _command(key, lines, selection)
    return formatting.wrap(lines, selection, event.text())


def may_help(event: QKeyEvent, has_selection: bool) -> bool:
    """Whether `help_with` could have an answer; plain letters need no look at the text."""
    if event.key() in (*_RETURN, Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
        return True
    return has_selection or event.modifiers() == _CONTROL


def _command(key: int, lines: Sequence[str], selection: Selection) -> TextEdit | None:
    if key == Qt.Key.Key_B:
        return formatting.toggle(lines, selection, "**")
    if key == Qt.Key.Key_I:
        return formatting.toggle(lines, selection, "*")
    if key == Qt.Key.Key_K:
        return formatting.link(lines, selection)
    return None


def _line_break(selection: Selection) -> TextEdit:
    start: Place = selection.start
    return TextEdit(start, selection.end, "\n", caret_at(end_of(start, "\n")))
