"""Merge tags: placeholders that the platform fills in for each recipient when it sends.

They must reach the platform exactly as written, but Markdown percent-encodes them in destinations
and HTML escapes them in text.
"""

import re
from urllib.parse import unquote

_TAG = re.compile(r"\{\{.{1,400}?\}\}|\{%.{1,400}?%\}|\*\|[^|<>]{1,200}\|\*|%%\{[^{}<>]{1,200}\}%%")
_ENCODED = re.compile(
    r"%7B%7B.{1,400}?%7D%7D|%25%25%7B.{1,200}?%7D%25%25|%7B%25.{1,400}?%25%7D|\*(?:%7C|\|)[A-Za-z0-9_:.-]{1,200}(?:%7C|\|)\*"
    r"|%25sendoff_unsubscribe%25",
    re.IGNORECASE,
)
_URL_ATTRIBUTE = re.compile(r'(\b(?:href|src)=")([^"]*)"')


def restore(html: str) -> str:
    """Sanitised HTML with its merge tags as the author wrote them.

    ``<`` and quotation marks stay escaped, so that no tag can open an element or end an attribute.
    """
    if "%7B" in html or "%7C" in html or "%25sendoff" in html:
        html = _URL_ATTRIBUTE.sub(_restore_url, html)
    return _TAG.sub(lambda match: match[0].replace("&gt;", ">").replace("&amp;", "&"), html)


def _restore_url(match: re.Match[str]) -> str:
    def decode(tag: re.Match[str]) -> str:
        text = unquote(tag[0])
        return text if not any(c in text for c in '"<>\n') else tag[0]

    return f'{match[1]}{_ENCODED.sub(decode, match[2])}"'
