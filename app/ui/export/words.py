"""The formats in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.publish.export import Format


@dataclass(frozen=True, slots=True)
class Kind:
    """A format, what it is called, what it is for, and what such files are."""

    format: Format
    name: str
    purpose: str
    files: str


def kinds() -> Sequence[Kind]:
    """All formats, in the order of the list."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Export", text)

    return (
        Kind(
            Format.HTML,
            tr("HTML"),
            tr("The final email, to paste into any platform that takes HTML"),
            tr("Web pages"),
        ),
        Kind(
            Format.TRACKED,
            tr("Tracked HTML"),
            tr("The same, counting opens and clicks at your own tracking server"),
            tr("Web pages"),
        ),
        Kind(
            Format.EML,
            tr("Message (.eml)"),
            tr("A mail with its pictures, to open and send from a mail program"),
            tr("Messages"),
        ),
        Kind(
            Format.TEXT,
            tr("Plain text"),
            tr("The part that text readers and watches show"),
            tr("Text files"),
        ),
        Kind(
            Format.MARKDOWN,
            tr("Markdown"),
            tr("The draft with its snippets filled in, for other editors"),
            tr("Markdown files"),
        ),
        Kind(
            Format.PDF,
            tr("PDF"),
            tr("To print, or for somebody to look over; nothing is loaded from the web"),
            tr("PDF files"),
        ),
    )
