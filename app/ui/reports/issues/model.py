"""The issues as a table model: everything that it shows was made in a thread before."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.engagement.reports.listing import LIST, NUMBERS, Line, arranged, heading, meaning, spoken
from app.engagement.reports.queries import Filter
from app.engagement.reports.sparks import Spark

Index = QModelIndex | QPersistentModelIndex
Key = tuple[str, str]
_SPOKEN = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.AccessibleDescriptionRole)


class IssuesModel(QAbstractTableModel):
    """Lines in the order and choice that the writer wants; columns are those of ``LIST``."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []
        self.sparks: dict[Key, Spark] = {}
        self.column = "date"
        self.descending = True
        self.filter = Filter()
        self._all: Sequence[Line] = ()

    @property
    def whole(self) -> int:
        """How many issues there are without a filter."""
        return len(self._all)

    def take(self, lines: Sequence[Line]) -> None:
        """Other lines, or the same ones with other figures: what stays keeps its marks."""
        self._all = lines
        self._arrange()

    def take_sparks(self, sparks: Mapping[Key, Spark]) -> None:
        """Sparklines of some issues."""
        self.sparks.update(sparks)
        if self.lines:
            column = LIST.index("first_days")
            self.dataChanged.emit(self.index(0, column), self.index(len(self.lines) - 1, column))

    def sort_by(self, column: str, *, descending: bool) -> None:
        """Another order."""
        self.column, self.descending = column, descending
        self._arrange()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(LIST) - 1)

    def narrow(self, which: Filter) -> None:
        """Show what a filter takes."""
        self.filter = which
        self._arrange()

    def place_of(self, key: Key | None) -> int | None:
        """The place of an issue among those that are shown."""
        return next((at for at, line in enumerate(self.lines) if line.key == key), None)

    def _arrange(self) -> None:
        new = arranged(self._all, self.filter, self.column, descending=self.descending)
        if len(new) != len(self.lines) or {line.key for line in new} != {
            line.key for line in self.lines
        }:
            self.beginResetModel()
            self.lines = new
            self.endResetModel()
            return
        self.layoutAboutToBeChanged.emit()
        places = {line.key: at for at, line in enumerate(new)}
        old, held = self.lines, self.persistentIndexList()
        self.lines = new
        moved = [self.index(places[old[each.row()].key], each.column()) for each in held]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: D102
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: D102
        return 0 if parent is not None and parent.isValid() else len(LIST)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: D102
        line, column = self.lines[index.row()], LIST[index.column()]
        cell = line.cells.get(column)
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text if cell is not None else ""
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell.tip if cell is not None else meaning(column)
        if role in _SPOKEN:
            return spoken(line, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(  # noqa: D102
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = LIST[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return heading(column)
        if role in (Qt.ItemDataRole.ToolTipRole, *_SPOKEN):
            return meaning(column)
        return None
