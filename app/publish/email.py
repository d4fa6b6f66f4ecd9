"""The complete documents: the email itself, the page of the preview, and the plain-text part."""

__all__ = [
    "DARK",
    "PHONE",
    "body_html",
    "letter_page",
    "opening",
    "preview_page",
    "render_email",
    "render_marked",
    "render_preview",
    "render_text",
    "segment_html",
    "template_page",
    "title_html",
]

import re
from dataclasses import replace
from html import escape
from string import Template

from app.markup import Document
from app.publish.characters import harmless
from app.publish.clients import for_clients
from app.publish.inline import inline_styles
from app.publish.letter import UNDETERMINED, Letter, letter_of
from app.publish.links import mend_links
from app.publish.merge_tags import restore
from app.publish.publication import PLAIN, Publication
from app.publish.sanitise import sanitise
from app.publish.segments import PreviewModel, Segment, segments, without_lines
from app.publish.template import (
    DARK,
    PHONE,
    EmailTemplate,
    built_in,
    page_parts,
    page_source,
    sheet,
)
from app.publish.text import text_of

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
"""What the preview's page may do (Content Security Policy): look like something."""

OPENING_BLOCKS = 8
"""Blocks of the draft that have a say in its first words."""
_OPENING_SOURCE = 20_000
_OPENING_HTML = 4000
"""Characters of a segment, before and after it is sanitised, in which its first words are."""
_NO_TEXT = re.compile(r"<(style|title|script)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_ADDRESS = re.compile(r" ?<[^<>\s]+>|^[=-]{3,}$|^[ >]+", re.MULTILINE)

_SEGMENT_MARK = "<!--segment-->"
_MARK_OF_SEGMENT = re.compile(_SEGMENT_MARK)
_NOBODYS = Letter(subject="", preheader="", title="", language=UNDETERMINED, direction="ltr")
_HEAD = re.compile(r"<head\b[^<>]*>", re.IGNORECASE)
_HEAD_END = re.compile(r"</head\s*>", re.IGNORECASE)

# Keeps the text that follows from being shown behind the preheader in the inbox.
_SPACER = "&#8199;&#847; " * 60


def render_email(document: Document, publication: Publication = PLAIN) -> str:
    """The HTML part of the email, as one complete document."""
    letter = letter_of(document)
    room = (publication.template or built_in()).room
    body = for_clients(body_html(document, publication), publication.image_widths, room)
    return restore(inline_styles(_filled(publication, letter, body)))


def render_marked(document: Document, publication: Publication = PLAIN) -> tuple[str, list[str]]:
    """What `render_email` gives, in pieces: what stands before the first segment, then each
    segment of `segments`, whether it shows anything or not; the last has the rest of the page.
    """
    letter = letter_of(document)
    room = (publication.template or built_in()).room
    body = for_clients(
        body_html(document, publication, marked=True), publication.image_widths, room
    )
    page = restore(inline_styles(_filled(publication, letter, body)))
    head, *pieces = _MARK_OF_SEGMENT.split(page)
    return head, pieces


def render_preview(document: Document, publication: Publication = PLAIN) -> str:
    """The email as a page to look at: each segment tells its place in the draft."""
    letter = letter_of(document)
    first = 0
    pieces = []
    for segment in segments(document):
        pieces.append(segment_html(segment, first))
        first += segment.line_count
    body = title_html(letter) + "\n".join(pieces)
    if publication.template is None:
        return preview_page(letter, body, images="data:")
    body = for_clients(body, room=publication.template.room)
    return template_page(publication.template, letter, body, images="data:")


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
    styles = (
        f"<style>\n{sheet('letter')}</style>\n"
        f'<style id="phone" media="{PHONE}">\n{sheet("phone")}</style>\n'
        f'<style id="dark" media="{DARK}">\n{sheet("dark")}</style>\n'
        f"<style>\n{extra_styles}</style>"
    )
    return _page(letter, body, head=_policy(images), styles=styles)


def letter_page(*, images: str, extra_styles: str) -> str:
    """The preview's page with nothing in it yet; see `preview_page`."""
    return preview_page(_NOBODYS, "", images=images, extra_styles=extra_styles)


def template_page(
    template: EmailTemplate,
    letter: Letter | None = None,
    body: str = "",
    *,
    images: str,
    extra_styles: str = "",
) -> str:
    """The preview's page in a template; see `preview_page`.

    What the body is made of goes through `for_clients` first, as in the email. Without a letter
    the page has nothing in it yet.
    """
    values = _values(letter or _NOBODYS)
    page = template.fill(values | {"body": f'<div data-sendoff-body="">{body}</div>'})
    page = _HEAD.sub(lambda found: f"{found[0]}\n{_policy(images)}", page, count=1)
    extra = f"<style>\n{extra_styles}</style>"
    return _HEAD_END.sub(lambda found: f"{extra}\n{found[0]}", page, count=1)


def render_text(document: Document, publication: Publication = PLAIN) -> str:
    """The plain-text part of the email, with the words of a template of the writer's own."""
    letter = letter_of(document)
    body = body_html(document, publication)
    if publication.template:
        page = _filled(publication, replace(letter, preheader=""), body)
        body = _NO_TEXT.sub("", page.partition("<body")[2].partition(">")[2])
    return text_of(restore(body))


def opening(model: PreviewModel, length: int = 160) -> str:
    """The first words of the body: what an inbox shows of a letter without a preheader."""
    found = ""
    for key in model.order(OPENING_BLOCKS):
        html = sanitise(model.rendered(key).html[:_OPENING_SOURCE])[:_OPENING_HTML]
        found += " " + _ADDRESS.sub("", text_of(html))
        if len(found) > length:
            break
    return " ".join(found.split())[:length]


def body_html(document: Document, publication: Publication = PLAIN, *, marked: bool = False) -> str:
    """The title and the segments, sanitised, with the addresses that readers need.

    ``marked`` puts a comment before each segment; see `render_marked`.
    """
    title = title_html(letter_of(document))
    mark = _SEGMENT_MARK if marked else ""
    pieces: list[str] = []
    joint = ""
    for each in segments(document):
        pieces.append(f"{joint if each.html else ''}{mark}{each.html}")
        joint = joint or ("\n" if each.html else "")
    body = without_lines("".join(pieces))
    return mend_links(title + body, base=publication.base_url, utm=publication.utm)


def title_html(letter: Letter) -> str:
    """The title above the body, where the letter has one."""
    return f'<h1 class="title">{escape(harmless(letter.title))}</h1>\n' if letter.title else ""


def _filled(publication: Publication, letter: Letter, body: str) -> str:
    """The email's page, before its styles are inlined."""
    template = publication.template or built_in()
    values = _values(letter) | {"body": body}
    if not publication.template:
        return template.fill(values)
    text = harmless(template.text)
    links = mend_links(text, base=publication.base_url, utm=publication.utm)
    return EmailTemplate(template.name, links).fill(values)


def _policy(images: str) -> str:
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}img-src {images}">\n'
        '<meta name="referrer" content="no-referrer">'
    )


def _page(letter: Letter, body: str, *, head: str, styles: str) -> str:
    parts = page_parts(head=head, styles=styles)
    return Template(page_source()).substitute(_values(letter), **parts, body=body)


def _values(letter: Letter) -> dict[str, str]:
    preheader = ""
    if letter.preheader:
        words = escape(harmless(letter.preheader))
        preheader = f'<div class="preheader">{words}{_SPACER}</div>\n'
    return {
        "language": letter.language,
        "direction": letter.direction,
        "start": "right" if letter.direction == "rtl" else "left",
        "subject": escape(harmless(letter.subject)),
        "preheader": preheader,
    }
