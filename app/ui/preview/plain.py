"""The preview without a browser engine: simpler, but it shows the words, links and pictures."""

from pathlib import Path
from time import perf_counter

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QTextBrowser, QWidget

from app.markup import Document
from app.pictures import read_image
from app.publish import PreviewModel, letter_of, opening, segments, title_html
from app.ui.preview.links import open_outside

MAX_HTML = 300_000
"""Characters of HTML that are shown: Qt lays all of them out at once."""

_REST_MS = 400
_COST_FACTOR = 12


class PlainView(QTextBrowser):
    """Shows the body of a letter; renders at rest, and the less often the longer it takes."""

    source_clicked = Signal(int, int)
    letter_changed = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.document().setDocumentMargin(24)
        self.anchorClicked.connect(self._on_anchor)
        self.setAccessibleName(self.tr("Preview"))
        self._draft: Document | None = None
        self._folder: Path | None = None
        self._timer = QTimer(self, singleShot=True, interval=_REST_MS)
        self._timer.timeout.connect(self.render_now)

    def show_document(self, document: Document, folder: Path | None) -> None:
        """Show this draft, with the pictures in its folder."""
        self._draft, self._folder = document, folder
        self.render_now()

    def refresh(self) -> None:
        """The draft changed; render soon."""
        if not self._timer.isActive():
            self._timer.start()

    def render_now(self) -> None:
        """Render, keeping the place."""
        if self._draft is None:
            return
        start = perf_counter()
        place = self.verticalScrollBar().value()
        letter = letter_of(self._draft)
        first_words = opening(PreviewModel(self._draft))
        self.letter_changed.emit(letter.subject, letter.preheader or first_words)
        pieces = [title_html(letter)]
        size = 0
        for segment in segments(self._draft):
            pieces.append(segment.html)
            size += len(segment.html)
            if size > MAX_HTML:
                rest = self.tr("The rest is not shown in the simple preview.")
                pieces.append(f"<hr><p><i>{rest}</i></p>")
                break
        self.setHtml("".join(pieces))
        self.verticalScrollBar().setValue(place)
        cost = int((perf_counter() - start) * 1000)
        self._timer.setInterval(max(_REST_MS, cost * _COST_FACTOR))

    def loadResource(self, type: int, name: QUrl | str) -> object:  # noqa: A002
        """Nothing but pictures in the draft's folder (Qt itself would open any file)."""
        url = QUrl(name)
        if type != QTextDocument.ResourceType.ImageResource.value or not url.isRelative():
            return None
        found = read_image(self._folder, url.path())
        return found[1] if found else None

    def _on_anchor(self, url: QUrl) -> None:
        if QApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier:
            open_outside(url)
            return
        if self._draft is None:
            return
        written = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        for placed in self._draft.links():
            if placed.link.href in (written, url.toString()):
                self.source_clicked.emit(placed.line, placed.column)
                return
