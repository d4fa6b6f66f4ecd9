"""Colours for the HTML of a template: enough to see where a tag ends."""

import re

from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from app.ui import theme

_PARTS = re.compile(
    r"(?P<comment><!--.*?-->)|(?P<open><!--)|(?P<slot>\{\{.*?\}\})"
    r"|(?P<tag></?[a-zA-Z][\w:-]*|/?>)|(?P<value>\"[^\"]*\"|'[^']*')|(?P<name>[\w:-]+(?==))"
)
_COMMENT = 1


class HtmlHighlighter(QSyntaxHighlighter):
    """Tags, attributes, values, comments and slots."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        theme.notifier().changed.connect(self.rehighlight)

    def highlightBlock(self, text: str) -> None:  # noqa: D102
        colors = theme.current()
        looks = {
            "comment": colors.mark,
            "open": colors.mark,
            "slot": colors.template,
            "tag": colors.link,
            "value": colors.code,
            "name": colors.html,
        }
        start = 0
        if self.previousBlockState() == _COMMENT:
            end = text.find("-->")
            start = len(text) if end < 0 else end + 3
            self.setFormat(0, start, _format(colors.mark))
            if end < 0:
                self.setCurrentBlockState(_COMMENT)
                return
        self.setCurrentBlockState(0)
        for found in _PARTS.finditer(text, start):
            kind = found.lastgroup or ""
            end = found.end()
            if kind == "open":
                end = len(text)
                self.setCurrentBlockState(_COMMENT)
            self.setFormat(found.start(), end - found.start(), _format(looks[kind]))
            if kind == "open":
                return


def _format(color: str) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(QColor(color))
    return made
