"""Colours of charts: seen on every ground, apart for colour-blind people."""

import math
from itertools import combinations

import pytest

from app.engagement.reports.charts import Tone
from app.ui.charts.look import PRINTED, Look
from app.ui.theme import DARK, LIGHT, Theme
from tests.ui.test_theme import contrast

THEMES = pytest.mark.parametrize("colors", [LIGHT, DARK], ids=lambda colors: colors.name)

# Severity 1.0 of G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A Physiologically-based Model
# for Simulation of Color Vision Deficiency", 2009, on linear RGB.
SIGHTS = {
    "full": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def lab(color: str, sight: str) -> tuple[float, ...]:
    """CIELAB (D65) of a colour as it is seen."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    red, green, blue = (
        min(1.0, max(0.0, sum(weight * part for weight, part in zip(row, linear, strict=True))))
        for row in SIGHTS[sight]
    )
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(one: str, other: str, sight: str) -> float:
    """CIE76: about 2 can just be noticed."""
    pairs = zip(lab(one, sight), lab(other, sight), strict=True)
    return math.sqrt(sum((a - b) ** 2 for a, b in pairs))


@THEMES
@pytest.mark.parametrize("tone", Tone)
def test_every_tone_stands_out_from_every_ground(colors: Theme, tone: Tone) -> None:
    # WCAG 2.2, 1.4.11: 3 for parts of graphics.
    for ground in (colors.paper, colors.panel, colors.raised):
        assert contrast(Look(colors).color(tone).name(), ground) >= 3


@THEMES
@pytest.mark.parametrize("tone", Tone)
def test_names_of_series_can_be_read_on_every_ground(colors: Theme, tone: Tone) -> None:
    for ground in (colors.paper, colors.panel, colors.raised):
        assert contrast(Look(colors).ink(tone).name(), ground) >= 4.4


@pytest.mark.parametrize("tone", Tone)
def test_every_tone_stands_out_on_white_paper(tone: Tone) -> None:
    assert contrast(PRINTED.color(tone).name(), "#ffffff") >= 3


@THEMES
@pytest.mark.parametrize("sight", SIGHTS)
def test_tones_differ_however_colours_are_seen(colors: Theme, sight: str) -> None:
    seen = (Tone.FIRST, Tone.SECOND, Tone.THIRD, Tone.QUIET)
    for one, other in combinations(seen, 2):
        apart = difference(Look(colors).color(one).name(), Look(colors).color(other).name(), sight)
        assert apart >= 12, (one, other)
    first, second = (Look(colors).color(tone).name() for tone in (Tone.FIRST, Tone.SECOND))
    assert difference(first, second, sight) >= 30
