"""Style sheets into ``style`` attributes, by css-inline (Rust, html5ever).

Its parser goes down one call for each element that others contain, and a thread's stack ends the
process (html5ever issue 290): some 600 elements deep on a stack of 512 KB, nearly 10,000 on 8 MB.
So it only gets documents far below that, whose every element is closed in order, so that the tree
is no deeper than the tags say. All others keep their style sheet, which most clients know as well.
"""

import logging
import re

from app.publish.tags import EMPTY, Tag, rewrite

log = logging.getLogger(__name__)

MAX_DEPTH = 160
"""Elements within each other that css-inline is given."""
MAX_SIZE = 2_000_000
"""Characters of a document that css-inline is given; Gmail cuts a letter at 102,400 bytes."""
MAX_ELEMENTS = 30_000

_KEPT = re.compile(r'<style data-css-inline="ignore">(.*?)</style>', re.DOTALL)
_TEXT_TAG = re.compile(
    r"<!--.*?-->|<[a-zA-Z/!](?:[^<>\"]|\"[^\"]*\")*+>"
    r"|(\{\{[^<]{1,400}?\}\}|\{%[^<]{1,400}?%\}|\*\|[^|<>]{1,200}\|\*)",
    re.DOTALL,
)
_HELD = re.compile(r"<!--held:(\d+)-->")


def inline_styles(html: str) -> str:
    """A complete document with its style sheets inlined.

    ``<style data-css-inline="ignore">`` stays as it is. Where the document is not fit for
    css-inline, or css-inline fails, the style sheets stay.
    """
    if not fit(html):
        return _ready(html)
    try:
        return _inlined(html)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # noqa: BLE001 - a panic in Rust is no Exception
        log.error("Inlining styles failed with %s; they stay in the head", type(error).__name__)
        return _ready(html)


def inline_fragment(html: str, sheet: str) -> str:
    """A well-formed piece of HTML with a style sheet inlined; as it is where that is not safe."""
    if not fit(html):
        return html
    try:
        import css_inline

        kept: list[str] = []
        inliner = css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)
        inlined = inliner.inline_fragment(_hold_tags(html, kept), sheet)
        return _HELD.sub(lambda match: kept[int(match[1])], inlined)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # noqa: BLE001 - a panic in Rust is no Exception
        log.error("Inlining styles failed with %s; they are left out", type(error).__name__)
        return html


def fit(html: str) -> bool:
    """Whether a document is small, shallow and well-formed enough for css-inline."""
    if len(html) > MAX_SIZE:
        return False
    stack: list[str] = []
    count = deepest = 0
    ordered = True

    def look(tag: Tag) -> str:
        nonlocal count, deepest, ordered
        count += 1
        if tag.is_end:
            ordered = ordered and bool(stack) and stack.pop() == tag.name
        elif tag.name not in EMPTY:
            stack.append(tag.name)
            deepest = max(deepest, len(stack))
        return ""

    rewrite(html, look)
    return ordered and not stack and deepest <= MAX_DEPTH and count <= 2 * MAX_ELEMENTS


def _inlined(html: str) -> str:
    import css_inline

    kept: list[str] = []

    def hold(sheet: re.Match[str]) -> str:
        kept.append(f"<style>{sheet[1]}</style>")
        return f"<!--held:{len(kept) - 1}-->"

    head, body_start, body = html.partition("<body")
    head = _KEPT.sub(hold, head)
    body = _hold_tags(body, kept)
    inliner = css_inline.CSSInliner(
        load_remote_stylesheets=False, keep_style_tags=False, minify_css=True
    )
    inlined = inliner.inline(head + body_start + body)
    inlined = _HELD.sub(lambda match: kept[int(match[1])], inlined)
    return "<!doctype html>\n<html" + inlined.partition("<html")[2] + "\n"


def _hold_tags(body: str, kept: list[str]) -> str:
    """Merge tags in text become comments: a parser moves text that stands between table rows."""

    def hold(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        kept.append(match[1])
        return f"<!--held:{len(kept) - 1}-->"

    return _TEXT_TAG.sub(hold, body)


def _ready(html: str) -> str:
    return html.replace('<style data-css-inline="ignore">', "<style>")
