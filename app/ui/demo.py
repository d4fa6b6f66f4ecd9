"""The demo's server has more to tell: the window's sync asks for it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

if TYPE_CHECKING:
    from app.demo.tracking import Tracking
    from app.ui.engagement import Engagement


class DemoSync(QObject):
    """Hears the demo's server in its thread and syncs in the window's."""

    _heard = Signal(bool)

    def __init__(self, tracking: "Tracking", engagement: "Engagement") -> None:
        super().__init__(engagement)
        self._engagement = engagement
        self._heard.connect(self._sync, Qt.ConnectionType.QueuedConnection)
        tracking.listen(self._heard.emit)

    def _sync(self, is_new: bool) -> None:
        if is_new:
            self._engagement.accounts_edited()
        else:
            self._engagement.sync_now()
