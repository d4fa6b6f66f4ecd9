"""The tags of HTML that the cleaner or css-inline wrote, one after another.

Both write what the HTML standard's serialisation gives: attributes in double quotes, ``<`` in text
escaped. So one expression finds every tag, and whatever is not one stays byte for byte.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape

_TAG = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][a-zA-Z0-9:]*)((?:[^<>\"]|\"[^\"]*\")*+)>", re.DOTALL)
_ATTRIBUTE = re.compile(r'([^\s="/]+)(?:="([^"]*)")?')

_EMPTY_NAMES = "area base br col embed hr img input link meta source wbr"
EMPTY = frozenset(_EMPTY_NAMES.split())
"""Elements without content (HTML, section 13.1.2)."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag.

    Attributes:
        name: In lower case.
        is_end: ``</name>``.
        attributes: Unescaped, in order; empty for an end tag.
        source: As written.
        end: The offset behind it.
    """

    name: str
    is_end: bool
    attributes: dict[str, str]
    source: str
    end: int


def rewrite(html: str, change: Callable[[Tag], str]) -> str:
    """The HTML with each tag replaced by what ``change`` makes of it; comments stay."""

    def replaced(match: re.Match[str]) -> str:
        name = match[2]
        if name is None:
            return match[0]
        attributes = {} if match[1] else _attributes(match[3])
        return change(Tag(name.lower(), bool(match[1]), attributes, match[0], match.end()))

    return _TAG.sub(replaced, html)


def start_tag(name: str, attributes: dict[str, str]) -> str:
    """A start tag with its attributes escaped."""
    return f"<{name}{''.join(f' {key}={_quoted(value)}' for key, value in attributes.items())}>"


def _quoted(value: str) -> str:
    return '"' + escape(value, quote=False).replace('"', "&quot;") + '"'


def _attributes(source: str) -> dict[str, str]:
    return {name.lower(): unescape(value) for name, value in _ATTRIBUTE.findall(source)}
