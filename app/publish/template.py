"""Templates of the letter that a writer can edit: one file of HTML with a few named slots.

A slot is written ``{{ slot: body }}``. The built-in template is composed of the files in
``resources/email`` and copied for the writer as one self-contained file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Template as Parts

from app.paths import data_dir, resources_dir
from app.publish.checking import Problem, problems_of
from app.publish.publication import PublicationError

PHONE = "(max-width: 620px)"
DARK = "(prefers-color-scheme: dark)"
"""The media that the phone's and the dark rules are for."""

SLOTS = {
    "body": "the issue itself, with its title; needed, once",
    "subject": "the subject, for <title>",
    "preheader": "the hidden line that inboxes show",
    "language": "the language, for lang",
    "direction": "ltr or rtl, for dir",
    "start": "left or right: the side that lines begin at, for align",
}

LARGEST = 200_000
"""Bytes of a template that are read; Gmail cuts a whole letter at 102,400."""

BUILT_IN = "letter"

WIDTH = 600
"""Pixels of the built-in template."""
MARGINS = 96
"""Pixels between a letter's sheet and its text, both sides together."""

_SLOT = re.compile(r"\{\{\s*slot:\s*([\w-]+)\s*\}\}")
_TABLE_WIDTH = re.compile(r"""<table\b[^<>]*?\swidth=["']?([3-9]\d\d)["'\s>]""", re.IGNORECASE)
_DECLARATION = re.compile(r"([\w-]+)\s*:\s*([^;{}]+?)\s*(?=;|\})")
_NOTE = """\
<!-- A template of Sendoff. The slots in double braces are filled in for each issue; "body" must
stay. Style sheets become style attributes, except those marked data-css-inline="ignore". -->
"""


class TemplateError(PublicationError):
    """A template that cannot be used.

    Attributes:
        problems: Why, a plain sentence each.
        places: The same with their lines.
    """

    def __init__(self, name: str, places: tuple[Problem, ...]) -> None:
        self.places = places
        self.problems = tuple(str(each) for each in places)
        super().__init__(f"{name}: " + " ".join(self.problems))


@dataclass(frozen=True, slots=True)
class EmailTemplate:
    """A valid template; see `parse_template`."""

    name: str
    text: str = field(repr=False)

    def fill(self, values: Mapping[str, str]) -> str:
        """The page, with each slot's HTML in its place; other merge tags stay."""
        text = self.text.replace(_NOTE, "", 1)
        return _SLOT.sub(lambda match: values[match[1]], text)

    @property
    def room(self) -> int:
        """Pixels for the issue between the margins, as far as the template's tables tell."""
        widths = [int(found) for found in _TABLE_WIDTH.findall(self.text)]
        return (min(widths) if widths else WIDTH) - MARGINS


def parse_template(text: str, name: str) -> EmailTemplate:
    """A template that will work.

    Raises:
        TemplateError: it would not.
    """
    problems = problems_of(text, _SLOT, tuple(SLOTS))
    if problems:
        raise TemplateError(name, problems)
    return EmailTemplate(name, text)


def read_template(path: Path) -> EmailTemplate:
    """The template in a file.

    Raises:
        TemplateError: it cannot be read, or would not work.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise TemplateError(path.name, (_too_large(),))
        return parse_template(data.decode("utf-8-sig"), path.stem)
    except UnicodeDecodeError as error:
        raise TemplateError(path.name, (Problem("It is not text in UTF-8."),)) from error
    except OSError as error:
        why = Problem(f"It cannot be read: {error.strerror}.")
        raise TemplateError(path.name, (why,)) from error


def templates_dir() -> Path:
    """Where the writer's templates are, ``*.html``."""
    return data_dir() / "email-templates"


def copy_built_in(folder: Path | None = None) -> Path:
    """Put the built-in template where the writer can edit it; a copy that is there stays."""
    path = (folder or templates_dir()) / f"{BUILT_IN}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(built_in().text)
    except FileExistsError:
        pass
    return path


@cache
def built_in() -> EmailTemplate:
    """The template that comes with the app."""
    word = f"<!--[if mso]><style>\n{sheet('outlook')}</style><![endif]-->"
    page = Parts(page_source()).substitute(**slots(), **page_parts(word, style_elements()))
    return EmailTemplate(BUILT_IN, noted(page))


def slots() -> dict[str, str]:
    """Each slot as it is written in a template."""
    return {name: f"{{{{ slot: {name} }}}}" for name in SLOTS}


def page_parts(
    head: str, styles: str, *, width: int = WIDTH, header: str = "", footer: str = ""
) -> dict[str, str]:
    """What `page_source` wants besides the slots: HTML, and the letter's width in pixels."""
    return {
        "head": head,
        "styles": styles,
        "width": str(width),
        "header": header,
        "footer": footer,
    }


def noted(page: str) -> str:
    """A template with the words for whoever edits it; `EmailTemplate.fill` leaves them out."""
    return page.replace("<head>\n", f"<head>\n{_NOTE}", 1)


@cache
def page_source() -> str:
    """The page around a letter, in the parts of `string.Template`."""
    return _file("letter.html")


@cache
def sheet(name: str) -> str:
    """One of the letter's style sheets."""
    return _file(f"{name}.css")


def style_elements(day: str = "", dark: str = "", phone: str = "") -> str:
    """Rules that are inlined, and those that cannot be: for media, and for Outlook on the web.

    Args:
        day: Rules that win over the built-in ones.
        dark: The same for dark mode, a rule a line.
        phone: The same for phones, a rule a line.
    """
    # What comes first is not worth its bytes in each attribute, or cannot be in one.
    root, body, rules = sheet("letter").partition("body.letter")
    small = [*sheet("phone").splitlines(), *phone.splitlines()]
    narrow = "\n".join(f"  {_important(rule)}" for rule in small)
    night = [*sheet("dark").strip().splitlines(), *dark.splitlines()]
    media = "\n".join(f"  {_important(rule)}" for rule in night)
    outlook = "\n".join(rule for each in night for rule in _for_outlook(each))
    return (
        f"<style>\n{body}{rules}{sheet('email')}{day}</style>\n"
        f'<style data-css-inline="ignore">\n{root}a:hover {{ text-decoration: none; }}\n'
        f"@media {PHONE} {{\n{narrow}\n}}\n</style>\n"
        f'<style data-css-inline="ignore">\n@media {DARK} {{\n{media}\n}}\n{outlook}\n</style>'
    )


def _important(rule: str) -> str:
    """A rule that wins over the style attributes that inlining made."""
    return _DECLARATION.sub(r"\1: \2 !important", rule)


def _for_outlook(rule: str) -> list[str]:
    """A dark rule as Outlook.com applies it: it marks elements whose colours it changed.

    ``data-ogsc`` stands for text and lines, ``data-ogsb`` for backgrounds.
    """
    selectors, _, declarations = rule.partition("{")
    marks: dict[str, list[str]] = {}
    for name, value in _DECLARATION.findall(declarations):
        mark = "data-ogsb" if name.startswith("background") else "data-ogsc"
        marks.setdefault(mark, []).append(f"{name}: {value} !important;")
    return [
        ", ".join(f"[{mark}] {each.strip()}" for each in selectors.split(","))
        + f" {{ {' '.join(found)} }}"
        for mark, found in marks.items()
    ]


def _too_large() -> Problem:
    return Problem(f"It is larger than {LARGEST // 1000} KB.")


def _file(name: str) -> str:
    return (resources_dir() / "email" / name).read_text(encoding="utf-8")
