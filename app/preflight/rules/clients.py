"""What mail programs leave out: by Can I email's data, and what none of them shows."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from app.markup import LinkKind, Span
from app.preflight.finding import Remark, Severity
from app.preflight.rule import BlockRule, DraftRule, Fact, Facts, Setting
from app.preflight.snapshot import Frame, Part
from app.preflight.styles import StyledTag, tags
from app.preflight.support import support
from app.speech import mark, say

_IMAGES = {
    ".webp": "image-webp", ".avif": "image-avif", ".svg": "image-svg", ".apng": "image-apng",
    ".heic": "image-heif", ".heif": "image-heif", ".tif": "image-tiff", ".tiff": "image-tiff",
}  # fmt: skip
_ELEMENTS = {
    "audio": "html-audio", "video": "html-video", "svg": "html-svg", "dialog": "html-dialog",
    "meter": "html-meter", "progress": "html-progress", "select": "html-select",
    "textarea": "html-textarea", "map": "html-image-maps", "ruby": "html-ruby",
}  # fmt: skip
_ATTRIBUTES = {"background": "html-background", "popover": "html-popover", "srcset": "html-srcset"}
_PROPERTIES = {
    "animation": "css-animation", "background-image": "css-background-image",
    "clip-path": "css-clip-path", "column-count": "css-column-count", "filter": "css-filter",
    "mix-blend-mode": "css-mix-blend-mode", "opacity": "css-opacity", "position": "css-position",
    "transform": "css-transform", "writing-mode": "css-writing-mode",
}  # fmt: skip
_VALUES = (
    (re.compile(r"(?<![\w.])\d*\.?\d+rem\b"), "css-unit-rem"),
    (re.compile(r"(?<![\w.])\d*\.?\d+vw\b"), "css-unit-vw"),
    (re.compile(r"(?<![\w.])\d*\.?\d+vh\b"), "css-unit-vh"),
    (re.compile(r"\bcalc\("), "css-unit-calc"),
    (re.compile(r"\bvar\("), "css-variables"),
    (re.compile(r"\blinear-gradient\("), "css-linear-gradient"),
)
_LOST = frozenset(
    [*_IMAGES.values(), "image-base64", "html-audio", "html-video", "html-svg", "html-image-maps"]
)
"""Where the feature is missing, readers miss what it shows, not only how it looks."""
_REMOVED = frozenset(["script", "iframe", "object", "embed", "applet", "canvas", "form"])
_NOT_SHOWN = mark("{feature}: not shown by {programs} (Can I email, tested {year}).")
_LEFT_OUT = mark("{feature}: left out by {programs} (Can I email, tested {year}).")
_CODE_KINDS = frozenset(["code", "front_matter"])


def _uses(part: Part) -> Fact | None:
    """The first use of each feature in a block."""
    found: dict[str, Span] = {}
    if part.kind in _CODE_KINDS:
        return None
    for seen in part.links:
        if feature := _of_link(seen.link.kind, seen.link.href or ""):
            found.setdefault(feature, seen.link.span)
    for tag in tags(part):
        for feature in _of_tag(tag):
            found.setdefault(feature, part.prose.span(tag.start, tag.end))
    return tuple(found.items()) or None


def _of_link(kind: LinkKind, href: str) -> str | None:
    if kind in (LinkKind.IMAGE, LinkKind.HTML_IMAGE):
        if href.startswith("data:image/"):
            return "image-base64"
        try:
            path = urlsplit(href).path.lower()
        except ValueError:
            return None
        return _IMAGES.get(path[path.rfind(".") :] if "." in path else "")
    return "html-anchor-links" if href.startswith("#") and len(href) > 1 else None


def _of_tag(tag: StyledTag) -> Iterator[str]:
    if tag.name in _ELEMENTS:
        yield _ELEMENTS[tag.name]
    for name in tag.attributes:
        if name in _ATTRIBUTES:
            yield _ATTRIBUTES[name]
    display = tag.style.get("display", "")
    if display in ("flex", "inline-flex"):
        yield "css-display-flex"
    if display in ("grid", "inline-grid"):
        yield "css-display-grid"
    for name, value in tag.style.items():
        if name in _PROPERTIES and value not in ("none", "static", "initial", "1"):
            yield _PROPERTIES[name]
        for pattern, feature in _VALUES:
            if pattern.search(value):
                yield feature


def _unsupported(
    facts: Facts, _frame: Frame, setting: Setting, *, lost: bool
) -> Iterator[tuple[Part | None, Remark]]:
    told: set[str] = set()
    for part, fact in facts:
        assert isinstance(fact, tuple)  # noqa: S101 - what _uses gathers
        for feature, span in fact:
            if feature in told or (feature in _LOST) != lost:
                continue
            told.add(feature)
            clients = support().lacking(feature, setting.clients)
            if clients:
                known = support().features[feature]
                message = say(
                    _NOT_SHOWN if lost else _LEFT_OUT,
                    feature=known.title,
                    programs=support().names(clients),
                    year=known.tested[:4],
                )
                yield part, Remark(span, message, clients=clients)


def _lost(facts: Facts, frame: Frame, setting: Setting) -> Iterator[tuple[Part | None, Remark]]:
    yield from _unsupported(facts, frame, setting, lost=True)


def _plainer(facts: Facts, frame: Frame, setting: Setting) -> Iterator[tuple[Part | None, Remark]]:
    yield from _unsupported(facts, frame, setting, lost=False)


def _removed(part: Part, _setting: Setting) -> Iterator[Remark]:
    for tag in tags(part):
        if tag.name in _REMOVED:
            message = say(
                "Mail programs remove <{name}>: readers will not see what it does.", name=tag.name
            )
            yield Remark(part.prose.span(tag.start, tag.end), message)


def _sheet(part: Part, _setting: Setting) -> Iterator[Remark]:
    for tag in tags(part):
        linked = tag.name == "link" and "stylesheet" in tag.attributes.get("rel", "")
        opens = not part.prose.source.startswith("</", tag.start)
        if opens and (tag.name == "style" or linked):
            message = say(
                "Style sheets inside a draft are left out of the mail: put styles on the elements,"
                " or into the look of the email."
            )
            yield Remark(part.prose.span(tag.start, tag.end), message)
            return


RULES = (
    BlockRule(
        "client.removed",
        Severity.ERROR,
        mark("Scripts, frames, forms, embedded objects."),
        _removed,
    ),
    BlockRule(
        "client.style-sheet",
        Severity.WARNING,
        mark("A style sheet inside the draft, which the mail does not have."),
        _sheet,
    ),
    DraftRule(
        "client.lost",
        Severity.WARNING,
        mark("A picture or film that a mail program cannot show."),
        _uses,
        _lost,
    ),
    DraftRule(
        "client.plainer",
        Severity.INFO,
        mark("A style or a jump that a mail program leaves out."),
        _uses,
        _plainer,
    ),
)
