"""Colours that can be read on what they stand on (WCAG 2.2, contrast)."""

import re

READABLE = 4.5
"""The least contrast of text and its ground (WCAG 2.2, 1.4.3)."""

_HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")


def is_colour(value: str) -> bool:
    """Whether this is written as ``#rrggbb``."""
    return _HEX.match(value) is not None


def contrast(one: str, other: str) -> float:
    """The ratio of two colours' luminances, from 1 (the same) to 21 (black and white)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable_on(colour: str, ground: str) -> str:
    """The colour, mixed with black or white until it can be read on a ground."""
    goal = "#ffffff" if _luminance(ground) < 0.2 else "#000000"
    for share in range(0, 101, 5):
        mixed = mix(colour, goal, share / 100)
        if contrast(mixed, ground) >= READABLE:
            return mixed
    return goal


def mix(one: str, other: str, share: float) -> str:
    """Two colours mixed; ``share`` is the part of the second, from 0 to 1."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    linear = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in _channels(colour))
    )
    red, green, blue = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
