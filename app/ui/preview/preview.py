"""The preview: the draft as the email that readers get, in step with the editor."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.ui.preview import graphics
from app.ui.preview.bar import InboxLine, LookBar
from app.ui.preview.stage import Stage

if TYPE_CHECKING:
    from app.markup import Change, Document
    from app.proof import Proof
    from app.publish import EmailTemplate
    from app.publish.clip import Cut
    from app.ui.preview.live import LivePreview
    from app.ui.preview.plain import PlainView


def engine_would_end_the_app() -> bool:
    """Whether the engine refuses to start and takes the process along: on Linux, for root.

    Nobody is made to give up the sandbox; who has turned it off knows why.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    flags = os.environ.get("QTWEBENGINE_CHROMIUM_FLAGS", "").split()
    return os.environ.get("QTWEBENGINE_DISABLE_SANDBOX") != "1" and "--no-sandbox" not in flags


class PreviewPane(QWidget):
    """Shows one draft as the email that readers get.

    The browser engine is loaded when the pane is first shown; where it is not installed, or when
    its process breaks twice, a simpler view takes its place. While the pane is hidden it does
    nothing.

    Signals:
        scrolled: The writer scrolled the letter; the draft's line at its top.
        source_clicked: The writer clicked something; its line and column in the draft.
        shown: It was hidden before.
    """

    scrolled = Signal(float)
    source_clicked = Signal(int, int)
    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Preview"))
        self._document: Document | None = None
        self._proof: Proof | None = None
        self._folder: Path | None = None
        self._template: EmailTemplate | None = None
        self._line = 0.0
        self._leading = False
        self._live: LivePreview | None = None
        self._plain: PlainView | None = None
        self.inbox = InboxLine(self)
        self.bar = LookBar(self)
        self.hint = QLabel(self)
        self.hint.setWordWrap(True)
        self.hint.setMargin(10)
        self.hint.setProperty("tone", "soft")
        self.hint.hide()
        self.stage = Stage(self)
        rule = QFrame(self)
        rule.setProperty("rule", True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.inbox, self.bar, rule, self.hint):
            layout.addWidget(widget)
        layout.addWidget(self.stage, 1)
        self.bar.phone_chosen.connect(self.stage.set_phone)
        self.bar.zoom_chosen.connect(self.stage.set_zoom)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    # what the app tells

    def set_document(
        self, document: "Document", proof: "Proof", folder: Path | None = None
    ) -> None:
        """Show another draft.

        Args:
            document: The parsed draft.
            proof: What is known of its links.
            folder: Where the draft lies; pictures in it are shown.
        """
        if (document, proof, folder) == (self._document, self._proof, self._folder):
            return
        self._document, self._proof, self._folder = document, proof, folder
        self._line = 0.0
        if self.isVisible():
            self._show_document()

    def set_template(self, template: "EmailTemplate | None", trouble: str = "") -> None:
        """Frame the letter with a template of the writer's; None for the built-in one.

        ``trouble`` says why it is not the one that was chosen.
        """
        self._template = template
        if self._live is not None:
            self._live.set_template(template)
        if self._plain is None:
            self.hint.setText(trouble)
            self.hint.setVisible(bool(trouble))

    def reload(self) -> None:
        """The draft's snippets were changed."""
        if self._live is not None:
            self._live.reload()

    def show_cut(self, cut: "Cut | None", words: str) -> None:
        """Show where a mail program cuts the letter, as the draft is now; None where none does."""
        if self._live is not None and self.isVisible():
            self._live.show_cut(cut, words)

    def apply(self, change: "Change") -> None:
        """The draft was edited; the document has the edit already."""
        if not self.isVisible():
            return
        if self._live is not None:
            self._live.apply(change)
        elif self._plain is not None:
            self._plain.refresh()

    def marks_changed(self, block_ids: Iterable[int]) -> None:
        """The verdicts on links of these blocks are other ones."""
        if self._live is not None and self.isVisible():
            self._live.marks_changed(block_ids)

    def scroll_to_line(self, line: float) -> None:
        """Show a line of the draft at the top, unless it is the preview that leads."""
        if self._leading:
            return
        self._line = line
        if self._live is not None and self.isVisible():
            self._live.scroll_to_line(line)

    # showing and hiding

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102
        super().showEvent(event)
        self.shown.emit()
        if self._live is None and self._plain is None:
            # After the pane's first paint: loading the engine takes a good part of a second.
            QTimer.singleShot(0, self, self._start)
        else:
            self._show_document()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: D102
        super().hideEvent(event)
        if self._live is not None:
            self._live.stop()

    def _start(self) -> None:
        if self._live is not None or self._plain is not None:
            return
        if engine_would_end_the_app():
            self.use_plain(
                self.tr(
                    "This is a simple preview: the browser engine cannot run as root in its "
                    "sandbox. Start Sendoff as an ordinary user to see the email as a browser "
                    "draws it."
                )
            )
            return
        try:
            from app.ui.preview.live import LivePreview
        except ImportError:
            self.use_plain(
                self.tr(
                    "This is a simple preview. To see the email as a browser draws it, install "
                    "Sendoff with its “preview” extra: pip install 'sendoff[preview]'"
                )
            )
            return
        graphics.choose()
        live = LivePreview(self.stage)
        self._live = live
        self.stage.set_view(live.view)
        live.scrolled.connect(self._lead_scroll)
        live.source_clicked.connect(self._lead_click)
        live.letter_changed.connect(self.inbox.show_letter)
        live.broken.connect(self._on_broken)
        self.bar.phone_chosen.connect(live.set_phone)
        self.bar.dark_chosen.connect(live.set_dark)
        self.bar.images_chosen.connect(live.set_remote_images)
        live.set_template(self._template)
        live.set_phone(self.bar.phone.isChecked())
        live.set_dark(self.bar.dark.isChecked())
        self._show_document()

    def use_plain(self, hint: str) -> None:
        """Take the simple view, and say why."""
        from app.ui.preview.plain import PlainView

        if self._live is not None:
            self._live.close()
            self._live = None
        self._plain = PlainView(self.stage)
        self._plain.source_clicked.connect(self._lead_click)
        self._plain.letter_changed.connect(self.inbox.show_letter)
        self.bar.only_simple()
        self.hint.setText(hint)
        self.hint.show()
        self.stage.set_view(self._plain)
        self._show_document()

    def _show_document(self) -> None:
        if self._document is None or self._proof is None:
            return
        if self._live is not None:
            self.bar.images.setChecked(False)
            self._live.show_document(self._document, self._proof, self._folder, self._line)
        elif self._plain is not None:
            self._plain.show_document(self._document, self._folder)

    def _on_broken(self) -> None:
        self.use_plain(
            self.tr(
                "The browser engine of the preview stopped working, so this is a simple preview. "
                "At the next start Sendoff will try it without the graphics card."
            )
        )

    # what the writer does in the preview

    def _lead_scroll(self, line: float) -> None:
        """Tell, and ignore what the editor says of its own scrolling because of it."""
        self._line = line
        self._leading = True
        try:
            self.scrolled.emit(line)
        finally:
            self._leading = False

    def _lead_click(self, line: int, column: int) -> None:
        self._leading = True
        try:
            self.source_clicked.emit(line, column)
        finally:
            self._leading = False
