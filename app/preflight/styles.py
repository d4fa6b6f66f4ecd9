"""Tags of raw HTML with their attributes and inline styles, at their places in a block."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.preflight.snapshot import Part

Rgb = tuple[float, float, float]
"""Red, green and blue, each 0 to 1."""

_TAG = re.compile(
    r"<([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[^\s\"'<>/=]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?|\s*/)*)\s*>"
)
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_OPAQUE = 0.99


@dataclass(frozen=True, slots=True)
class StyledTag:
    """A start tag: offsets into the block's source, attributes and declarations in lower case."""

    name: str
    attributes: Mapping[str, str]
    style: Mapping[str, str]
    start: int
    end: int


def tags(part: Part) -> tuple[StyledTag, ...]:
    """The start tags of raw HTML in a block; found once for all rules."""
    return part.keep(StyledTag, _tags)


def styled_tags(part: Part) -> list[StyledTag]:
    """Those that have an inline style."""
    return [tag for tag in tags(part) if tag.style]


def _tags(part: Part) -> tuple[StyledTag, ...]:
    source = part.prose.source
    if "<" not in source or part.kind in ("code", "front_matter"):
        return ()
    return tuple(_tag(source, start, end) for start, end in _places(part))


def _places(part: Part) -> list[tuple[int, int]]:
    """Where start tags stand: in raw HTML, never in code or comments."""
    from app.markup import html

    places = []
    for leaf in part.leaves:
        content = leaf.inline.content
        if leaf.token.type == "html_block":
            parts = [each for each in html.tokens(content) if isinstance(each, html.Tag)]
            found = [(each.start, each.end) for each in parts if not each.closing]
        else:
            found = [
                token.meta["at"]
                for token in leaf.token.children or ()
                if token.type == "html_inline" and "at" in token.meta
            ]
        places += [part.prose.extent(leaf.span(*each)) for each in found]
    return places


def _tag(source: str, start: int, end: int) -> StyledTag:
    match = _TAG.match(source, start)
    if match is None:
        name = re.match(r"</?([\w-]*)", source[start:end])
        return StyledTag(name[1].lower() if name else "", {}, {}, start, end)
    attributes: dict[str, str] = {}
    for each in _ATTRIBUTE.finditer(match[2]):
        value = next((group for group in each.groups()[1:] if group is not None), "")
        attributes.setdefault(each[1].lower(), value)
    return StyledTag(match[1].lower(), attributes, _style(attributes.get("style", "")), start, end)


def _style(source: str) -> dict[str, str]:
    """The declarations of an inline style, the last of each name."""
    if not source.strip():
        return {}
    import tinycss2

    return {
        each.lower_name: tinycss2.serialize(each.value).strip().lower()
        for each in tinycss2.parse_declaration_list(
            source, skip_comments=True, skip_whitespace=True
        )
        if each.type == "declaration"
    }


def colours(tag: StyledTag) -> tuple[Rgb | None, Rgb | None]:
    """The colour of a tag's text and of its background, where they are plain and opaque."""
    ground = tag.style.get("background-color") or tag.style.get("background", "")
    return _colour(tag.style.get("color", "")), _colour(ground or tag.attributes.get("bgcolor", ""))


def _colour(value: str) -> Rgb | None:
    if not value:
        return None
    import tinycss2.color3

    found = tinycss2.color3.parse_color(value)
    if found is None or isinstance(found, str) or found.alpha < _OPAQUE:
        return None  # none, a gradient, the surrounding colour, or what shines through
    return found.red, found.green, found.blue
