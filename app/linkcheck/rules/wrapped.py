"""Addresses that only lead to another one, which they name: what mail programs, search pages and
social networks make of a link before it is copied from them.
"""

from urllib.parse import parse_qs, unquote

from app.linkcheck.urls import WebUrl, parse

_PARAMETERS = {
    "l.facebook.com/l.php": "u",
    "lm.facebook.com/l.php": "u",
    "l.instagram.com/": "u",
    "l.messenger.com/l.php": "u",
    "www.google.com/url": "q url",
    "www.youtube.com/redirect": "q",
    "www.linkedin.com/safety/go": "url",
    "www.linkedin.com/redir/redirect": "url",
    "out.reddit.com/": "url",
    "duckduckgo.com/l/": "uddg",
    "slack-redir.net/link": "url",
    "steamcommunity.com/linkfilter/": "u url",
}
"""Host and path -> the parameters that may name the page."""
_SAFE_LINKS = ".safelinks.protection.outlook.com"
_URL_DEFENSE = "/v3/__"


def unwrapped(url: WebUrl) -> str | None:
    """The page that such an address names; None for an address that is a page's own."""
    path, _, query = url.target.partition("?")
    if url.host.endswith(_SAFE_LINKS):
        return _named(query, "url")
    if url.host == "urldefense.com" and path.startswith(_URL_DEFENSE):
        inner = unquote(path.removeprefix(_URL_DEFENSE)).partition("__;")[0]
        # Signs that were taken out stand at the end, in an alphabet of its own: left alone.
        return inner if "*" not in inner and parse(inner) is not None else None
    names = _PARAMETERS.get(url.host + path)
    return _named(query, names) if names else None


def _named(query: str, names: str) -> str | None:
    values = parse_qs(query)
    for name in names.split():
        for value in values.get(name, ()):
            inner = parse(value)
            if inner is not None and not inner.is_private:
                return value
    return None
