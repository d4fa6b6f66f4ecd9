"""The look of a letter in plain choices: colours, fonts, width, what stands above and below.

No HTML is needed for it. `compose` makes a template of the choices, which goes the same way as one
that a writer wrote by hand.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from string import Template as Parts
from typing import Any

from app.markup import Document
from app.publish.clients import for_clients
from app.publish.colours import is_colour, readable_on
from app.publish.segments import segments, without_lines
from app.publish.template import (
    MARGINS,
    EmailTemplate,
    noted,
    page_parts,
    page_source,
    sheet,
    slots,
    style_elements,
)

FONTS = {
    "serif": 'Georgia, Charter, "Iowan Old Style", "Palatino Linotype", Palatino, serif',
    "book": '"Palatino Linotype", Palatino, "Book Antiqua", "Iowan Old Style", Georgia, serif',
    "times": '"Times New Roman", Times, serif',
    "sans": '"Segoe UI", -apple-system, BlinkMacSystemFont, Roboto, "Helvetica Neue", Arial,'
    " sans-serif",
    "arial": "Arial, Helvetica, sans-serif",
    "humanist": 'Verdana, Geneva, "DejaVu Sans", sans-serif',
    "trebuchet": '"Trebuchet MS", "Lucida Grande", "Lucida Sans Unicode", sans-serif',
    "mono": 'Consolas, Menlo, "Courier New", monospace',
}
"""Fonts that readers have: mail programs load none (caniemail.com, css-at-font-face)."""

WIDTHS = (480, 720)
"""The narrowest and the widest letter, in pixels."""
SIZES = (14, 22)
"""The smallest and the largest text, in pixels."""
LONGEST = 10_000
"""Characters of what stands above or below the issue."""

_SLOT = re.compile(r"\{\{\s*slot:")
_DARK_SHEET = "#1c1d1f"
_WORD_FONTS = {"sans": '"Segoe UI", Arial, sans-serif'}
"""Word takes the first name that it does not know for the end of the list."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a letter looks; the defaults are the built-in template's.

    Attributes:
        accent: The links' colour, ``#rrggbb``.
        ground: The colour around the sheet that the text stands on.
        text_font: A name of `FONTS`.
        heading_font: A name of `FONTS`.
        text_size: In pixels.
        width: The letter's, in pixels, where the screen has as many.
        header: Markdown above each issue.
        footer: Markdown below each issue: the imprint, how to unsubscribe.
    """

    accent: str = "#1d5c93"
    ground: str = "#f5f2ec"
    text_font: str = "serif"
    heading_font: str = "sans"
    text_size: int = 17
    width: int = 600
    header: str = ""
    footer: str = ""


def look_of(found: Mapping[str, Any]) -> Look:
    """The look that a file holds; a value that makes no sense is the default's."""
    checks = {
        "accent": _colour,
        "ground": _colour,
        "text_font": _font,
        "heading_font": _font,
        "text_size": lambda value: _number(value, SIZES),
        "width": lambda value: _number(value, WIDTHS),
        "header": _text,
        "footer": _text,
    }
    return Look(**{name: found[name] for name, check in checks.items() if check(found.get(name))})


def as_object(look: Look) -> dict[str, Any]:
    """What `look_of` reads."""
    return asdict(look)


def compose(look: Look, name: str) -> EmailTemplate:
    """The template that these choices make."""
    header = footer = ""
    start = "{{ slot: start }}"
    if look.header.strip():
        above = _rendered(look.header, look.width - MARGINS)
        header = f'<tr><td class="header" align="{start}">\n{above}\n</td></tr>\n'
    if look.footer.strip():
        below = _rendered(look.footer, look.width - MARGINS)
        footer = (
            f'<table role="presentation" width="{look.width}" align="center" cellpadding="0"'
            f' cellspacing="0" border="0" style="width:100%;max-width:{look.width}px;">\n'
            f'<tr><td class="footer" align="center">\n{below}\n</td></tr>\n</table>\n'
        )
    parts = page_parts(
        head=_for_word(look),
        styles=style_elements(_day(look), _dark(look), _PHONE if header or footer else ""),
        width=look.width,
        header=header,
        footer=footer,
    )
    page = Parts(page_source()).substitute(**slots(), **parts)
    if look.ground != Look().ground:
        page = page.replace(f'bgcolor="{Look().ground}"', f'bgcolor="{look.ground}"')
    return EmailTemplate(name, noted(page))


# A phone's ground is white; see resources/email/phone.css.
_PHONE = """\
.header { padding: 22px 22px 0; }
.footer { padding: 4px 22px 28px; }
.footer, .footer a { color: #6a655c; }"""


def _day(look: Look) -> str:
    """The rules that differ from the built-in template's; they come behind those."""
    default = Look()
    rules = [sheet("look")] if look.header.strip() or look.footer.strip() else []
    text = FONTS[look.text_font]
    if look.accent != default.accent:
        rules.append(f"a {{ color: {look.accent}; }}")
    if look.ground != default.ground:
        rules.append(f"body.letter, .page {{ background: {look.ground}; }}")
    if look.text_font != default.text_font:
        cells = ".content, table.data td, td.quote, td.footnotes"
        rules.append(f"{cells} {{ font-family: {text}; }}")
    if look.heading_font != default.heading_font:
        heads = "h1, h2, h3, h4, h5, h6, table.data th"
        rules.append(f"{heads} {{ font-family: {FONTS[look.heading_font]}; }}")
    if look.text_size != default.text_size:
        rules.append(f".content {{ font-size: {look.text_size}px; }}")
    if rules and (look.header.strip() or look.footer.strip()):
        rules.append(f".header, .footer {{ font-family: {text}; }}")
        ink = readable_on("#6a655c", look.ground)
        rules.append(f".footer {{ color: {ink}; }}")
        rules.append(f".footer a {{ color: {ink}; }}")
    return "".join(f"{rule.rstrip()}\n" for rule in rules)


def _dark(look: Look) -> str:
    rules = []
    if look.accent != Look().accent:
        rules.append(f"a:not(.own) {{ color: {readable_on(look.accent, _DARK_SHEET)}; }}")
    if look.header.strip() or look.footer.strip():
        rules.append(".header, .footer, .footer a:not(.own) { color: #a6a198; }")
    return "\n".join(rules)


def _for_word(look: Look) -> str:
    """What Outlook for Windows alone reads."""
    rules = sheet("outlook")
    if look.heading_font != Look().heading_font:
        family = _WORD_FONTS.get(look.heading_font, FONTS[look.heading_font])
        rules += f"h1, h2, h3, h4, h5, h6, table.data th {{ font-family: {family}; }}\n"
    return f"<!--[if mso]><style>\n{rules}</style><![endif]-->"


def _rendered(markdown: str, room: int) -> str:
    """Markdown as mail programs show it; a slot in it would be the template's, so it is none."""
    document = Document.from_text(markdown)
    html = "\n".join(each.html for each in segments(document) if each.html)
    # A logo is rarely as wide as the letter.
    made = for_clients(without_lines(html), room=room, widens=False).strip()
    return _SLOT.sub(lambda found: found[0].replace(":", "&#58;", 1), made)


def _colour(value: Any) -> bool:
    return isinstance(value, str) and is_colour(value)


def _font(value: Any) -> bool:
    return isinstance(value, str) and value in FONTS


def _number(value: Any, bounds: tuple[int, int]) -> bool:
    return type(value) is int and bounds[0] <= value <= bounds[1]


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST
