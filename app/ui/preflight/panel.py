"""The list of checks: what readers would stumble over, the worst first, and what can be done."""

from PySide6.QtCore import QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QVBoxLayout,
    QWidget,
)

from app.preflight import Finding, Severity
from app.preflight.listing import (
    Group,
    Heading,
    Judged,
    LinksRow,
    MoreRow,
    MuteRow,
    Row,
    rows,
)
from app.ui.brief import brief
from app.ui.dialogs.dialog import rule
from app.ui.moments import day_and_time
from app.ui.panels.rows import RowList, RowModel, RowPages
from app.ui.preflight.detail import Detail
from app.ui.preflight.findings import Findings
from app.ui.preflight.foot import SendingFoot
from app.ui.preflight.rows import CheckPainter
from app.ui.preflight.surroundings import Around
from app.ui.preflight.words import about, links_words, readers_words, scope_words, spoken

LOW = 260
"""Pixels of height below which there is room for the list and what can be done, and no more."""


class CheckList(RowList):
    """The rows; Left and Right close and open a group."""

    folded = Signal(QModelIndex, bool)

    def __init__(self, parent: QWidget, name: str, painter: CheckPainter) -> None:
        super().__init__(parent, name, painter)
        self._painter = painter
        self.setUniformItemSizes(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right on a heading close and open it."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self.currentIndex().isValid():
            self.folded.emit(self.currentIndex(), event.key() == Qt.Key.Key_Right)
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other rows may need a second line; the current one stays in view."""
        super().resizeEvent(event)
        if event.size().height() < event.oldSize().height():
            QTimer.singleShot(0, self, lambda: self.scrollTo(self.currentIndex()))
        if self._painter.width != self.viewport().width():
            self._painter.width = self.viewport().width()
            self.scheduleDelayedItemsLayout()


class ChecksPanel(QWidget):
    """Shows the findings of the current draft, and tells what the writer wants done."""

    opened = Signal()
    go_to = Signal(object)
    """A `Finding`."""
    fix_wanted = Signal(object)
    """A `Finding`."""
    mute_wanted = Signal(str, object)
    """A rule's id, and the severity of what it found."""
    unmute_wanted = Signal(object)
    """A `Mute`."""
    links_wanted = Signal(object)
    """A link's `Status`, or None for all links."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings: Findings | None = None
        self._judged: Judged | None = None
        self._open = {Group.BLOCK, Group.ERROR, Group.WARNING, Group.LINKS}
        self.model: RowModel[Row] = RowModel(self, self._spoken, self._tip)
        self._painter = CheckPainter(self.model)
        self._painter.lines = {}
        self.list = CheckList(self, self.tr("Checks"), self._painter)
        self.list.picked.connect(self._picked)
        self.list.folded.connect(self._fold)
        self.list.selectionModel().currentChanged.connect(lambda _: self._tell())
        self.pages = RowPages(self.list)
        self.detail = Detail(self)
        self.detail.fix.clicked.connect(self.mend)
        self.detail.mute.clicked.connect(self.mute)
        self.detail.unmute.clicked.connect(self._unmute)
        self.detail.links.clicked.connect(self._show_links)
        self.foot = SendingFoot()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self.pages, 1)
        layout.addWidget(self.detail)
        self._rule = rule()
        layout.addWidget(self._rule)
        layout.addWidget(self.foot)
        self.detail.hide()

    def show_findings(self, findings: Findings | None) -> None:
        """Show a draft's findings from now on; None where no draft is open."""
        self._findings, self._judged = findings, None
        self.renew()

    def renew(self) -> None:
        """Other findings hold; what is not seen is listed once it is."""
        if not self.isVisible():
            return
        judged = self._findings.judged if self._findings is not None else Judged()
        if judged is not self._judged:
            self._judged = judged
            self.foot.show_around(self._around)
            self._list(judged)

    def move_along(self) -> None:
        """The findings are the same, at other lines."""
        self._count_lines()
        self.list.viewport().update()

    def current(self) -> Row | None:
        """The current row."""
        index = self.list.currentIndex()
        return self.model.rows[index.row()] if index.isValid() else None

    def mark(self, finding: Finding) -> None:
        """Make a finding's row the current one, its group opened if need be."""
        self._open.add(Group(finding.severity.value))
        self._judged = None
        self.renew()
        self._mark(finding)

    def mend(self) -> None:
        """Make the current finding's repair."""
        row = self.current()
        if isinstance(row, Finding):
            self.fix_wanted.emit(row)

    def mute(self) -> None:
        """Ask to hear no more of the current row's rule."""
        row = self.current()
        if isinstance(row, Finding | LinksRow):
            self.list.setFocus()  # the button goes with the row
            self.mute_wanted.emit(row.rule, row.severity)

    # the list

    def _list(self, judged: Judged) -> None:
        current = self.current()
        at = self.list.currentIndex().row()
        place = self.list.verticalScrollBar().value()
        shown = rows(judged, self._open)
        if list(map(_key, shown)) == list(map(_key, self.model.rows)):
            self.model.renew(shown)  # the same is said, perhaps of other lines
            self._count_lines()
            self._tell()
            return
        self.model.show(shown)
        self._count_lines()
        self.pages.show_rows(bool(shown), self._nothing())
        if current is not None:
            self._mark(current, near=at)
            self.list.verticalScrollBar().setValue(place)
        self._tell()

    def _mark(self, wanted: Row, *, near: int = -1) -> None:
        """Find a row again: the same, or the one that took its place."""
        found = self.model.rows
        keys = [_key(each) for each in found]
        key = _key(wanted)
        alike = [at for at, each in enumerate(keys) if each == key]
        if alike:
            line = wanted.line if isinstance(wanted, Finding) else 0
            at = min(alike, key=lambda each: abs(_line(found[each]) - line))
        elif near >= 0:
            at = min(near, len(found) - 1)
        else:
            return
        if at >= 0:
            self.list.mark(at)

    def _count_lines(self) -> None:
        if self._findings is not None:
            drift = self._findings.drift
            found = (each for each in self.model.rows if isinstance(each, Finding))
            self._painter.lines = {id(each): drift.now(each.line) for each in found}

    def _nothing(self) -> str:
        if self._findings is None or not self._findings.is_known:
            return self.tr("The draft is being looked over…")
        return self.tr("Nothing was found that readers would stumble over.")

    def _spoken(self, row: Row) -> str:
        if not isinstance(row, Finding):
            return spoken(row)
        line = self._painter.lines.get(id(row), row.line)
        mends = self.tr("It can be mended.") if row.fix is not None else ""
        return " ".join(filter(None, (spoken(row, line), self._readers(row), mends)))

    def _tip(self, row: Row) -> str:
        if isinstance(row, Finding):
            return brief("\n".join(filter(None, (row.message, self._readers(row)))))
        return self._spoken(row)

    def _readers(self, finding: Finding) -> str:
        return readers_words(finding, self._around.readers)

    @property
    def _around(self) -> Around:
        return self._findings.around if self._findings is not None else Around()

    def _picked(self, index: QModelIndex) -> None:
        row = self.model.rows[index.row()]
        match row:
            case Heading():
                self._fold(index, row.group not in self._open)
            case Finding():
                self.go_to.emit(row)
            case LinksRow():
                self.links_wanted.emit(row.status)
            case MuteRow():
                self.detail.unmute.setFocus(Qt.FocusReason.OtherFocusReason)
            case MoreRow():
                pass

    def _fold(self, index: QModelIndex, opens: bool) -> None:
        row = self.model.rows[index.row()]
        if isinstance(row, Heading) and opens != row.is_open and self._judged is not None:
            (self._open.add if opens else self._open.discard)(row.group)
            self._list(self._judged)
            if opens:
                self._bring_into_view(row.group)

    def _bring_into_view(self, group: Group) -> None:
        """As much of a group as there is room for, its heading above all."""
        found = self.model.rows
        heading = next(
            at for at, row in enumerate(found) if isinstance(row, Heading) and row.group is group
        )
        after = (at for at in range(heading + 1, len(found)) if isinstance(found[at], Heading))
        self.list.scrollTo(self.model.index(next(after, len(found)) - 1, 0))
        self.list.scrollTo(self.model.index(heading, 0))

    # the detail

    def _tell(self) -> None:
        row, detail = self.current(), self.detail
        detail.setVisible(row is not None and not isinstance(row, Heading | MoreRow))
        match row:
            case Finding():
                words = "" if self._painter.shows_all(row) else row.message
                detail.show_words(words, self._readers(row), row.rule)
                detail.fix.setVisible(row.fix is not None)
                if row.fix is not None:
                    detail.fix.setText(row.fix.title)
                    detail.fix.setAccessibleName(row.fix.title)
                detail.mute.setVisible(row.severity is not Severity.BLOCK)
            case LinksRow():
                words = self.tr("%1. The list of links tells which, and what can be done.")
                detail.show_words(words.replace("%1", links_words(row)), "", row.rule)
                detail.links.show()
                detail.mute.setVisible(row.severity is not Severity.BLOCK)
            case MuteRow():
                mute = row.mute
                words = f"{about(mute.rule)} {self.tr('Muted')} {scope_words(mute.scope)}."
                day, _ = day_and_time(round(mute.at.timestamp() * 1000))
                reason = self.tr("“%1” (%2)").replace("%2", day).replace("%1", mute.reason)
                detail.show_words(words, reason, mute.rule)
                detail.unmute.show()

    def _unmute(self) -> None:
        row = self.current()
        if isinstance(row, MuteRow):
            self.unmute_wanted.emit(row.mute)

    def _show_links(self) -> None:
        row = self.current()
        if isinstance(row, LinksRow):
            self.links_wanted.emit(row.status)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, it is the list's."""
        super().resizeEvent(event)
        self._rule.setVisible(self.height() > LOW)
        self.foot.show_in(self.height() > LOW)
        self._tell()

    def showEvent(self, event: QShowEvent) -> None:
        """List what has been found meanwhile."""
        super().showEvent(event)
        self.renew()
        self.opened.emit()

    def sizeHint(self) -> QSize:  # noqa: D102
        return QSize(280, 300)


def _key(row: Row) -> object:
    """What stays the same of a row while its text is written on."""
    match row:
        case Heading():
            return Heading, row.group, row.is_open
        case MoreRow():
            return MoreRow, row.group
        case LinksRow():
            return LinksRow, row.rule
        case MuteRow():
            return MuteRow, row.mute.rule, row.mute.scope
    return Finding, row.rule, row.message


def _line(row: Row) -> int:
    return row.line if isinstance(row, Finding) else 0
