"""The statuses in the writer's words."""

from PySide6.QtCore import QCoreApplication

from app.linkcheck.verdict import Status


def status_name(status: Status) -> str:
    """What the links of a status are called."""
    translate = QCoreApplication.translate
    return {
        Status.SAFE: translate("StatusBar", "Links that work"),
        Status.WARN: translate("StatusBar", "Broken links"),
        Status.BLOCK: translate("StatusBar", "Dangerous links"),
        Status.UNVERIFIED: translate("StatusBar", "Links that could not be verified"),
        Status.UNCHECKED: translate("StatusBar", "Links not checked yet"),
    }[status]
