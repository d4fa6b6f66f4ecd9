"""The editor of a draft: the view, and what keys, mouse and menus do in it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, Qt, QUrl, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDesktopServices,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QWidget

from app.lines import LineEdit

from . import formatting, keys, text_access
from .places import Selection, TextEdit, caret_at
from .view import DraftView

if TYPE_CHECKING:
    from app.proof import Fix, ProofedLink

    from .find_bar import FindBar
    from .hover import LinkCard
    from .quick_fixes import Remedy


class DraftEditor(DraftView):
    """Where the writer writes.

    All that the editor does beyond plain typing is one undo step each, and nothing of it happens
    while an input method's composition is open.
    """

    cursor_moved = Signal(int, int)
    """Line and column of the caret, 0-based, the column in code points."""
    message = Signal(str)
    """Plain words for the writer, such as why an image could not be saved."""
    rule_wanted = Signal(object, str)
    """A `Deed` about the writer's own lists, and the host that it is about."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._card: LinkCard | None = None
        self._find_bar: FindBar | None = None
        self._pastes_plain = False
        self._has_edited = False
        self.folder: Callable[[], str] = str
        """The folder of the draft's file, "" while it has none; where pasted images go."""
        self.earlier: Callable[[str], list[tuple[str, str]]] = lambda _: []
        """What earlier issues tell of an address: names and words."""
        self.setAccessibleName(self.tr("Draft"))
        self.setAccessibleDescription(self.tr("The text of the draft, in Markdown"))
        self.cursorPositionChanged.connect(self._caret_moved)

    # places

    @property
    def selection(self) -> Selection:
        """What is selected, in code points."""
        return text_access.selection_of(self.textCursor())

    def select(self, selection: Selection) -> None:
        """Select, and scroll there."""
        self.reveal(selection.anchor)
        self.reveal(selection.caret)
        self.setTextCursor(text_access.cursor_for(self.document(), selection))
        self.ensureCursorVisible()

    def go_to(self, line: int, column: int = 0) -> None:
        """Put the caret at a place, in the middle of the view where it was out of sight."""
        self.show_place(caret_at((line, column)))
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_place(self, selection: Selection) -> None:
        """Select a place and bring it into view, without taking the focus."""
        self._show_line(selection.start[0])
        self.select(selection)

    def _show_line(self, line: int) -> None:
        first, last = self._seen
        if not first <= line < last - 1:
            rows = max(1, (last - first) // 3)
            self.scroll_to_line(max(0, line - rows))

    def _caret_moved(self) -> None:
        cursor = self.textCursor()
        line, column = text_access.place_of(cursor.block(), cursor.positionInBlock())
        self.cursor_moved.emit(line, column)
        if self.draft is not None:
            self._tell_typing(cursor.blockNumber(), cursor.positionInBlock())

    def _tell_typing(self, line: int, offset: int) -> None:
        """A URL is being typed from an edit in it until the caret leaves it."""
        if self.draft is None:
            return
        here = self.visible_marks().get(line, ())
        urls = [mark.proofed.url for mark in here if mark.start <= offset <= mark.end]
        url = urls[0] if urls else None
        if self._has_edited:
            self._has_edited = False
            self.draft.set_typing(url)
        elif url != self.draft.typed_url:
            self.draft.set_typing(None)

    def _on_edited(self, edit: LineEdit) -> None:
        super()._on_edited(edit)
        self._has_edited = True

    # changes

    def apply(self, *edits: TextEdit) -> None:
        """Change the text in one undo step, in the order of the text, and select as asked."""
        if self.isReadOnly() or self._preedit:
            return
        cursor = self.textCursor()
        text_access.apply_edits(cursor, edits)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def apply_fix(self, fix: "Fix") -> None:
        """Mend a link in one undo step; the caret stays where the writer is."""
        if self.isReadOnly() or self._preedit:
            return
        edit = TextEdit(fix.start, fix.end, fix.replacement, caret_at(fix.start))
        cursor = text_access.cursor_for(self.document(), edit.after)  # undo leads there
        text_access.apply_edits(cursor, [edit])

    def _lines(self) -> Sequence[str]:
        return self.draft.lines if self.draft is not None else [""]

    def toggle_strong(self) -> None:
        """Bold: the selection or the word at the caret."""
        self.apply(formatting.toggle(self._lines(), self.selection, "**"))

    def toggle_emphasis(self) -> None:
        """Italic: the selection or the word at the caret."""
        self.apply(formatting.toggle(self._lines(), self.selection, "*"))

    def insert_link(self) -> None:
        """Make a link of the selection or the word at the caret."""
        self.apply(formatting.link(self._lines(), self.selection))

    def change_heading(self, change: int) -> None:
        """One ``#`` more (+1) or less (-1)."""
        self.apply(formatting.heading(self._lines(), self.selection, change))

    def in_code(self) -> bool:
        """Whether the caret is where Markdown means nothing: code, front matter."""
        if self.draft is None or not self.draft.is_parsed:
            return False
        return self.draft.is_code(self.selection.caret)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Help with lists, quotes and marks; all other keys do what they always do."""
        if self._card is not None:
            self._card.dismiss()
        if self.isReadOnly() or self._preedit:
            super().keyPressEvent(event)
            return
        if event.key() == Qt.Key.Key_Home and self._home(event):
            return
        if event.modifiers() == Qt.KeyboardModifier.ControlModifier and self._asks(event.key()):
            return
        edit = None
        if keys.may_help(event, self.textCursor().hasSelection()):
            selection = self.selection
            in_code = self.in_code()
            edit = keys.help_with(event, self._lines(), selection, in_code=in_code)
        if edit is None:
            super().keyPressEvent(event)
        else:
            self.apply(edit)
            event.accept()

    def _asks(self, key: int) -> bool:
        if key == Qt.Key.Key_Period:
            self.show_card()
            return True
        return False

    def _home(self, event: QKeyEvent) -> bool:
        """Home on a line's first row knows where the line's own text begins."""
        shift = Qt.KeyboardModifier.ShiftModifier
        if event.modifiers() not in (Qt.KeyboardModifier.NoModifier, shift):
            return False
        cursor = self.textCursor()
        row = cursor.block().layout().lineForTextPosition(cursor.positionInBlock())
        if row.lineNumber() > 0:
            return False
        line, column = self.selection.caret
        target = (line, formatting.smart_home(self._lines()[line], column))
        anchor = self.selection.anchor if event.modifiers() == shift else target
        self.select(Selection(anchor, target))
        return True

    # find

    @property
    def find_bar(self) -> "FindBar":
        """The bar for finding and replacing; it comes with its first use."""
        if self._find_bar is None:
            from .find_bar import FindBar

            self._find_bar = FindBar(self)
        return self._find_bar

    # links

    def link_at_caret(self) -> "ProofedLink | None":
        """The link that the caret stands in or at."""
        if self.draft is None or not self.draft.is_parsed:
            return None
        return self.draft.link_at(self.selection.caret)

    def next_problem(self) -> None:
        """Go to the next link that wants attention, from the top again after the last."""
        self._jump(1)

    def previous_problem(self) -> None:
        """Go to the link before that wants attention."""
        self._jump(-1)

    def _jump(self, step: int) -> None:
        if self.draft is None or not self.draft.is_parsed:
            return
        found = self.draft.problem_from(self.selection.caret, step)
        if found is None:
            self.message.emit(self.tr("No link wants attention."))
            return
        self.go_to(found.placed.line, found.placed.column)
        self.show_card(take_focus=False)

    def show_card(self, *, take_focus: bool = True) -> None:
        """Tell about the link at the caret, and offer what can be done."""
        proofed = self.link_at_caret()
        if proofed is None:
            self.message.emit(self.tr("There is no link at the cursor."))
            return
        corner = self.viewport().pos()
        beside = self.cursorRect().translated(corner)
        self._tell(proofed, beside, take_focus=take_focus)

    def open_link(self) -> None:
        """Open the link at the caret in the browser."""
        self._with_link("open")

    def recheck_link(self) -> None:
        """Ask the site of the link at the caret again."""
        self._with_link("recheck")

    def accept_link(self) -> None:
        """Take the link at the caret as working."""
        self._with_link("accept")

    def ignore_link(self) -> None:
        """Say no more of the link at the caret in this draft."""
        self._with_link("ignore")

    def _with_link(self, deed: str) -> None:
        from .quick_fixes import Deed, Remedy

        proofed = self.link_at_caret()
        if proofed is None:
            self.message.emit(self.tr("There is no link at the cursor."))
        else:
            self.perform(Remedy(Deed(deed), "", ""), proofed)

    def perform(self, remedy: "Remedy", proofed: "ProofedLink") -> None:
        """Do what was picked for a link."""
        from .quick_fixes import ABOUT_LISTS, Deed, host_of, is_openable

        if self.draft is None:
            return
        href = proofed.link.href or ""
        if remedy.deed is Deed.FIX and remedy.fix is not None:
            self.apply_fix(remedy.fix)
        elif remedy.deed is Deed.OPEN:
            target = href if is_openable(href) else proofed.url or ""
            if is_openable(target):
                QDesktopServices.openUrl(QUrl(target))
        elif remedy.deed is Deed.RECHECK and proofed.url is not None:
            self.draft.recheck(proofed.url)
        elif remedy.deed is Deed.ACCEPT and proofed.url is not None:
            self.draft.accept(proofed.url)
        elif remedy.deed in (Deed.IGNORE, Deed.SPEAK_AGAIN) and href:
            self.draft.ignore(href, remedy.deed is Deed.IGNORE)
        elif remedy.deed in ABOUT_LISTS:
            self.rule_wanted.emit(remedy.deed, host_of(proofed))

    # the card

    @property
    def card(self) -> "LinkCard":
        """The card that tells about a link."""
        if self._card is None:
            from .hover import LinkCard

            self._card = LinkCard(self)
            self._card.folder = self.folder
            self._card.chosen.connect(self.perform)
            self._card.closed.connect(self.setFocus)
        return self._card

    def _tell(self, proofed: "ProofedLink", beside: QRect, *, take_focus: bool) -> None:
        self.card.earlier = self.earlier  # there may be figures only now
        self.card.tell(proofed, beside, take_focus=take_focus)

    def viewportEvent(self, event: QEvent) -> bool:
        """The mouse rests on a link: tell about it."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._hover(event.pos())
            return True
        return super().viewportEvent(event)

    def _hover(self, point: QPoint) -> None:
        mark = None if self._preedit else self.mark_at(QPointF(point))
        if mark is not None:
            corner = self.viewport().pos()
            beside = QRect(point + corner, point + corner).adjusted(0, -14, 0, 10)
            self._tell(mark.proofed, beside, take_focus=False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The card goes when the mouse leaves its link; over a mark the pointer is an arrow."""
        super().mouseMoveEvent(event)
        if self._card is None or not self._card.isVisible():
            return
        mark = self.mark_at(event.position())
        if mark is None or mark.proofed != self._card.proofed:
            self._card.leave_soon()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on what is folded away unfolds its beginning."""
        place = self.fold_at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            line, column = place
            self.select(caret_at((line, column + 1)))
        super().mousePressEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """A card stays beside its link, so it goes when the text moves."""
        if self._card is not None:
            self._card.dismiss()
        super().scrollContentsBy(dx, dy)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What is typed has come to rest."""
        super().focusOutEvent(event)
        if self.draft is not None:
            self.draft.set_typing(None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The usual commands, and before them what can be done about the link."""
        from .context_menu import context_menu

        proofed = None
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            mark = self.mark_at(QPointF(event.pos()))
            proofed = mark.proofed if mark is not None else None
        else:
            proofed = self.link_at_caret()
        menu = context_menu(self, proofed)
        menu.popup(event.globalPos())

    # the clipboard

    def paste_plain(self) -> None:
        """Insert the clipboard's text as it is."""
        self._pastes_plain = True
        try:
            self.paste()
        finally:
            self._pastes_plain = False

    def createMimeDataFromSelection(self) -> QMimeData:
        """Plain text, with its non-breaking spaces; Qt's own would also offer HTML."""
        data = QMimeData()
        data.setText(text_access.text_in(self.textCursor()))
        return data

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text, rich text, images, and files of images."""
        return source.hasText() or source.hasHtml() or source.hasImage() or source.hasUrls()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste or drop, in one undo step."""
        from .paste import paste

        if self.isReadOnly() or self._preedit:
            return
        plain = self._pastes_plain or self.in_code()
        pasted = paste(source, self._lines(), self.selection, self.folder(), plain=plain)
        if pasted.trouble:
            self.message.emit(pasted.trouble)
        if pasted.edit is not None:
            self.apply(pasted.edit)
