"""The letter that the dialog shows: the email itself, made in a thread. Plain Python."""

from dataclasses import dataclass
from pathlib import Path

from app.markup import Document
from app.paths import resources_dir
from app.publish import (
    EmailTemplate,
    Publication,
    SnippetError,
    TemplateError,
    fill_snippets,
    parse_template,
    reader_of,
    render_email,
)
from app.publish.checking import Problem
from app.publish.look import Look, compose
from app.publish.shelf import Shelf


@dataclass(frozen=True, slots=True)
class AtHand:
    """The draft that the writer is at; ``text`` is None where there is none."""

    folder: Path
    text: str | None = None
    path: Path | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be shown.

    Attributes:
        text: The draft; None for the sample.
        folder: Where the draft's snippets and pictures lie.
        template: Choices, or the HTML of a page as it is typed.
        name: The template's.
        falls_back: Where the template would not work, show it as it was stored when it did.
    """

    text: str | None
    folder: Path | None
    template: Look | str
    name: str
    falls_back: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """The email's HTML (None: it stays as it is), and what is wrong with the template."""

    html: str | None
    problems: tuple[Problem, ...] = ()


def make(wanted: Wanted) -> Made:
    """The email in this template, or what is wrong with the template; for any thread."""
    problems: tuple[Problem, ...] = ()
    template: EmailTemplate | None
    try:
        template = _template(wanted)
    except TemplateError as error:
        problems = error.places
        if not wanted.falls_back:
            return Made(None, problems)
        template = _stored(wanted.name)
    document = Document.from_text(_text(wanted))
    return Made(render_email(document, Publication(template=template)), problems)


def sample() -> str:
    """A letter with all that letters have."""
    return (resources_dir() / "email" / "sample.md").read_text(encoding="utf-8")


def _template(wanted: Wanted) -> EmailTemplate:
    if isinstance(wanted.template, Look):
        return compose(wanted.template, wanted.name)
    return parse_template(wanted.template, wanted.name)


def _stored(name: str) -> EmailTemplate | None:
    """The template as it last worked; None, for the built-in one, where it never did."""
    try:
        return Shelf().template(name)
    except TemplateError:
        return None


def _text(wanted: Wanted) -> str:
    if wanted.text is None:
        return sample()
    if wanted.folder is None:
        return wanted.text
    try:
        return fill_snippets(wanted.text, reader_of(wanted.folder))
    except SnippetError:
        return wanted.text  # pre-flight names it; the letter shows the tag
