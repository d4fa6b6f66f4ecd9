"""The addresses of a letter's links and pictures: absolute, and with what tells where from."""

import re
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import quote, urljoin, urlsplit

from app.markup.template import has_tag
from app.publish.tags import Tag, rewrite

_PARAMETER = re.compile(r"(?:^|[&;])utm_[a-z]+(?:=|&|$)", re.IGNORECASE)
_UNSUBSCRIBE = re.compile(
    r"unsub|opt[-_]?out|sign[-_]?off|(?:manage|email|mail)[-_]?(?:preferences|settings|subscription)"
    r"|abmelde|abbestell|desabonn|désabonn|desuscri|desinscri|disiscri|uitschrijv",
    re.IGNORECASE,
)
_WORDS = re.compile(r"(?:[^<]|<(?!/a>))*+", re.IGNORECASE)
_VALUES = {name: re.compile(rf'(\s{name}=)"[^"]*"', re.IGNORECASE) for name in ("href", "src")}
_MARKUP = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Utm:
    """What a website's statistics are told of a visitor (Google Analytics' five parameters).

    Empty ones are left out.
    """

    source: str = ""
    medium: str = "email"
    campaign: str = ""
    term: str = ""
    content: str = ""

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters that say something, in Google's order."""
        names = ("source", "medium", "campaign", "term", "content")
        found = ((f"utm_{name}", getattr(self, name)) for name in names)
        return [(name, value) for name, value in found if value]


def with_utm(url: str, utm: Utm) -> str:
    """A web address with the parameters behind its query and before its fragment.

    Not touched: what is no http(s) address, is filled in by the platform, unsubscribes, or has
    such parameters already. The rest of the address stays as it is, character for character.
    """
    if not url[:8].lower().startswith(("http://", "https://")) or has_tag(url):
        return url
    if _UNSUBSCRIBE.search(url):
        return url
    address, hash_sign, fragment = url.partition("#")
    before, _, query = address.partition("?")
    if _PARAMETER.search(query):
        return url
    added = "&".join(f"{name}={quote(value, safe='')}" for name, value in utm.pairs())
    if not added:
        return url
    path = before if before.count("/") > 2 else before + "/"
    joint = "" if not query or query.endswith("&") else "&"
    return f"{path}?{query}{joint}{added}{hash_sign}{fragment}"


def absolute(url: str, base: str) -> str:
    """An address as it works in an inbox; unchanged where no base is known or it needs none."""
    if url.startswith("//"):
        return f"https:{url}"
    if not base or not url or url.startswith("#") or has_tag(url):
        return url
    try:
        return url if urlsplit(url).scheme else urljoin(base, url)
    except ValueError:
        return url


def mend_links(html: str, *, base: str = "", utm: Utm | None = None) -> str:
    """HTML whose links and pictures have the addresses that readers need."""

    def mend(tag: Tag) -> str:
        name = {"a": "href", "area": "href", "img": "src"}.get(tag.name)
        old = tag.attributes.get(name) if name else None
        if name is None or not old:
            return tag.source
        new = absolute(old, base)
        if utm and name == "href" and not _unsubscribes(html, tag):
            new = with_utm(new, utm)
        if new == old:
            return tag.source
        # The rest of the tag stays: a template is not written as the cleaner writes.
        value = escape(new, quote=False).replace('"', "&quot;")
        return _VALUES[name].sub(lambda match: f'{match[1]}"{value}"', tag.source, count=1)

    return rewrite(html, mend)


def unsubscribes(words: str) -> bool:
    """Whether a link with these words leads out of the list, so that nothing is added to it."""
    return _UNSUBSCRIBE.search(words) is not None


def _unsubscribes(html: str, tag: Tag) -> bool:
    words = _WORDS.match(html, tag.end, tag.end + 400)
    return bool(words and unsubscribes(unescape(_MARKUP.sub("", words[0]))))
