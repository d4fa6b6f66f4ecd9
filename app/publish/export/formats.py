"""The files that an issue can be."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from app.publish.eml import eml_of
from app.publish.export.issue import Issue
from app.publish.export.local import attached


class Format(StrEnum):
    """What an issue is exported as."""

    HTML = "html"
    TRACKED = "tracked"
    EML = "eml"
    TEXT = "text"
    MARKDOWN = "markdown"
    PDF = "pdf"


SUFFIXES: Mapping[Format, str] = {
    Format.HTML: "html",
    Format.TRACKED: "html",
    Format.EML: "eml",
    Format.TEXT: "txt",
    Format.MARKDOWN: "md",
    Format.PDF: "pdf",
}
"""The endings of the files' names, without a dot."""


def exported(issue: Issue, as_format: Format) -> bytes:
    """The file that an issue is in this format.

    Not those that need more than the issue: tracked HTML is the tracking server's, a PDF the
    browser engine's.

    Raises:
        ValueError: it is one of those.
    """
    match as_format:
        case Format.HTML:
            return issue.html.encode()
        case Format.EML:
            return message_of(issue)
        case Format.TEXT:
            return issue.text.encode()
        case Format.MARKDOWN:
            return issue.markdown.encode()
    raise ValueError(f"{as_format} needs more than the issue")


def message_of(
    issue: Issue,
    *,
    sender: str = "",
    recipients: Sequence[str] = (),
    unsubscribe: str = "",
) -> bytes:
    """The issue as a message that mail programs open, the pictures beside the draft within it.

    Args:
        issue: The issue.
        sender: ``Name <address>``; may be empty.
        recipients: The same, of each.
        unsubscribe: Where one click unsubscribes; may be the platform's merge tag.

    Raises:
        EmlError: an address cannot stand in a head.
    """
    html, pictures = attached(issue.html, issue.folder)
    return eml_of(
        subject=issue.letter.subject,
        html=html,
        text=issue.text,
        sender=sender,
        recipients=recipients,
        unsubscribe=unsubscribe,
        pictures=pictures,
    )
