"""An issue's page made ready before one is opened, a little at a time."""

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject

from app.engagement.reports.issue_page import IssuePageData
from app.ui.reports.issue.page import IssuePage
from app.ui.reports.loading import Key, Loader
from app.ui.turns import Turns

PAUSE_MS = 25
"""Between two parts: the writer goes first."""


class Ahead(QObject):
    """Makes the page's widgets, then shows an issue where nobody sees it: modules and fonts are
    loaded, and widgets dressed, before they are waited for.
    """

    def __init__(self, loader: Loader, page: Callable[[], IssuePage], parent: QObject) -> None:
        super().__init__(parent)
        self._loader = loader
        self._page = page
        self._is_wanted = True
        self._has_begun = self._is_stopped = False
        self._turns = Turns(self, PAUSE_MS)
        loader.rehearsal_loaded.connect(self._rehearse)

    def begin(self, issue: Key, *, is_whole: bool) -> None:
        """Get ready with this issue. Once at the first figures, and once when they are whole, which
        they are not in the midst of a sync.
        """
        if self._is_wanted and not (self._has_begun and not is_whole):
            self._has_begun, self._is_wanted = True, not is_whole
            self._turns.begin(self._make(issue))

    def stop(self) -> None:
        """An issue is opened: the page does the rest itself."""
        self._is_wanted, self._is_stopped = False, True
        self._turns.stop()

    def _make(self, issue: Key) -> Iterator[None]:
        page = self._page()
        yield
        while page.prepare():
            yield
        self._loader.load_rehearsal(*issue)

    def _rehearse(self, report: IssuePageData | None) -> None:
        if not self._is_stopped and report is not None:
            self._turns.begin(self._page().rehearse(report))
