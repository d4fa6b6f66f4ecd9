"""The mail of a draft that is being written, rendered apart from the editor."""

from collections.abc import Sequence

from app.lines import difference
from app.markup import Document
from app.publish import render_email
from app.publish.email import opening
from app.publish.publication import PLAIN, Publication
from app.publish.segments import PreviewModel


class MailedDraft:
    """A document of its own that follows the lines of an open draft, for one thread at a time.

    The editor's document may be read in the editor's thread alone; this one parses no more than
    the lines that differ from those that it was given last.
    """

    def __init__(self) -> None:
        self._document: Document | None = None

    def follow(self, lines: Sequence[str]) -> None:
        """Take the draft as it is now."""
        if self._document is None:
            self._document = Document(lines)
            return
        edit = difference(self._document.lines, lines)
        if edit.removed or edit.lines:
            self._document.edit(edit)
            self._document.finish()

    def html(self, publication: Publication = PLAIN) -> str:
        """The HTML part as it would be sent now."""
        return render_email(self._followed, publication)

    def first_words(self) -> str:
        """What an inbox shows of the letter where there is no preheader."""
        return opening(PreviewModel(self._followed))

    @property
    def _followed(self) -> Document:
        if self._document is None:
            raise RuntimeError("no draft was followed yet")
        return self._document
