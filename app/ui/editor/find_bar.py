"""The bar above the text that finds and replaces."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from app.lines import LineEdit, split_lines
from app.ui import fonts, theme
from app.ui.controls import IconButton

from . import folds
from .places import Selection, TextEdit, caret_at
from .search import Columns, Finder, Matches, Query, SearchError
from .utf16 import to_utf16

if TYPE_CHECKING:
    from .editor import DraftEditor

SLICE = 0.004
"""Seconds of searching between two looks at the keyboard."""
WIDTH = 620


class FindBar(QFrame):
    """Finds while one types; the text below makes room, so that the bar hides nothing."""

    def __init__(self, editor: "DraftEditor") -> None:
        super().__init__(editor)
        self._editor = editor
        self._matches: Matches | None = None
        self._origin = (0, 0)
        self.setAccessibleName(self.tr("Find and replace"))
        self.query = self._field(self.tr("Find"))
        self.replacement = self._field(self.tr("Replace with"))
        self.match_case = self._option("Aa", self.tr("Match case"))
        self.whole_word = self._option("W", self.tr("Whole words"))
        self.regular = self._option(".*", self.tr("Regular expression"))
        self.count = QLabel(self)
        self.replace_one = QPushButton(self.tr("Replace"), self)
        self.replace_all = QPushButton(self.tr("Replace all"), self)
        self._second_row: list[QWidget] = [self.replacement, self.replace_one, self.replace_all]
        self._lay_out()
        self._searching = QTimer(self, singleShot=True, interval=0)
        self._searching.timeout.connect(self._search_on)
        self._connect()
        self.hide()

    # what the shell asks for

    def find(self) -> None:  # type: ignore[override]  # QWidget.find looks up window ids
        """Open for finding, with the selection as what to find."""
        self._open(replacing=False)

    def replace(self) -> None:
        """Open for replacing."""
        self._open(replacing=not self._editor.isReadOnly())

    def next(self) -> None:
        """Go to the next match after the caret."""
        self._step(forward=True)

    def previous(self) -> None:
        """Go to the match before the caret."""
        self._step(forward=False)

    def close_bar(self) -> None:
        """Close; the text has the focus again."""
        self.hide()
        self._matches = None
        self._editor.found_in = None
        self._editor.set_head_room(0)
        self._editor.viewport().update()
        self._editor.setFocus()

    # building

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setPlaceholderText(name)
        field.setAccessibleName(name)
        field.setClearButtonEnabled(True)
        field.installEventFilter(self)
        return field

    def _option(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setCheckable(True)
        button.setProperty("quiet", "true")
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.setFixedWidth(38)
        button.setAutoDefault(False)
        return button

    def _lay_out(self) -> None:
        self.count.setFont(fonts.interface(9.5))
        self.count.setMinimumWidth(92)
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.count.setProperty("tone", "soft")
        self._previous = IconButton("previous", self.tr("Previous match (Shift+Enter)"), self)
        self._next = IconButton("down", self.tr("Next match (Enter)"), self)
        self._close = IconButton("close", self.tr("Close (Escape)"), self)
        options = QHBoxLayout()
        options.setSpacing(2)
        for option in (self.match_case, self.whole_word, self.regular):
            options.addWidget(option)
        ends = QHBoxLayout()
        ends.setSpacing(2)
        for widget in (self.count, self._previous, self._next, self._close):
            ends.addWidget(widget)
        deeds = QHBoxLayout()
        deeds.setSpacing(6)
        for button in (self.replace_one, self.replace_all):
            button.setAutoDefault(False)
            deeds.addWidget(button)
        deeds.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 8, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.query, 0, 0)
        grid.addLayout(options, 0, 1)
        grid.addLayout(ends, 0, 2)
        grid.addWidget(self.replacement, 1, 0)
        grid.addLayout(deeds, 1, 1, 1, 2)

    def _connect(self) -> None:
        self.query.textChanged.connect(self._search_anew)
        for option in (self.match_case, self.whole_word, self.regular):
            option.toggled.connect(self._search_anew)
        self._previous.clicked.connect(self.previous)
        self._next.clicked.connect(self.next)
        self._close.clicked.connect(self.close_bar)
        self.replace_one.clicked.connect(self._replace_one)
        self.replace_all.clicked.connect(self._replace_all)
        self._editor.cursorPositionChanged.connect(self._show_count)
        self._editor.installEventFilter(self)
        draft = self._editor.draft
        if draft is not None:
            draft.edited.connect(self._on_edited)
            draft.parsed.connect(self._search_anew)
        theme.notifier().changed.connect(self.update)

    def _open(self, *, replacing: bool) -> None:
        for widget in self._second_row:
            widget.setVisible(replacing)
        selection = self._editor.selection
        self._origin = selection.start
        chosen = self._editor.textCursor().selectedText()
        self.show()
        self._place()
        self.raise_()
        if chosen and "\u2029" not in chosen and chosen != self.query.text():
            self.query.setText(chosen)
        else:
            self._search_anew()
        self.query.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.query.selectAll()

    def _place(self) -> None:
        width = min(WIDTH, self._editor.width() - 24)
        height = self.sizeHint().height()
        self.setGeometry((self._editor.width() - width) // 2, 8, width, height)
        self._editor.set_head_room(height)

    # finding

    def _search_anew(self) -> None:
        if not self.isVisible():
            return
        self._matches = None
        self._editor.found_in = None
        draft = self._editor.draft
        text = self.query.text()
        self._say("")
        if draft is not None and text:
            query = Query(
                text,
                self.regular.isChecked(),
                self.match_case.isChecked(),
                self.whole_word.isChecked(),
            )
            try:
                self._matches = Matches(Finder(query), draft.lines)
            except SearchError as error:
                self._fail(error)
            else:
                self._editor.found_in = self._found_in
                self._searching.start()
                self._go(self._origin, forward=True)
        self._editor.viewport().update()

    def _search_on(self) -> None:
        if self._matches is None:
            return
        try:
            complete = self._matches.advance(SLICE)
        except SearchError as error:
            self._fail(error)
            return
        self._show_count()
        if not complete:
            self._searching.start()

    def _found_in(self, line: int) -> Sequence[tuple[int, int, bool]]:
        draft = self._editor.draft
        if self._matches is None or draft is None:
            return ()
        try:
            spans = self._matches.in_line(line)
        except SearchError:
            return ()  # said already, by the search itself
        if not spans:
            return ()
        text = draft.text.findBlockByNumber(line).text()
        if folds.has_folds(text):
            spans = tuple(folds.in_sight(text, spans))
        chosen = self._chosen()
        return [
            (to_utf16(text, start), to_utf16(text, end), chosen == (line, (start, end)))
            for start, end in spans
        ]

    def _chosen(self) -> tuple[int, Columns]:
        selection = self._editor.selection
        (line, start), (_, end) = selection.start, selection.end
        return line, (start, end)

    def _step(self, *, forward: bool) -> None:
        if not self.isVisible():
            self.find()
            return
        selection = self._editor.selection
        self._go(selection.end if forward else selection.start, forward=forward)
        self._origin = self._editor.selection.start

    def _go(self, place: tuple[int, int], *, forward: bool) -> None:
        if self._matches is None:
            return
        line = min(place[0], self._editor.blockCount() - 1)
        look = self._matches.after if forward else self._matches.before
        try:
            found = look(line, place[1])
        except SearchError as error:
            self._fail(error)
            return
        if found is not None:
            line, (start, end) = found
            self._editor.show_place(Selection((line, start), (line, end)))
        self._show_count()

    def _on_edited(self, edit: LineEdit) -> None:
        if self._matches is None:
            return
        try:
            self._matches.apply(edit)
        except SearchError as error:
            self._fail(error)
            return
        self._searching.start()

    def _show_count(self) -> None:
        if self._matches is None or not self.isVisible():
            return
        total = f"{self._matches.count}" + ("" if self._matches.complete else "…")
        line, columns = self._chosen()
        try:
            index = self._matches.index_of(line, columns)
        except SearchError as error:
            self._fail(error)
            return
        if not self._matches.count:
            self._say(self.tr("Not found") if self._matches.complete else "")
        elif index is None:
            self._say(self.tr("%n found", "", self._matches.count).replace("%n", total))
        else:
            self._say(self.tr("%1 of %2").replace("%1", str(index + 1)).replace("%2", total))
        self._editor.viewport().update()

    def _say(self, words: str, *, wrong: bool = False) -> None:
        self.count.setText(words)
        self.count.setToolTip(words if wrong else "")
        color = theme.current().warn if wrong else theme.current().text_soft
        self.count.setStyleSheet(f"color: {color}")

    def _fail(self, error: SearchError) -> None:
        self._matches = None
        self._editor.found_in = None
        self._say(self.tr("Not a pattern"), wrong=True)
        self.count.setToolTip(str(error))
        self.count.setAccessibleDescription(str(error))
        self._editor.viewport().update()

    # replacing

    def _replace_one(self) -> None:
        draft = self._editor.draft
        if self._matches is None or draft is None:
            return
        line, columns = self._chosen()
        try:
            if self._matches.index_of(line, columns) is None:
                self.next()
                return
            finder = self._matches.finder
            new = finder.replace(draft.lines[line], self.replacement.text(), columns)
        except SearchError as error:
            self._fail(error)
            return
        old = draft.lines[line]
        text = new[columns[0] : len(new) - (len(old) - columns[1])]
        after = caret_at((line, columns[0] + len(text)))
        self._editor.apply(TextEdit((line, columns[0]), (line, columns[1]), text, after))
        self.next()

    def _replace_all(self) -> None:
        """Replace in all lines, in one undo step."""
        draft = self._editor.draft
        if self._matches is None or draft is None:
            return
        finder, template = self._matches.finder, self.replacement.text()
        edits = []
        try:
            finder.check_template(template)
            for number, line in enumerate(draft.lines):
                spans = self._matches.in_line(number)
                if spans and (new := finder.replace(line, template)) != line:
                    text = "\n".join(split_lines(new))
                    after = caret_at((number, spans[0][0]))
                    edits.append(TextEdit((number, 0), (number, len(line)), text, after))
        except SearchError as error:
            self._fail(error)
            return
        if edits:
            replaced = self._matches.count
            self._editor.apply(*edits)
            self._say(self.tr("%n replaced", "", replaced).replace("%n", str(replaced)))

    # keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter goes on, Escape closes; the bar keeps its place when the editor's size changes."""
        if watched is self._editor and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return watched is not self._editor and self._key(watched, event)
        return super().eventFilter(watched, event)

    def _key(self, watched: QObject, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        elif watched is self.replacement:
            self._replace_one()
        else:
            self._step(forward=not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape on a button closes too; no key goes through to the text."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint a raised sheet."""
        colors = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(colors.raised))
        painter.setPen(QPen(QColor(colors.line), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 9, 9)
        painter.end()
