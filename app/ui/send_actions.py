"""What the Send menu does with the draft that is shown, as far as it leaves without a platform."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from app.ui.checking import Checking
from app.ui.desk import Desk
from app.ui.loading import when_loaded
from app.ui.main_window import MainWindow
from app.ui.notices import Choice, Notice, Tone
from app.ui.saver import Saver
from app.ui.sheet import Sheet
from app.ui.view_actions import ViewActions

if TYPE_CHECKING:
    from app.ui.export.source import Source


class SendActions(QObject):
    """Opens the dialogs of what leaves; fills the clipboard."""

    def __init__(
        self, window: MainWindow, desk: Desk, saver: Saver, checking: Checking, views: ViewActions
    ) -> None:
        super().__init__(window)
        self._checking, self._views = checking, views
        self._window = window
        self._desk = desk
        self._saver = saver
        deeds: dict[str, tuple[str, Callable[[Sheet], object]]] = {
            "export_draft": ("dialog", self._export),
            "copy_rich": ("rich_copy", self._copy),
            "test_mail": ("test_mail", self._test),
        }
        for name, (module, deed) in deeds.items():
            window.commands.bind(name, self._with_draft(f"app.ui.export.{module}", deed))

    def _with_draft(self, module: str, deed: Callable[[Sheet], object]) -> Callable[[], None]:
        """Do it with the current draft, once its module is loaded: in a thread, as that takes long
        at the first time.
        """

        def run() -> None:
            sheet = self._desk.current
            if sheet is not None:
                when_loaded(module, lambda: loaded(sheet), self)

        def loaded(sheet: Sheet) -> None:
            if sheet in self._desk.sheets:
                deed(sheet)

        return run

    def _export(self, sheet: Sheet) -> None:
        from app.ui.export.dialog import ExportDialog
        from app.ui.export.gate import GateMeans

        means = GateMeans(
            self._checking,
            timedelta(minutes=self._views.settings.link_age),
            sheet.draft.ignored,
            self._checking.allow_private,
        )
        dialog = ExportDialog(self._window, self._source(sheet), means, self._saver)
        dialog.saved.connect(self._tell_saved)
        dialog.links_wanted.connect(self._window.commands["hand_over"].trigger)
        dialog.open()

    def _tell_saved(self, path: Path, besides: str) -> None:
        words = self.tr("Exported as “%1”.").replace("%1", path.name)
        words = f"{words} {besides}".strip()
        folder = Choice(self.tr("Show the folder"), lambda: _open(path.parent))
        notice = Notice("export", words, choices=(folder,), passing=True)
        self._window.notices.tell(notice)

    def _copy(self, sheet: Sheet) -> None:
        from app.ui.export.rich_copy import copy_rich

        def failed(why: str) -> None:
            self._window.notices.tell(Notice("copy_rich", why, Tone.WARNING))

        copy_rich(self._source(sheet, selected=True), self, self._window.status.say, failed)

    def _test(self, sheet: Sheet) -> None:
        from app.ui.export.test_mail import TestMailDialog

        dialog = TestMailDialog(self._window, self._source(sheet))
        dialog.settings_wanted.connect(lambda: self._views.open_settings("test_mail"))
        dialog.sent.connect(self._window.status.say)
        dialog.open()

    def _source(self, sheet: Sheet, *, selected: bool = False) -> "Source":
        from app.ui.editor.text_access import text_in
        from app.ui.export.source import Source

        selection = text_in(sheet.editor.textCursor()) if selected and sheet.editor else ""
        text = "\n".join(sheet.draft.lines)
        return Source(sheet.title, text, sheet.path, selection)


def _open(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
