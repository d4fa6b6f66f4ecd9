"""The draft's links, the worst first: a mark, the words, where it leads, and what is the matter."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.linkcheck.sentences import title
from app.linkcheck.verdict import SEVERITY, Note, Reason, Status
from app.ui import beside, fonts, theme
from app.ui.brief import brief
from app.ui.controls import FilterField, IconButton
from app.ui.panels.rows import RIGHT, RowList, RowModel, RowPages, RowPainter, write
from app.ui.shapes import paint_status
from app.ui.status_names import status_name

if TYPE_CHECKING:
    from app.proof import ProofedLink

MARK = 13


def words(word: Reason | Note) -> str:
    """A reason or note in the writer's language."""
    return QCoreApplication.translate("Verdict", title(word))


def destination(proofed: "ProofedLink") -> str:
    """Host and path of a link, as short as it can be told; what is written where it has none."""
    from urllib.parse import urlsplit  # not before the first frame

    address = proofed.url or proofed.link.href or ""
    parts = urlsplit(address) if proofed.url else None
    if parts is None or not parts.netloc:
        return address
    host = parts.netloc.removeprefix("www.")
    rest = parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
    return host + rest + (f"#{parts.fragment}" if parts.fragment else "")


def matter(proofed: "ProofedLink", pictures: Collection[str] = ()) -> str:
    """What is to be said of a link in a few words: the reason, then the notes.

    That a reputation service said nothing is told once, in the settings, not on every link.

    ``pictures`` are the hrefs of those that lie beside the draft.
    """
    verdict = proofed.verdict
    if _is_soft(proofed, pictures):
        return beside.title()
    notes = (note for note in verdict.notes if note is not Note.REPUTATION_UNKNOWN)
    parts = [words(verdict.reason), *(words(note) for note in notes)]
    return " · ".join(parts)


def _is_soft(proofed: "ProofedLink", pictures: Collection[str]) -> bool:
    return beside.is_relative_picture(proofed) and proofed.link.href in pictures


def spoken(proofed: "ProofedLink", pictures: Collection[str] = ()) -> str:
    """A row as a screen reader says it."""
    line = QCoreApplication.translate("LinksPanel", "line %n", "", proofed.placed.line + 1)
    parts = (matter(proofed, pictures), proofed.link.text, destination(proofed), line)
    return ", ".join(brief(part) for part in parts if part)


class _Painter(RowPainter["ProofedLink"]):
    height = 66
    pictures: Collection[str] = ()

    def paint_row(self, painter: QPainter, place: QRect, row: "ProofedLink") -> None:
        colors = theme.current()
        status = row.verdict.status
        mark = QRectF(place.left(), place.top() + 13, MARK, MARK)
        paint_status(painter, mark, status)
        text = place.adjusted(MARK + 9, 7, 0, 0)
        number = fonts.interface(9)
        used = write(
            painter,
            QRect(text.left(), text.top(), text.width(), 19),
            str(row.placed.line + 1),
            number,
            colors.text_faint,
            align=RIGHT,
        )
        first = QRect(text.left(), text.top(), text.width() - used - 10, 19)
        name = " ".join(brief(row.link.text).split()) or self.tr("(no words)")
        write(painter, first, name, fonts.writing(points=11), colors.text)
        below = QRect(text.left(), text.top() + 19, text.width(), 16)
        address = destination(row)
        if address:
            middle = Qt.TextElideMode.ElideMiddle
            write(painter, below, address, fonts.interface(9.5), colors.text_soft, elide=middle)
            below.translate(0, 16)
        loud = SEVERITY[status] >= SEVERITY[Status.UNVERIFIED]
        loud = loud and not _is_soft(row, self.pictures)
        color = colors.status(status) if loud else colors.text_soft
        write(painter, below, matter(row, self.pictures), fonts.interface(9.5, strong=loud), color)


def tip(row: "ProofedLink", pictures: Collection[str] = ()) -> str:
    """The whole address, and what is wrong with it."""
    parts = (row.url or row.link.href, matter(row, pictures))
    return "\n".join(brief(each) for each in parts if each)


class LinksPanel(QWidget):
    """The list of links with a filter; a row that is picked asks to go to its place."""

    go_to = Signal(int, int)
    next_wanted = Signal()
    previous_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._links: Sequence[ProofedLink] = ()
        self._status: Status | None = None
        self._is_read = True
        self._pictures: Collection[str] = ()
        self.model: RowModel[ProofedLink] = RowModel(
            self, lambda row: spoken(row, self._pictures), lambda row: tip(row, self._pictures)
        )
        self._painter = _Painter(self.model)
        self.list = RowList(self, self.tr("Links"), self._painter)
        self.list.picked.connect(self._picked)
        self.all_again = QPushButton()
        self.all_again.setProperty("quiet", True)
        self.all_again.setToolTip(self.tr("Show the links of every status again (Esc)"))
        self.all_again.clicked.connect(lambda: self.only(None))
        self.all_again.hide()
        self.pages = RowPages(self.list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self._head())
        layout.addWidget(self.all_again, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addLayout(self.pages)
        self._show()

    def show_links(
        self,
        links: Sequence["ProofedLink"],
        pictures: Collection[str] = (),
        *,
        is_read: bool = True,
    ) -> None:
        """Replace the links; they are sorted here, and the current row stays where it can.

        ``pictures`` are the hrefs of those that lie beside the draft: they come after what is
        broken. Until the draft ``is_read`` to its end nobody can say that it has no links.
        """
        self._is_read = is_read
        if pictures != self._pictures:
            self._pictures = self._painter.pictures = pictures
            self.model.touch()
        self._links = sorted(links, key=self._rank)
        self._show()

    def _rank(self, each: "ProofedLink") -> tuple[int, bool, int]:
        severity = SEVERITY[each.verdict.status]
        return -severity, _is_soft(each, self._pictures), each.placed.line

    def only(self, status: Status | None) -> None:
        """Show the links of one status, or all."""
        self._status = status
        if status is not None:
            words = self.tr("%1 – show all").replace("%1", status_name(status))
            self.all_again.setText(words)
            self.all_again.setAccessibleName(words)
        self.all_again.setVisible(status is not None)
        self._show()

    def _head(self) -> QHBoxLayout:
        self.filter = FilterField(self.tr("Filter links"))
        self.filter.textChanged.connect(self._show)
        back = IconButton("previous", self.tr("Previous problem"))
        back.clicked.connect(self.previous_wanted)
        ahead = IconButton("down", self.tr("Next problem"))
        ahead.clicked.connect(self.next_wanted)
        head = QHBoxLayout()
        head.setContentsMargins(10, 8, 8, 0)
        head.setSpacing(2)
        head.addWidget(self.filter)
        head.addSpacing(4)
        head.addWidget(back)
        head.addWidget(ahead)
        return head

    def _show(self) -> None:
        query = self.filter.text().casefold().split()
        shown = [each for each in self._links if self._fits(each, query)]
        current = self._current()
        if len(shown) == len(self.model.rows):
            self.model.renew(shown)
        else:
            self.model.show(shown)
        self.pages.show_rows(bool(shown), self._nothing())
        if current is not None:
            self._mark(current)

    def _mark(self, wanted: "ProofedLink") -> None:
        for row, each in enumerate(self.model.rows):
            if each.link == wanted.link and each.placed.line == wanted.placed.line:
                self.list.setCurrentIndex(self.model.index(row, 0))
                return

    def _fits(self, each: "ProofedLink", query: Sequence[str]) -> bool:
        if self._status is not None and each.verdict.status is not self._status:
            return False
        if not query:
            return True
        said = matter(each, self._pictures)
        text = f"{each.link.text} {each.url or each.link.href or ''} {said}".casefold()
        return all(word in text for word in query)

    def _nothing(self) -> str:
        if self._links:
            return self.tr("No link fits the filter.")
        if not self._is_read:
            return self.tr("Reading…")
        return self.tr(
            "This draft has no links yet. They are listed here with what is known of them."
        )

    def _current(self) -> "ProofedLink | None":
        index = self.list.currentIndex()
        return self.model.rows[index.row()] if index.isValid() else None

    def _picked(self, index: QModelIndex) -> None:
        placed = self.model.rows[index.row()].placed
        self.go_to.emit(placed.line, placed.column)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape clears the filter first."""
        if event.key() == Qt.Key.Key_Escape and (self.filter.text() or self._status is not None):
            self.filter.clear()
            self.only(None)
            return
        super().keyPressEvent(event)
