"""A table of figures: for charts that are read as one, and for tables in their own right."""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from app.engagement.reports import words
from app.engagement.reports.charts import Unit
from app.engagement.reports.tables import Cell, Table

Index = QModelIndex | QPersistentModelIndex

ROW = 26
_MOST_SHOWN = 12
_NO_INDEX = QModelIndex()


class TableModel(QAbstractTableModel):
    """The rows of a table; the head's clicks sort them, what is not known comes last."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._table = Table("", (), ())
        self._order: list[int] = []

    def show_table(self, table: Table) -> None:
        """Show another table."""
        self.beginResetModel()
        self._table = table
        self._order = list(range(len(table.rows)))
        self.endResetModel()

    @property
    def table(self) -> Table:
        """The table in the order in which it is shown."""
        rows = tuple(self._table.rows[row] for row in self._order)
        return Table(self._table.title, self._table.header, rows)

    def rowCount(self, parent: Index = _NO_INDEX) -> int:  # noqa: D102
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:  # noqa: D102
        return 0 if parent.isValid() else len(self._table.header)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: D102
        cell = self._table.rows[self._order[index.row()]][index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return cell_text(cell)
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(cell, str):
            return cell
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self._is_text(index.column()))
        return None

    def headerData(  # noqa: D102
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._table.header[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self._is_text(section))
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 is the order in which the table came."""
        self.layoutAboutToBeChanged.emit()
        rows = self._table.rows
        self._order = list(range(len(rows)))
        if 0 <= column < len(self._table.header):
            known = [row for row in self._order if rows[row][column] is not None]
            unknown = [row for row in self._order if rows[row][column] is None]
            known.sort(
                key=lambda row: _sort_key(rows[row][column]),
                reverse=order == Qt.SortOrder.DescendingOrder,
            )
            self._order = known + unknown
        self.layoutChanged.emit()

    def _is_text(self, column: int) -> bool:
        return any(isinstance(row[column], str) for row in self._table.rows)


class TableView(QTableView):
    """A calm table: no grid, numbers on the right; sorted by its head."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = TableModel(self)
        self.setModel(self.rows)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setCornerButtonEnabled(False)
        self.setWordWrap(False)
        self.setAlternatingRowColors(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSortIndicatorClearable(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def show_table(self, table: Table) -> None:
        """Show a table, as high as it needs, up to a dozen rows."""
        self.setAccessibleName(table.title)
        self.rows.show_table(table)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        head = self.horizontalHeader()
        wide = len(table.header) <= 6
        mode = QHeaderView.ResizeMode
        for column in range(len(table.header)):
            stretches = wide and column == 0
            head.setSectionResizeMode(column, mode.Stretch if stretches else mode.ResizeToContents)
        rows = min(_MOST_SHOWN, max(1, len(table.rows)))
        self.setFixedHeight(rows * ROW + max(28, head.sizeHint().height()) + (4 if wide else 16))


def cell_text(cell: Cell) -> str:
    """A cell as it is read."""
    if cell is None:
        return words.UNKNOWN
    if isinstance(cell, str):
        return cell
    return words.percent(cell) if isinstance(cell, float) else Unit.COUNT.text(cell)


def _alignment(is_text: bool) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if is_text else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


def _sort_key(cell: Cell) -> tuple[int, float, str]:
    if isinstance(cell, str):
        return 1, 0.0, cell.casefold()
    return 0, float(cell or 0), ""
