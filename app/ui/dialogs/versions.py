"""The versions of a draft: look at them, compare them with the text as it is, take one back."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QWidget

from app.drafts.errors import DraftError
from app.drafts.history import History, Kind, Version
from app.ui import fonts, theme
from app.ui.background import ask
from app.ui.dialogs.compare import CompareView
from app.ui.dialogs.dialog import Dialog, soft
from app.ui.panels.rows import RIGHT, RowList, RowModel, RowPainter, write


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in words."""

    version: Version
    when: str
    why: str


def describe(version: Version) -> VersionRow:
    """A version's moment, in the writer's time, and the reason that it was kept."""
    tr = QCoreApplication.translate
    local = QDateTime.fromSecsSinceEpoch(int(version.saved_at.timestamp()))
    moment = QLocale().toString(local, "ddd d MMM yyyy, HH:mm")
    why = {
        Kind.FOUND: tr("Versions", "as it was found"),
        Kind.SAVED: tr("Versions", "saved"),
        Kind.SNAPSHOT: tr("Versions", "kept while writing"),
        Kind.MINE: tr("Versions", "yours, before another program's was taken"),
        Kind.THEIRS: tr("Versions", "from another program"),
        Kind.DELETED: tr("Versions", "before it was deleted"),
    }[version.kind]
    return VersionRow(version, moment, why)


class _Painter(RowPainter[VersionRow]):
    height = 50

    def paint_row(self, painter: QPainter, place: QRect, row: VersionRow) -> None:
        colors = theme.current()
        first = QRect(place.left(), place.top() + 6, place.width(), 20)
        size = QLocale().formattedDataSize(row.version.size, 0)
        used = write(painter, first, size, fonts.interface(9), colors.text_faint, align=RIGHT)
        first.setRight(first.right() - used - 8)
        write(painter, first, row.when, fonts.interface(10.5), colors.text)
        second = QRect(place.left(), place.top() + 25, place.width(), 18)
        write(painter, second, row.why, fonts.interface(9.5), colors.text_soft)


class VersionsDialog(Dialog):
    """The list at the left, what changed since the picked one at the right."""

    restored = Signal(object)

    def __init__(
        self, parent: QWidget, title: str, history: History, name: str, lines: Sequence[str]
    ) -> None:
        super().__init__(parent, title)
        self._history = history
        self._name = name
        self._lines = tuple(lines)
        self._picked_lines: tuple[str, ...] | None = None
        self.resize(940, 620)
        self.model: RowModel[VersionRow] = RowModel(self, lambda row: f"{row.when}, {row.why}")
        self.list = RowList(self, self.tr("Versions"), _Painter(self.model))
        self.list.setFixedWidth(290)
        self.list.selectionModel().currentChanged.connect(self._look_at)
        self.view = CompareView()
        self._words = soft(self.tr("Pick a version to see what has changed since then."))
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._right = QStackedWidget()
        self._right.addWidget(self._words)
        self._right.addWidget(self.view)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.list)
        row.addWidget(self._right, 1)
        self.legend = QLabel(self.tr("−  only in that version     +  written since"))
        self.legend.setProperty("tone", "soft")
        self.body.addLayout(row, 1)
        self.legend.hide()
        self.body.addWidget(self.legend)
        self.restore = self.add_button(self.tr("Restore this version"))
        self.restore.setToolTip(self.tr("Puts its text into the editor; undo takes it back"))
        self.restore.setEnabled(False)
        self.restore.clicked.connect(self._restore)
        self.add_close()
        self.look_again()

    def look_again(self) -> None:
        """List the versions as they are now: one may just have been kept."""
        ask(lambda: self._history.versions(self._name), self._show, self._fail, self)

    def _show(self, versions: Sequence[Version]) -> None:
        index = self.list.currentIndex()
        picked = self.model.rows[index.row()].version if index.isValid() else None
        self.model.show([describe(version) for version in versions])
        if versions:
            row = versions.index(picked) if picked in versions else 0
            self.list.setCurrentIndex(self.model.index(row, 0))
            self.list.setFocus()
        else:
            self._words.setText(
                self.tr("No versions yet. One is kept each time that the draft is saved.")
            )

    def _look_at(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        version = self.model.rows[index.row()].version
        ask(
            lambda: tuple(self._history.open(version).lines),
            lambda lines: self._compare(version, lines),
            self._fail,
            self,
        )

    def _compare(self, version: Version, lines: tuple[str, ...]) -> None:
        current = self.list.currentIndex()
        if not current.isValid() or self.model.rows[current.row()].version != version:
            return  # another one was picked meanwhile
        self._picked_lines = lines
        differs = lines != self._lines
        self.restore.setEnabled(differs)
        if differs:
            self.view.show_difference(lines, self._lines)
        else:
            self._words.setText(self.tr("This is the text as it is now."))
        self._right.setCurrentIndex(1 if differs else 0)
        self.legend.setVisible(differs)

    def _restore(self) -> None:
        if self._picked_lines is not None:
            self.restored.emit(self._picked_lines)
            self.close()

    def _fail(self, error: DraftError) -> None:
        self._right.setCurrentIndex(0)
        self._words.setText(f"{error.message} {error.advice}")
