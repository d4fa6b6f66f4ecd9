"""What may be loaded before the first frame: measured in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from app.ui.settings import Settings, Store

HEAVY = ("asyncio", "httpx", "qasync", "ssl", "markdown_it", "PySide6.QtWebEngineCore",
         "PySide6.QtNetwork", "PySide6.QtDBus")  # fmt: skip

LOOK = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication
from app.ui import style
from app.ui.settings import Store
from app.ui.shell import Shell

class Look(QObject):
    seen = None
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and self.seen is None:
            editor = shell.desk.current.editor
            self.seen = [sorted(sys.modules), editor.toPlainText()[:5], editor.hasFocus()]
            QTimer.singleShot(300, shell.window.close)
        return False

application = QApplication([])
style.dress(application)
shell = Shell(Store())
look = Look()
shell.window.installEventFilter(look)
shell.show([Path(sys.argv[1])])
application.exec()
modules, text, focus = look.seen
later = sorted(set(sys.modules) - set(modules))
print(json.dumps({"modules": modules, "text": text, "focus": focus, "later": later}))
"""

CHECKED = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app.ui import style
from app.ui.settings import Store
from app.ui.shell import Shell

def look():
    if shell.preflight.findings is not None and shell.preflight.findings.is_known:
        shell.window.close()

application = QApplication([])
style.dress(application)
shell = Shell(Store())
shell.show([Path(sys.argv[1])])
timer = QTimer(interval=20)
timer.timeout.connect(look)
timer.start()
application.exec()
print(json.dumps(sorted(sys.modules)))
"""


def started(program: str, draft: Path) -> Any:
    """What the program tells of the app that it started."""
    root = Path(__file__).resolve().parent.parent.parent
    done = subprocess.run(
        [sys.executable, "-c", program, str(draft)],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout)


def test_the_first_frame_needs_nothing_heavy(folders: Path) -> None:
    draft = folders / "draft.md"
    draft.write_text("# One\n\nA [link](https://example.org/).\n")
    Store().save(Settings(drafts_folder=str(folders), check_links=False))
    seen = started(LOOK, draft)
    loaded = set(seen["modules"])
    assert [name for name in HEAVY if name in loaded] == []
    of_reports = ("app.engagement", "app.ui.reports", "app.ui.accounts", "app.ui.charts")
    assert [name for name in loaded if name.startswith(of_reports)] == []
    assert "app.engagement.sync.service" not in seen["later"], "no account: no sync"
    assert seen["text"] == "# One", "the first frame shows the text"
    assert seen["focus"], "and takes keys"
    assert "markdown_it" in seen["later"], "the parse follows"


def test_without_an_account_what_knows_accounts_takes_no_memory(folders: Path) -> None:
    draft = folders / "draft.md"
    draft.write_text("# One\n\nA [link](https://example.org/).\n")
    Store().save(Settings(drafts_folder=str(folders), check_links=False))
    loaded = started(CHECKED, draft)
    assert "app.preflight.rules" in loaded
    assert [name for name in loaded if name.startswith(("app.engagement", "msgspec"))] == []
