"""A draft about to leave: its snippets filled in, parsed once, rendered when asked."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from app.markup import Document
from app.publish.email import render_email, render_text
from app.publish.letter import Letter, letter_of
from app.publish.publication import PLAIN, Publication
from app.publish.snippets import fill_snippets, reader_of, uses_snippets


@dataclass(frozen=True)
class Issue:
    """A draft as readers get it. For one thread at a time.

    Attributes:
        markdown: The draft with its snippets in their places.
        folder: Where its pictures lie; None for a draft that is nowhere.
        publication: How its letters are made.
    """

    markdown: str = field(repr=False)
    folder: Path | None = None
    publication: Publication = PLAIN

    @cached_property
    def document(self) -> Document:
        """The draft, parsed."""
        return Document.from_text(self.markdown)

    @cached_property
    def letter(self) -> Letter:
        """Subject, preheader and what else is outside the body."""
        return letter_of(self.document)

    @cached_property
    def html(self) -> str:
        """The HTML part of the email."""
        return render_email(self.document, self.publication)

    @cached_property
    def text(self) -> str:
        """The plain-text part of the email."""
        return render_text(self.document, self.publication)


def issue_of(text: str, folder: Path | None, publication: Publication = PLAIN) -> Issue:
    """The issue that a draft makes.

    Args:
        text: The draft.
        folder: Where it lies, with snippets and pictures beside it; without one, snippets stay as
            they are written.
        publication: How its letters are made.

    Raises:
        SnippetError: a snippet is missing or cannot be filled in.
    """
    if folder is not None and uses_snippets(text):
        text = fill_snippets(text, reader_of(folder))
    return Issue(text, folder, publication)
