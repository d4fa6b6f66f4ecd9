"""How each Markdown style looks, and putting those looks on the lines that are seen.

Looks are formats of a block's layout, not of its text: they add no undo step and mark nothing as
changed. They are put on a line when it comes into view or when what it means has changed; a long
draft is never styled as a whole.
"""

import re
from collections.abc import Sequence
from heapq import heappop, heappush

from PySide6.QtGui import QColor, QFont, QTextBlock, QTextCharFormat, QTextLayout

from app.lines import LineEdit
from app.markup.model import Style, StyleRun
from app.ui import fonts
from app.ui.theme import Theme

from . import fold_chips
from .rows import Typed, only_moved
from .utf16 import to_utf16

_HEADING_SCALE = {
    Style.HEADING1: 1.45,
    Style.HEADING2: 1.25,
    Style.HEADING3: 1.12,
    Style.HEADING4: 1.0,
    Style.HEADING5: 1.0,
    Style.HEADING6: 1.0,
}
_COLOURS = {
    Style.HEADING_MARK: "mark",
    Style.MARK: "mark",
    Style.FENCE: "mark",
    Style.QUOTE_MARK: "mark",
    Style.LIST_MARK: "accent",
    Style.TASK: "accent",
    Style.STRIKE: "text_soft",
    Style.LINK_TEXT: "link",
    Style.LINK_URL: "url",
    Style.LINK_TITLE: "text_soft",
    Style.REFERENCE_LABEL: "url",
    Style.IMAGE_ALT: "link",
    Style.HTML: "html",
    Style.COMMENT: "text_soft",
    Style.TEMPLATE: "template",
    Style.TABLE_MARK: "mark",
    Style.RULE: "mark",
    Style.FRONT_MATTER: "front_matter",
    Style.FRONT_MATTER_KEY: "accent",
    Style.FOOTNOTE: "url",
    Style.ENTITY: "html",
    Style.ESCAPE: "mark",
    Style.CODE: "code",
    Style.CODE_BLOCK: "code",
    Style.STRONG: "strong",
}
_MONOSPACED = {
    Style.CODE,
    Style.CODE_BLOCK,
    Style.FENCE,
    Style.TABLE_MARK,
    Style.FRONT_MATTER,
    Style.FRONT_MATTER_KEY,
    Style.HTML,
    Style.COMMENT,
    Style.TEMPLATE,
}
_SLANTED = (Style.EMPHASIS, Style.LINK_TITLE, Style.COMMENT)
_WITHOUT_ITALICS = re.compile(
    "[\u0530-\u1dff\u2e80-\ua63f\ua700-\ufdff\ufe70-\ufeff\U00020000-\U0003ffff]"
)
"""Letters of scripts that know no italics; Qt finds no glyphs for some of them when it slants."""
_CODE_BLOCK = {Style.CODE_BLOCK, Style.FENCE}
_CODE_SCALE = 0.88  # fixed-width letters look larger than the serif's at the same size
_URL_SCALE = 0.88

MOST_RUNS = 3_000
"""Runs that one line may wear: Qt's layout takes some 3 ms for each 1,000 of them, at every key."""
DEEPEST_RUNS = 30
"""Runs that may lie upon each other: with their number Qt's time grows by the square."""


def formats(theme: Theme, points: float) -> dict[Style, QTextCharFormat]:
    """The format of every style for text of this size."""
    return {style: _format(style, theme, points) for style in Style}


def _format(style: Style, theme: Theme, points: float) -> QTextCharFormat:
    result = QTextCharFormat()
    if style in _HEADING_SCALE:
        result.setForeground(QColor(theme.heading))
        result.setFontWeight(QFont.Weight.DemiBold)
        result.setFontPointSize(points * _HEADING_SCALE[style])
    if style in _COLOURS:
        result.setForeground(QColor(getattr(theme, _COLOURS[style])))
    if style in _MONOSPACED:
        result.setFontFamilies(fonts.code(points).families())
        result.setFontFixedPitch(True)
        result.setFontPointSize(points * _CODE_SCALE)
    if style is Style.CODE:  # a block of code has its ground painted as a whole
        result.setBackground(QColor(theme.code_paper))
    if style in (Style.LINK_URL, Style.REFERENCE_LABEL):
        result.setFontPointSize(points * _URL_SCALE)
    if style is Style.STRONG:
        result.setFontWeight(QFont.Weight.Bold)
    if style in _SLANTED:
        result.setFontItalic(True)
    if style is Style.STRIKE:
        result.setFontStrikeOut(True)
    return result


class LineStyler:
    """Which lines of a document wear which styles.

    Each line is remembered with the styles it wears, so that a look at a line whose meaning did
    not change costs nothing.
    """

    def __init__(self, line_count: int, looks: dict[Style, QTextCharFormat]) -> None:
        self._looks = looks
        self._worn: list[tuple[int, Sequence[StyleRun]] | None] = [None] * line_count
        self._before: Sequence[StyleRun] | None = None

    def apply(self, edit: LineEdit) -> None:
        """Follow an edit of the lines."""
        worn = self._worn[edit.first] if edit.removed == 1 else None
        self._before = worn[1] if worn is not None else None
        self._worn[edit.first : edit.first + edit.removed] = [None] * len(edit.lines)

    def has_only_moved(self, line: int, typed: Typed) -> bool:
        """Whether the line that was edited last wears what it wore before."""
        before, worn = self._before, self._worn[line]
        return before is not None and worn is not None and only_moved(before, worn[1], typed)

    def forget(self, first: int, last: int) -> None:
        """Look again at these lines (both included)."""
        self._worn[first : last + 1] = [None] * len(self._worn[first : last + 1])

    def wears(self, line: int, block_id: int) -> bool:
        """Whether the line is styled as part of this parsed block."""
        worn = self._worn[line]
        return worn is not None and worn[0] == block_id

    def is_code(self, line: int) -> bool:
        """Whether a styled line belongs to a block of code, its fences included."""
        worn = self._worn[line] if 0 <= line < len(self._worn) else None
        return worn is not None and any(run.style in _CODE_BLOCK for run in worn[1])

    def style(self, block: QTextBlock, line: int, block_id: int, runs: Sequence[StyleRun]) -> bool:
        """Make a line wear these runs; True when its looks changed.

        While an input method's text is open in the block, the runs move aside for it and its own
        formats stay.
        """
        worn = self._worn[line]
        self._worn[line] = (block_id, runs)
        if worn is not None and worn[1] == runs:
            return False
        runs = _bounded(runs)
        layout = block.layout()
        preedit = len(layout.preeditAreaText())
        text = block.text()
        room = list(fold_chips.ranges(text))
        if not runs and not room and not preedit and worn is None and not layout.formats():
            return False
        ranges = self._ranges(text, runs) + room
        if preedit:
            ranges = _around_preedit(ranges, layout)
        layout.setFormats(ranges)
        block.document().markContentsDirty(block.position(), block.length())
        return True

    def _ranges(self, text: str, runs: Sequence[StyleRun]) -> list[QTextLayout.FormatRange]:
        upright = not text.isascii() and _WITHOUT_ITALICS.search(text) is not None
        has_pairs = not text.isascii() and max(text) > "\uffff"
        result = []
        for run in runs:
            start, end = run.column, run.end
            if has_pairs:
                start, end = to_utf16(text, start), to_utf16(text, end)
            if start < end:
                look = self._looks[run.style]
                if upright and run.style in _SLANTED:
                    look = (
                        _upright(look)
                        if _WITHOUT_ITALICS.search(text, run.column, run.end)
                        else look
                    )
                result.append(_range(start, end - start, look))
        return result


def _upright(look: QTextCharFormat) -> QTextCharFormat:
    result = QTextCharFormat(look)
    result.setFontItalic(False)
    return result


def _bounded(runs: Sequence[StyleRun]) -> Sequence[StyleRun]:
    """The runs that Qt can bear in one line: nearly always all of them."""
    if len(runs) <= 10 * DEEPEST_RUNS:
        return runs
    kept: list[int] = []
    ends: list[int] = []
    for index in sorted(range(len(runs)), key=lambda at: runs[at].column):
        while ends and ends[0] <= runs[index].column:
            heappop(ends)
        if len(ends) < DEEPEST_RUNS:
            heappush(ends, runs[index].end)
            kept.append(index)
            if len(kept) == MOST_RUNS:
                break
    return [runs[index] for index in sorted(kept)]


def _range(start: int, length: int, look: QTextCharFormat) -> QTextLayout.FormatRange:
    result = QTextLayout.FormatRange()
    result.start = start
    result.length = length
    result.format = look
    return result


def _around_preedit(
    ranges: Sequence[QTextLayout.FormatRange], layout: QTextLayout
) -> list[QTextLayout.FormatRange]:
    """Our formats without the preedit's extent, and the formats that the preedit brought."""
    begin = layout.preeditAreaPosition()
    length = len(layout.preeditAreaText().encode("utf-16-le")) // 2
    own = [each for each in layout.formats() if begin <= each.start < begin + length]
    result = []
    for each in ranges:
        start, end = each.start, each.start + each.length
        if start < begin:
            result.append(_range(start, min(end, begin) - start, each.format))
        if end > begin:
            start = max(start, begin)
            result.append(_range(start + length, end - start, each.format))
    return result + own
