"""The author's HTML, made safe: no script, no frame, no form, no style that fetches or covers.

What is left is what mail clients show anyway. The rules work on the fragment that the author
wrote, before it goes into the template, because the template's own comments for Outlook must stay.
"""

import logging
import re
from functools import cache
from html import escape, unescape

import nh3

log = logging.getLogger(__name__)

MAX_DEPTH = 256
"""Elements nested deeper are unwrapped and their text kept: browsers stop at 512 too, and parsers
written in C overflow their stack somewhere above."""

_TAGS = nh3.ALLOWED_TAGS | {"font", "big", "section", "main", "address", "tfoot"}

# "title" too: the head of a complete HTML newsletter is not text for its readers.
_REMOVED_WITH_CONTENT = frozenset(
    {"script", "style", "title", "noscript", "template", "iframe", "object", "textarea", "select"}
)

_BOX = {"align", "valign", "width", "height", "bgcolor"}
_ATTRIBUTES = {
    **{tag: set(names) - {"cite"} for tag, names in nh3.ALLOWED_ATTRIBUTES.items()},
    "*": {"style", "title", "lang", "dir", "id", "align", "data-line"},
    "a": {"href", "hreflang", "name", "data-do-not-track"},
    "font": {"color", "face", "size"},
    "img": {"src", "alt", "width", "height", "align", "border"},
    "table": {"border", "cellpadding", "cellspacing", "role", *_BOX},
    "tr": _BOX,
    "td": {"colspan", "rowspan", "nowrap", *_BOX},
    "th": {"colspan", "rowspan", "scope", "nowrap", *_BOX},
    "ol": {"start", "type", "reversed"},
    "li": {"value"},
    "details": {"open"},
}

# Only the renderer's own classes: another one could take on the template's rules.
_CLASSES = {
    "span": {"template"},
    "table": {"data"},
    "li": {"task"},
    "sup": {"footnote-ref"},
    "section": {"footnotes"},
    "a": {"footnote-backref"},
}

# Nothing that takes a URL, places outside the flow, or animates.
_STYLE_PROPERTIES = {
    *("color", "background", "background-color"),
    *("direction", "unicode-bidi", "vertical-align", "white-space"),
    *("font", "font-family", "font-size", "font-style", "font-variant", "font-weight"),
    *("letter-spacing", "line-height", "word-spacing", "word-break", "overflow-wrap"),
    *("text-align", "text-decoration", "text-indent", "text-transform"),
    *("width", "height", "max-width", "min-width", "max-height", "min-height"),
    *("margin", "margin-top", "margin-right", "margin-bottom", "margin-left"),
    *("padding", "padding-top", "padding-right", "padding-bottom", "padding-left"),
    *("border", "border-top", "border-right", "border-bottom", "border-left"),
    *("border-color", "border-style", "border-width", "border-radius"),
    *("border-collapse", "border-spacing", "table-layout", "list-style-type", "display"),
    *("float", "clear"),
}

# What these give is a number or a colour; any other function might fetch or run something.
_FUNCTIONS = {
    *("calc", "min", "max", "clamp", "rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch"),
    *("oklab", "oklch", "color-mix"),
}
_STYLE = re.compile(r'(<[a-z][^<>]*? style=")([^"]*[(\\][^"]*)(?=")')
_DECLARATION = re.compile(r"""(?:[^;"']|"[^"]*"|'[^']*')+""")
_STRING = re.compile(r""""[^"]*"|'[^']*'""")
_CALL = re.compile(r"([\w-]*)\(")
_FILE_SERVER = re.compile(r"\s*(?:\\|/\\)")

MOST_GROWTH = 20
"""How many times its length cleaned HTML may be: elements left open in one paragraph are opened
again in all that follow, so that a page of them would become gigabytes."""

_IMAGE_DATA = re.compile(r"data:image/(?:png|jpeg|gif|webp);", re.IGNORECASE)

_TAG = re.compile(
    r"<!-->|<!--->|<!--.*?(?:--!?>|\Z)|<(/?)([a-zA-Z][a-zA-Z0-9:-]*)[^<>]*>?", re.DOTALL
)
# Elements without content, and those whose end tag HTML lets one leave out: neither nest by
# themselves.
_FLAT_NAMES = (
    "area base br col embed hr img input link meta source wbr "
    "p li dt dd tr td th thead tbody tfoot option html head body"
)
_FLAT = frozenset(_FLAT_NAMES.split())


def sanitise(html: str) -> str:
    """A well-formed HTML fragment with nothing in it that acts.

    Elements left open are closed at the end. ``data:`` is left only where it is a picture. Where
    the cleaner itself fails, or what it makes is out of all proportion, its source is the text.
    """
    try:
        cleaned = _STYLE.sub(_harmless, _cleaner().clean(flatten(html)))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - a panic in Rust is no Exception
        log.error("Sanitising failed with %s; the source is shown", type(error).__name__)
        return _source(html)
    return cleaned if len(cleaned) <= MOST_GROWTH * len(html) + 1_000 else _source(html)


def _source(html: str) -> str:
    return f"<p>{escape(html)}</p>"


def flatten(html: str, max_depth: int = MAX_DEPTH) -> str:
    """The fragment with the tags of elements nested deeper than ``max_depth`` left out."""
    if html.count("<") <= max_depth:
        return html
    depth = 0

    def keep(match: re.Match[str]) -> str:
        nonlocal depth
        name = match[2]
        if name is None or name.lower() in _FLAT:
            return match[0]
        if match[1]:
            depth = max(depth - 1, 0)
            return match[0] if depth < max_depth else ""
        depth += 1
        return match[0] if depth <= max_depth else ""

    return _TAG.sub(keep, html)


def _filter_attribute(tag: str, name: str, value: str) -> str | None:
    """Refuses ``data:`` URLs, except those of pictures in ``<img src>``, and file servers."""
    if name not in ("href", "src"):
        return value
    if _FILE_SERVER.match(value):
        return None
    if not value.lstrip()[:5].lower().startswith("data:"):
        return value
    return value if tag == "img" and _IMAGE_DATA.match(value.lstrip()) else None


def _harmless(match: re.Match[str]) -> str:
    """A style of cleaned HTML without the declarations that call what may fetch or run."""
    kept = [each for each in _DECLARATION.findall(unescape(match[2])) if _is_harmless(each)]
    return match[1] + escape(";".join(kept), quote=False).replace('"', "&quot;")


def _is_harmless(declaration: str) -> bool:
    bare = _STRING.sub("", declaration)
    return "\\" not in bare and all(name.lower() in _FUNCTIONS for name in _CALL.findall(bare))


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(_REMOVED_WITH_CONTENT),
        attributes=_ATTRIBUTES,
        attribute_filter=_filter_attribute,
        allowed_classes=_CLASSES,
        filter_style_properties=_STYLE_PROPERTIES,
        url_schemes={"http", "https", "mailto", "tel", "sms", "data"},
        url_relative="pass_through",
        link_rel=None,
        strip_comments=True,
    )
