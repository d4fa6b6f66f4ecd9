"""Marks around words: strong, emphasis, links, headings, and characters that wrap a selection."""

import re
from collections.abc import Sequence

from .places import Place, Selection, TextEdit, caret_at, end_of
from .typing_help import item_of

WRAPPING: dict[str, str] = {
    "*": "*",
    "_": "_",
    "`": "`",
    "~": "~",
    "[": "]",
    "(": ")",
    "<": ">",
    '"': '"',
    "“": "”",
    "„": "“",
    "«": "»",
}
"""Characters that, typed over a selection, surround it, with what they put at its end."""

_HEADING = re.compile(r"(#{1,6})(?:[ \t]+|$)")
_URL = re.compile(r"(?:https?://|mailto:)[^\s<>]+", re.IGNORECASE)
_WORD = re.compile(r"\w+(?:['’-]\w+)*")


def is_url(text: str) -> bool:
    """Whether text is one web or e-mail address, and nothing else."""
    return _URL.fullmatch(text.strip()) is not None


def text_between(lines: Sequence[str], start: Place, end: Place) -> str:
    """The text between two places, lines joined by newlines."""
    if start[0] == end[0]:
        return lines[start[0]][start[1] : end[1]]
    inner = lines[start[0] + 1 : end[0]]
    return "\n".join([lines[start[0]][start[1] :], *inner, lines[end[0]][: end[1]]])


def wrap(lines: Sequence[str], selection: Selection, opening: str) -> TextEdit | None:
    """A character typed over a selection surrounds it; the text stays selected.

    None for characters that do not wrap, and across paragraphs, where marks would not work.
    """
    closing = WRAPPING.get(opening)
    if closing is None or selection.is_empty:
        return None
    text = text_between(lines, selection.start, selection.end)
    if "\n\n" in text or not text.strip():
        return None
    return _surround(selection.start, selection.end, text, opening, closing)


def toggle(lines: Sequence[str], selection: Selection, mark: str) -> TextEdit:
    """Put a mark such as ``**`` around the selection or the word at the caret, or take it off."""
    start, end = _chosen(lines, selection)
    text = text_between(lines, start, end)
    before = lines[start[0]][: start[1]]
    after = lines[end[0]][end[1] :]
    if _is_marked(before, after, mark):
        outer_start = (start[0], start[1] - len(mark))
        outer_end = (end[0], end[1] + len(mark))
        return _replace_keeping(outer_start, outer_end, text, selection, -len(mark))
    if len(text) > 2 * len(mark) and _is_marked(text, text, mark, inside=True):
        bare = text[len(mark) : -len(mark)]
        return TextEdit(start, end, bare, Selection(start, end_of(start, bare)))
    if selection.is_empty:
        return _replace_keeping(start, end, f"{mark}{text}{mark}", selection, len(mark))
    return _surround(start, end, text, mark, mark)


def link(lines: Sequence[str], selection: Selection, url: str = "") -> TextEdit:
    """Make the selection or the word at the caret a link; the caret goes where text is missing."""
    start, end = _chosen(lines, selection)
    text = text_between(lines, start, end)
    if is_url(text):
        return TextEdit(start, end, f"[]({text.strip()})", caret_at((start[0], start[1] + 1)))
    result = f"[{link_text(text)}]({destination(url)})"
    if not text:
        place = (start[0], start[1] + 1)
    else:
        finish = end_of(start, result)
        place = finish if url else (finish[0], finish[1] - 1)
    return TextEdit(start, end, result, caret_at(place))


def link_text(text: str) -> str:
    """Text as it may stand between the brackets of a link."""
    balanced = text.count("[") == text.count("]")
    return text if balanced else re.sub(r"(?<!\\)([\[\]])", r"\\\1", text)


def destination(url: str) -> str:
    """A URL as it may stand between the parentheses of a link (CommonMark 6.3)."""
    depth = 0
    for character in url:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            break
    if depth == 0 and not re.search(r"[\s<]", url):
        return url
    return "<" + url.replace("<", "%3C").replace(">", "%3E").replace("\n", "") + ">"


def heading(lines: Sequence[str], selection: Selection, change: int) -> TextEdit:
    """Raise (``change`` -1) or lower (+1) the heading's level; text becomes a heading and back.

    Up from text gives level 1 after 2 and so on to none: the levels form a line 0 (text), 1, ... 6.
    """
    line_number = selection.caret[0]
    line = lines[line_number]
    match = _HEADING.match(line)
    level = len(match[1]) if match else 0
    new_level = min(6, max(0, level + change))
    text = line[match.end() :] if match else line.lstrip(" ")
    new = f"{'#' * new_level} {text}" if new_level else text
    moved = len(new) - len(line)

    def shifted(place: Place) -> Place:
        return (place[0], max(0, place[1] + moved)) if place[0] == line_number else place

    after = Selection(shifted(selection.anchor), shifted(selection.caret))
    return TextEdit((line_number, 0), (line_number, len(line)), new, after)


def smart_home(line: str, column: int) -> int:
    """Home goes to where a line's own text begins, and from there to its very start."""
    item = item_of(line)
    if item is not None:
        begin = item.length
    elif (match := _HEADING.match(line)) is not None:
        begin = match.end()
    else:
        begin = len(line) - len(line.lstrip())
    return 0 if column == begin else begin


def _surround(start: Place, end: Place, text: str, opening: str, closing: str) -> TextEdit:
    inner = text.strip() if opening in {"*", "_", "**", "~", "~~"} else text
    lead = text[: text.index(inner)] if inner else ""
    tail = text[len(lead) + len(inner) :]
    first = end_of(start, lead + opening)
    after = Selection(first, end_of(first, inner))
    return TextEdit(start, end, f"{lead}{opening}{inner}{closing}{tail}", after)


def _chosen(lines: Sequence[str], selection: Selection) -> tuple[Place, Place]:
    """The selection, or the word that the caret is in."""
    if not selection.is_empty:
        return selection.start, selection.end
    line, column = selection.caret
    for word in _WORD.finditer(lines[line]):
        if word.start() <= column <= word.end():
            return (line, word.start()), (line, word.end())
    return selection.caret, selection.caret


def _is_marked(before: str, after: str, mark: str, *, inside: bool = False) -> bool:
    """Whether text is surrounded by this mark, and not by a longer one of the same character.

    ``***both***`` is strong and emphasis at once: three characters hold both.
    """
    character = mark[0]
    if inside:
        left = len(before) - len(before.lstrip(character))
        right = len(after) - len(after.rstrip(character))
    else:
        left = len(before) - len(before.rstrip(character))
        right = len(after) - len(after.lstrip(character))
    run = min(left, right)
    return run == 3 or run == len(mark) if character in "*_" else run >= len(mark)


def _replace_keeping(
    start: Place, end: Place, text: str, selection: Selection, shift: int
) -> TextEdit:
    def moved(place: Place) -> Place:
        return (place[0], place[1] + shift) if place[0] == start[0] else place

    after = Selection(moved(selection.anchor), moved(selection.caret))
    return TextEdit(start, end, text, after)
