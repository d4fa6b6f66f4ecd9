"""A whole window, as a writer has it, with or without accounts."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui import shell as shells
from app.ui.settings import Settings, Store
from app.ui.shell import Shell
from tests.support.shells import end

Start = Callable[..., Shell]


@pytest.fixture
def folder(folders: Path) -> Path:
    folder = folders / "drafts"
    folder.mkdir()
    (folder / "one.md").write_text("# One\n\nWords.\n")
    Store().save(Settings(drafts_folder=str(folder), check_links=False))
    return folder


@pytest.fixture
def start(
    qtbot: QtBot, dressed: QApplication, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Start]:
    """Starts the app; the sync waits for the test unless ``sync_after`` says when it begins."""
    begun: list[Shell] = []

    def start(*paths: Path, sync_after: int = 10**8) -> Shell:
        monkeypatch.setattr(shells, "SYNC_AFTER_MS", sync_after)
        shell = Shell(Store())
        begun.append(shell)
        shell.show(paths)
        qtbot.waitUntil(lambda: shell.checking.is_started)
        return shell

    yield start
    end(*begun)
