"""What the Send menu does about handing over; and an issue's history follows its draft's name."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.ui.background import ask_for
from app.ui.checking import Checking
from app.ui.desk import Desk
from app.ui.handover.keeping import LinkKeeping
from app.ui.main_window import MainWindow
from app.ui.notices import Notice, Tone
from app.ui.report_actions import ReportActions
from app.ui.sheet import Sheet

if TYPE_CHECKING:
    from app.handover.history import History
    from app.ui.handover.dialog import HandoverDialog

_FOR_DIALOG = ("app.ui.handover.dialog", "app.ui.handover.office")
_FOR_HISTORY = "app.ui.handover.history_dialog"
NAMED_WITHIN_MS = 3000
"""How long a draft without a file is waited for that is being given one."""


class HandoverActions(QObject):
    """Opens the dialogs, and leads from them to where things are mended.

    ``limit`` is how long ago a link may have been looked at, in minutes.
    """

    def __init__(
        self,
        window: MainWindow,
        desk: Desk,
        checking: Checking,
        reports: ReportActions,
        limit: Callable[[], int],
    ) -> None:
        super().__init__(window)
        self._window, self._desk, self._checking, self._limit = window, desk, checking, limit
        self._reports = reports
        self._is_closed = False
        self._history: History | None = None
        self._dialog: HandoverDialog | None = None
        self._named: dict[int, Path | None] = {}
        self._waits: Sheet | None = None
        window.commands.bind("hand_over", self._with_draft(self._hand_over, *_FOR_DIALOG))
        window.commands.bind("issue_history", self._with_draft(self._show_history, _FOR_HISTORY))
        self._keeping = LinkKeeping(desk, checking, self._keep_with_history, self)
        desk.sheets_changed.connect(self._follow_names)
        reports.accounts_changed.connect(self._renew_accounts)

    def close(self) -> None:
        """Give the history's file back."""
        self._is_closed = True
        if self._history is not None:
            self._history.close()
            self._history = None

    # the dialogs

    def _with_draft(
        self, deed: "Callable[[Sheet, Path, History], object]", *modules: str
    ) -> Callable[[], None]:
        def run() -> None:
            sheet = self._desk.current
            if sheet is None:
                return
            if sheet.path is None:
                self._name_first(sheet, run)
                return
            path = sheet.path
            self._with_history(lambda history: deed(sheet, path, history), modules)

        return run

    def _name_first(self, sheet: Sheet, then: Callable[[], object]) -> None:
        """An untitled draft gets its file before: what is kept of it is kept by that."""
        if sheet.is_empty:
            words = self.tr("There is nothing to hand over yet.")
            self._tell(words, Tone.INFO)
            return
        self._desk.name(sheet)

        def named() -> None:
            if sheet.path is not None and self._waits is sheet:
                self._waits = None
                then()

        if self._waits is not sheet:
            self._waits = sheet
            sheet.saved_changed.connect(named)
            QTimer.singleShot(NAMED_WITHIN_MS, self, self._stop_waiting)

    def _stop_waiting(self) -> None:
        self._waits = None

    def _with_history(
        self,
        deed: "Callable[[History], object]",
        modules: Sequence[str],
        failed: Callable[[Exception], object] | None = None,
    ) -> None:
        """Load in a thread what ``deed`` needs, the history's file with it, then do it."""
        from app.handover.ledger import LedgerError

        known = self._history

        def load() -> "History":
            for name in modules:
                import_module(name)
            return known or import_module("app.handover.history").History()

        def loaded(history: "History") -> None:
            if self._is_closed:
                history.close()
                return
            if self._history is None:
                self._history = history
                if history.notice:
                    self._tell(history.notice, Tone.WARNING)
            elif history is not self._history:
                history.close()
            deed(self._history)

        ask_for(load, loaded, failed or self._fail, self, (LedgerError,))

    def _keep_with_history(self, deed: "Callable[[History], object]") -> None:
        """For what nobody asked for: a file that cannot be had is told of when somebody does."""
        self._with_history(deed, ("app.handover.gatekeeper",), lambda _: None)

    def _hand_over(self, sheet: Sheet, path: Path, history: "History") -> None:
        from app.ui.handover.dialog import HandoverDialog
        from app.ui.handover.gate_watch import Issue
        from app.ui.handover.office import DraftOffice

        if self._dialog is not None:
            return
        if not sheet.keeper.read_only:
            sheet.save()
        text = "\n".join(sheet.draft.lines)
        issue = Issue(path, text, sheet.draft.ignored, self._checking.allow_private)
        dialog = self._dialog = HandoverDialog(
            *(self._window, sheet.title, issue, self._checking, DraftOffice(path, text), history),
            limit=timedelta(minutes=self._limit()),
            findings=sheet.findings,
        )
        if sheet.findings is None:  # the app has only just begun
            sheet.findings_made.connect(dialog.follow)
        dialog.go_to.connect(lambda line, column: self._go_to(sheet, line, column))
        dialog.checks_wanted.connect(self._show_checks)
        dialog.account_wanted.connect(self._reports.add_account)
        dialog.accounts_wanted.connect(self._reports.show_accounts)
        dialog.compare_wanted.connect(self._compare)
        dialog.finished.connect(self._forget_dialog)
        dialog.open()

    def _forget_dialog(self) -> None:
        self._dialog = None

    def _renew_accounts(self) -> None:
        if self._dialog is not None:
            self._dialog.renew_accounts()

    def _go_to(self, sheet: Sheet, line: int, column: int) -> None:
        if sheet.editor is not None and sheet in self._desk.sheets:
            sheet.editor.go_to(line, column)
            sheet.editor.setFocus()

    def _show_checks(self) -> None:
        action = self._window.commands["show_checks"]
        if not action.isChecked():
            action.trigger()

    def _compare(self, before: Sequence[str], after: Sequence[str], legend: str) -> None:
        from app.ui.dialogs.compare import CompareDialog

        CompareDialog(self._dialog or self._window, before, after, legend).open()

    def _show_history(self, sheet: Sheet, path: Path, history: "History") -> None:
        from app.ui.handover.history_dialog import IssueHistoryDialog

        IssueHistoryDialog(self._window, sheet.title, path, history).open()

    def _fail(self, error: Exception) -> None:
        self._tell(str(error), Tone.ERROR)

    def _tell(self, words: str, tone: Tone) -> None:
        self._desk.told.emit(Notice("hand-over", words, tone))

    # names

    def _follow_names(self) -> None:
        for sheet in self._desk.sheets:
            if sheet.key not in self._named:
                self._named[sheet.key] = sheet.path
                sheet.saved_changed.connect(lambda sheet=sheet: self._follow_name(sheet))

    def _follow_name(self, sheet: Sheet) -> None:
        """What is kept of an issue goes along when its draft gets another name."""
        before, now = self._named.get(sheet.key), sheet.path
        if before == now or now is None:
            return
        self._named[sheet.key] = now
        if not _file_exists():
            return
        # A new draft takes nothing over from one of the same name that is gone.
        old = before or now.with_name(f"{now.name} (new)")
        self._with_history(lambda history: self._rename(history, old, now), ())

    def _rename(self, history: "History", old: Path, new: Path) -> None:
        from app.handover.ledger import LedgerError

        ask_for(lambda: history.rename(old, new), lambda _: None, self._fail, self, (LedgerError,))


def _file_exists() -> bool:
    from app.handover.ledger import ledger_file

    return ledger_file().exists()
