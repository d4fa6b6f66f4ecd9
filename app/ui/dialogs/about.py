"""What can be looked up: the version, and the state of the network."""

import platform

from PySide6.QtCore import QCoreApplication, Qt, Signal, qVersion
from PySide6.QtSvgWidgets import QSvgWidget
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app import __version__
from app.paths import cache_dir, config_dir, data_dir, resources_dir
from app.ui import fonts
from app.ui.dialogs.dialog import Dialog, section, soft


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
