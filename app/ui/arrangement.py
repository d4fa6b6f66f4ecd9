"""Which parts of the window are shown, and how large; kept from one start to the next."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QWidget

from app.ui.main_window import MainWindow
from app.ui.session import Session

DRAFTS_WIDTH = 250
SIDE_WIDTH = 300
PREVIEW_SHARE = 0.42
FRAME = QSize(16, 48)
"""What a window manager puts around a window, at most; the first window must fit the screen."""


class Arrangement(QObject):
    """Shows and hides panels, remembers their sizes with and without the preview."""

    preview_shown = Signal(bool)
    changed = Signal()
    """Something is shown, hidden, or of another size."""

    def __init__(self, window: MainWindow, make_preview: Callable[[], QWidget]) -> None:
        super().__init__(window)
        self._window = window
        self._make_preview = make_preview
        self._preview: QWidget | None = None
        self._wanted = {"drafts": True, "preview": False, "inspector": True}
        self._focus = False
        self._was_maximized = False
        self._sizes: dict[bool, tuple[int, ...]] = {False: (), True: ()}
        self._rows: tuple[int, ...] = ()
        actions = window.commands
        actions.bind("show_drafts", lambda: self.show_drafts(not self._wanted["drafts"]))
        actions.bind("show_preview", lambda: self.show_preview(not self._wanted["preview"]))
        actions.bind("show_links", lambda: self._toggle_page("links"))
        actions.bind("show_outline", lambda: self._toggle_page("outline"))
        actions.bind("show_checks", lambda: self._toggle_page("checks"))
        actions.bind("focus", self.toggle_focus)
        actions.bind("full_screen", self.toggle_full_screen)
        window.inspector.page_turned.connect(self._check_marks)
        window.inspector.page_turned.connect(self.changed)
        window.reshaped.connect(self.changed)

    def restore(self, session: Session) -> None:
        """Arrange the window as it was; the preview is left for `restore_preview`."""
        window = self._window
        if session.geometry:
            window.restoreGeometry(QByteArray.fromHex(QByteArray(session.geometry.encode())))
        else:
            room = window.screen().availableSize() - FRAME
            window.resize(window.size().boundedTo(room).expandedTo(window.minimumSize()))
        self._wanted["drafts"] = session.drafts_shown
        self._wanted["inspector"] = session.inspector_shown
        self._sizes = {False: session.columns, True: session.columns_with_preview}
        self._rows = session.rows
        window.inspector.turn_to(session.inspector_page)
        self._apply()

    def store(self, session: Session) -> Session:
        """The session with the window as it is now."""
        self._remember()
        return replace(
            session,
            geometry=bytes(self._window.saveGeometry().toHex().data()).decode(),
            columns=self._sizes[False],
            columns_with_preview=self._sizes[True],
            rows=self._rows,
            drafts_shown=self._wanted["drafts"],
            preview_shown=self._wanted["preview"],
            inspector_shown=self._wanted["inspector"],
            inspector_page=self._window.inspector.page,
        )

    def show_drafts(self, shown: bool) -> None:
        """Show or hide the list of drafts."""
        self._want("drafts", shown)

    def show_preview(self, shown: bool) -> None:
        """Show or hide the preview; it is made when it is first shown."""
        if shown and self._preview is None:
            self._remember()
            self._preview = self._make_preview()
            self._window.side.insertWidget(0, self._preview)
        self._want("preview", shown)
        self.preview_shown.emit(shown)

    def show_page(self, page: str) -> None:
        """Show the links, the outline or the checks."""
        self._window.inspector.turn_to(page)
        self._want("inspector", True)

    def toggle_focus(self) -> None:
        """Nothing but the text, or everything as before."""
        self._remember()
        self._focus = not self._focus
        self._apply()

    def end_focus(self) -> None:
        """Everything as it was before the focus, if there is one."""
        if self._focus:
            self.toggle_focus()

    def toggle_full_screen(self) -> None:
        """Use the whole screen, or the window as before."""
        window = self._window
        if window.isFullScreen():
            window.showMaximized() if self._was_maximized else window.showNormal()
        else:
            self._was_maximized = window.isMaximized()
            window.showFullScreen()
        self._check_marks()

    def _toggle_page(self, page: str) -> None:
        if self._wanted["inspector"] and self._window.inspector.page == page and not self._focus:
            self._want("inspector", False)
        else:
            self.show_page(page)

    def _want(self, part: str, shown: bool) -> None:
        self._remember()
        self._wanted[part] = shown
        if shown:
            self._focus = False
        self._apply()

    @property
    def _has_preview(self) -> bool:
        return self._preview is not None and self._wanted["preview"]

    def _apply(self) -> None:
        window, calm = self._window, self._focus
        window.left.setVisible(self._wanted["drafts"] and not calm)
        window.inspector.setVisible(self._wanted["inspector"])
        if self._preview is not None:
            self._preview.setVisible(self._wanted["preview"])
        window.side.setVisible((self._wanted["inspector"] or self._has_preview) and not calm)
        window.status.setVisible(not calm)
        window.menuBar().setVisible(not calm)
        window.tabs.setVisible(window.tabs.count() > 1 and not calm)
        self._resize()
        self._check_marks()
        self.changed.emit()

    def _resize(self) -> None:
        window = self._window
        width = window.columns.width() or window.width()
        # Text needs no more room than a column's: the letter takes its part of a larger window.
        window.columns.setStretchFactor(2, int(self._has_preview))
        sizes = self._sizes[self._has_preview]
        if len(sizes) != 3:
            side = int(width * PREVIEW_SHARE) if self._has_preview else SIDE_WIDTH
            sizes = (DRAFTS_WIDTH, width - DRAFTS_WIDTH - side, side)
        window.columns.setSizes(list(sizes))
        if self._has_preview:
            height = window.side.height() or window.height()
            window.side.setSizes(list(self._rows) or [int(height * 0.62), int(height * 0.38)])

    def _remember(self) -> None:
        """Take down the sizes that the writer has given the parts."""
        window = self._window
        if self._focus or not window.isVisible():
            return
        if not window.left.isHidden() and not window.side.isHidden():
            self._sizes[self._has_preview] = tuple(window.columns.sizes())
        if self._has_preview and not window.inspector.isHidden():
            self._rows = tuple(window.side.sizes())

    def _check_marks(self) -> None:
        window, actions = self._window, self._window.commands
        inspector = self._wanted["inspector"]
        actions["show_drafts"].setChecked(self._wanted["drafts"])
        actions["show_preview"].setChecked(self._wanted["preview"])
        for page in ("links", "outline", "checks"):
            shown = inspector and window.inspector.page == page
            actions[f"show_{page}"].setChecked(shown)
        actions["focus"].setChecked(self._focus)
        state = window.windowState()
        actions["full_screen"].setChecked(bool(state & Qt.WindowState.WindowFullScreen))
