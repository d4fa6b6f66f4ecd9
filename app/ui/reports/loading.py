"""Reading the store in a thread, for widgets that are handed what is ready to be shown."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from app.engagement import accounts
from app.engagement.accounts import AccountError
from app.engagement.reports.figures import Row
from app.engagement.reports.queries import IssueReport, report, rows
from app.engagement.store.reader import Reader
from app.engagement.store.schema import StoreError, store_file
from app.ui.editor.jobs import run_in_thread

Answer = TypeVar("Answer")


class Loader(QObject):
    """One reader of the store. Of several questions of a kind only the newest is answered."""

    rows_loaded = Signal(object)
    """A list of `Row`, the newest issue first."""
    report_loaded = Signal(object)
    failed = Signal(str)
    """In plain words, and what can be done."""

    def __init__(self, parent: QObject, path: Path | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._lock = threading.Lock()
        self._reader: Reader | None = None
        self._closed = False
        self._asked: dict[str, int] = {}

    def load_rows(self) -> None:
        """Read all issues; ``rows_loaded`` follows."""
        self._ask("rows", self._rows, self.rows_loaded.emit)

    def load_report(self, account: str, issue: str) -> None:
        """Read one issue; ``report_loaded`` follows, with None where it is not there."""
        self._ask("report", lambda: self._report(account, issue), self.report_loaded.emit)

    def close(self) -> None:
        """Close the store; what is being read is not answered any more."""
        self._closed = True
        with self._lock:
            if self._reader is not None:
                self._reader.close()
                self._reader = None

    def _rows(self) -> list[Row]:
        return rows(self._opened(), accounts.load())

    def _report(self, account: str, issue: str) -> IssueReport | None:
        known = self._rows()
        found = next((row for row in known if (row.account, row.id) == (account, issue)), None)
        return None if found is None else report(self._opened(), known, found)

    def _opened(self) -> Reader:
        if self._reader is None:
            self._reader = Reader(self._path or store_file())
        return self._reader

    def _ask(self, kind: str, work: Callable[[], Answer], then: Callable[[Answer], object]) -> None:
        number = self._asked.get(kind, 0) + 1
        self._asked[kind] = number
        answers: list[Answer] = []
        complaints: list[str] = []

        def run() -> None:
            with self._lock:
                if self._closed or self._asked[kind] != number:
                    return
                try:
                    answers.append(work())
                except (StoreError, AccountError) as error:
                    complaints.append(str(error))
                except sqlite3.DatabaseError:
                    complaints.append(
                        self.tr(
                            "The figures' file cannot be read. It is begun anew at the next sync;"
                            " nothing is lost at your platforms."
                        )
                    )

        def deliver() -> None:
            if self._closed or self._asked[kind] != number:
                return
            for complaint in complaints:
                self.failed.emit(complaint)
            for answer in answers:
                then(answer)

        run_in_thread(run, deliver, self)
