"""What it means that a place is exact: the source there is the link, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.common.normalize_url import normalizeLink
from markdown_it.common.utils import unescapeAll

from app.markup import Document, LinkKind, Mistake, PlacedLink
from app.markup.html import decoded


def slice_of(lines: Sequence[str], line: int, column: int, end_line: int, end_column: int) -> str:
    if line == end_line:
        return lines[line][column:end_column]
    return "\n".join(
        [lines[line][column:], *lines[line + 1 : end_line], lines[end_line][:end_column]]
    )


def assert_exact(document: Document) -> int:
    """Every link of the document is where it says; returns how many there are."""
    count = 0
    before = (-1, -1)
    for placed in document.links():
        count += 1
        start = (placed.line, placed.column)
        assert start >= before
        before = start
        _assert_link_exact(document, placed)
    return count


def _assert_link_exact(document: Document, placed: PlacedLink) -> None:
    lines, link = document.lines, placed.link
    first = document.first_line(placed.block_index)
    written = slice_of(lines, placed.line, placed.column, placed.end_line, placed.end_column)
    span = link.whole
    whole = slice_of(lines, first + span.line, span.column, first + span.end_line, span.end_column)
    assert len(written) <= len(whole)
    if placed.definition:
        place = placed.definition
        target = slice_of(lines, place.line, place.column, place.end_line, place.end_column)
        if link.href is not None:
            assert normalizeLink(unescapeAll(target.replace("\0", "\ufffd"))) == link.href
    if link.kind is LinkKind.MISTAKE or link.href is None:
        assert written.strip()
        return
    if link.kind in (LinkKind.HTML, LinkKind.HTML_IMAGE):
        assert decoded(written.replace("\0", "\ufffd")) == link.href
        assert whole.startswith("<")
        assert whole.endswith(">") or link.kind is LinkKind.HTML_IMAGE or ">" not in whole
        return
    if link.label is not None and link.kind is not LinkKind.DEFINITION:
        assert written == whole
        assert written.startswith(("[", "!["))
        assert written.endswith("]")
        return
    if link.mistake in (Mistake.TEMPLATE, Mistake.UNSAFE_SCHEME, Mistake.DATA_URI) and (
        link.href == unescapeAll(written)
    ):
        return
    unescaped = unescapeAll(written.replace("\\|", "|").replace("\0", "\ufffd"))
    verbatim = unescapeAll(written.replace("\0", "\ufffd"))
    if link.kind is LinkKind.BARE:
        verbatim = written.replace("\0", "\ufffd")
        unescaped = verbatim.replace("\\|", "|")
    hrefs = {
        normalizeLink(prefix + text)
        for prefix in ("", "mailto:", "http://")
        for text in (unescaped, verbatim)
    }
    assert link.href in hrefs, (written, link)
