"""Which links of an issue's HTML are tracked, and the words that a reader sees on them."""

import re
from bisect import bisect
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from app.linkcheck.urls import parse
from app.trackserver.mail.tags import Attribute, Conditional, Tag, decoded, inside, parts

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
_REACH = 20
"""How many links before and after a comment may be the same as one in it, at most."""
_OPT_OUT = "data-do-not-track"


@dataclass(frozen=True, slots=True)
class Found:
    """A link that can be tracked: where its ``href`` stands, where it leads, what it shows.

    Several ``hrefs``: the same button once more for Outlook, in a comment that only it reads.
    """

    hrefs: tuple[Attribute, ...]
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class _Link:
    href: Attribute
    url: str
    text: str
    tracked: bool


@dataclass(frozen=True, slots=True)
class _Wishes:
    hosts: Collection[str]
    untracked: Collection[str]


def trackable(
    html: str, *, hosts: Collection[str] = (), untracked: Collection[str] = ()
) -> list[Found]:
    """The links of ``html`` that may be replaced by tracked ones, in order.

    Not among them: whatever is not http or https (``mailto:``, ``tel:``, anchors, relative ones),
    links with a merge tag, links marked ``data-do-not-track``, and those below. What stands in a
    comment for Outlook belongs to the link beside it that leads to the same page, also when that
    one is not to be tracked.

    Args:
        html: The issue.
        hosts: Our own hosts: a link that is tracked already is not tracked again.
        untracked: URLs that the sender does not want tracked.
    """
    wishes = _Wishes(hosts, untracked)
    ordinary: list[Tag] = []
    for_outlook: list[Conditional] = []
    for part in parts(html):
        if isinstance(part, Tag):
            ordinary.append(part)
        else:
            for_outlook.append(part)
    seen = _links(html, ordinary, wishes, len(html))
    starts = [link.href.start for link in seen]
    hrefs = [[link.href] for link in seen]
    found: list[Found] = []
    for part in for_outlook:
        hidden = _links(html, inside(html, part), wishes, part.end)
        reach = min(len({link.url for link in hidden}), _REACH)
        alone: dict[str, list[_Link]] = {}
        for link in hidden:
            if not link.tracked:
                continue
            twin = _twin(link, seen, bisect(starts, part.start), reach)
            if twin is None:
                alone.setdefault(link.url, []).append(link)
            else:
                hrefs[twin].append(link.href)
        found += [_together(links) for links in alone.values()]
    found += [
        Found(tuple(places), link.url, link.text)
        for link, places in zip(seen, hrefs, strict=True)
        if link.tracked
    ]
    return sorted(found, key=lambda each: each.hrefs[0].start)


def _twin(link: _Link, seen: list[_Link], place: int, reach: int) -> int | None:
    """Which of the links around ``place`` is the same for other programs; those after it first."""
    after = range(place, min(place + reach, len(seen)))
    before = range(place - 1, max(place - reach, 0) - 1, -1)
    same = [each for each in (*after, *before) if seen[each].url == link.url]
    return next((each for each in same if seen[each].text == link.text), same[0] if same else None)


def _together(links: list[_Link]) -> Found:
    """A button's shape and the link in it."""
    text = next((link.text for link in links if link.text), "")
    return Found(tuple(link.href for link in links), links[0].url, text)


def _links(html: str, found: Iterable[Tag], wishes: _Wishes, end: int) -> list[_Link]:
    """Those among some tags, with what is shown up to ``end``."""
    links: list[_Link] = []
    waiting: _Text | None = None
    for tag in found:
        if waiting is not None and tag.name in ("a", "body", "html", waiting.name):
            links[-1] = waiting.link(html[waiting.place : tag.start])
            waiting = None
        if waiting is not None:
            waiting.pass_over(html, tag)
        shape = tag.name.startswith("v:")
        if tag.closing or not (shape or tag.name in ("a", "area")) or "href" not in tag.attributes:
            continue
        url = _destination(tag, wishes.hosts)
        if url is None:
            continue
        links.append(
            _Link(tag.attributes["href"], url, _alternative(tag), _wanted(tag, url, wishes))
        )
        if tag.name != "area":
            waiting = _Text(links[-1], tag)
    if waiting is not None:
        links[-1] = waiting.link(html[waiting.place : end])
    return links


class _Text:
    """Gathers what is shown between ``<a>`` and ``</a>``."""

    def __init__(self, link: _Link, tag: Tag) -> None:
        self._link = link
        self.name = tag.name
        self.place = tag.end
        self._parts: list[str] = []

    def pass_over(self, html: str, tag: Tag) -> None:
        """Take the text before ``tag``, and a picture's alternative text."""
        self._parts.append(_shown(html[self.place : tag.start]))
        if tag.name == "img":
            self._parts.append(_alternative(tag))
        elif tag.name in ("br", "td", "p", "div"):
            self._parts.append(" ")
        self.place = tag.end

    def link(self, rest: str) -> _Link:
        """The link with its text, which ends with ``rest``."""
        text = _BLANKS.sub(" ", "".join((*self._parts, _shown(rest)))).strip()
        return replace(self._link, text=text[:LONGEST_TEXT])


def _shown(source: str) -> str:
    return decoded(_COMMENT.sub("", source))


def _alternative(tag: Tag) -> str:
    alt = tag.attributes.get("alt")
    return alt.value[:LONGEST_TEXT] if alt else ""


def _destination(tag: Tag, hosts: Collection[str]) -> str | None:
    written = _written(tag)
    if not written or len(written) > LONGEST_URL or has_merge_tag(written):
        return None
    parsed = parse(written)
    if parsed is None or len(parsed.href) > LONGEST_URL or parsed.host in hosts:
        return None
    return parsed.href


def _wanted(tag: Tag, url: str, wishes: _Wishes) -> bool:
    """Whether the sender wants it tracked."""
    opt_out = tag.attributes.get(_OPT_OUT)
    if opt_out is not None and opt_out.raw.strip().lower() != "false":
        return False
    return url not in wishes.untracked and _written(tag) not in wishes.untracked


def _written(tag: Tag) -> str:
    return tag.attributes["href"].value.strip("\t\n\f\r ")


def has_merge_tag(text: str) -> bool:
    """Whether a sending platform would fill in something here."""
    return _MERGE_TAG.search(text) is not None
