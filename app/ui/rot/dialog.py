"""Links that died: all of them, by the letter that has them."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QWidget,
)

from app.linkrot.listing import DeadLink, Overview, nearest_to
from app.linkrot.model import Copy, Kind
from app.ui.dialogs.dialog import Dialog, soft
from app.ui.editor.quick_fixes import is_openable
from app.ui.rot import words
from app.ui.rot.detail import Detail
from app.ui.rot.empty import EmptyGround
from app.ui.rot.keeping import RotKeeper
from app.ui.rot.rows import DeadList, Row, rows

SIZE = QSize(980, 640)
Key = tuple[Kind, str, str, str]
Replace = Callable[[str, str, str, Callable[[int], object]], None]
"""A draft's path, a dead page and its copy; then how many links were replaced."""


class DeadLinksDialog(Dialog):
    """Shows what the keeper knows; tells what is wanted."""

    allow_wanted = Signal()

    def __init__(
        self,
        parent: QWidget,
        keeper: RotKeeper,
        replace: Replace,
        *,
        is_offline: Callable[[], bool],
        first: Key | None = None,
    ) -> None:
        """``first`` is what is chosen at first: a letter, or one of its links."""
        title = QCoreApplication.translate("DeadLinksDialog", "Links that died")
        super().__init__(parent, title)
        self.resize(SIZE.boundedTo(self.screen().availableSize() * 0.92))
        self._keeper = keeper
        self._replace = replace
        self._is_offline = is_offline
        self._wanted = first
        self._found: Overview | None = None
        self._replaced: frozenset[tuple[str, str]] = frozenset()
        self._asking: set[str] = set()
        self._said: dict[str, str] = {}
        self.standing = soft("")
        self.trouble = soft("")
        self.trouble.hide()
        self.allow = QPushButton(self.tr("&Look after them"))
        self.list = DeadList(self)
        self.detail = Detail()
        self.ground = EmptyGround()
        self._assemble()
        self._connect()
        self._show_standing()
        self.reload()

    def reload(self) -> None:
        """Read it all again."""
        self._keeper.read(self._show, self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses a button, F5 looks again, Ctrl+C copies an address."""
        dead = self._dead
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus = self.focusWidget()
            if isinstance(focus, QPushButton):
                focus.click()
        elif dead is not None and event.key() == Qt.Key.Key_F5:
            self._look_again()
        elif dead is not None and event.matches(QKeySequence.StandardKey.Copy):
            self._take(dead.copy.url if dead.copy is not None and dead.copy.url else dead.link.url)
        else:
            super().keyPressEvent(event)

    @property
    def _dead(self) -> DeadLink | None:
        row = self.list.row
        return row.dead if row is not None else None

    def _assemble(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self.standing, 1)
        self.allow.setAutoDefault(False)
        self.allow.setToolTip(self.tr("Choose what is looked after, in the settings"))
        top.addWidget(self.allow, 0, Qt.AlignmentFlag.AlignTop)
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(18)
        row.addWidget(self.list, 6)
        row.addWidget(_scrolled(self.detail), 5)
        self.pages = QStackedWidget()
        self.pages.addWidget(both)
        self.pages.addWidget(self.ground)
        self.pages.setCurrentWidget(self.ground)
        self.body.addLayout(top)
        self.body.addWidget(self.trouble)
        self.body.addWidget(self.pages, 1)
        self.add_close()

    def _connect(self) -> None:
        self._keeper.changed.connect(self.reload)
        self._keeper.trouble.connect(self._show_trouble)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._show_chosen())
        self.list.wanted.connect(self._enter)
        self.allow.clicked.connect(self.allow_wanted)
        self.ground.allow_wanted.connect(self.allow_wanted)
        detail = self.detail
        detail.open_wanted.connect(self._open)
        detail.copy_wanted.connect(self._take)
        detail.find_wanted.connect(self._find)
        detail.again_wanted.connect(self._look_again)
        detail.replace_wanted.connect(self._put_into_draft)

    # what is shown

    def _show(self, found: Overview | None) -> None:
        if found is None:
            return
        row = self.list.row
        key = self._wanted or (row.key if row is not None else None)
        self._found, self._wanted = found, None
        had_rows = bool(self.list.rows_model.rows)
        shown: list[Row] = list(rows(found, self._replaced))
        before = self.list.rows_model.rows
        if len(shown) == len(before) and all(map(_are_the_same, shown, before)):
            self.list.rows_model.renew(shown)
        else:
            self.list.rows_model.show(shown)
            self.list.choose(key)
        self._show_standing()
        self._show_chosen()
        if shown and not had_rows:
            self.list.setFocus()

    def _show_standing(self) -> None:
        wish, found = self._keeper.wish, self._found
        watches = wish is not None and wish.watches
        self.allow.setVisible(not watches and found is not None and bool(found.groups))
        if found is None:
            self.standing.setText(self.tr("Reading your issues and drafts…"))
            self.ground.tell("", "")
            return
        self.standing.setText(
            words.standing(found)
            if watches
            else self.tr("Links of sent issues and drafts are not looked after now.")
        )
        self.standing.setVisible(bool(found.groups))
        self.pages.setCurrentIndex(0 if found.groups else 1)
        self.ground.show_state(found, watches=watches, is_offline=self._is_offline())
        if not found.groups and watches is False:
            self.ground.button.setFocus()

    def _show_chosen(self) -> None:
        row, wish = self.list.row, self._keeper.wish
        self.detail.setVisible(row is not None and row.dead is not None)
        if row is None or row.dead is None or wish is None:
            return
        page = row.dead.link.page
        archive = QUrl(wish.archive).host() or wish.archive
        self.detail.show_link(
            row.dead, archive=archive, is_replaced=row.is_replaced, is_asking=page in self._asking
        )
        self.detail.said.setText(self._said.get(page, ""))

    def _show_trouble(self, told: str) -> None:
        self.trouble.setText(self.tr(told) if told else "")
        self.trouble.setVisible(bool(told))

    # what is done

    def _enter(self) -> None:
        dead = self._dead
        if dead is None:
            return
        if dead.copy is not None and dead.copy.url:
            self._open(dead.copy.url)
        elif dead.copy is None:
            self._find()

    def _open(self, url: str) -> None:
        if is_openable(url):
            QDesktopServices.openUrl(QUrl(url))

    def _take(self, url: str) -> None:
        QApplication.clipboard().setText(url)
        self._say(self.tr("The address is on the clipboard."))

    def _find(self) -> None:
        dead = self._dead
        if dead is None or dead.link.page in self._asking:
            return
        page = dead.link.page
        self._begin(page, self.tr("Asking the archive…"))

        def found(copy: Copy | str) -> None:
            self._end(page, self.tr(copy) if isinstance(copy, str) else "")

        self._keeper.find_copy(page, nearest_to(dead.letter, dead.page), found, self)

    def _look_again(self) -> None:
        dead = self._dead
        if dead is None or dead.link.page in self._asking:
            return
        page = dead.link.page
        self._begin(page, self.tr("Asking the link's site…"))

        def looked(told: str) -> None:
            self._end(page, self.tr(told) if told else self.tr("Looked at just now."))

        self._keeper.look_again(page, looked, self)

    def _put_into_draft(self) -> None:
        dead = self._dead
        if dead is None or dead.copy is None:
            return
        path, page = dead.link.draft, dead.link.page

        def replaced(count: int) -> None:
            if count:
                self._replaced |= {(path, page)}
                told = self.tr("Replaced in the draft. Undo there takes it back.")
            else:
                told = self.tr("The draft does not have this link any more, or cannot be changed.")
            self._said[page] = told
            if self._found is not None:
                self._show(self._found)

        self._replace(path, page, dead.copy.url, replaced)

    def _begin(self, page: str, told: str) -> None:
        self._asking.add(page)
        self._said[page] = told
        self._show_chosen()

    def _end(self, page: str, told: str) -> None:
        self._asking.discard(page)
        self._said[page] = told
        self.reload()

    def _say(self, told: str) -> None:
        dead = self._dead
        if dead is not None:
            self._said[dead.link.page] = told
            self._show_chosen()


def _are_the_same(one: Row, other: Row) -> bool:
    return one.key == other.key


def _scrolled(widget: QWidget) -> QScrollArea:
    """Small screens do not show all of it."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setAutoFillBackground(False)
    area.setWidget(widget)
    return area


def key_of_issue(account: str, issue: str) -> Key:
    """What ``first`` is for an issue."""
    return Kind.ISSUE, account, issue, ""
