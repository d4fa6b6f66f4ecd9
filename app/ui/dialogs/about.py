"""What can be looked up: all shortcuts, the version, and the state of the network."""

import platform

from PySide6.QtCore import QCoreApplication, Qt, Signal, qVersion
from PySide6.QtGui import QKeySequence
from PySide6.QtSvgWidgets import QSvgWidget
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app import __version__
from app.paths import cache_dir, config_dir, data_dir, resources_dir
from app.ui import fonts
from app.ui.commands import MENUS, Command, Menu, words
from app.ui.dialogs.dialog import Dialog, section, soft


class ShortcutsDialog(Dialog):
    """Every command with its keys, by menu."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            parent, QCoreApplication.translate("ShortcutsDialog", "Keyboard shortcuts")
        )
        self.resize(760, 600)
        sheet = QWidget()
        columns = QHBoxLayout(sheet)
        columns.setContentsMargins(0, 0, 12, 0)
        columns.setSpacing(36)
        for part in (MENUS[:2], MENUS[2:]):
            column = QVBoxLayout()
            column.setSpacing(6)
            for menu in part:
                for each in (menu, *(item for item in menu.items if isinstance(item, Menu))):
                    column.addWidget(section(words(each.title)))
                    column.addLayout(self._keys(each))
                    column.addSpacing(12)
            column.addStretch()
            columns.addLayout(column)
        area = QScrollArea()
        area.setWidget(sheet)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(self.tr("Keyboard shortcuts"))
        self.body.addWidget(area)
        self.add_close()

    @staticmethod
    def _keys(menu: Menu) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        own = [item for item in menu.items if isinstance(item, Command)]
        for row, command in enumerate(own):
            keys = QKeySequence(command.keys[0])
            shown = QLabel(keys.toString(QKeySequence.SequenceFormat.NativeText))
            shown.setProperty("tone", "soft")
            grid.addWidget(QLabel(words(command.text).rstrip("…")), row, 0)
            grid.addWidget(shown, row, 1, Qt.AlignmentFlag.AlignRight)
        return grid


class AboutDialog(Dialog):
    """Version, licences, and where the app keeps its files."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Sendoff")
        self.setMinimumWidth(460)
        icon = QSvgWidget(str(resources_dir() / "icons" / "sendoff.svg"))
        icon.setFixedSize(64, 64)
        row = QHBoxLayout()
        row.setSpacing(18)
        row.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        text = QVBoxLayout()
        lead = QLabel(self.tr("A desk for newsletter writers."))
        lead.setFont(fonts.writing(points=12))
        text.addWidget(lead)
        versions = f"{__version__} · Python {platform.python_version()} · Qt {qVersion()}"
        text.addWidget(soft(self.tr("Version %1").replace("%1", versions)))
        text.addWidget(
            soft(self.tr("MIT licence. Source Serif and Source Sans: SIL Open Font Licence."))
        )
        row.addLayout(text, 1)
        self.body.addLayout(row)
        self.body.addWidget(section(self.tr("Folders")))
        for name, folder in (
            (self.tr("Settings"), config_dir()),
            (self.tr("Versions and journals"), data_dir()),
            (self.tr("What is known of links"), cache_dir()),
        ):
            label = soft(f"{name}: {folder}")
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.body.addWidget(label)
        self.add_close()


class NetworkDialog(Dialog):
    """What is known of the network, and what that means for the links."""

    recheck_wanted = Signal()

    def __init__(self, parent: QWidget, state: str, waiting: int) -> None:
        super().__init__(parent, QCoreApplication.translate("NetworkDialog", "Network"))
        self.setMinimumWidth(440)
        self._state = soft("")
        self._waiting = soft("")
        self.body.addWidget(self._state)
        self.body.addWidget(self._waiting)
        again = self.add_button(self.tr("Check all links again"))
        again.clicked.connect(self.recheck_wanted)
        self.add_close()
        words = self.tr("Links of this draft that wait to be checked: %1")
        self._waiting.setText(words.replace("%1", str(waiting)))
        self.show_state(state)

    def show_state(self, state: str) -> None:
        """Say what is known now."""
        self._state.setText(
            {
                "online": self.tr("The network answers. Links are checked as you write."),
                "offline": self.tr(
                    "There is no network. Nothing is called broken because of that: links keep "
                    "what is known of them, and new ones are checked when the network is back."
                ),
                "captive_portal": self.tr(
                    "This network answers every request with a page of its own, as hotels and "
                    "trains do. Log in with your browser; links are checked after that."
                ),
                "paused": self.tr("Checking links is turned off in the settings."),
            }.get(state, self.tr("The network has not been asked yet."))
        )
