"""From a draft to a file's content: rendered in a thread, or printed by the browser engine.

Nothing is written here; see `writing`.
"""

from PySide6.QtCore import QCoreApplication, QObject, Signal

from app.publish import PublicationError
from app.publish.export import Format, Issue, exported
from app.publish.export.local import beside
from app.ui.editor.jobs import run_in_thread
from app.ui.export.source import Source


class Making(QObject):
    """Makes one file's content; ``made`` or ``failed`` follows, unless it is cancelled."""

    made = Signal(bytes)
    failed = Signal(str)
    """Why not, in words."""

    def __init__(self, source: Source, as_format: Format, parent: QObject) -> None:
        super().__init__(parent)
        self._source = source
        self._format = as_format
        self._printer: QObject | None = None
        self._issue: Issue | None = None
        self._data = b""
        self._problem = ""
        self.beside = 0
        """Pictures that the file shows and that are only beside the draft."""

    def start(self) -> None:
        """Begin."""
        run_in_thread(self._render, self._rendered, self)

    def cancel(self) -> None:
        """Nothing is heard of it any more."""
        self.blockSignals(True)
        if self._printer is not None:
            self._printer.close()  # type: ignore[attr-defined]  # its class needs the engine
        self.deleteLater()

    def _render(self) -> None:
        try:
            issue = self._source.issue()
            if self._format is Format.PDF:
                issue.html  # noqa: B018 - rendered here, not in the window's thread
                self._issue = issue
            else:
                self._data = exported(issue, self._format)
                if self._format is Format.HTML:
                    self.beside = beside(issue.html, issue.folder)
        except PublicationError as error:
            self._problem = str(error)

    def _rendered(self) -> None:
        if self._problem:
            self.failed.emit(self._problem)
        elif self._issue is not None:
            self._print(self._issue)
        else:
            self.made.emit(self._data)

    def _print(self, issue: Issue) -> None:
        from app.ui.preview import graphics
        from app.ui.preview.preview import engine_would_end_the_app

        translate = QCoreApplication.translate
        if engine_would_end_the_app():
            self.failed.emit(
                translate(
                    "Export",
                    "A PDF is printed by the browser engine, which cannot run as root in its"
                    " sandbox. Start Sendoff as an ordinary user.",
                )
            )
            return
        try:
            graphics.choose()
            from app.ui.export.paper import Printer
        except ImportError:
            self.failed.emit(
                translate(
                    "Export",
                    "A PDF is printed by the browser engine, which is not installed. Install"
                    " Sendoff with its “preview” extra: pip install 'sendoff[preview]'",
                )
            )
            return
        printer = Printer(issue.html, issue.folder, self)
        printer.printed.connect(self.made)
        printer.failed.connect(
            lambda: self.failed.emit(translate("Export", "The browser engine could not print it."))
        )
        self._printer = printer
