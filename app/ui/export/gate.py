"""The gate that tracked HTML passes, as it goes to readers: `app.handover.gate`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from PySide6.QtCore import QCoreApplication

from app.handover.gate import GateVerdict, Hold
from app.ui.handover.gate_watch import Asking


@dataclass(frozen=True, slots=True)
class GateMeans:
    """What the gate needs to know of the draft that is shown.

    Attributes:
        asking: The link checker.
        limit: How long ago a link may have been looked at.
        ignored: Hrefs that the writer wants to hear nothing of.
        allow_private: Whether addresses of the own network are asked.
    """

    asking: Asking
    limit: timedelta
    ignored: Collection[str]
    allow_private: bool


def in_words(verdict: GateVerdict) -> str:
    """What holds the issue, and where that is decided."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Export", text)

    words = {
        Hold.BLOCK: (tr("1 link is flagged as dangerous"), tr("%1 links are flagged as dangerous")),
        Hold.PENDING: (tr("1 link is not checked yet"), tr("%1 links are not checked yet")),
        Hold.OLD: (tr("1 link was checked too long ago"), tr("%1 links were checked too long ago")),
    }
    parts = []
    for hold, (one, many) in words.items():
        count = sum(each.hold is hold for each in verdict.held)
        if count:
            parts.append((one if count == 1 else many).replace("%1", str(count)))
    told = tr(
        "Tracked HTML goes to readers, so it waits: %1. “Hand over…” shows them, and lets each"
        " through for a reason."
    )
    return told.replace("%1", ", ".join(parts))
