"""What a page says of itself: looked for with patterns, since a hostile page need not be parsed."""

import html
import re
from dataclasses import dataclass

from app.linkcheck.urls import WebUrl

_TITLE = re.compile(r"<title[^<>]*>([^<]{0,500})", re.IGNORECASE)
_META = re.compile(r"<meta\b([^<>]*)>", re.IGNORECASE)
_REFRESHES = re.compile(r"http-equiv\s*=\s*[\"']?refresh", re.IGNORECASE)
_CONTENT = re.compile(r"content\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_UNREAD = re.compile(r"<(script|style|noscript|template|svg)\b", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_SPACE = re.compile(r"\s+")
_CHARSET = re.compile(rb"<meta[^<>]+charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)

_SOFT_404 = re.compile(
    r"""^\W*(?:
        (?:error\s*)?404(?:\s*error)?(?:\W+(?:error|(?:page\s+|file\s+)?not\s+found).*)? |
        (?:error\s+)?404\s*[-–—:|]\s*.* |
        (?:page|file|document|content|article|post)\s+not\s+found(?:\s*(?:[-–—:|(]|\b404\b).*)? |
        not\s+found(?:\s*[-–—:|]\s*.*)? |
        (?:this|the|that)\s+page\s+(?:could\s+not|can(?:'|’)?t|cannot)\s+be\s+found.* |
        (?:this|the|that)\s+page\s+(?:does\s+not|doesn(?:'|’)t)\s+exist.* |
        .{1,60}\s[-–—:|]\s+(?:error\s+)?(?:404|(?:404\W+)?page\s+not\s+found|404\s+not\s+found) |
        seite\s+nicht\s+gefunden.* | page\s+(?:non\s+trouvée|introuvable).* |
        p[áa]gina\s+no\s+encontrada.* | p[áa]gina\s+n[ãa]o\s+encontrada.* |
        pagina\s+non\s+trovata.* | pagina\s+niet\s+gevonden.* | страница\s+не\s+найдена.* |
        ページが見つかりません.* | 页面不存在.*
    )\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
_ERROR_PATH = re.compile(
    r"/(?:404|error[-_]?404|404[-_]?error|(?:page[-_]?)?not[-_]?found|pagenotfound)"
    r"(?:\.(?:html?|php|aspx?))?/?$",
    re.IGNORECASE,
)
_PARKED = (
    re.compile(r"<html[^<>]+data-adblockkey=", re.IGNORECASE),
    re.compile(r"(?:img\d*\.)?sedoparking\.com|parkingcrew\.net|\bbodis\.com|parklogic\.com"),
    re.compile(r"wsimg\.com/parking-lander|window\.location\.href\s*=\s*[\"']/lander[\"']"),
    re.compile(
        r"<title>[^<]{0,80}(?:domain|\.\w{2,12})\s+(?:name\s+)?(?:is|may be)\s+for\s+sale",
        re.IGNORECASE,
    ),
)
_PARKING_HOSTS = (
    *("hugedomains.com", "dan.com", "sedo.com", "sedoparking.com", "afternic.com"),
    *("parkingcrew.net", "bodis.com", "domainmarket.com", "buydomains.com", "undeveloped.com"),
)
_MOUNT = re.compile(
    r"<(?:div|main|body)\b[^<>]*\bid\s*=\s*[\"']?"
    r"(?:root|app|__next|__nuxt|___gatsby|svelte|q-app|application|react-root|main-app|mount)\b",
    re.IGNORECASE,
)
_FEW_WORDS = 40
_LONGEST_REFRESH = 10


@dataclass(frozen=True, slots=True)
class Page:
    """What was read of a page. ``whole``: to its end, not cut off by a limit."""

    text: str
    whole: bool

    @property
    def title(self) -> str:
        """The title in plain text, ``""`` where there is none."""
        match = _TITLE.search(self.text)
        return _SPACE.sub(" ", html.unescape(match.group(1))).strip() if match else ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return self.whole and not self.text.strip()

    @property
    def is_error_page(self) -> bool:
        """Whether the title plainly says "not found"."""
        return bool(_SOFT_404.match(self.title))

    @property
    def is_parked(self) -> bool:
        """Whether it carries the marks of a parked domain's page."""
        return any(pattern.search(self.text) for pattern in _PARKED)

    @property
    def refresh(self) -> str | None:
        """Where a meta refresh sends the reader within seconds, as written."""
        for meta in _META.finditer(_without_comments(self.text)):
            if _REFRESHES.search(meta.group(1)):
                content = _CONTENT.search(meta.group(1))
                value = "" if content is None else content.group(1) or content.group(2)
                return _refresh_target(html.unescape(value or ""))
        return None

    @property
    def is_drawn_by_script(self) -> bool:
        """Whether the words a reader sees are put in by a script, as far as can be told."""
        bare = _without_unread(_without_comments(self.text))
        words = len(_TAG.sub(" ", bare).split())
        has_script = "<script" in self.text.lower()
        return has_script and (words < _FEW_WORDS or bool(_MOUNT.search(bare) and words < 200))


def _refresh_target(content: str) -> str | None:
    """The URL in ``5; url='/there'``; None where there is none or the wait is too long."""
    wait, *rest = re.split("[;,]", content, maxsplit=1)
    seconds = wait.strip().partition(".")[0]
    if not rest or not seconds.isdecimal() or int(seconds[:9]) > _LONGEST_REFRESH:
        return None
    name, equals, url = rest[0].partition("=")
    if not equals or name.strip().lower() != "url":
        url = rest[0]
    return url.strip().strip("\"'").strip() or None


def _without_comments(text: str) -> str:
    """All but HTML comments; one that never ends hides the rest. Linear, unlike a pattern."""
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        kept.append(text[at:start])
        end = text.find("-->", start + 4)
        if end < 0:
            return "".join(kept)
        at = end + 3
    kept.append(text[at:])
    return "".join(kept)


def _without_unread(text: str) -> str:
    """All but what a browser with scripts shows as no text. Linear."""
    lower = text.lower()
    kept, at = [], 0
    while (opening := _UNREAD.search(text, at)) is not None:
        kept.append(text[at : opening.start()])
        end = lower.find(f"</{opening.group(1).lower()}", opening.end())
        if end < 0:
            return " ".join(kept)
        at = end + 2
    kept.append(text[at:])
    return " ".join(kept)


def is_error_path(url: WebUrl) -> bool:
    """Whether the path itself names an error page (``/404.html``)."""
    return bool(_ERROR_PATH.search(url.target.partition("?")[0]))


def is_parking_host(host: str) -> bool:
    """Whether a host sells or parks domains: a redirect to it means that the site is gone."""
    return any(host == name or host.endswith(f".{name}") for name in _PARKING_HOSTS)


def charset(content_type: str, start: bytes) -> str:
    """The page's encoding by its header, byte order mark or meta tag; UTF-8 if none is usable."""
    if start.startswith(b"\xef\xbb\xbf"):
        return "utf-8"
    match = re.search(r"charset\s*=\s*[\"']?([\w-]+)", content_type, re.IGNORECASE)
    name = match.group(1) if match else ""
    if not name and (tag := _CHARSET.search(start[:1024])):
        name = tag.group(1).decode("ascii", "replace")
    try:
        "".encode(name or "utf-8")
    except LookupError:
        return "utf-8"
    return name or "utf-8"
