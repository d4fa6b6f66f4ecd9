"""The commands that say how the preview shows the letter."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QAbstractButton

from app.ui.arrangement import Arrangement
from app.ui.main_window import MainWindow
from app.ui.session import Session

if TYPE_CHECKING:
    from app.ui.preview.bar import LookBar
    from app.ui.preview.preview import PreviewPane

NEEDS_ENGINE = ("preview_phone", "preview_dark", "preview_images")


class PreviewActions(QObject):
    """Does what the preview's own buttons do; a hidden preview is shown first."""

    changed = Signal()

    def __init__(self, window: MainWindow, arrangement: Arrangement, session: Session) -> None:
        """``session`` has the look that the preview had last time."""
        super().__init__(window)
        self._session = session
        self._actions = window.commands
        self._arrangement = arrangement
        self._bar: LookBar | None = None
        clicks: dict[str, Callable[[LookBar], QAbstractButton]] = {
            "preview_phone": lambda bar: bar.desktop if bar.phone.isChecked() else bar.phone,
            "preview_dark": lambda bar: bar.dark,
            "preview_images": lambda bar: bar.images,
            "preview_larger": lambda bar: bar.larger,
            "preview_smaller": lambda bar: bar.smaller,
            "preview_natural": lambda bar: bar.zoom_label,
        }
        for name, button in clicks.items():
            self._actions.bind(name, self._clicker(name, button))

    def set_preview(self, preview: "PreviewPane") -> None:
        """The preview was made: menu and buttons say the same from now on."""
        self._bar = bar = preview.bar
        switches = (
            ("preview_phone", bar.phone),
            ("preview_dark", bar.dark),
            ("preview_images", bar.images),
        )
        for name, button in switches:
            button.toggled.connect(self._actions[name].setChecked)
        named = (*switches, ("preview_larger", bar.larger), ("preview_smaller", bar.smaller))
        for name, button in named:
            button.setToolTip(self._actions[name].toolTip())
        bar.zoom_label.setToolTip(self._actions["preview_natural"].toolTip())
        bar.simplified.connect(self._simplify)
        bar.phone.setChecked(self._session.preview_phone)
        bar.dark.setChecked(self._session.preview_dark)
        bar.set_zoom(self._session.preview_zoom / 100)
        for chosen in (bar.phone_chosen, bar.dark_chosen, bar.zoom_chosen):
            chosen.connect(lambda _: self.changed.emit())

    def store(self, session: Session) -> Session:
        """The session with the preview's look as it is now."""
        if self._bar is None:
            return session
        return replace(
            session,
            preview_phone=self._bar.phone.isChecked(),
            preview_dark=self._bar.dark.isChecked(),
            preview_zoom=round(self._bar.zoom * 100),
        )

    def _clicker(
        self, name: str, button: "Callable[[LookBar], QAbstractButton]"
    ) -> Callable[[], None]:
        def click() -> None:
            self._arrangement.show_preview(True)
            if self._bar is None:
                return
            if name in NEEDS_ENGINE:
                self._actions[name].setChecked(not self._actions[name].isChecked())  # as it was
            button(self._bar).click()

        return click

    def _simplify(self) -> None:
        for name in NEEDS_ENGINE:
            self._actions[name].setEnabled(False)
