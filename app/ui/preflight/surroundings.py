"""What findings depend on besides the draft: its publication's platform and readers, and mutes."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from app.preflight import Setting
from app.preflight.muting import Mute, Mutes, Scope, mutes_file
from app.ui.preflight import sending
from app.ui.preflight.sending import Sending


@dataclass(frozen=True, slots=True)
class Around:
    """What holds of one draft."""

    setting: Setting = field(default_factory=Setting)
    sending: Sending = field(default_factory=Sending)
    mutes: tuple[Mute, ...] = ()


class Surroundings:
    """Reads and writes them; for any thread but the window's, for the disk may be slow."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mutes: Mutes | None = None
        self._is_closed = False
        self._sendings: dict[Path, Sending] = {}

    def of(self, draft: Path | None) -> Around:
        """What holds of a draft; of one without a file nothing is known."""
        if draft is None:
            return Around()
        folder = draft.parent
        with self._lock:
            if folder not in self._sendings:
                self._sendings[folder] = sending.load(folder)
            said = self._sendings[folder]
        setting = Setting(platform=said.platform, folder=folder)
        mutes = self._kept()
        return Around(setting, said, tuple(mutes.of(draft)) if mutes is not None else ())

    def choose(self, folder: Path, said: Sending) -> None:
        """The writer said how a publication is sent. Raises OSError: it cannot be kept."""
        with self._lock:
            self._sendings[folder] = said
        sending.save(folder, said)

    def mute(self, rule: str, scope: Scope, draft: Path, reason: str) -> None:
        """Hear of a rule no more in a draft or its publication. Raises MutesError."""
        name = draft if scope is Scope.ISSUE else draft.parent
        if (mutes := self._kept()) is not None:
            mutes.add(Mute(rule, scope, str(name), reason, datetime.now(UTC)))

    def unmute(self, mute: Mute) -> None:
        """Hear of the rule again. Raises MutesError."""
        if (mutes := self._kept()) is not None:
            mutes.remove(mute.rule, mute.scope, mute.name)

    def moved(self, draft: Path, to: Path) -> None:
        """A draft's file has another name. Raises MutesError."""
        if (mutes := self._kept()) is not None:
            mutes.move(draft, to)

    def close(self) -> None:
        """Give the files back."""
        with self._lock:
            self._is_closed = True
            if self._mutes is not None:
                self._mutes.close()
                self._mutes = None

    def _kept(self) -> Mutes | None:
        """None once the app is closing: a job that is late reads and keeps nothing more."""
        with self._lock:
            if self._mutes is None and not self._is_closed:
                self._mutes = Mutes(mutes_file())
            return self._mutes
