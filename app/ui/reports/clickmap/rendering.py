"""The text as HTML with a badge on each link: from sanitised HTML only."""

import re
from collections.abc import Sequence
from html import escape, unescape

from app.engagement.providers import IssueText
from app.engagement.reports.click_map import Spot
from app.markup import Document
from app.publish import Letter, letter_of, segments, title_html
from app.publish.email import DARK, preview_page
from app.publish.letter import UNDETERMINED
from app.publish.sanitise import sanitise

# What the sanitiser writes: attributes in double quotes, every element closed.
_LINK = re.compile(r"""<a(?=[\s>])((?:[^>"]|"[^"]*")*)>|</a>""")
_HREF = re.compile(r"""\shref="([^"]*)\"""")

_NO_FRAME = """
.margin, .content { padding: 0; }
.sheet { background: none; border-radius: 0; }
table.sheet { max-width: none !important; }
"""


def sanitised(text: IssueText, subject: str) -> tuple[Letter, str]:
    """A text's frame and its body, in which nothing acts."""
    if not text.is_markdown:
        return Letter(subject, "", "", UNDETERMINED, "ltr"), sanitise(text.content)
    document = Document.from_text(text.content)
    letter = letter_of(document)
    return letter, title_html(letter) + "\n".join(each.html for each in segments(document))


def hrefs(body: str) -> list[str]:
    """The addresses of a sanitised body's links, in its order."""
    return [unescape(found) for each in _LINK.finditer(body) if (found := _href(each)) is not None]


def badged(body: str, spots: Sequence[Spot | None]) -> str:
    """A sanitised body with the figures of each of its links, as `hrefs` tells them."""
    left = iter(spots)
    within: list[Spot | None] = []  # a table lets a link stand in a link

    def dress(match: re.Match[str]) -> str:
        if match[0] == "</a>":
            spot = within.pop() if within else None
            return _badge(spot) + "</a>" if spot is not None else "</a>"
        within.append(None if _href(match) is None else next(left))
        spot = within[-1]
        return match[0] if spot is None else f"<a{_marks(spot)}{match[1]}>"

    return _LINK.sub(dress, body)


def page(letter: Letter, body: str, style: str, *, dark: bool, framed: bool = True) -> str:
    """The whole page, in a light or dark mail program's looks; a mail that has looks of its own
    wants no frame around it.
    """
    style += "" if framed else _NO_FRAME
    style += f":root {{ color-scheme: {'dark' if dark else 'light'}; }}\n"
    made = preview_page(letter, body, images="'self' data:", extra_styles=style)
    return made.replace(f'media="{DARK}"', f'media="{"all" if dark else "not all"}"')


def _href(match: re.Match[str]) -> str | None:
    if match[1] is None:
        return None
    found = _HREF.search(match[1])
    return None if found is None else found[1]


def _marks(spot: Spot) -> str:
    told = escape(spot.title)
    return f' class="spot heat-{spot.heat}" data-number="{spot.link}" title="{told}"'


def _badge(spot: Spot) -> str:
    return f'<span class="badge" aria-label="{escape(spot.title)}">{escape(spot.badge)}</span>'
