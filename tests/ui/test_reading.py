"""While a long draft is still being read, no figure is shown that is not so."""

from pathlib import Path

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.linkcheck.verdict import Status
from app.ui.settings import Settings, Store
from app.ui.shell import Shell
from tests.support.shells import end

LINKS = 2_000


def test_counts_wait_until_the_draft_is_read(
    qtbot: QtBot, dressed: QApplication, folders: Path
) -> None:
    assert dressed is not None
    path = folders / "long.md"
    path.write_text("".join(f"A [link](https://e.org/{n}) here.\n\n" for n in range(LINKS)))
    Store().save(Settings(drafts_folder=str(folders), check_links=False))
    shell = Shell(Store())
    try:
        shell.show([path])
        sheet, status = shell.desk.current, shell.window.status
        assert sheet is not None
        seen = []

        def look() -> None:
            shown = [name for name, each in status.statuses.items() if each.isVisible()]
            seen.append((status.words.text(), shown))

        sheet.draft.counts_changed.connect(look)
        with qtbot.waitSignal(sheet.draft.settled):
            pass
        assert len(seen) > 1
        assert set(map(str, seen[:-1])) == {"('Reading…', [])"}
        assert status.words.text().startswith(f"{QLocale().toString(3 * LINKS)} words")
        assert status.statuses[Status.UNCHECKED].text() == QLocale().toString(LINKS)
    finally:
        end(shell)
