"""The open drafts as words in a row above the text; hidden while there is only one."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QTabBar, QWidget

from app.ui.controls import IconButton


class DraftTabs(QTabBar):
    """One tab for each open draft, identified by a key that stays when the file is renamed."""

    picked = Signal(int)
    close_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Open drafts"))
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setMovable(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setUsesScrollButtons(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.currentChanged.connect(self._changed)
        self.hide()

    def put(self, key: int, title: str, path: Path | None) -> None:
        """Add a draft's tab, or change its words."""
        at = self._at(key)
        if at < 0:
            at = self.addTab(title)
            self.setTabData(at, key)
            close = IconButton("close", self.tr("Close %1").replace("%1", title))
            close.setFixedSize(20, 20)
            close.clicked.connect(lambda: self.close_wanted.emit(key))
            self.setTabButton(at, QTabBar.ButtonPosition.RightSide, close)
        self.setTabText(at, title.replace("&", "&&"))
        self.setTabToolTip(at, str(path) if path else "")
        self.setVisible(self.count() > 1)

    def remove(self, key: int) -> None:
        """Take a draft's tab away, without picking another."""
        at = self._at(key)
        if at >= 0:
            self.blockSignals(True)
            self.removeTab(at)
            self.blockSignals(False)
        self.setVisible(self.count() > 1)

    def pick(self, key: int) -> None:
        """Show a tab as the current one, without telling."""
        self.blockSignals(True)
        self.setCurrentIndex(self._at(key))
        self.blockSignals(False)

    def drafts(self) -> list[int]:
        """The drafts in the order of their tabs."""
        return [int(self.tabData(at)) for at in range(self.count())]

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The middle button closes a tab."""
        at = self.tabAt(event.position().toPoint())
        if event.button() is Qt.MouseButton.MiddleButton and at >= 0:
            self.close_wanted.emit(int(self.tabData(at)))
            return
        super().mouseReleaseEvent(event)

    def _at(self, key: int) -> int:
        return next((at for at in range(self.count()) if self.tabData(at) == key), -1)

    def _changed(self, at: int) -> None:
        if at >= 0 and self.tabData(at) is not None:
            self.picked.emit(int(self.tabData(at)))
