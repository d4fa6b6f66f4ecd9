"""Which links of an issue's HTML are tracked, and the words that a reader sees on them."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from app.linkcheck.urls import parse
from app.trackserver.mail.tags import Attribute, Tag, decoded, tags

LONGEST_TEXT = 200
LONGEST_URL = 8_000

# Merge tags and template code of the sending platforms: {{ x }}, {% x %}, *|X|*, <%x%>, [[X]],
# ${x}, $[X]$, %x% (never two hexadecimal digits: that is an encoded byte), and listmonk's suffix.
_MERGE_TAG = re.compile(
    r"\{\{|\}\}|\{%|%\}|\*\||\|\*|<%|%>|\[\[|\]\]|\$\{|\$\[|#\{|%%|@TrackLink\b"
    r"|%(?![0-9A-Fa-f]{2})[A-Za-z_][\w.: -]*%"
)
_BLANKS = re.compile(r"\s+")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<[!?/][^>]*>?", re.DOTALL)
_OPT_OUT = "data-do-not-track"


@dataclass(frozen=True, slots=True)
class Found:
    """A link that can be tracked: where its ``href`` stands, where it leads, what it shows."""

    href: Attribute
    url: str
    text: str


def trackable(
    html: str, *, hosts: Collection[str] = (), untracked: Collection[str] = ()
) -> list[Found]:
    """The links of ``html`` that may be replaced by tracked ones, in order.

    Not among them: whatever is not http or https (``mailto:``, ``tel:``, anchors, relative ones),
    links with a merge tag, links marked ``data-do-not-track``, and those below.

    Args:
        html: The issue.
        hosts: Our own hosts: a link that is tracked already is not tracked again.
        untracked: URLs that the sender does not want tracked.
    """
    found: list[Found] = []
    waiting: _Text | None = None
    for tag in tags(html):
        if waiting is not None and (tag.name == "a" or tag.name in ("body", "html")):
            found[-1] = waiting.link(html[waiting.place : tag.start])
            waiting = None
        if waiting is not None:
            waiting.pass_over(html, tag)
        if tag.closing or tag.name not in ("a", "area") or "href" not in tag.attributes:
            continue
        url = _destination(tag, hosts, untracked)
        if url is None:
            continue
        found.append(Found(tag.attributes["href"], url, _alternative(tag)))
        if tag.name == "a":
            waiting = _Text(found[-1], tag.end)
    if waiting is not None:
        found[-1] = waiting.link(html[waiting.place :])
    return found


class _Text:
    """Gathers what is shown between ``<a>`` and ``</a>``."""

    def __init__(self, link: Found, place: int) -> None:
        self._link = link
        self.place = place
        self._parts: list[str] = []

    def pass_over(self, html: str, tag: Tag) -> None:
        """Take the text before ``tag``, and a picture's alternative text."""
        self._parts.append(_shown(html[self.place : tag.start]))
        if tag.name == "img":
            self._parts.append(_alternative(tag))
        elif tag.name in ("br", "td", "p", "div"):
            self._parts.append(" ")
        self.place = tag.end

    def link(self, rest: str) -> Found:
        """The link with its text, which ends with ``rest``."""
        text = _BLANKS.sub(" ", "".join((*self._parts, _shown(rest)))).strip()
        return Found(self._link.href, self._link.url, text[:LONGEST_TEXT])


def _shown(source: str) -> str:
    return decoded(_COMMENT.sub("", source))


def _alternative(tag: Tag) -> str:
    alt = tag.attributes.get("alt")
    return alt.value[:LONGEST_TEXT] if alt else ""


def _destination(tag: Tag, hosts: Collection[str], untracked: Collection[str]) -> str | None:
    opt_out = tag.attributes.get(_OPT_OUT)
    if opt_out is not None and opt_out.raw.strip().lower() != "false":
        return None
    written = tag.attributes["href"].value.strip("\t\n\f\r ")
    if not written or len(written) > LONGEST_URL or has_merge_tag(written):
        return None
    parsed = parse(written)
    if parsed is None or len(parsed.href) > LONGEST_URL or parsed.host in hosts:
        return None
    if written in untracked or parsed.href in untracked:
        return None
    return parsed.href


def has_merge_tag(text: str) -> bool:
    """Whether a sending platform would fill in something here."""
    return _MERGE_TAG.search(text) is not None
