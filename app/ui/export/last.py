"""What the writer exported last: proposed the next time. Losing it costs nothing."""

from dataclasses import asdict, dataclass
from pathlib import Path

from app.paths import config_dir
from app.ui import stored


@dataclass(frozen=True, slots=True)
class Last:
    """The last choices.

    Attributes:
        format: A value of `app.publish.export.Format`.
        folder: Where the file went.
        account: The id of the tracking server's account.
        tag: What stands for a recipient there.
    """

    format: str = "html"
    folder: str = ""
    account: str = ""
    tag: str = ""


def load() -> Last:
    """What was chosen last; the defaults where that cannot be read."""
    try:
        kept = stored.read_object(_path())
    except (OSError, ValueError):
        return Last()
    names = Last.__dataclass_fields__
    return Last(**{name: kept[name] for name in names if isinstance(kept.get(name), str)})


def save(last: Last) -> None:
    """Keep the choices. Raises OSError."""
    stored.write_object(_path(), asdict(last))


def _path() -> Path:
    return config_dir() / "export.json"
