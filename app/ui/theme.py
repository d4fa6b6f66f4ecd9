"""The colours of the app: a light paper, a dark one, and the choice between them.

Everything that paints takes its colours from ``current()`` and repaints on
``notifier().changed``. Text colours reach WCAG 2.2 contrast 4.5 on the paper and on the panels;
`Theme.text_faint`, for marks that one need not read, reaches 3. The status colours differ in
hue and in lightness, so that they stay apart for colour-blind people, and no status is ever told
by colour alone: each has a shape of its own.
"""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette

from app.linkcheck.verdict import Status


class Appearance(StrEnum):
    """The writer's choice."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Theme:
    """Named colours, each as ``#rrggbb``.

    ``paper`` lies under the text, ``panel`` under the lists beside it, ``raised`` under what
    floats above both (cards, palette, menus). ``line`` separates; ``hover`` and ``chosen`` mark
    rows; ``selection`` lies under selected text.
    """

    name: str
    is_dark: bool
    # surfaces
    paper: str
    panel: str
    raised: str
    line: str
    hover: str
    chosen: str
    selection: str
    current_line: str
    found: str
    # text
    text: str
    text_soft: str
    text_faint: str
    accent: str
    on_accent: str
    # what the statuses of links look like
    safe: str
    warn: str
    block: str
    unverified: str
    unchecked: str
    # Markdown
    heading: str
    strong: str
    code: str
    code_paper: str
    quote: str
    link: str
    url: str
    html: str
    template: str
    front_matter: str
    mark: str

    def status(self, status: Status) -> str:
        """The colour of a link's status."""
        color: str = getattr(self, status.value)
        return color


LIGHT = Theme(
    name="light",
    is_dark=False,
    paper="#fdfbf7",
    panel="#f4f1ea",
    raised="#fffefb",
    line="#e3ded3",
    hover="#ebe7dd",
    chosen="#e3ddcf",
    selection="#cfe0ee",
    current_line="#f8f4ec",
    found="#fbe7a6",
    text="#2b2925",
    text_soft="#67625a",
    text_faint="#8d877c",
    accent="#2a5d84",
    on_accent="#ffffff",
    safe="#2c7a6b",
    warn="#b35309",
    block="#a8123a",
    unverified="#5a54a8",
    unchecked="#746f66",
    heading="#1f1d1a",
    strong="#1f1d1a",
    code="#6b4a2b",
    code_paper="#f3eee3",
    quote="#5f5a52",
    link="#2a5d84",
    url="#617380",
    html="#76604a",
    template="#7a4a86",
    front_matter="#6a655c",
    mark="#948d80",
)

DARK = Theme(
    name="dark",
    is_dark=True,
    paper="#1d1e20",
    panel="#17181a",
    raised="#26282b",
    line="#303236",
    hover="#25272a",
    chosen="#2f3236",
    selection="#2f4a61",
    current_line="#222326",
    found="#5c4d1c",
    text="#dcd8d0",
    text_soft="#a19d95",
    text_faint="#77746e",
    accent="#86b7dc",
    on_accent="#10222f",
    safe="#5fb8a4",
    warn="#f0a04b",
    block="#ff6b86",
    unverified="#aaa5f0",
    unchecked="#8b8780",
    heading="#f1ede5",
    strong="#f1ede5",
    code="#d9b48f",
    code_paper="#26272a",
    quote="#aaa59c",
    link="#86b7dc",
    url="#7d8f9c",
    html="#b79f85",
    template="#cda3d9",
    front_matter="#9d988f",
    mark="#6d6a65",
)


class Notifier(QObject):
    """Tells when the colours are other ones."""

    changed = Signal()


class _State:
    """What is shown now; one per process, since there is one application palette."""

    def __init__(self) -> None:
        self.theme = LIGHT
        self.choice = Appearance.SYSTEM
        self.desktop_is_dark: bool | None = None
        self.follows_desktop = False
        self.notifier: Notifier | None = None


_state = _State()


def current() -> Theme:
    """The colours in use."""
    return _state.theme


def notifier() -> Notifier:
    """The object whose ``changed`` signal tells of other colours."""
    if _state.notifier is None:
        _state.notifier = Notifier()
    return _state.notifier


def choose(appearance: Appearance) -> None:
    """Follow the writer's choice, and with ``SYSTEM`` the desktop from now on."""
    _state.choice = appearance
    hints = QGuiApplication.styleHints()
    scheme = {
        Appearance.SYSTEM: Qt.ColorScheme.Unknown,
        Appearance.LIGHT: Qt.ColorScheme.Light,
        Appearance.DARK: Qt.ColorScheme.Dark,
    }[appearance]
    hints.setColorScheme(scheme)  # native title bars and menus follow; Unknown is the desktop's
    if not _state.follows_desktop:
        _state.follows_desktop = True
        hints.colorSchemeChanged.connect(_refresh)
    _refresh()


def desktop_prefers(dark: bool) -> None:
    """What the desktop's settings portal says, where Qt itself does not know."""
    _state.desktop_is_dark = dark
    _refresh()


def _refresh() -> None:
    theme = DARK if _wants_dark() else LIGHT
    if theme is _state.theme:
        return
    _state.theme = theme
    notifier().changed.emit()


def _wants_dark() -> bool:
    if _state.choice is not Appearance.SYSTEM:
        return _state.choice is Appearance.DARK
    if _state.desktop_is_dark is not None:
        return _state.desktop_is_dark
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def palette(theme: Theme) -> QPalette:
    """The colours as Qt's widgets want them."""
    roles = {
        QPalette.ColorRole.Window: theme.panel,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.paper,
        QPalette.ColorRole.AlternateBase: theme.panel,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.text_faint,
        QPalette.ColorRole.Button: theme.panel,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.BrightText: theme.block,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Highlight: theme.selection,
        QPalette.ColorRole.HighlightedText: theme.text,
        QPalette.ColorRole.Link: theme.link,
        QPalette.ColorRole.LinkVisited: theme.link,
        QPalette.ColorRole.Light: theme.raised,
        QPalette.ColorRole.Midlight: theme.hover,
        QPalette.ColorRole.Mid: theme.line,
        QPalette.ColorRole.Dark: theme.text_faint,
        QPalette.ColorRole.Shadow: theme.line,
        QPalette.ColorRole.Accent: theme.accent,
    }
    result = QPalette()
    for role, color in roles.items():
        result.setColor(role, QColor(color))
    for role in (
        QPalette.ColorRole.Text,
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.ButtonText,
    ):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.text_faint))
    return result
