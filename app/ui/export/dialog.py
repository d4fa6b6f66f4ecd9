"""The dialog of exports: what the issue is to be, and where the file goes."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QModelIndex, QRect, QSize, QStandardPaths, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from app.drafts.library import file_name
from app.publish.export import SUFFIXES, Format
from app.ui import fonts, theme
from app.ui.accounts.page import push, words
from app.ui.dialogs.dialog import Dialog
from app.ui.export import last
from app.ui.export.gate import GateMeans
from app.ui.export.making import Making
from app.ui.export.source import Source
from app.ui.export.tracking import TrackedMaking, TrackingOptions
from app.ui.export.words import Kind, kinds
from app.ui.export.writing import Outcome, write
from app.ui.panels.rows import RowList, RowModel, RowPainter
from app.ui.panels.rows import write as paint_words
from app.ui.saver import Saver

WIDTH = 580
LEAST_ROWS = 3
"""Formats that are seen at once on the smallest screen."""


class _Painter(RowPainter[Kind]):
    height = 56

    def paint_row(self, painter: QPainter, place: QRect, row: Kind) -> None:
        colors = theme.current()
        first = QRect(place.left(), place.top() + 7, place.width(), 22)
        paint_words(painter, first, row.name, fonts.writing(points=12), colors.text)
        second = QRect(place.left(), place.top() + 30, place.width(), 18)
        paint_words(painter, second, row.purpose, fonts.interface(9.5), colors.text_soft)


class ExportDialog(Dialog):
    """Makes a file of an issue.

    Signals:
        saved: The file's path, and what else is to be said. The dialog closes by itself then.
        links_wanted: The links that hold the issue are to be shown. The dialog is closed.
    """

    saved = Signal(object, str)
    links_wanted = Signal()

    def __init__(self, parent: QWidget, source: Source, means: GateMeans, saver: Saver) -> None:
        super().__init__(parent, QCoreApplication.translate("ExportDialog", "Export"))
        self._source = source
        self._means = means
        self._saver = saver
        self._last = last.load()
        self._making: Making | TrackedMaking | None = None
        self._waiting: tuple[Path, bytes] | None = None
        self._doubted: Path | None = None
        self._besides = ""
        self.model: RowModel[Kind] = RowModel(self, lambda kind: f"{kind.name}. {kind.purpose}")
        self.model.show(kinds())
        self.list = RowList(self, self.tr("Formats"), _Painter(self.model))
        self.list.picked.connect(lambda _: self._choose_file())
        self.message = words("")
        self.message.hide()
        self.options = TrackingOptions(self._last.account, self._last.tag)
        self.options.changed.connect(self._show_kind)
        self.question = self._question()
        self.doubt = self._doubt()
        self.links = push(self.tr("&Hand over…"), self.tr("Show the links that hold the issue"))
        self.links.clicked.connect(self._show_links)
        for each in (self.options, self.message, self.question, self.doubt):
            self.body.addWidget(each)
        self.body.addWidget(self.links, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.insertWidget(0, self.list, 1)
        row = _Painter.height
        self.list.setMinimumHeight(row * LEAST_ROWS)
        self.list.setMaximumHeight(row * len(self.model.rows) + 8)
        self.save = self.add_button(self.tr("&Save as…"))
        self.save.setToolTip(self.tr("Choose where the file goes (Enter)"))
        self.save.setDefault(True)
        self.save.clicked.connect(self._choose_file)
        self.add_close()
        self.list.selectionModel().currentChanged.connect(lambda *_: self._show_kind())
        formats = [kind.format.value for kind in self.model.rows]
        self.list.mark(formats.index(self._last.format) if self._last.format in formats else 0)
        self._show_kind()
        self.list.setFocus()
        self.finished.connect(lambda _: self._stop())  # what is being made is not wanted any more

    @property
    def kind(self) -> Kind:
        """The format that is chosen."""
        index: QModelIndex = self.list.currentIndex()
        return self.model.rows[max(index.row(), 0)]

    def tell(self, message: str) -> None:
        """Tell how it goes, or what is wrong; take back what was asked."""
        self.message.setText(message)
        self.message.setVisible(bool(message))
        self._waiting = self._doubted = None
        for each in (self.question, self.doubt, self.links):
            each.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes a question back before it closes the dialog."""
        if event.key() == Qt.Key.Key_Escape and (self._waiting or self._doubted):
            self.tell("")
            self.list.setFocus()
        else:
            super().keyPressEvent(event)

    def _show_kind(self) -> None:
        tracked = self.kind.format is Format.TRACKED
        self.options.setVisible(tracked)
        self.save.setEnabled(not tracked or self.options.chosen() is not None)
        self.tell("")
        rows = self.list.maximumHeight() - self.list.sizeHint().height()
        self.take(QSize(WIDTH, self.sizeHint().height() + rows))

    # where to

    def _choose_file(self) -> None:
        if self._making is not None or not self.save.isEnabled():
            return
        kind, suffix = self.kind, SUFFIXES[self.kind.format]
        dialog = QFileDialog(self, self.tr("Export as %1").replace("%1", kind.name))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # We ask ourselves, once it is certain that there is something to write.
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setDefaultSuffix(suffix)
        dialog.setNameFilter(f"{kind.files} (*.{suffix})")
        dialog.setDirectory(self._last.folder or self._folder())
        dialog.selectFile(f"{self._stem()}.{suffix}")
        dialog.fileSelected.connect(lambda name: self.export(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _folder(self) -> str:
        if self._source.folder is not None:
            return str(self._source.folder)
        return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)

    def _stem(self) -> str:
        path = self._source.path
        return path.stem if path is not None else file_name(self._source.title)

    # making and writing

    def export(self, path: Path, *, anew: bool = False) -> None:
        """Make the chosen format, and write it to ``path``.

        ``anew`` registers another issue for tracked HTML.
        """
        kind, chosen = self.kind, self.options.chosen()
        self._last = replace(self._last, format=kind.format.value, folder=str(path.parent))
        self._besides = ""
        making: Making | TrackedMaking
        if kind.format is Format.TRACKED and chosen is not None:
            self._last = replace(self._last, account=chosen.account.id, tag=chosen.tag)
            chosen = replace(chosen, anew=anew)
            making = tracking = TrackedMaking(self._source, chosen, self._means, self)
            tracking.doubted.connect(lambda why: self._ask_anew(path, why))
            tracking.looked.connect(self._tell_left)
            tracking.held.connect(self._lead_to_links)
            self.tell(self.tr("Registering the issue…"))
        else:
            making = Making(self._source, kind.format, self)
            self.tell(self.tr("Making the file…"))
        kept = self._last
        self._saver.do("export", lambda: last.save(kept))
        self._busy(True)
        self._making = making
        making.made.connect(lambda data: self._made(path, data))
        making.failed.connect(self._fail)
        making.start()

    def _tell_left(self, left: int, asked: int) -> None:
        told = self.tr("Looking at the links: %1 of %2 left…")
        self.tell(told.replace("%1", str(left)).replace("%2", str(asked)))

    def _made(self, path: Path, data: bytes) -> None:
        if isinstance(self._making, TrackedMaking) and self._making.tracked is not None:
            tracked = self._making.tracked
            told = self.tr("Links that are counted: %1. The issue is %2 at the tracking server.")
            self._besides = told.replace("%1", str(tracked.links)).replace("%2", tracked.issue)
        if self._making is not None and self._making.beside:
            lacks = self.tr("Pictures that are only on this computer, so no reader sees them: %1.")
            self._besides += " " + lacks.replace("%1", str(self._making.beside))
        self._write(path, data)

    def _write(self, path: Path, data: bytes, *, over: bool = False) -> None:
        def then(outcome: Outcome, why: str) -> None:
            self._stop()
            if outcome is Outcome.WRITTEN:
                self.saved.emit(path, self._besides.strip())
                self.close()
            elif outcome is Outcome.THERE:
                self._ask(path, data)
            elif outcome is Outcome.DRAFT:
                self._fail(self.tr("This is the draft itself. Choose another name."))
            else:
                told = self.tr("“%1” could not be written: %2. Choose another place.")
                self._fail(told.replace("%1", path.name).replace("%2", why))

        write(path, data, self._source.path, self, then, over=over)

    def _fail(self, why: str) -> None:
        self._stop()
        self.tell(why)
        self.list.setFocus()

    def _stop(self) -> None:
        making, self._making = self._making, None
        if making is not None:
            making.cancel()
        self._busy(False)

    def _busy(self, busy: bool) -> None:
        for each in (self.list, self.options, self.save):
            each.setEnabled(not busy)

    # links that hold it

    def _lead_to_links(self, why: str) -> None:
        self._fail(why)
        self.links.show()
        self.links.setFocus()

    def _show_links(self) -> None:
        self.close()
        self.links_wanted.emit()

    # a file that is there

    def _question(self) -> QWidget:
        row = QWidget()
        inner = QHBoxLayout(row)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        self.over = push(self.tr("&Replace it"), self.tr("What the file holds now is lost"))
        self.over.clicked.connect(self._replace)
        other = push(self.tr("&Another name…"), self.tr("Leave the file as it is"))
        other.clicked.connect(self._rename)
        inner.addWidget(other)
        inner.addWidget(self.over)
        inner.addStretch()
        row.hide()
        return row

    def _ask(self, path: Path, data: bytes) -> None:
        self.tell(self.tr("There is a file “%1” already.").replace("%1", path.name))
        self._waiting = path, data
        self.question.show()
        self.over.setFocus()

    def _replace(self) -> None:
        if self._waiting is not None:
            path, data = self._waiting
            self.tell(self.tr("Writing the file…"))
            self._busy(True)
            self._write(path, data, over=True)

    # an issue that is registered, and sent or tracked otherwise

    def _doubt(self) -> QWidget:
        row = QWidget()
        inner = QHBoxLayout(row)
        inner.setContentsMargins(0, 0, 0, 0)
        self.another = push(
            self.tr("Register &another issue"), self.tr("The one that is there keeps its figures")
        )
        self.another.clicked.connect(self._register_anew)
        inner.addWidget(self.another)
        inner.addStretch()
        row.hide()
        return row

    def _ask_anew(self, path: Path, why: str) -> None:
        self._stop()
        self.tell(why)
        self._doubted = path
        self.doubt.show()
        self.another.setFocus()

    def _register_anew(self) -> None:
        if self._doubted is not None:
            self.export(self._doubted, anew=True)

    def _rename(self) -> None:
        self.tell("")
        self._choose_file()
