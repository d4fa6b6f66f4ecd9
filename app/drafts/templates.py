"""What a new draft may begin with: the app's templates and the writer's own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from app import paths
from app.drafts.errors import DraftError
from app.drafts.files import read_draft
from app.lines import split_lines

# Written like this because {{ }}, {% %} and *|X|* belong to the platforms that send the issue.
_TITLE = "%title%"
_DATE = "%date%"


@dataclass(frozen=True, slots=True)
class Template:
    """A text to begin with; ``name`` is its file's, ``own`` says that the writer made it."""

    name: str
    own: bool
    text: str = field(repr=False)

    def fill(self, title: str, today: date | None = None) -> list[str]:
        """The lines of a new draft; ``%title%`` (in double quotes) and ``%date%`` are filled in."""
        day = (today or date.today()).isoformat()
        text = self.text.replace(_TITLE, _in_quotes(title)).replace(_DATE, day)
        return split_lines(text)


def templates(own_folder: Path | None = None) -> list[Template]:
    """The writer's own templates, then those of the app; a name that both have is the writer's."""
    own = list(_read_all(own_folder or paths.config_dir() / "templates", own=True))
    names = {template.name for template in own}
    shipped = _read_all(paths.resources_dir() / "templates", own=False)
    return own + [template for template in shipped if template.name not in names]


def _read_all(folder: Path, *, own: bool) -> Iterator[Template]:
    for path in sorted(folder.glob("*.md")):
        try:
            stored = read_draft(path)
        except DraftError:
            continue  # not a text: nothing that a draft could begin with
        name = path.stem if own else path.stem.replace("-", " ").capitalize()
        yield Template(name, own, stored.text)


def _in_quotes(title: str) -> str:
    """A title that may stand in the double quotes of YAML."""
    return title.replace("\\", "\\\\").replace('"', '\\"')
