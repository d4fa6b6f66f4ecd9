"""Cards in two columns, each as high as it needs; in one where the window is narrow."""

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

GAP = 14


class Columns(QWidget):
    """Cards go in their order to the column that ends higher, so that neither stands empty."""

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._cards: list[QWidget] = []
        self._places: list[tuple[QWidget, ...]] = [(), ()]
        self._columns = (QVBoxLayout(), QVBoxLayout())
        self._row.setSpacing(GAP)
        for column in self._columns:
            column.setSpacing(GAP)
            column.addStretch()
            self._row.addLayout(column, 1)

    def add(self, card: QWidget) -> None:
        """A further card, which may be hidden later."""
        self._cards.append(card)
        self._put(card, 0)

    def turn(self, *, narrow: bool) -> None:
        """One column, or two beside each other."""
        direction = QBoxLayout.Direction
        self._row.setDirection(direction.TopToBottom if narrow else direction.LeftToRight)

    def balance(self) -> None:
        """Put the cards that are not hidden where there is room."""
        places: list[list[QWidget]] = [[], []]
        ends = [0, 0]
        for card in self._cards:
            if not card.isHidden():
                at = ends.index(min(ends))
                places[at].append(card)
                ends[at] += card.sizeHint().height() + GAP
        found = [tuple(each) for each in places]
        self.setVisible(any(found))
        if found == self._places:
            return
        self._places = found
        for at, cards in enumerate(found):
            for card in cards:
                self._put(card, at)

    def _put(self, card: QWidget, at: int) -> None:
        for column in self._columns:
            column.removeWidget(card)
        column = self._columns[at]
        column.insertWidget(column.count() - 1, card)  # before the stretch
