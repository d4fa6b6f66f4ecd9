"""The complete documents: the email itself, the page of the preview, and the plain-text part."""

import re
from functools import cache
from html import escape
from string import Template

from app.markup import Document
from app.paths import resources_dir
from app.publish.letter import UNDETERMINED, Letter, letter_of
from app.publish.merge_tags import restore
from app.publish.sanitise import sanitise
from app.publish.segments import PreviewModel, Segment, segments, without_lines
from app.publish.text import text_of

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
"""What the preview's page may do (Content Security Policy): look like something."""

PHONE = "(max-width: 620px)"
DARK = "(prefers-color-scheme: dark)"
"""The media that the phone's and the dark rules are for."""

OPENING_BLOCKS = 8
"""Blocks of the draft that have a say in its first words."""
_OPENING_SOURCE = 20_000
_OPENING_HTML = 4000
"""Characters of a segment, before and after it is sanitised, in which its first words are."""
_ADDRESS = re.compile(r" ?<[^<>\s]+>|^[=-]{3,}$|^[ >]+", re.MULTILINE)

# Keeps the text that follows from being shown behind the preheader in the inbox.
_SPACER = "&#8199;&#847; " * 60


def render_email(document: Document) -> str:
    """The HTML part of the email, as one complete document."""
    letter = letter_of(document)
    body = _body(document)
    phone = f"@media {PHONE} {{\n{_sheet('phone')}}}\n"
    sheets = (_sheet("letter") + phone, _dark_sheets())
    styles = "\n".join(f"<style>\n{sheet}</style>" for sheet in sheets)
    return restore(_page(letter, title_html(letter) + without_lines(body), head="", styles=styles))


def render_preview(document: Document) -> str:
    """The email as a page to look at: each segment tells its place in the draft."""
    letter = letter_of(document)
    first = 0
    pieces = []
    for segment in segments(document):
        pieces.append(segment_html(segment, first))
        first += segment.line_count
    return preview_page(letter, title_html(letter) + "\n".join(pieces), images="data:")


def segment_html(segment: Segment, first_line: int) -> str:
    """A segment in the element that makes it known; its lines count from ``first_line``."""
    return (
        f'<div class="segment" data-key="{segment.key}" data-first="{first_line}" '
        f'data-lines="{segment.line_count}">{segment.html}</div>'
    )


def preview_page(letter: Letter, body: str, *, images: str, extra_styles: str = "") -> str:
    """The preview's page around a body.

    Args:
        letter: The frame of the issue.
        body: Sanitised HTML.
        images: The sources (in the words of a Content Security Policy) that images may have.
        extra_styles: A style sheet of the page's own.
    """
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}img-src {images}">\n'
        '<meta name="referrer" content="no-referrer">'
    )
    styles = (
        f"<style>\n{_sheet('letter')}</style>\n"
        f'<style id="phone" media="{PHONE}">\n{_sheet("phone")}</style>\n'
        f'<style id="dark" media="{DARK}">\n{_sheet("dark")}</style>\n'
        f"<style>\n{extra_styles}</style>"
    )
    return _page(letter, body, head=head, styles=styles)


def letter_page(*, images: str, extra_styles: str) -> str:
    """The preview's page with nothing in it yet; see `preview_page`."""
    letter = Letter(subject="", preheader="", title="", language=UNDETERMINED, direction="ltr")
    return preview_page(letter, "", images=images, extra_styles=extra_styles)


def render_text(document: Document) -> str:
    """The plain-text part of the email."""
    letter = letter_of(document)
    body = _body(document)
    return text_of(restore(title_html(letter) + body))


def opening(model: PreviewModel, length: int = 160) -> str:
    """The first words of the body: what an inbox shows of a letter without a preheader."""
    found = ""
    for key in model.order(OPENING_BLOCKS):
        html = sanitise(model.rendered(key).html[:_OPENING_SOURCE])[:_OPENING_HTML]
        found += " " + _ADDRESS.sub("", text_of(html))
        if len(found) > length:
            break
    return " ".join(found.split())[:length]


def _body(document: Document) -> str:
    return "\n".join(each.html for each in segments(document) if each.html)


def title_html(letter: Letter) -> str:
    """The title above the body, where the letter has one."""
    return f'<h1 class="title">{escape(letter.title)}</h1>\n' if letter.title else ""


def _page(letter: Letter, body: str, *, head: str, styles: str) -> str:
    preheader = ""
    if letter.preheader:
        preheader = f'<div class="preheader">{escape(letter.preheader)}{_SPACER}</div>\n'
    return _template().substitute(
        language=letter.language,
        direction=letter.direction,
        start="right" if letter.direction == "rtl" else "left",
        subject=escape(letter.subject),
        preheader=preheader,
        head=head,
        styles=styles,
        body=body,
    )


@cache
def _template() -> Template:
    return Template(_file("letter.html"))


@cache
def _sheet(name: str) -> str:
    return _file(f"{name}.css")


@cache
def _dark_sheets() -> str:
    """The dark rules, for clients that know the media query and for Outlook.com's attribute."""
    rules = _sheet("dark").strip().splitlines()
    media = "\n".join(f"  {rule}" for rule in rules)
    outlook = "\n".join(_for_outlook(rule) for rule in rules)
    return f"@media {DARK} {{\n{media}\n}}\n{outlook}\n"


def _for_outlook(rule: str) -> str:
    selectors, _, declarations = rule.partition("{")
    marked = ", ".join(f"[data-ogsc] {selector.strip()}" for selector in selectors.split(","))
    return f"{marked} {{{declarations}"


def _file(name: str) -> str:
    return (resources_dir() / "email" / name).read_text(encoding="utf-8")
