"""What leaves without a platform: the issue as files, and for the clipboard."""

from app.publish.export.formats import SUFFIXES, Format, exported, message_of
from app.publish.export.issue import Issue, issue_of
from app.publish.export.rich import Rich, rich_of

__all__ = [
    "SUFFIXES",
    "Format",
    "Issue",
    "Rich",
    "exported",
    "issue_of",
    "message_of",
    "rich_of",
]
