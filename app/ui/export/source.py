"""The draft that leaves, as it stood when that was asked for."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.publish.export import Issue


@dataclass(frozen=True, slots=True)
class Source:
    """A draft at one moment; may be given to any thread.

    Attributes:
        title: What the window calls it.
        text: All of it.
        path: Its file; None where it has none yet.
        selection: What of it is selected.
    """

    title: str
    text: str = field(repr=False)
    path: Path | None
    selection: str = field(default="", repr=False)

    @property
    def folder(self) -> Path | None:
        """Where its pictures and snippets lie."""
        return self.path.parent if self.path is not None else None

    def issue(self) -> "Issue":
        """The issue that it makes; for any thread but the window's. Raises PublicationError."""
        from app.publish import publication_for
        from app.publish.export import issue_of

        return issue_of(self.text, self.folder, publication_for(self.text, self.path))
