"""Asking the desktop whether it is dark, where Qt does not know (many Linux desktops).

The question goes to ``org.freedesktop.portal.Settings`` (XDG desktop portal: key
``color-scheme`` of ``org.freedesktop.appearance``: 1 dark, 2 light, 0 no preference), without
waiting for the answer.
"""

import sys
from typing import Any

from PySide6.QtCore import SLOT, QObject, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusVariant

from app.ui import theme

_SERVICE = "org.freedesktop.portal.Desktop"
_PATH = "/org/freedesktop/portal/desktop"
_INTERFACE = "org.freedesktop.portal.Settings"
_GROUP, _KEY = "org.freedesktop.appearance", "color-scheme"
_DARK, _LIGHT = 1, 2


class Portal(QObject):
    """Tells the theme what the desktop prefers, now and whenever it changes."""

    def ask(self) -> None:
        """Ask; the answer comes later, or never where there is no portal."""
        if not sys.platform.startswith("linux"):
            return
        bus = QDBusConnection.sessionBus()
        if not bus.isConnected():
            return
        bus.connect(  # type: ignore[call-overload]  # the stubs lack the form with SLOT()
            _SERVICE, _PATH, _INTERFACE, "SettingChanged", self, SLOT("_changed(QDBusMessage)")
        )
        question = QDBusMessage.createMethodCall(_SERVICE, _PATH, _INTERFACE, "Read")
        question.setArguments([_GROUP, _KEY])
        answered, failed = SLOT("_answered(QDBusMessage)"), SLOT("_failed()")
        bus.callWithCallback(question, self, answered, failed)  # type: ignore[call-overload]

    @Slot(QDBusMessage)
    def _answered(self, answer: QDBusMessage) -> None:
        for value in answer.arguments():
            _tell(value)

    @Slot(QDBusMessage)
    def _changed(self, message: QDBusMessage) -> None:
        match message.arguments():
            case [group, key, value] if (group, key) == (_GROUP, _KEY):
                _tell(value)

    @Slot()
    def _failed(self) -> None:
        """There is no portal: Qt's own answer stands."""


def _tell(value: Any) -> None:
    while isinstance(value, QDBusVariant):
        value = value.variant()
    if value in (_DARK, _LIGHT):
        theme.desktop_prefers(value == _DARK)
