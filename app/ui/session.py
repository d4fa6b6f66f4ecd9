"""Where the writer was: restored when the app starts again.

Apart from the settings, because losing it costs nothing. Whatever in the file makes no sense is
left out without a word.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from app.linkcheck.verdict import Status
from app.paths import config_dir
from app.ui import stored

T = TypeVar("T", bool, int, str)
LARGEST = 2**31 - 1
LONGEST_PATH = 4096


@dataclass(frozen=True, slots=True)
class Place:
    """Where the writer was in one draft; lines and columns are 0-based, ``top`` is the first
    line on the screen.
    """

    path: str
    line: int = 0
    column: int = 0
    top: int = 0


@dataclass(frozen=True, slots=True)
class ReportsPlace:
    """What was looked at in the reports: a tab, or an issue where one is named.

    ``columns`` are the shown ones of the list; ``sort`` is the one it is sorted by, with a minus
    for the largest first. Empty ones mean the usual.
    """

    tab: str = "issues"
    account: str = ""
    issue: str = ""
    columns: tuple[str, ...] = ()
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """The window and the open drafts.

    ``geometry`` is Qt's, in hexadecimal. ``columns`` are the widths of drafts panel, editor and
    right-hand side, ``rows`` the heights of preview and inspector, both in logical pixels.
    ``zoom`` and ``preview_zoom`` are in percent.
    """

    geometry: str = ""
    columns: tuple[int, ...] = ()
    columns_with_preview: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()
    drafts_shown: bool = True
    preview_shown: bool = False
    preview_phone: bool = False
    preview_dark: bool = False
    preview_zoom: int = 100
    inspector_shown: bool = True
    inspector_page: str = "links"
    zoom: int = 100
    open: tuple[Place, ...] = ()
    current: str = ""
    health: Mapping[str, tuple[float, dict[str, int]]] = field(default_factory=dict)
    room: str = "write"
    reports: ReportsPlace = ReportsPlace()


def path() -> Path:
    """The file of the session."""
    return config_dir() / "session.json"


def load(source: Path) -> Session:
    """The session in a file; a fresh one where there is none that can be used."""
    try:
        found = stored.read_object(source)
    except (OSError, ValueError):
        return Session()
    default = Session()
    return Session(
        geometry=_typed(found, "geometry", default.geometry),
        columns=_sizes(found.get("columns")),
        columns_with_preview=_sizes(found.get("columns_with_preview")),
        rows=_sizes(found.get("rows")),
        drafts_shown=_typed(found, "drafts_shown", default.drafts_shown),
        preview_shown=_typed(found, "preview_shown", default.preview_shown),
        preview_phone=_typed(found, "preview_phone", default.preview_phone),
        preview_dark=_typed(found, "preview_dark", default.preview_dark),
        preview_zoom=max(50, min(300, _typed(found, "preview_zoom", default.preview_zoom))),
        inspector_shown=_typed(found, "inspector_shown", default.inspector_shown),
        inspector_page=_typed(found, "inspector_page", default.inspector_page),
        zoom=max(50, min(400, _typed(found, "zoom", default.zoom))),
        open=_places(found.get("open")),
        current=_typed(found, "current", default.current),
        health=_health(found.get("health")),
        room=_typed(found, "room", default.room),
        reports=_reports(found.get("reports")),
    )


def save(session: Session, target: Path) -> None:
    """Write the session.

    Raises:
        OSError: it cannot be written.
    """
    stored.write_object(target, asdict(session))


def _typed(found: dict[str, Any], name: str, default: T) -> T:
    value = found.get(name, default)
    return value if type(value) is type(default) else default


def _is_count(value: Any) -> bool:
    """Whether this is a number that Qt can take."""
    return type(value) is int and 0 <= value <= LARGEST


def _sizes(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(map(_is_count, value)):
        return ()
    return tuple(value)


def _places(value: Any) -> tuple[Place, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(place for item in value if (place := _place(item)) is not None)


def _place(item: Any) -> Place | None:
    if not isinstance(item, dict) or not isinstance(item.get("path"), str):
        return None
    if not 0 < len(item["path"]) <= LONGEST_PATH or "\0" in item["path"]:
        return None
    line, column, top = (item.get(name, 0) for name in ("line", "column", "top"))
    if not all(map(_is_count, (line, column, top))):
        return Place(item["path"])
    return Place(item["path"], line, column, top)


def _reports(value: Any) -> ReportsPlace:
    if not isinstance(value, dict):
        return ReportsPlace()
    words = {name: _typed(value, name, "") for name in ("tab", "account", "issue", "sort")}
    columns = value.get("columns")
    if not isinstance(columns, list) or not all(isinstance(each, str) for each in columns):
        columns = []
    return ReportsPlace(columns=tuple(columns), **words)


def _health(value: Any) -> dict[str, tuple[float, dict[str, int]]]:
    """What was last known of the links of drafts, by path: (the file's time, links by status)."""
    if not isinstance(value, dict):
        return {}
    known: dict[str, tuple[float, dict[str, int]]] = {}
    for name, item in value.items():
        match item:
            case [int() | float() as when, dict() as counts]:
                known[name] = (float(when), _counts(counts))
    return known


def _counts(found: dict[str, Any]) -> dict[str, int]:
    statuses = {status.value for status in Status}
    return {name: n for name, n in found.items() if name in statuses and _is_count(n)}
