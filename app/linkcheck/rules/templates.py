"""Recognises merge tags: places in a URL that the sending platform fills in.

The notations are those of Liquid, Jinja, Handlebars and Hugo (``{{ x }}``, ``{% x %}``),
Mailchimp (``*|X|*``), Ghost and older exports (``%%x%%``), ActiveCampaign (``%X%``), AWeber
(``{!x}``), Sendy and MailPoet (``[x]``), listmonk (``@TrackLink``), ERB (``<%= x %>``) and shell
style (``${x}``). Markdown parsers percent-encode some of these characters, so both forms count.
"""

import re

_OPEN, _CLOSE = r"(?:\{|%7[Bb])", r"(?:\}|%7[Dd])"
_PERCENT = r"(?:%25|%(?![0-9A-Fa-f]{2}))"
_PIPE = r"(?:\||%7[Cc])"
_NAME = r"[A-Za-z_][\w.\-]*"

_ANYWHERE = re.compile(
    "|".join(
        (
            rf"{_OPEN}{{2}}.*?{_CLOSE}{{2}}",
            rf"{_OPEN}{_PERCENT}.*?{_PERCENT}{_CLOSE}",
            rf"\*{_PIPE}[^|]+?{_PIPE}\*",
            rf"(?:%25|%)(?:%25|%){_OPEN}?{_NAME}{_CLOSE}?(?:%25|%)(?:%25|%)",
            rf"(?:<|%3[Cc]){_PERCENT}.*?{_PERCENT}(?:>|%3[Ee])",
            rf"\${_OPEN}.*?{_CLOSE}",
            r"@TrackLink$",
        )
    ),
    re.DOTALL,
)
_WHOLE = re.compile(
    "|".join(
        (
            rf"{_OPEN}[!$#]?{_NAME}{_CLOSE}",
            r"(?:%25|%)[A-Z][A-Z0-9_\-]{2,}(?:%25|%)",
            r"(?:\[|%5[Bb])[A-Za-z][\w:\-]*(?:\]|%5[Dd])",
            rf"{_OPEN}{{2}}.*",
        )
    ),
    re.DOTALL,
)
_IN_HOST = re.compile(rf"https?://[^/?#]*{_OPEN}[^/?#]*{_CLOSE}", re.IGNORECASE)
_SIGNS = re.compile(r"[{%*\[<@$]")


def has_merge_tag(href: str) -> bool:
    """Whether the destination, or a part of it, is only known when the issue is sent."""
    if not _SIGNS.search(href):
        return False
    return bool(_ANYWHERE.search(href) or _WHOLE.fullmatch(href) or _IN_HOST.match(href))
