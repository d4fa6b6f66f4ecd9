"""Reading the store in a thread, for widgets that are handed what is ready to be shown."""

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from app.engagement import accounts as stored
from app.engagement.accounts import AccountError
from app.engagement.model import Account
from app.engagement.reports import trends
from app.engagement.reports.figures import Row
from app.engagement.reports.issue_page import IssuePageData, issue_page
from app.engagement.reports.listing import Line, lines
from app.engagement.reports.queries import rows
from app.engagement.reports.sparks import first_days
from app.engagement.reports.trends import Period, Trends
from app.engagement.store.reader import Reader
from app.engagement.store.schema import StoreError, store_file
from app.engagement.store.store import Status
from app.ui.editor.jobs import run_in_thread, window_post
from app.ui.moments import day_and_time

_LOADED_LATER = "app.linkrot.service"
"""What counts an issue's dead links once its page is shown."""
Answer = TypeVar("Answer")
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the list shows.

    Attributes:
        lines: The newest issue first.
        statuses: How each account's sync stands.
        detailed: The state of each issue's splits, by the store's numbers.
    """

    accounts: tuple[Account, ...]
    rows: list[Row]
    lines: list[Line]
    statuses: Mapping[str, Status]
    detailed: Mapping[int, tuple[int | None, int]]

    @property
    def is_synced(self) -> bool:
        """Whether any account was ever read whole."""
        return any(status.synced_at is not None for status in self.statuses.values())


class Loader(QObject):
    """One reader of the store. Of several questions of a kind only the newest is answered."""

    loaded = Signal(object)
    """An `Overview`."""
    sparks_loaded = Signal(object)
    report_loaded = Signal(object)
    """`IssuePageData`; None where the issue is not there."""
    rehearsal_loaded = Signal(object)
    """`IssuePageData`, or None, that nobody has asked for yet."""
    trends_loaded = Signal(object)
    """`Trends`."""
    store_changed = Signal()
    """Some other window or command has written."""
    failed = Signal(str)
    """In plain words, and what can be done."""

    def __init__(self, parent: QObject, path: Path | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._lock = threading.Lock()
        self._reader: Reader | None = None
        self._closed = False
        self._asked: dict[str, int] = {}
        self._version = 0
        self._lines: list[Line] = []
        self._known: tuple[tuple[int, tuple[Account, ...]], list[Row]] | None = None
        self._drawn: Mapping[int, tuple[int | None, int]] = {}
        self._given: tuple[list[Line], list[Row]] = ([], [])
        self._post = window_post()

    def load(self) -> None:
        """Read all issues; ``loaded`` follows, then ``sparks_loaded``."""
        self._ask("issues", self._overview, self._give)

    def load_report(self, account: str, issue: str) -> None:
        """Read one issue; ``report_loaded`` follows."""
        self._ask("report", lambda: self._report(account, issue), self.report_loaded.emit)

    def load_rehearsal(self, account: str, issue: str) -> None:
        """Read one issue with all that its page will load; ``rehearsal_loaded`` follows."""

        def read() -> IssuePageData | None:
            import_module(_LOADED_LATER)
            return self._report(account, issue)

        self._ask("rehearsal", read, self.rehearsal_loaded.emit)

    def load_trends(self, account: str, period: str) -> None:
        """Reckon what an account's issues have in common; ``trends_loaded`` follows."""
        self._ask("trends", lambda: self._trends(account, period), self.trends_loaded.emit)

    def look(self) -> None:
        """See whether somebody else has written; ``store_changed`` follows if so."""
        self._ask("version", self._has_changed, lambda yes: self.store_changed.emit() if yes else 0)

    def close(self) -> None:
        """Close the store; what is being read is not answered any more."""
        self._closed = True
        self._close_reader()

    # in a thread

    def _overview(self) -> Overview:
        reader, accounts = self._opened(), stored.load()
        self._version = reader.version()
        found = self._rows(accounts)
        self._lines = made = lines(found, day_and_time, self._lines)
        return Overview(accounts, found, made, reader.statuses(), reader.detailed())

    def _rows(self, accounts: tuple[Account, ...]) -> list[Row]:
        """All issues; read again only where the store or the accounts changed."""
        reader = self._opened()
        now = (reader.version(), accounts)
        if self._known is None or self._known[0] != now:
            before = self._known[1] if self._known is not None else ()
            self._known = (now, rows(reader, accounts, before))
        return self._known[1]

    def _report(self, account: str, issue: str) -> IssuePageData | None:
        reader = self._opened()
        known = self._rows(stored.load())
        found = next((row for row in known if (row.account, row.id) == (account, issue)), None)
        return None if found is None else issue_page(reader, known, found)

    def _trends(self, account: str, period: str) -> Trends:
        material = trends.read(self._opened(), stored.load())
        return trends.trends(material, int(time.time() * 1000), account, Period(period))

    def _read_sparks(self, missing: list[Row]) -> None:
        for part in first_days(self._opened(), missing):
            if self._closed:
                return
            self._post.bring(partial(self._tell_sparks, part))

    def _tell_sparks(self, part: object) -> None:
        """Here again, where the window may have gone meanwhile."""
        if isValid(self) and not self._closed:
            self.sparks_loaded.emit(part)

    def _has_changed(self) -> bool:
        return self._reader is not None and self._reader.version() != self._version

    def _opened(self) -> Reader:
        with self._lock:
            if self._reader is None:
                self._reader = Reader(self._path or store_file())
            return self._reader

    def _close_reader(self) -> None:
        with self._lock:
            if self._reader is not None:
                self._reader.close()
                self._reader = None
                self._known = None  # another connection counts its versions anew

    def _close_late(self) -> None:
        """Meanwhile the end may have come, and the store was perhaps opened again after it."""
        if self._closed:
            self._close_reader()

    # here

    def _give(self, overview: Overview) -> None:
        """Hand it on, then read the sparklines of issues whose splits are other ones."""
        before, self._given = self._given, (list(overview.lines), list(overview.rows))
        self.loaded.emit(overview)
        if before[0]:
            run_in_thread(lambda: _let_go(*before), lambda: None, self)
        changed = [
            row
            for row in overview.rows
            if overview.detailed.get(row.source.number) != self._drawn.get(row.source.number)
        ]
        self._drawn = overview.detailed
        self.sparks_loaded.emit(
            {
                (row.account, row.id): ()
                for row in overview.rows
                if row.source.number not in overview.detailed
            }
        )
        if changed:
            self._ask("sparks", lambda: self._read_sparks(changed), lambda _: None)

    def _ask(self, kind: str, work: Callable[[], Answer], then: Callable[[Answer], object]) -> None:
        number = self._asked.get(kind, 0) + 1
        self._asked[kind] = number
        answers: list[Answer] = []
        complaints: list[str] = []

        def run() -> None:
            if self._closed:
                return
            try:
                answers.append(work())
            except (StoreError, AccountError) as error:
                complaints.append(str(error))
            except sqlite3.Error:
                self._close_reader()
                complaints.append(_UNREADABLE)
            finally:
                self._close_late()

        def deliver() -> None:
            if self._closed or self._asked[kind] != number:
                return
            for complaint in complaints:
                self.failed.emit(self.tr(complaint))
            for answer in answers:
                then(answer)

        run_in_thread(run, deliver, self)


def _let_go(*held: list[Line] | list[Row]) -> None:
    """In a thread: a thousand issues that nobody shows any more take milliseconds to go, which the
    window would wait for. One at a time, so that it can have the interpreter in between.
    """
    for each in held:
        while each:
            each.pop()


_UNREADABLE = (
    "The figures' file cannot be read. It is begun anew at the next sync; nothing is lost at your"
    " platforms."
)
