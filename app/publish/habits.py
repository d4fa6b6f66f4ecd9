"""What holds for all issues of a publication, which is a folder of drafts; kept in the data folder.

Previews, exports, hand-over and ``sendoff render`` ask `publication_of`.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from app.drafts import atomic
from app.paths import data_dir
from app.publish.campaign import Issue, utm_of
from app.publish.letter import Letter
from app.publish.publication import Publication
from app.publish.shelf import Shelf

FILE = "publications.json"
_LARGEST = 4_000_000


class HabitsError(Exception):
    """The file of the publications cannot be read or written; the message says why."""


@dataclass(frozen=True, slots=True)
class Habits:
    """A publication's choices.

    Attributes:
        template: A name on the `Shelf`; empty for the built-in one.
        utm: Whether links tell where a visitor is from.
        source: ``utm_source``; this and the next two may hold the fields of `campaign.FIELDS`.
        medium: ``utm_medium``.
        campaign: ``utm_campaign``.
        base_url: What relative links are relative to.
    """

    template: str = ""
    utm: bool = False
    source: str = "newsletter"
    medium: str = "email"
    campaign: str = "{slug}"
    base_url: str = ""


def habits_of(folder: Path | None) -> Habits:
    """The choices of the publication in a folder; a draft without one has the usual ones.

    Raises:
        HabitsError: the file of the publications cannot be read.
    """
    return _habits(_read().get(_key(folder))) if folder is not None else Habits()


def keep_habits(folder: Path, habits: Habits) -> None:
    """Store the choices of the publication in a folder.

    Raises:
        HabitsError: they cannot be stored.
    """
    kept = {**_read(), _key(folder): asdict(habits)}
    try:
        _path().parent.mkdir(parents=True, exist_ok=True)
        atomic.put(_path(), json.dumps(kept, ensure_ascii=False, indent=2).encode("utf-8"))
    except OSError as error:
        raise HabitsError(f"The choices could not be kept: {error.strerror}.") from error


def rename_template(old: str, new: str) -> None:
    """A template has another name (none: it is gone); its publications follow.

    Raises:
        HabitsError: they cannot be stored.
    """
    for folder, found in _read().items():
        habits = _habits(found)
        if habits.template == old:
            keep_habits(Path(folder), replace(habits, template=new))


def publication_of(draft: Path | None, letter: Letter) -> Publication:
    """How the letters of a draft's publication are made.

    Args:
        draft: The draft's file; None where it has none yet.
        letter: Its frame, for the campaign's name.

    Raises:
        TemplateError: the publication's template is gone, or would not work.
        HabitsError: the choices cannot be read.
    """
    return made(habits_of(draft.parent if draft else None), draft, letter)


def made(habits: Habits, draft: Path | None, letter: Letter) -> Publication:
    """`publication_of` with other choices than those that are kept. Raises TemplateError."""
    issue = Issue(letter.subject, draft.stem if draft else "")
    return Publication(
        base_url=habits.base_url,
        utm=utm_of(habits.source, habits.medium, habits.campaign, issue) if habits.utm else None,
        template=Shelf().template(habits.template) if habits.template else None,
    )


def _habits(found: Any) -> Habits:
    """What a file says; a value that makes no sense is the default's."""
    if not isinstance(found, Mapping):
        return Habits()
    usual = asdict(Habits())
    known = {
        name: found[name]
        for name, default in usual.items()
        if type(found.get(name)) is type(default)
    }
    return Habits(**known)


def _read() -> dict[str, Any]:
    try:
        data = atomic.read_all(_path())
        found = json.loads(data.decode("utf-8")) if len(data) <= _LARGEST else None
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise HabitsError(f"The choices cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise HabitsError(f"{_path()} does not hold choices: mend or remove it.") from error
    if not isinstance(found, dict):
        raise HabitsError(f"{_path()} does not hold choices: mend or remove it.")
    return found


def _path() -> Path:
    return data_dir() / FILE


def _key(folder: Path) -> str:
    return os.path.realpath(folder)
