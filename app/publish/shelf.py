"""The writer's templates: looks made of choices (``NAME.json``) and pages of HTML (``NAME.html``).

HTML that would not work is kept beside as ``NAME.unfinished``, so that no word of it is lost and
no letter is made with it.
"""

import errno
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from app.drafts import atomic
from app.publish.checking import Problem
from app.publish.look import Look, as_object, compose, look_of
from app.publish.template import (
    LARGEST,
    EmailTemplate,
    TemplateError,
    built_in,
    parse_template,
    read_template,
    templates_dir,
)

LOOK, PAGE, UNFINISHED = ".json", ".html", ".unfinished"
_NAME = re.compile(r"\w[\w .,()'-]{0,59}\Z")


class ShelfError(Exception):
    """A template could not be kept, renamed or removed; the message says why in plain words."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A template on the shelf.

    Attributes:
        name: The writer's; also the file's.
        is_look: Made of choices, without HTML.
    """

    name: str
    is_look: bool


class Shelf:
    """The templates in a folder; without one, the writer's own."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or templates_dir()

    def all(self) -> list[Kept]:
        """Every template, by name. Raises ShelfError."""
        try:
            names = sorted(os.listdir(self.folder), reverse=True)  # noqa: PTH208
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _failed(error) from error
        found: dict[str, Kept] = {}
        for each in names:
            stem, ending = os.path.splitext(each)  # noqa: PTH122
            if ending in (LOOK, PAGE, UNFINISHED) and _NAME.match(stem):
                found.setdefault(stem, Kept(stem, is_look=ending == LOOK))
        return sorted(found.values(), key=lambda each: each.name.casefold())

    def template(self, name: str) -> EmailTemplate:
        """A template by its name; the built-in one has none.

        Raises:
            TemplateError: there is none, or it would not work.
        """
        if not name:
            return built_in()
        if self._path(name, LOOK).exists():
            return compose(self.look(name), name)
        if not self._path(name, PAGE).exists():
            raise TemplateError(name, (Problem("There is no such template."),))
        return read_template(self._path(name, PAGE))

    def look(self, name: str) -> Look:
        """The choices of a look.

        Raises:
            TemplateError: it cannot be read.
        """
        try:
            data = atomic.read_all(self._path(name, LOOK))
            found = json.loads(data.decode("utf-8")) if len(data) <= LARGEST else None
        except (ValueError, RecursionError) as error:
            raise TemplateError(name, (Problem("Its file does not hold choices."),)) from error
        except OSError as error:
            why = Problem(f"It cannot be read: {error.strerror}.")
            raise TemplateError(name, (why,)) from error
        if not isinstance(found, dict):
            raise TemplateError(name, (Problem("Its file does not hold choices."),))
        return look_of(found)

    def page(self, name: str) -> str:
        """The HTML of a page as the writer left it, finished or not.

        Raises:
            TemplateError: it cannot be read.
        """
        for ending in (UNFINISHED, PAGE):
            try:
                return atomic.read_all(self._path(name, ending)).decode("utf-8-sig", "replace")
            except FileNotFoundError:
                continue
            except OSError as error:
                why = Problem(f"It cannot be read: {error.strerror}.")
                raise TemplateError(name, (why,)) from error
        raise TemplateError(name, (Problem("There is no such template."),))

    # changes

    def keep_look(self, name: str, look: Look) -> None:
        """Store the choices of a look. Raises ShelfError."""
        self._put(self._path(name, LOOK), json.dumps(as_object(look), ensure_ascii=False, indent=2))

    def keep_page(self, name: str, text: str) -> tuple[Problem, ...]:
        """Store HTML: in the template's place where it works, else beside it.

        Returns:
            What keeps it from working.

        Raises:
            ShelfError: it cannot be kept.
        """
        try:
            if len(text.encode("utf-8", "replace")) > LARGEST:
                words = f"It is larger than {LARGEST // 1000} KB."
                raise TemplateError(name, (Problem(words),))
            parse_template(text, name)
        except TemplateError as error:
            self._put(self._path(name, UNFINISHED), text)
            return error.places
        self._put(self._path(name, PAGE), text)
        self._remove(self._path(name, UNFINISHED))
        return ()

    def free_name(self, wanted: str) -> str:
        """The name, or with a number behind it the first that no template has."""
        wanted = wanted.strip() or "Letter"
        taken = {each.name.casefold() for each in self.all()}
        numbered = (wanted if n == 1 else f"{wanted} {n}" for n in count(1))
        return next(name for name in numbered if name.casefold() not in taken)

    def duplicate(self, kept: Kept) -> Kept:
        """A copy under a free name. Raises ShelfError or TemplateError."""
        copy = Kept(self.free_name(f"{kept.name[:48]} copy"), kept.is_look)
        if kept.is_look:
            self.keep_look(copy.name, self.look(kept.name))
            return copy
        for ending in (PAGE, UNFINISHED):
            if self._path(kept.name, ending).exists():
                self._put(self._path(copy.name, ending), _text(self._path(kept.name, ending)))
        return copy

    def rename(self, kept: Kept, name: str) -> Kept:
        """Give a template another name. Raises ShelfError."""
        name = name.strip()
        if not _NAME.match(name):
            raise ShelfError(
                "A name has letters, digits, blanks and hyphens, at most 60, and begins with a"
                " letter or a digit."
            )
        if name == kept.name:
            return kept
        others = {each.name.casefold() for each in self.all()} - {kept.name.casefold()}
        if name.casefold() in others:
            raise ShelfError(f"There is a template “{name}” already.")
        for path in self._files(kept.name):
            try:
                atomic.rename_to_free_name(path, self._path(name, path.suffix))
                atomic.sync_folder(self.folder)
            except OSError as error:
                raise _failed(error) from error
        return Kept(name, kept.is_look)

    def trash(self, kept: Kept) -> None:
        """Move a template to the system's trash. Raises ShelfError."""
        from send2trash import send2trash

        for path in self._files(kept.name):
            try:
                send2trash(os.fspath(path))
            except OSError as error:
                raise ShelfError(
                    f"“{kept.name}” could not be moved to the trash: {_why(error)}."
                ) from error

    def _files(self, name: str) -> Iterable[Path]:
        paths = [self._path(name, ending) for ending in (LOOK, PAGE, UNFINISHED)]
        return [path for path in paths if path.exists()]

    def _path(self, name: str, ending: str) -> Path:
        if not _NAME.match(name):
            raise TemplateError(name, (Problem("This cannot be the name of a template."),))
        return self.folder / f"{name}{ending}"

    def _put(self, path: Path, text: str) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic.put(path, text.encode("utf-8", "replace"))
        except OSError as error:
            raise _failed(error) from error

    def _remove(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _failed(error) from error


def _text(path: Path) -> str:
    try:
        return atomic.read_all(path).decode("utf-8-sig", "replace")
    except OSError as error:
        raise _failed(error) from error


def _failed(error: OSError) -> ShelfError:
    return ShelfError(f"The template could not be kept: {_why(error)}.")


def _why(error: OSError) -> str:
    return error.strerror or os.strerror(error.errno or errno.EIO)
