"""The editor's context menu."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from .quick_fixes import remedies

if TYPE_CHECKING:
    from app.proof import ProofedLink

    from .editor import DraftEditor


def context_menu(editor: "DraftEditor", proofed: "ProofedLink | None") -> QMenu:
    """What can be done about a link, then the usual commands of a text."""
    menu = QMenu(editor)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if proofed is not None:
        for remedy in remedies(proofed):
            action = menu.addAction(remedy.title)
            action.setToolTip(remedy.tip)
            action.triggered.connect(
                lambda _checked=False, remedy=remedy: editor.perform(remedy, proofed)
            )
        menu.addSeparator()
    _add_editing(menu, editor)
    return menu


def _add_editing(menu: QMenu, editor: "DraftEditor") -> None:
    writable = not editor.isReadOnly()
    selected = editor.textCursor().hasSelection()
    history = editor.document()
    keys = QKeySequence.StandardKey
    plain = QKeySequence("Ctrl+Shift+V")
    full = editor.canPaste()
    rows = (
        (_tr("Undo"), editor.undo, keys.Undo, writable and history.isUndoAvailable()),
        (_tr("Redo"), editor.redo, keys.Redo, writable and history.isRedoAvailable()),
        None,
        (_tr("Cut"), editor.cut, keys.Cut, writable and selected),
        (_tr("Copy"), editor.copy, keys.Copy, selected),
        (_tr("Paste"), editor.paste, keys.Paste, writable and full),
        (_tr("Paste as plain text"), editor.paste_plain, plain, writable and full),
        None,
        (_tr("Select all"), editor.selectAll, keys.SelectAll, True),
    )
    for row in rows:
        if row is None:
            menu.addSeparator()
            continue
        text, slot, key, enabled = row
        action = QAction(text, menu)
        action.setShortcut(key)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setEnabled(enabled)
        action.triggered.connect(slot)
        menu.addAction(action)


def _tr(text: str) -> str:
    return QCoreApplication.translate("DraftEditor", text)
