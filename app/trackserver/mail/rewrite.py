"""An issue's HTML with tracked links and pixel; everything else stays byte for byte as it was."""

from collections.abc import Collection
from dataclasses import dataclass

from app.trackserver.mail.links import Found, trackable
from app.trackserver.mail.tags import Tag, escaped, inside, parts, tags
from app.trackserver.tokens import Keyring, Kind, Token

UNSUBSCRIBE_PLACEHOLDER = "%sendoff_unsubscribe%"
"""In the HTML: becomes the address of our unsubscribe page."""

RECIPIENT_PLACEHOLDER = "%sendoff_recipient%"
"""In the tracked HTML, where the platform has no merge tag of its own: the sender replaces it
with the value that an uploaded recipient was given."""

CLIPPED_AT = 100_000
"""Gmail shows about 102 kB and hides the rest; a pixel at the end would never be fetched."""


@dataclass(frozen=True, slots=True)
class Address:
    """Makes the tracked URLs of one issue.

    Attributes:
        base: Scheme and host, no slash at the end.
        tail: What follows the token: a merge tag, a recipient's value, or nothing (aggregate).
        unsubscribe_tail: The same for unsubscribing, which needs to know who, whatever is tracked.
        unsubscribe_token: One that names the recipient itself; nothing follows it.
    """

    keyring: Keyring
    base: str
    issue: int
    tail: str = ""
    unsubscribe_tail: str = ""
    unsubscribe_token: str = ""

    def pixel(self) -> str:
        """The URL of the picture that counts an open."""
        token = self.keyring.sign(Token(Kind.OPEN, self.issue))
        return f"{self.base}/i/{token}/{self.tail}" if self.tail else f"{self.base}/i/{token}.gif"

    def link(self, number: int) -> str:
        """The URL that counts a click and leads on."""
        return self._url("l", Token(Kind.CLICK, self.issue, link=number), self.tail)

    def unsubscribe(self) -> str:
        """The URL of the page that unsubscribes, also by one click (RFC 8058)."""
        if self.unsubscribe_token:
            return f"{self.base}/u/{self.unsubscribe_token}"
        return self._url("u", Token(Kind.UNSUBSCRIBE, self.issue), self.unsubscribe_tail)

    def _url(self, room: str, token: Token, tail: str) -> str:
        end = f"/{tail}" if tail else ""
        return f"{self.base}/{room}/{self.keyring.sign(token)}{end}"


@dataclass(frozen=True, slots=True)
class Link:
    """A link that is tracked: its number in the issue, its destination, the words on it."""

    number: int
    url: str
    text: str
    canary: bool = False


def numbered(
    html: str,
    *,
    hosts: Collection[str] = (),
    untracked: Collection[str] = (),
) -> list[tuple[Link, Found]]:
    """The links to track, numbered from 1 in their order; each use of a URL has its own number."""
    found = trackable(html, hosts=hosts, untracked=untracked)
    return [(Link(number, at.url, at.text), at) for number, at in enumerate(found, 1)]


def rewritten(
    html: str,
    links: Collection[tuple[Link, Found]],
    address: Address,
    canary: Link | None = None,
) -> str:
    """``html`` with each of ``links`` tracked, our placeholder filled and the pixel added."""
    edits = [
        (href.start, href.end, _quoted(address.link(link.number), href.quote))
        for link, found in links
        for href in found.hrefs
    ]
    edits += _unsubscribe_edits(html, address.unsubscribe())
    added = _pixel(address.pixel()) + (_canary(address.link(canary.number)) if canary else "")
    grown = len(html.encode()) + sum(len(new) - (end - start) for start, end, new in edits)
    place = _end_of_body(html) if grown + len(added) <= CLIPPED_AT else _start_of_body(html)
    return _applied(html, [*edits, (place, place, added)])


def with_unsubscribe(html: str, address: Address) -> str:
    """``html`` without tracking, only our placeholder filled."""
    return _applied(html, _unsubscribe_edits(html, address.unsubscribe()))


def _unsubscribe_edits(html: str, url: str) -> list[tuple[int, int, str]]:
    return [
        (href.start, href.end, _quoted(url, href.quote))
        for part in parts(html)
        for tag in ((part,) if isinstance(part, Tag) else inside(html, part))
        if (href := tag.attributes.get("href")) and href.raw.strip() == UNSUBSCRIBE_PLACEHOLDER
    ]


def _quoted(url: str, quote: str) -> str:
    # An unquoted value cannot hold a merge tag with blanks.
    quote = quote or '"'
    return f"{quote}{escaped(url, quote)}{quote}"


def _pixel(url: str) -> str:
    return (
        f'<img src="{escaped(url)}" width="1" height="1" alt="" border="0" '
        'style="display:block;width:1px;height:1px;border:0" />'
    )


def _canary(url: str) -> str:
    return f'<a href="{escaped(url)}" style="display:none" tabindex="-1" aria-hidden="true"></a>'


def _end_of_body(html: str) -> int:
    ends = {tag.name: tag.start for tag in tags(html) if tag.closing}
    return ends.get("body", ends.get("html", len(html)))


def _start_of_body(html: str) -> int:
    return next((tag.end for tag in tags(html) if tag.name == "body" and not tag.closing), 0)


def _applied(html: str, edits: list[tuple[int, int, str]]) -> str:
    parts = []
    place = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        parts += [html[place:start], new]
        place = end
    return "".join((*parts, html[place:]))


_EDGE = r"[^\"'&<>/\\\x00-\x20\x7f-\xa0]"
MERGE_TAG = rf"^{_EDGE}([^\"'&<>/\\\x00-\x1f\x7f-\xa0]{{0,98}}{_EDGE})?$(?!\n)"
"""What a platform's merge tag may be: it has to stand in a URL in an attribute."""
