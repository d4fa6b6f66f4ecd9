"""Colours of inline styles in raw HTML: contrast, and what becomes of them in dark mode."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.preflight.finding import Remark, Severity
from app.preflight.rule import BlockRule, Setting
from app.preflight.snapshot import Part
from app.preflight.styles import Rgb, StyledTag, colours, styled_tags
from app.speech import mark, say

if TYPE_CHECKING:
    from app.markup import Span

LEAST = 4.5
LEAST_LARGE = 3.0
"""Contrast ratios of WCAG 2.2, success criterion 1.4.3, for text and for large text."""
_DARK = 0.05
_LIGHT = 0.85
"""Relative luminance below and above which a colour vanishes on a dark (light) page."""


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: Rgb) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, "relative luminance")."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _low(part: Part, _setting: Setting) -> Iterator[Remark]:
    for tag in styled_tags(part):
        text, ground = colours(tag)
        if text is None or ground is None or _is_hidden(tag):
            continue
        ratio = contrast(text, ground)
        if ratio < (LEAST_LARGE if _is_large(tag) else LEAST):
            message = say(
                "Text and background are too alike: a contrast of {ratio:.1f}, not {least}.",
                ratio=ratio,
                least=LEAST,
            )
            yield Remark(_place(tag, part), message)


def _dark(part: Part, _setting: Setting) -> Iterator[Remark]:
    for tag in styled_tags(part):
        text, ground = colours(tag)
        if _is_hidden(tag):
            continue
        if text is not None and ground is None and luminance(text) < _DARK:
            message = say("In dark mode this text stays dark on a dark page: leave its colour out.")
            yield Remark(_place(tag, part), message)
        elif ground is not None and text is None and luminance(ground) > _LIGHT:
            message = say(
                "In dark mode light text may stand on this light background: set its colour too."
            )
            yield Remark(_place(tag, part), message)


def _is_hidden(tag: StyledTag) -> bool:
    return tag.style.get("display") == "none" or tag.style.get("visibility") == "hidden"


def _is_large(tag: StyledTag) -> bool:
    """24 pixels, or bold and 18.7 (14 points), or a heading of the first two levels."""
    size = tag.style.get("font-size", "")
    pixels = (
        float(size[:-2]) if size.endswith("px") and size[:-2].replace(".", "", 1).isdigit() else 0
    )
    bold = tag.style.get("font-weight", "") in ("bold", "700", "800", "900")
    return pixels >= 24 or (bold and pixels >= 18.7) or tag.name in ("h1", "h2")


def _place(tag: StyledTag, part: Part) -> "Span":
    return part.prose.span(tag.start, tag.end)


RULES = (
    BlockRule(
        "colour.contrast",
        Severity.WARNING,
        mark("Text and background too alike (WCAG 1.4.3)."),
        _low,
    ),
    BlockRule(
        "colour.dark-mode",
        Severity.INFO,
        mark("A dark text or a light background alone, which dark mode leaves as it is."),
        _dark,
    ),
)
