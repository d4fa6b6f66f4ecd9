"""A window's side of open drafts, without a window."""

import subprocess
import sys
from pathlib import Path

from app.drafts.errors import DraftError
from app.drafts.files import DraftFile
from app.drafts.history import History, Kind
from app.drafts.keeper import Callbacks, Keeper, Pace
from app.drafts.outside import Conflict, Outside
from app.drafts.storage import Storage
from app.lines import LineEdit
from tests.support.patience import PATIENCE

QUICK = Pace(pause=0.1, longest=0.4, look=0.05, look_while_unsaved=0.02)
WATCHFUL = Pace(pause=1000, longest=1000, look=0.05, look_while_unsaved=0.02)
"""Saves nothing by itself, so that others may come first however slow the machine is."""
NEVER = Pace(pause=1000, longest=1000, look=1000, look_while_unsaved=1000)
ROOT = Path(__file__).resolve().parents[2]


class Desk:
    """Opens drafts like a window does, and remembers what it was told."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.saved: list[DraftFile] = []
        self.offers: list[Outside] = []
        self.conflicts: list[Conflict] = []
        self.errors: list[DraftError] = []
        self.copies: list[Path] = []
        self.lines: list[str] = []
        self.adopts = True
        self.open_keepers: list[Keeper] = []

    def open(self, path: Path | None = None, pace: Pace = QUICK, key: str | None = None) -> Keeper:
        callbacks = Callbacks(
            on_saved=self.saved.append,
            on_reloaded=lambda offer: self.reload(keeper, offer),
            on_conflict=self.conflicts.append,
            on_copied=self.copies.append,
            on_error=self.errors.append,
        )
        keeper = Keeper.open(path, key=key, storage=self.storage, callbacks=callbacks, pace=pace)
        self.lines = keeper.lines
        self.open_keepers.append(keeper)
        return keeper

    def reload(self, keeper: Keeper, offer: Outside) -> None:
        self.offers.append(offer)
        if self.adopts and keeper.adopt(offer):
            for edit in offer.edits:
                edit.apply(self.lines)

    def type(self, keeper: Keeper, first: int, *lines: str) -> None:
        edit = LineEdit(first, 1, lines)
        edit.apply(self.lines)
        keeper.edited(edit)

    def hurry(self, keeper: Keeper) -> None:
        """Save at the quick pace from now on."""
        keeper._pace = QUICK

    def versions(self, path: Path) -> list[tuple[Kind, bytes]]:
        history = History(self.storage.history)
        found = [(version.kind, history.read(version)) for version in history.versions(str(path))]
        history.close()
        return found


def crash(path: Path | None, storage: Storage, *edits: LineEdit, key: str | None = None) -> None:
    """Another process types and is killed before anything is saved."""
    code = f"""
import os, signal
from pathlib import Path
from app.drafts.keeper import Keeper, Pace
from app.drafts.storage import Storage
from app.lines import LineEdit
from tests.support.patience import PATIENCE
journals = {[str(folder) for folder in storage.journals]!r}
storage = Storage(tuple(map(Path, journals)), Path({str(storage.history)!r}))
path = {str(path) if path else None!r}
keeper = Keeper.open(Path(path) if path else None, key={key!r}, storage=storage,
    pace=Pace(1000, 1000, 1000, 1000))
for edit in {edits!r}:
    keeper.edited(edit)
keeper._journal.sync({PATIENCE})
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT)
    assert done.returncode == -9
