"""The fonts of the app: Source Serif for writing, Source Sans for everything around it.

Both families ship with the app (SIL Open Font License, ``resources/fonts``), so that it looks
the same everywhere. Where a file cannot be loaded, the platform's own fonts stand in.
"""

from functools import cache

from PySide6.QtGui import QFont, QFontDatabase

from app.paths import resources_dir

WRITING_FAMILY = "Source Serif 4"
INTERFACE_FAMILY = "Source Sans 3"
WRITING_FALLBACKS = ("Charter", "Literata", "Georgia", "Noto Serif", "Liberation Serif", "serif")
CODE_FALLBACKS = ("SF Mono", "Cascadia Mono", "JetBrains Mono", "DejaVu Sans Mono", "monospace")
INTERFACE_POINTS = 10.5


@cache
def load() -> None:
    """Make the families that ship with the app known to Qt; about 8 ms, once per process."""
    for path in sorted((resources_dir() / "fonts").glob("*.[tw]*f*")):
        QFontDatabase.addApplicationFont(str(path))


def writing(family: str = "", points: float = 14.0) -> QFont:
    """The font of the text; an empty family means the app's own."""
    font = QFont()
    font.setFamilies([name for name in (family, WRITING_FAMILY, *WRITING_FALLBACKS) if name])
    font.setStyleHint(QFont.StyleHint.Serif)
    font.setPointSizeF(points)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def interface(points: float = INTERFACE_POINTS, *, strong: bool = False) -> QFont:
    """The font of lists, menus and messages."""
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font = QFont()
    font.setFamilies([INTERFACE_FAMILY, *system.families()])
    font.setPointSizeF(points)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if strong:
        font.setWeight(QFont.Weight.DemiBold)
    return font


def code(points: float) -> QFont:
    """A font whose characters are all as wide."""
    font = QFont()
    font.setFamilies(list(CODE_FALLBACKS))
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPointSizeF(points)
    return font
