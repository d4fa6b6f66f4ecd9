"""The letter beside the choices: the email itself in the preview's engine, in step with typing."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.publish.look import Look
from app.ui.accounts.page import words
from app.ui.editor.jobs import run_in_thread
from app.ui.look.rendering import Made, Wanted, make
from app.ui.preview import graphics
from app.ui.preview.bar import LookBar
from app.ui.preview.preview import engine_would_end_the_app
from app.ui.preview.stage import Stage

if TYPE_CHECKING:
    from app.ui.preview.web import WebView

PAUSE_MS = 150
"""From a change until it is rendered."""


class LetterPreview(QWidget):
    """Shows the draft, or a sample, in a template. A template that would not work leaves the last
    good letter in its place.

    Signals:
        made: A `Made`: whether the newest template works.
    """

    made = Signal(object)

    def __init__(self, text: str | None, folder: Path | None) -> None:
        """``text`` is the writer's draft, None where there is none."""
        super().__init__()
        self.setAccessibleName(self.tr("Preview of the letter"))
        self._text = text
        self._folder = folder
        self._template: tuple[Look | str, str] | None = None
        self._rendering = False
        self._again = False
        self._html: str | None = None
        self._shown: str | None = None
        self._view: WebView | None = None
        self._ready = False
        self._closed = False
        self.bar = LookBar()
        self.source = QComboBox()
        self.source.setAccessibleName(self.tr("Letter to show"))
        if text is not None:
            self.source.addItem(self.tr("This draft"))
        self.source.addItem(self.tr("A sample letter"))
        self.source.setEnabled(text is not None)
        self.trouble = words("", "soft")
        self.trouble.setMargin(10)
        self.trouble.hide()
        self.stage = Stage()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._render)
        self.source.currentIndexChanged.connect(lambda _: self._render())
        self.bar.phone_chosen.connect(self.stage.set_phone)
        self.bar.zoom_chosen.connect(self.stage.set_zoom)
        self.bar.phone_chosen.connect(lambda _: self._show_look())
        self.bar.dark_chosen.connect(lambda _: self._show_look())
        self.bar.images_chosen.connect(lambda _: self._load())
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 8, 0)
        head.addWidget(self.bar, 1)
        head.addWidget(self.source, 0, Qt.AlignmentFlag.AlignTop)
        line = QFrame()
        line.setProperty("rule", True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(line)
        layout.addWidget(self.trouble)
        layout.addWidget(self.stage, 1)

    @property
    def is_settled(self) -> bool:
        """Whether the newest template was rendered and given to the page."""
        return not self._rendering and not self._pause.isActive() and self._ready

    @property
    def view(self) -> "WebView | None":
        """The engine's view, once it is there."""
        return self._view

    def set_text(self, text: str, folder: Path) -> None:
        """Show another text; the template stays."""
        self._text, self._folder = text, folder
        if self._template is not None and not self._pause.isActive():
            self._pause.start()

    def show_template(self, template: Look | str, name: str, *, now: bool = False) -> None:
        """Show the letter in choices, or in a page of HTML."""
        self._template = template, name
        if now:
            self._render()
        elif not self._pause.isActive():
            self._pause.start()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102
        super().showEvent(event)
        if self._view is None:
            QTimer.singleShot(0, self, self._start)  # after the first paint: it takes its time

    def close_engine(self) -> None:
        """Before the window goes."""
        self._closed, self._ready = True, False
        if self._view is not None:
            self._view.close_engine()

    # rendering

    def _render(self) -> None:
        self._pause.stop()
        if self._template is None:
            return
        if self._rendering:
            self._again = True  # the newest state, as soon as this one is done
            return
        shows_draft = self._text is not None and self.source.currentIndex() == 0
        wanted = Wanted(
            self._text if shows_draft else None,
            self._folder if shows_draft else None,
            *self._template,
            falls_back=self._shown != self._template[1],
        )
        self._shown = self._template[1]
        found: list[Made] = []
        self._rendering, self._again = True, False
        run_in_thread(lambda: found.append(make(wanted)), lambda: self._take(found), self)

    def _take(self, found: list[Made]) -> None:
        self._rendering = False
        if found:
            self._show_made(found[0])
        if self._again:
            self._render()

    def _show_made(self, made: Made) -> None:
        if made.html is not None:
            self._html = made.html
            self._give()
        why = " ".join(str(each) for each in made.problems[:1])
        told = self.tr("The letter is shown as it last worked. %1")
        self.trouble.setText(told.replace("%1", why))
        self.trouble.setVisible(bool(made.problems))
        self.made.emit(made)

    # the engine

    def _start(self) -> None:
        if self._view is not None or self._closed:
            return
        if engine_would_end_the_app():
            self._lack(
                self.tr(
                    "The letter cannot be shown here: the browser engine does not run as root in"
                    " its sandbox. Start Sendoff as an ordinary user."
                )
            )
            return
        try:
            from app.ui.preview.web import WebView
        except ImportError:
            self._lack(
                self.tr(
                    "To see the letter here, install Sendoff with its “preview” extra:"
                    " pip install 'sendoff[preview]'"
                )
            )
            return
        graphics.choose()
        self._view = WebView(self.stage)
        self._view.ready.connect(self._on_ready)
        self._view.broken.connect(self._on_broken)
        self.stage.set_view(self._view)
        self._load()

    def _load(self) -> None:
        if self._view is None:
            return
        self._ready = False
        self._view.load_skeleton(remote_images=self.bar.images.isChecked(), folder=self._folder)

    def _on_ready(self) -> None:
        if self._closed:
            return  # a page that goes still tells of itself
        self._ready = True
        self._give()

    def _give(self) -> None:
        if self._ready and self._html is not None and self._view is not None:
            self._run([["page", self._html], self._look()])

    def _show_look(self) -> None:
        if self._view is not None:
            self._view.set_dark(self.bar.dark.isChecked())
        if self._ready:
            self._run([self._look()])

    def _look(self) -> list[object]:
        bar = self.bar
        return ["look", bar.dark.isChecked(), bar.phone.isChecked(), bar.images.isChecked()]

    def _run(self, operations: list[list[object]]) -> None:
        from app.ui.preview.web import script_of

        if self._view is not None:
            self._view.run(script_of(operations), lambda _: None)

    def _on_broken(self) -> None:
        self._lack(self.tr("The browser engine stopped working; open this window again to see it."))

    def _lack(self, why: str) -> None:
        self._ready = False
        self.bar.only_simple()
        label = QLabel(why)
        label.setWordWrap(True)
        label.setMargin(40)
        label.setProperty("tone", "soft")
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stage.set_view(label)
