"""What the writer has chosen, and the file it is kept in.

One JSON file in the config folder. Each value is validated when read: one that makes no sense
falls back to its default and is named in `Store.complaints`; keys that this version does not
know are kept as they are, so that an older version does not lose a newer one's choices.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from app.paths import config_dir
from app.ui import stored
from app.ui.theme import Appearance

VERSION: Final = 1
MEANS: Final = frozenset(
    {"reputation", "team_list", "name_servers", "check_where", "check_account", "check_server"}
)
"""Settings that say what links are checked with besides this computer."""
POINTS: Final = (8.0, 36.0)
MEASURE: Final = (40, 140)
TIMEOUT: Final = (2.0, 120.0)
LINK_AGE: Final = (1, 10_080)


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices, with the defaults that a new writer gets.

    ``drafts_folder`` is empty until one is chosen: `default_drafts_folder` then holds.
    ``writing_points`` is in typographic points, ``measure`` in average characters of a line,
    ``check_timeout`` in seconds for the whole check of one link, ``link_age`` in minutes how long
    ago a link may have been looked at when its issue is handed over. ``reputation`` has the names
    of the services that are on (`app.linkcheck.reputation.settings`), ``team_list`` a file's path,
    ``name_servers`` addresses as the writer wrote them. ``check_where`` is a mode of
    `app.linkcheck.settings`; the server is that of the account whose id is ``check_account``, else
    the address ``check_server``. Keys are never here.
    """

    appearance: Appearance = Appearance.SYSTEM
    drafts_folder: str = ""
    writing_family: str = ""
    writing_points: float = 14.0
    measure: int = 72
    check_links: bool = True
    show_clicks: bool = True
    check_timeout: float = 20.0
    link_age: int = 60
    allow_private: bool = False
    watch_links: bool = False
    ask_archive: bool = False
    archive: str = "https://archive.org"
    reputation: tuple[str, ...] = ()
    team_list: str = ""
    name_servers: str = ""
    check_where: str = "local"
    check_account: str = ""
    check_server: str = ""

    @property
    def folder(self) -> Path:
        """The folder of drafts in use."""
        return Path(self.drafts_folder) if self.drafts_folder else default_drafts_folder()


def default_drafts_folder() -> Path:
    """The folder proposed to a new writer; made only when the first draft is saved."""
    documents = Path.home() / "Documents"
    return (documents if documents.is_dir() else Path.home()) / "Newsletters"


def _one_of_appearances(value: Any) -> Appearance:
    return Appearance(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    if "\0" in value:
        raise ValueError("not a name")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError("no list")
    return tuple(dict.fromkeys(_text(each) for each in value))


def _one_of(*words: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value not in words:
            raise ValueError(f"none of {', '.join(words)}")
        return str(value)

    return check


def is_archive(address: str) -> bool:
    """Whether an archive may have this address: encrypted, or on this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
        return False
    is_here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return parts.scheme == "https" or (parts.scheme == "http" and is_here)


def _archive(value: Any) -> str:
    if not is_archive(_text(value)):
        raise ValueError("no address of an archive")
    return str(value)


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def _between(low: float, high: float) -> Callable[[Any], float]:
    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError("not a number")
        if not low <= value <= high:
            raise ValueError(f"not between {low:g} and {high:g}")
        return float(value)

    return check


def _whole_between(low: int, high: int) -> Callable[[Any], int]:
    return lambda value: int(_between(low, high)(value))


_CHECKS: Final[dict[str, Callable[[Any], Any]]] = {
    "appearance": _one_of_appearances,
    "drafts_folder": _text,
    "writing_family": _text,
    "writing_points": _between(*POINTS),
    "measure": _whole_between(*MEASURE),
    "check_links": _yes_or_no,
    "show_clicks": _yes_or_no,
    "check_timeout": _between(*TIMEOUT),
    "link_age": _whole_between(*LINK_AGE),
    "allow_private": _yes_or_no,
    "watch_links": _yes_or_no,
    "ask_archive": _yes_or_no,
    "archive": _archive,
    "reputation": _texts,
    "team_list": _text,
    "name_servers": _text,
    "check_where": _one_of("local", "server", "server_or_local"),
    "check_account": _text,
    "check_server": _text,
}


@dataclass
class Store:
    """Reads and writes the settings file.

    ``complaints`` says in plain words what of the file could not be used.
    """

    path: Path = field(default_factory=lambda: config_dir() / "settings.json")
    complaints: list[str] = field(default_factory=list)
    _kept: dict[str, Any] = field(default_factory=dict)

    def load(self) -> Settings:
        """The settings of the file; defaults where it has none or nonsense."""
        self.complaints = []
        try:
            self._kept = stored.read_object(self.path)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "the file is damaged"
            self.complaints.append(
                f"Your settings could not be read ({why}), so the usual ones are used."
            )
            self._set_aside()
            return Settings()
        chosen: dict[str, Any] = {}
        for name, check in _CHECKS.items():
            if name not in self._kept:
                continue
            try:
                chosen[name] = check(self._kept[name])
            except ValueError as error:
                self.complaints.append(f"The setting “{name}” was ignored: {error}.")
        return Settings(**chosen)

    def save(self, settings: Settings) -> None:
        """Write the settings.

        Raises:
            OSError: the file cannot be written; the old one stays.
        """
        self._kept = {**self._kept, **asdict(settings), "version": VERSION}
        stored.write_object(self.path, self._kept)

    def _set_aside(self) -> None:
        """Keep an unreadable file beside the new one, for whoever wants to mend it."""
        self._kept = {}
        try:
            self.path.replace(self.path.with_suffix(".unreadable.json"))
        except OSError as error:
            why = error.strerror or type(error).__name__
            self.complaints.append(f"The old settings file could not be set aside: {why}.")


def changed(old: Settings, new: Settings) -> set[str]:
    """The names of the settings that differ."""
    return {f.name for f in fields(Settings) if getattr(old, f.name) != getattr(new, f.name)}
