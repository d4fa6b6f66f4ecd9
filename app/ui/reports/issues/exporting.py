"""Figures out of the list: onto the clipboard, or into a file."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from app.engagement.reports.export import issue_object, issues_csv, issues_markdown
from app.engagement.reports.figures import Row
from app.ui.editor.jobs import run_in_thread
from app.ui.reports.issues.table import IssuesTable


class Exporting(QObject):
    """Copies the marked issues, or all that are shown where none is. Exports the marked ones where
    there are several: one alone is where the keyboard is, and all that are shown are meant.
    """

    said = Signal(str)

    def __init__(self, parent: QWidget, table: IssuesTable) -> None:
        super().__init__(parent)
        self._widget = parent
        self._table = table

    def copy(self) -> None:
        """As cells for a spreadsheet, which are also CSV and Markdown for whoever wants that."""
        rows = self._table.marked or self._table.shown
        text = issues_csv(rows)
        data = QMimeData()
        data.setText(_tabbed(text))
        data.setData("text/csv", text.encode())
        QApplication.clipboard().setMimeData(data)
        self._say(rows)

    def copy_markdown(self) -> None:
        """As a table to paste into a draft."""
        rows = self._table.marked or self._table.shown
        QApplication.clipboard().setText(issues_markdown(rows))
        self._say(rows)

    def copy_json(self) -> None:
        """As data for other programs."""
        rows = self._table.marked or self._table.shown
        QApplication.clipboard().setText(_json(rows))
        self._say(rows)

    def ask(self) -> None:
        """Ask for a file and write to it."""
        dialog = QFileDialog(self._widget, self.tr("Export the figures"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("CSV (*.csv)"), self.tr("JSON (*.json)")])
        dialog.setDefaultSuffix("csv")
        dialog.setDirectory(
            QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        )
        dialog.selectFile(self.tr("issues") + ".csv")
        dialog.filterSelected.connect(
            lambda chosen: dialog.setDefaultSuffix("json" if "json" in chosen else "csv")
        )
        rows = self._table.marked if len(self._table.marked) > 1 else self._table.shown
        dialog.fileSelected.connect(lambda name: self.write(Path(name), rows))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write(self, path: Path, rows: Sequence[Row]) -> None:
        """Write issues to a file, in a thread; JSON where its name says so."""
        failed: list[str] = []

        def work() -> None:
            text = _json(rows) if path.suffix.lower() == ".json" else issues_csv(rows)
            try:
                path.write_bytes(text.encode())
            except OSError as error:
                failed.append(error.strerror or type(error).__name__)

        def tell() -> None:
            words = self.tr("Exported to %1") if not failed else self.tr("%1 could not be written")
            words = words.replace("%1", path.name)
            self.said.emit(f"{words}: {failed[0]}" if failed else words)

        run_in_thread(work, tell, self)

    def _say(self, rows: Sequence[Row]) -> None:
        words = self.tr("1 issue copied") if len(rows) == 1 else self.tr("%1 issues copied")
        self.said.emit(words.replace("%1", str(len(rows))))


def _json(rows: Sequence[Row]) -> str:
    whole = {"version": 1, "issues": [issue_object(row) for row in rows]}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _tabbed(text: str) -> str:
    """CSV as cells that spreadsheets take from the clipboard."""
    lines = csv.reader(io.StringIO(text))
    return "".join("\t".join(" ".join(cell.split()) for cell in line) + "\n" for line in lines)
