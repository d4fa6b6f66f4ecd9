"""What Enter and Tab do in Markdown: lists and quotes go on, items move in and out.

Every function looks at lines and a selection and answers with a `TextEdit`, or with None where
the key should do what it always does.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .places import Place, Selection, TextEdit, caret_at, end_of

_QUOTE = r"(?P<quote>(?:[ ]{0,3}>[ ]?)*)"
_ITEM = re.compile(
    _QUOTE + r"(?P<indent>[ \t]*)(?P<marker>[-*+]|\d{1,9}[.)])(?P<gap>[ \t]+|$)"
    r"(?P<task>\[[ xX]\](?:[ \t]+|$))?"
)
_QUOTED = re.compile(r"(?P<quote>(?:[ ]{0,3}>[ ]?)+)")
_RENUMBER_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Item:
    """The beginning of a list item's line: ``> `` ``  `` ``-`` `` `` ``[ ] ``."""

    quote: str
    indent: str
    marker: str
    gap: str
    task: str
    length: int

    @property
    def number(self) -> int | None:
        """The number of an ordered item."""
        return int(self.marker[:-1]) if self.marker[0].isdigit() else None

    @property
    def depth(self) -> int:
        """Columns before the marker, tabs counted as CommonMark does."""
        return len(self.indent.expandtabs(4))

    @property
    def width(self) -> int:
        """Columns that the marker and the gap take: what a nested item is indented by."""
        return len(self.marker) + (len(self.gap) if 0 < len(self.gap) <= 4 else 1)

    def next_marker(self) -> str:
        """The marker of the item that follows."""
        number = self.number
        return self.marker if number is None else f"{number + 1}{self.marker[-1]}"


def item_of(line: str) -> Item | None:
    """The list item that begins on this line; a thematic break is none."""
    if re.fullmatch(r"[ ]{0,3}([-*])(?:[ \t]*\1){2,}[ \t]*", line):
        return None
    match = _ITEM.match(line)
    if match is None:
        return None
    quote, indent, marker, gap, task = match.group("quote", "indent", "marker", "gap", "task")
    return Item(quote, indent, marker, gap, task or "", match.end())


def enter(lines: Sequence[str], place: Place) -> TextEdit | None:
    """Enter in a list or a quote: the next item, the next number, or the end of it all."""
    line_number, column = place
    line = lines[line_number]
    item = item_of(line)
    if item is not None:
        return _enter_in_item(lines, place, item)
    quoted = _QUOTED.match(line)
    if quoted is None or column < quoted.end():
        return None
    if not line[quoted.end() :].strip():
        return TextEdit((line_number, 0), (line_number, len(line)), "", caret_at((line_number, 0)))
    prefix = quoted["quote"]
    return _insert(place, "\n" + (prefix if prefix.endswith(" ") else prefix + " "))


def _enter_in_item(lines: Sequence[str], place: Place, item: Item) -> TextEdit | None:
    line_number, column = place
    line = lines[line_number]
    if column < item.length:
        return None
    if not line[item.length :].strip():
        return _end_item(lines, line_number, item)
    gap = item.gap or " "
    task = "[ ] " if item.task else ""
    inserted = f"\n{item.quote}{item.indent}{item.next_marker()}{gap}{task}"
    rest = line[column:].lstrip(" \t")
    following = _renumbered(lines, line_number + 1, item)
    last = line_number + len(following)
    text = "\n".join([inserted + rest, *following])
    return TextEdit(place, (last, len(lines[last])), text, caret_at(end_of(place, inserted)))


def _end_item(lines: Sequence[str], line_number: int, item: Item) -> TextEdit:
    """An empty item goes out one level, and at the outermost becomes an empty line."""
    line = lines[line_number]
    parent = _parent(lines, line_number, item)
    if parent is None:
        text = item.quote
    else:
        marker = parent.next_marker()
        task = "[ ] " if parent.task else ""
        text = f"{parent.quote}{parent.indent}{marker}{parent.gap or ' '}{task}"
    return TextEdit(
        (line_number, 0), (line_number, len(line)), text, caret_at((line_number, len(text)))
    )


def _parent(lines: Sequence[str], line_number: int, item: Item) -> Item | None:
    for above in range(line_number - 1, max(-1, line_number - _RENUMBER_LIMIT), -1):
        if not lines[above].strip():
            continue
        other = item_of(lines[above])
        if other is not None and other.depth < item.depth:
            return other
        if other is None and not lines[above][:1].isspace() and item.depth:
            return None
        if not item.depth:
            return None
    return None


def _renumbered(lines: Sequence[str], first: int, item: Item) -> list[str]:
    """The lines from ``first`` up to the last item that counts on from this one, each up by one.

    Empty where the items below do not count on: lists whose numbers are all the same stay so.
    """
    if item.number is None:
        return []
    result: list[str] = []
    counted = 0
    expected = item.number + 1
    for line in lines[first : first + _RENUMBER_LIMIT]:
        other = item_of(line)
        if other is not None and other.depth == item.depth and other.quote == item.quote:
            if other.number != expected or other.marker[-1] != item.marker[-1]:
                break
            head = len(other.quote) + len(other.indent)
            expected += 1
            result.append(f"{line[:head]}{expected}{line[head + len(other.marker) - 1 :]}")
            counted = len(result)
        elif line.strip() and not line[:1].isspace():
            break
        else:
            result.append(line)
    return result[:counted]


def indent(lines: Sequence[str], selection: Selection, *, out: bool) -> TextEdit | None:
    """Tab and Shift+Tab: list items go in below their neighbour above, or out again."""
    first, last = selection.start[0], selection.end[0]
    if last > first and selection.end[1] == 0:
        last -= 1
    chosen = lines[first : last + 1]
    item = item_of(lines[first])
    if item is None and first == last:
        return _outdent_text(lines, selection) if out else None
    amount = _outdent_by(lines, first, item) if out else _indent_by(lines, first, item)
    if not amount:
        return None if item is None else _keep(selection)
    shifted = [
        _shift(line, item.quote if item else "", -amount if out else amount) for line in chosen
    ]
    if item is not None and item.number is not None:
        shifted[0] = _numbered_anew(lines, first, shifted[0])
    return _replace_lines(lines, first, last, shifted, selection)


def _keep(selection: Selection) -> TextEdit:
    """The key is ours, yet nothing changes."""
    return TextEdit(selection.caret, selection.caret, "", selection)


def _indent_by(lines: Sequence[str], first: int, item: Item | None) -> int:
    if item is None:
        return 4
    for above in range(first - 1, max(-1, first - 100), -1):
        other = item_of(lines[above])
        if other is not None and other.depth <= item.depth:
            target = other.depth + other.width
            return max(0, target - item.depth)
        if other is None and lines[above].strip() and not lines[above][:1].isspace():
            break
    return 0


def _outdent_by(lines: Sequence[str], first: int, item: Item | None) -> int:
    if item is None:
        return 4
    if not item.depth:
        return 0
    parent = _parent(lines, first, item)
    return item.depth - (parent.depth if parent else 0)


def _outdent_text(lines: Sequence[str], selection: Selection) -> TextEdit | None:
    line_number = selection.start[0]
    line = lines[line_number]
    kept = _shift(line, "", -4)
    if kept == line:
        return None
    return _replace_lines(lines, line_number, line_number, [kept], selection)


def _shift(line: str, quote: str, amount: int) -> str:
    if not line.strip() or not line.startswith(quote):
        return line
    body = line[len(quote) :]
    text = body.lstrip(" \t")
    depth = len(body[: len(body) - len(text)].expandtabs(4))
    return quote + " " * max(0, depth + amount) + text


def _numbered_anew(lines: Sequence[str], line_number: int, line: str) -> str:
    """An ordered item on a new level counts on from the item above it there, or starts at 1."""
    item = item_of(line)
    if item is None or item.number is None:
        return line
    number = 1
    for above in range(line_number - 1, max(-1, line_number - 100), -1):
        other = item_of(lines[above])
        if other is None or other.depth > item.depth:
            continue
        if other.depth == item.depth and other.number is not None:
            number = other.number + 1
        break
    head = len(item.quote) + len(item.indent)
    return f"{line[:head]}{number}{item.marker[-1]}{line[head + len(item.marker) :]}"


def _replace_lines(
    lines: Sequence[str], first: int, last: int, new: Sequence[str], selection: Selection
) -> TextEdit:
    def moved(place: Place) -> Place:
        line, column = place
        if not first <= line <= last:
            return place
        grown = len(new[line - first]) - len(lines[line])
        return line, max(0, column + grown) if column or grown > 0 else column

    return TextEdit(
        (first, 0),
        (last, len(lines[last])),
        "\n".join(new),
        Selection(moved(selection.anchor), moved(selection.caret)),
    )


def _insert(place: Place, text: str) -> TextEdit:
    return TextEdit(place, place, text, caret_at(end_of(place, text)))
