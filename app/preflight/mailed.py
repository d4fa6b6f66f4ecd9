"""The mail of a draft that is being written, rendered apart from the editor."""

from collections.abc import Sequence
from pathlib import Path

from app.markup import Document
from app.markup.follower import Follower
from app.publish import PLAIN, PreviewModel, opening, reader_of, render_email
from app.publish.clip import spread
from app.publish.habits import publication_for
from app.publish.publication import PublicationError

_HEAD = 300
"""Lines of a draft among which its subject is."""


class MailedDraft:
    """What would be sent of an open draft, for one thread at a time."""

    def __init__(self) -> None:
        self._follower = Follower()
        self._document: Document | None = None
        self._draft: Path | None = None

    def follow(self, lines: Sequence[str], draft: Path | None = None) -> None:
        """Take the draft as it is now; ``draft`` is its file, beside which its snippets lie."""
        self._draft = draft
        if draft is not None:
            lines, _ = spread(lines, reader_of(draft.parent))
        self._document = self._follower.follow(lines)

    def html(self) -> str:
        """The HTML part as it would be sent now.

        Where a letter cannot be made as its publication wants it, it is the plain one: whoever
        makes the letter says so.
        """
        document = self._followed
        try:
            publication = publication_for("\n".join(document.lines[:_HEAD]), self._draft)
        except PublicationError:
            publication = PLAIN
        return render_email(document, publication)

    def first_words(self) -> str:
        """What an inbox shows of the letter where there is no preheader."""
        return opening(PreviewModel(self._followed))

    @property
    def _followed(self) -> Document:
        if self._document is None:
            raise RuntimeError("no draft was followed yet")
        return self._document
