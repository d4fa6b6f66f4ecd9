"""What holds for all issues of a publication, which is a folder of drafts; kept in the data folder.

Previews, exports, hand-over and ``sendoff render`` ask `publication_for`.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from app.drafts import atomic
from app.markup import Document
from app.paths import data_dir
from app.publish.campaign import Issue, utm_of
from app.publish.letter import letter_of
from app.publish.publication import Publication, PublicationError
from app.publish.shelf import Shelf

FILE = "publications.json"
_LARGEST = 4_000_000
_OPENING = 20_000
"""Characters of a draft in which its subject is."""


class HabitsError(PublicationError):
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


def publication_for(text: str, draft: Path | None) -> Publication:
    """How a draft's letter is made: what its publication's folder keeps, filled in for it.

    Reads files: in the app, for any thread but the window's.

    Args:
        text: The draft's.
        draft: Its file; None where it has none yet.

    Raises:
        PublicationError: the publication's template is gone or would not work, or its choices
            cannot be read; the message says so in plain words.
    """
    return publication_with(habits_of(draft.parent if draft else None), draft, text)


def publication_with(habits: Habits, draft: Path | None, text: str) -> Publication:
    """`publication_for` with other choices than those that are kept. Raises TemplateError."""
    utm = None
    if habits.utm:
        subject = letter_of(Document.from_text(text[:_OPENING])).subject
        issue = Issue(subject, draft.stem if draft else "")
        utm = utm_of(habits.source, habits.medium, habits.campaign, issue)
    return Publication(
        base_url=habits.base_url,
        utm=utm,
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
