"""The foot of the checks: who sends the publication, and whose readers are known."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from app.preflight import Platform
from app.ui.brief import brief
from app.ui.preflight.surroundings import Around

PLATFORMS = {
    Platform.BUTTONDOWN: "Buttondown",
    Platform.GHOST: "Ghost",
    Platform.LISTMONK: "listmonk",
}


_BESIDE = 56
"""Pixels of margins and of the menu's arrow."""


class SendingFoot(QWidget):
    """A quiet button that says what is known, with a menu to say it."""

    platform_chosen = Signal(object)
    """A `Platform`, or None."""
    account_chosen = Signal(str)
    """An account's id, or "" for none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around = Around()
        self._words = ""
        self._has_room = True
        self.button = QPushButton(self)
        self.button.setProperty("quiet", True)
        self.button.setToolTip(
            self.tr(
                "Who sends this publication decides which merge tags are known; reports tell"
                " which mail programs its readers use"
            )
        )
        self.menu = QMenu(self.button)
        self.menu.aboutToShow.connect(self._fill)
        self.button.setMenu(self.menu)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(7, 2, 7, 6)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_around(Around())

    def show_around(self, around: Around) -> None:
        """What is known of the draft's publication."""
        self._around = around
        platform = around.sending.platform
        name = PLATFORMS[platform] if platform is not None else self.tr("not said")
        words = self.tr("Sent with: %1").replace("%1", name)
        if around.account is not None and around.readers.families:
            words += self.tr(" · readers of %1").replace("%1", brief(around.account.name, 40))
        self._words = words
        self.button.setAccessibleName(words)
        self._fit()
        self.show_in(self._has_room)

    def show_in(self, room: bool) -> None:
        """Whether there is room for it; a draft without a file belongs to no publication."""
        self._has_room = room
        self.setVisible(room and self._around.setting.folder is not None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The words are shortened to the room that there is."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - _BESIDE
        metrics = self.button.fontMetrics()
        words = metrics.elidedText(self._words, Qt.TextElideMode.ElideRight, room)
        self.button.setText(words.replace("&", "&&"))

    def _fill(self) -> None:
        self.menu.clear()
        around = self._around
        self._head(self.tr("Who sends this publication"))
        platforms = QActionGroup(self.menu)
        chosen = around.sending.platform
        for platform, name in ((None, self.tr("Not said")), *PLATFORMS.items()):
            action = self._add(platforms, name, platform is chosen)
            action.triggered.connect(
                lambda _=False, platform=platform: self.platform_chosen.emit(platform)
            )
        if not around.accounts:
            return
        self.menu.addSeparator()
        self._head(self.tr("Whose readers it has"))
        accounts = QActionGroup(self.menu)
        account = around.account.id if around.account is not None else ""
        if not account or around.sending.account:
            none = self._add(accounts, self.tr("No account"), not account)
            none.triggered.connect(lambda: self.account_chosen.emit(""))
        for each in around.accounts:
            action = self._add(accounts, brief(each.name, 40), each.id == account)
            action.triggered.connect(lambda _=False, id_=each.id: self.account_chosen.emit(id_))

    def _head(self, words: str) -> None:
        # The style sheet shows a section's line and not its words.
        self.menu.addAction(words).setEnabled(False)

    def _add(self, group: QActionGroup, text: str, is_chosen: bool) -> QAction:
        action = self.menu.addAction(text.replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(is_chosen)
        group.addAction(action)
        return action
