"""Template tags and merge tags: what a platform fills in when the issue is sent.

Liquid and Jinja (``{{ x }}``, ``{% x %}``), Hugo shortcodes (``{{< x >}}``), Mailchimp
(``*|X|*``), ERB (``<%= x %>``), Salesforce (``%%x%%``), Ghost (``%%{x}%%``), MailerLite (``{$x}``).
"""

import re

TAG = re.compile(
    r"\{\{[^\n]{0,400}?\}\}|\{%[^\n]{0,400}?%\}|\*\|[^|\n]{1,200}\|\*|<%[^\n]{0,400}?%>"
    r"|%%[A-Za-z_][\w.]{0,99}%%|%%\{[^{}\n]{1,200}\}%%|\{\$[\w.]{1,99}\}"
)
"""One tag, anywhere in text. The lengths are bounded so that unclosed ones cost little."""

TAG_LINE = re.compile(r"[ \t]*(?:\{%(?:[^%\n]|%(?!\}))*%\}[ \t]*)+")
"""A line that holds nothing but ``{% … %}`` tags."""

INCLUDE = re.compile(r"\{%-?\s*(?:include|include_relative|render)\b|\{\{[<%]?\s*partial\b")
"""A tag that brings text of another file, and with it perhaps reference definitions."""

_ENCODED = re.compile(
    r"%7B%7B.{0,400}%7D%7D|%25%25%7B.{0,200}%7D%25%25|%7B%25.{0,400}%25%7D|\*%7C.{0,200}%7C\*",
    re.IGNORECASE,
)
_PLACEHOLDER_HOST = re.compile(r"(?:[a-zA-Z][\w+.-]*:)?//[^/?#]{0,200}?[{\[<$][^/?#]{0,200}?[}\]>]")
_WHOLE_PLACEHOLDER = re.compile(r"\{[A-Za-z_][\w.]*\}|\[[A-Za-z_]+\]")


def has_tag(destination: str) -> bool:
    """Whether a destination, as written or percent-encoded, is filled in when sent."""
    if not any(mark in destination for mark in "{%*[<"):
        return False
    return bool(
        TAG.search(destination)
        or _ENCODED.search(destination)
        or _PLACEHOLDER_HOST.match(destination)
        or _WHOLE_PLACEHOLDER.fullmatch(destination)
    )
