"""A document that follows the lines of another, apart from it."""

from collections.abc import Sequence

from app.lines import difference
from app.markup.document import Document


class Follower:
    """Parses no more than what differs from the lines that it was given last.

    An open draft's document may be read in the window's thread alone; this is one's own, for one
    thread at a time.
    """

    def __init__(self) -> None:
        self._document: Document | None = None

    def follow(self, lines: Sequence[str]) -> Document:
        """The same document each time, which has these lines now, parsed to the end."""
        if self._document is None:
            self._document = Document(lines)
        edit = difference(self._document.lines, lines)
        if edit.removed or edit.lines:
            self._document.edit(edit)
        self._document.finish()
        return self._document
