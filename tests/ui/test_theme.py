from itertools import combinations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPalette, QRawFont
from PySide6.QtWidgets import QApplication

from app.linkcheck.verdict import Status
from app.ui import fonts, theme
from app.ui.shapes import paint_status
from app.ui.style import sheet
from app.ui.theme import DARK, LIGHT, Appearance, Theme

READ = [
    "text",
    "text_soft",
    "accent",
    "safe",
    "warn",
    "block",
    "unverified",
    "unchecked",
    "heading",
    "strong",
    "code",
    "quote",
    "link",
    "html",
    "template",
    "front_matter",
]


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=lambda colors: colors.name)
@pytest.mark.parametrize("name", READ)
def test_what_is_read_stands_out_from_paper_and_panel(colors: Theme, name: str) -> None:
    for ground in (colors.paper, colors.panel):
        assert contrast(getattr(colors, name), ground) >= 4.4, ground
    if name in ("text", "text_soft"):
        assert contrast(getattr(colors, name), colors.chosen) >= 4.4


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=lambda colors: colors.name)
def test_even_marks_can_be_seen(colors: Theme) -> None:
    for name in ("mark", "text_faint", "url"):
        assert contrast(getattr(colors, name), colors.paper) >= 3


def shape(status: Status) -> QImage:
    image = QImage(32, 32, QImage.Format.Format_Alpha8)
    image.fill(0)
    painter = QPainter(image)
    paint_status(painter, QRectF(2, 2, 28, 28), status)
    painter.end()
    return image


def test_each_status_has_a_shape_of_its_own(qapp: QApplication) -> None:
    shapes = {status: bytes(shape(status).constBits()) for status in Status}
    for one, other in combinations(Status, 2):
        differing = sum(a != b for a, b in zip(shapes[one], shapes[other], strict=True))
        assert differing > 100, (one, other)


def test_a_choice_changes_the_colours_everywhere(dressed: QApplication) -> None:
    heard: list[str] = []
    theme.notifier().changed.connect(lambda: heard.append(theme.current().name))
    theme.choose(Appearance.DARK)
    assert theme.current() is DARK
    assert dressed.palette().color(QPalette.ColorRole.Base).name() == DARK.paper
    theme.choose(Appearance.DARK)
    theme.choose(Appearance.LIGHT)
    assert heard == ["dark", "light"]
    assert dressed.palette().color(QPalette.ColorRole.Base).name() == LIGHT.paper


def test_the_desktops_wish_counts_only_where_the_writer_follows_it(
    dressed: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme._state, "desktop_is_dark", None)
    theme.choose(Appearance.SYSTEM)
    theme.desktop_prefers(True)
    assert theme.current() is DARK
    theme.choose(Appearance.LIGHT)
    theme.desktop_prefers(True)
    assert theme.current() is LIGHT
    theme.choose(Appearance.SYSTEM)
    assert theme.current() is DARK
    theme.desktop_prefers(False)
    assert theme.current() is LIGHT


def test_the_style_sheet_names_no_colour_that_is_not_there() -> None:
    for colors in (LIGHT, DARK):
        assert "$" not in sheet(colors)


def test_the_apps_own_fonts_are_there_in_all_that_markdown_needs(dressed: QApplication) -> None:
    font = fonts.writing()
    for bold, italic in ((False, False), (True, False), (False, True), (True, True)):
        font.setBold(bold)
        font.setItalic(italic)
        face = QRawFont.fromFont(font)
        assert face.familyName() == fonts.WRITING_FAMILY
        assert ("Bold" in face.styleName(), "Italic" in face.styleName()) == (bold, italic)
    strong = QRawFont.fromFont(fonts.interface(strong=True))
    assert (strong.familyName(), strong.styleName()) == (fonts.INTERFACE_FAMILY, "Semibold")
