"""Runs a Qt program and prints when its window was first painted and first took a key.

    python _first_frame.py BINDING MODULE:FUNCTION [ARGUMENT…]

Watches the events of the program's own application, so the program is not changed. Prints one
line of JSON, seconds since ``STARTED_AT`` (epoch seconds in the environment), and leaves at once.
"""

import importlib
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

SETTLE = float(os.environ.get("SETTLE", "0"))
"""Seconds to wait before the figures are taken, instead of waiting for a key."""


def main() -> None:
    binding, target, *arguments = sys.argv[1:]
    module_name, function_name = target.split(":")
    widgets = importlib.import_module(f"{binding}.QtWidgets")
    core = importlib.import_module(f"{binding}.QtCore")
    gui = importlib.import_module(f"{binding}.QtGui")
    application = widgets.QApplication

    class Watch(core.QObject):  # type: ignore[name-defined, misc]
        """Sees every event of the application until the first key was painted."""

        def __init__(self) -> None:
            super().__init__()
            self.painted = 0.0
            self.typed = False

        def eventFilter(self, watched: Any, event: Any) -> bool:
            if SETTLE:
                return False
            if event.type() == core.QEvent.Type.Paint and watched.isWidgetType():
                if not self.painted:
                    self.painted = time.time()
                    core.QTimer.singleShot(0, self.type_key)
                    # A program that opens with a dialog may never paint the key.
                    core.QTimer.singleShot(3000, self.leave)
                elif self.typed:
                    core.QTimer.singleShot(0, self.leave)
            return False

        def type_key(self) -> None:
            focus = widgets.QApplication.focusWidget()
            if focus is None:
                core.QTimer.singleShot(2, self.type_key)
                return
            no_modifier = core.Qt.KeyboardModifier.NoModifier
            for kind in (core.QEvent.Type.KeyPress, core.QEvent.Type.KeyRelease):
                event = gui.QKeyEvent(kind, core.Qt.Key.Key_A, no_modifier, "a")
                widgets.QApplication.postEvent(focus, event)
            self.typed = True

        def leave(self) -> None:
            now = time.time()
            started = float(os.environ["STARTED_AT"])
            usage = resource.getrusage(resource.RUSAGE_SELF)
            figures = {
                "window": self.painted - started,
                "keys": now - started,
                "cpu": usage.ru_utime + usage.ru_stime,
                "rss": _resident_mb(),
            }
            print(json.dumps(figures), flush=True)
            os._exit(0)

    class Watched(application):  # type: ignore[misc, valid-type]
        """The program's application, with the watch in place before its first window."""

        def __init__(self, *parameters: Any) -> None:
            super().__init__(*parameters)
            self._watch = Watch()
            self.installEventFilter(self._watch)
            if SETTLE:
                core.QTimer.singleShot(int(SETTLE * 1000), self._watch.leave)

    setattr(widgets, "QApplication", Watched)  # noqa: B010 - a module takes no assignment in mypy
    sys.argv = [module_name, *arguments]
    function = getattr(importlib.import_module(module_name), function_name)
    sys.exit(function(arguments))


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def bare(arguments: list[str]) -> int:
    """The floor: a window with nothing but a QPlainTextEdit."""
    from PySide6.QtWidgets import QApplication, QPlainTextEdit

    app = QApplication([])
    editor = QPlainTextEdit()
    for name in arguments:
        editor.setPlainText(Path(name).read_text(encoding="utf-8"))
    editor.resize(1000, 700)
    editor.show()
    return app.exec()


if __name__ == "__main__":
    main()
