"""The way into the app: ``run`` opens the window and stays until it is closed.

Nothing but Qt's widgets and light modules is imported before the first frame.
"""

import logging
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QSocketNotifier, Qt
from PySide6.QtWidgets import QApplication

from app.ui import style
from app.ui.interpreter import Interpreter
from app.ui.settings import Store
from app.ui.shell import Shell
from app.ui.translation import speak

if TYPE_CHECKING:
    from app.demo.desk import DemoDesk

log = logging.getLogger(__name__)


def run(paths: Sequence[Path], *, demo: "DemoDesk | None" = None) -> int:
    """Open the app with these drafts, or as it was; returns the exit status."""
    # The preview's browser engine asks for this, long before it is loaded.
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    application = QApplication(sys.argv[:1])
    Interpreter(application)
    application.setApplicationName("Sendoff")
    application.setDesktopFileName("org.sendoff.Sendoff")
    speak(application, QLocale())
    sys.excepthook = _log_without_text
    style.dress(application)
    shell = Shell(Store(), demo)
    _end_on_signals(application, shell)
    shell.show(paths)
    status = QApplication.exec()
    shell.close()
    return status


def _end_on_signals(application: QApplication, shell: Shell) -> None:
    """Close the window properly when the session ends or the terminal sends Ctrl+C."""

    def end(_number: int, _frame: FrameType | None) -> None:
        shell.window.close()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    # Python looks at signals only when some of its code runs: a byte in this socket makes it.
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read, application)
    notifier.activated.connect(lambda: reader.recv(64))

    def stop() -> None:
        signal.set_wakeup_fd(-1)
        writer.close()  # not before: a closed peer would make the reader ready for ever

    application.aboutToQuit.connect(stop)


def _log_without_text(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Log where something went wrong; the message may hold the draft's text, so it stays out."""
    del error
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    log.error("%s at %s", kind.__name__, " < ".join(reversed(places)))
