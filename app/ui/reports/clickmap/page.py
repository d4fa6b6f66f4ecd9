"""The page of the click map: the text with its clicks, the links beside, where the text is from."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.engagement.reports import words as figures
from app.engagement.reports.click_map import legend
from app.engagement.reports.figures import Row
from app.engagement.reports.queries import LinkRow
from app.ui import fonts, theme
from app.ui.accounts.asking import attempt
from app.ui.accounts.page import push, words
from app.ui.apart import Apart
from app.ui.panels.rows import ROW_MARGIN
from app.ui.preview import graphics
from app.ui.preview.preview import engine_would_end_the_app
from app.ui.reports.clickmap.ask_bar import AskBar
from app.ui.reports.clickmap.finding import Found, Wanted, confirm, look, refuse
from app.ui.reports.clickmap.link_list import LinkList

if TYPE_CHECKING:
    from app.ui.reports.clickmap.web import MapView


class ClickMapPage(QWidget):
    """One issue's map.

    Signals:
        back_wanted: To the issue's page.
        open_draft: The draft's path.
        matched: The writer said which draft is the issue's.
    """

    back_wanted = Signal()
    open_draft = Signal(str)
    matched = Signal()

    def __init__(self, folder: Callable[[], Path], parent: QWidget | None = None) -> None:
        """``folder`` is where the writer's drafts are."""
        super().__init__(parent)
        self.setAccessibleName(self.tr("Click map"))
        self._folder = folder
        self._wanted: Wanted | None = None
        self._looking: Apart[Found] | None = None
        self._view: MapView | None = None
        self._has_engine = True
        self._asked: int | None = None
        self.found: Found | None = None
        self.subject = QLabel()
        self.subject.setFont(fonts.writing(points=18))
        self.subject.setTextFormat(Qt.TextFormat.PlainText)
        self.subject.setWordWrap(True)
        self.source = words("", "soft")
        self.ask = AskBar()
        self.list = LinkList(self)
        self.list.setMinimumWidth(240)
        self.legend = words("", "soft")
        self.legend.setContentsMargins(ROW_MARGIN, 0, ROW_MARGIN, 4)
        self.missing = words("", "soft")
        self.missing.setContentsMargins(ROW_MARGIN, 0, ROW_MARGIN, 0)
        self.message = words("", "soft")
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setMargin(40)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.message)
        self._lay_out()
        self.ask.confirmed.connect(self._confirm)
        self.ask.refused.connect(self._refuse)
        self.ask.another_wanted.connect(self._choose_draft)
        self.list.chosen.connect(self._point_out)
        self.setFocusProxy(self.list)
        # The engine's page, where it has the focus, would keep the key.
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self.back_wanted)
        theme.notifier().changed.connect(self._show_text)

    def show_issue(self, row: Row, links: tuple[LinkRow, ...]) -> None:
        """Show an issue; its text follows when it is found."""
        before = self._wanted
        wanted = Wanted(row, tuple(links), self._folder())
        same = before is not None and (before.row, before.links) == (row, wanted.links)
        if same and self.isVisible():
            return  # something else in the store is new
        if before is None or (before.row.account, before.row.id) != (row.account, row.id):
            self.found = None
            self.ask.hide()
            self.missing.hide()
            self.source.clear()
            self._tell(self.tr("Looking for the issue's text…"))
        self.subject.setText(row.subject)
        self.list.show_links(links)
        self.legend.setText(legend(links))
        self._look(wanted)

    def close_engine(self) -> None:
        """Before the window goes."""
        if self._looking is not None:
            self._looking.cancel()
        if self._view is not None:
            self._view.close_engine()

    def choose(self, number: int) -> None:
        """Point out a link in the list and in the text."""
        self._asked = number  # the text may still be looked for
        self.list.point_out(number)
        self._point_out(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Backspace leads back, as Escape does."""
        if event.key() == Qt.Key.Key_Backspace:
            self.back_wanted.emit()
            return
        super().keyPressEvent(event)

    # the parts

    def _lay_out(self) -> None:
        self.back = push(self.tr("← &Figures"), self.tr("To the issue's figures (Escape)"))
        self.back.setProperty("quiet", True)
        self.back.setProperty("flush", True)
        self.back.clicked.connect(self.back_wanted)
        self.other_text = push("")
        self.other_text.setProperty("quiet", True)
        self.other_text.clicked.connect(self._swap)
        self.open = push(self.tr("&Open the draft"), self.tr("Open this issue's draft"))
        self.open.setProperty("quiet", True)
        self.open.clicked.connect(self._open)
        head = QHBoxLayout()
        head.setSpacing(18)
        head.addWidget(self.back)
        head.addWidget(self.subject, 1)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.source, 1)
        line.addWidget(self.other_text)
        line.addWidget(self.open)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.legend)
        column.addWidget(self.list, 1)
        column.addWidget(self.missing)
        self.parts = QSplitter(Qt.Orientation.Horizontal)
        self.parts.setChildrenCollapsible(False)
        self.parts.addWidget(self.pages)
        self.parts.addWidget(side)
        self.parts.setStretchFactor(0, 3)
        self.parts.setStretchFactor(1, 2)
        self.parts.setSizes([700, 340])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 14, 22, 14)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addLayout(line)
        layout.addWidget(self.ask)
        layout.addWidget(self.parts, 1)
        for widget in (self.ask, self.missing, self.other_text, self.open):
            widget.hide()

    # the text

    def _look(self, wanted: Wanted) -> None:
        self._wanted = wanted
        if self._looking is not None:
            self._looking.cancel()
        self._looking = Apart(lambda: look(wanted), self._show_found, "click map", self)

    def _show_found(self, found: Found | None) -> None:
        self._looking = None
        if found is None:
            self._tell(self.tr("The issue's text could not be shown."))
            return
        self.found = found
        self.ask.show_finding(found.finding)
        self.source.setText(self._source(found))
        self.source.setVisible(bool(self.source.text()))
        self.open.setVisible(bool(found.draft))
        self.other_text.setVisible(bool(found.draft))
        as_sent = found.wanted.as_sent
        self.other_text.setText(self.tr("As in the &draft") if as_sent else self.tr("As &sent"))
        self.other_text.setToolTip(
            self.tr("Show the draft's text") if as_sent else self.tr("Show the platform's text")
        )
        lost = [f"{figures.number(each.clicks)} × {each.url}" for each in found.missing]
        self.missing.setVisible(bool(lost) and found.has_text)
        told = self.tr("Clicked, but not in this text: %1")
        self.missing.setText(told.replace("%1", ", ".join(lost[:5]) + ("…" if lost[5:] else "")))
        self.missing.setToolTip("\n".join(lost))
        self._show_text()

    def _show_text(self) -> None:
        found = self.found
        if found is None:
            return
        if not found.has_text:
            self._tell(self.tr("This issue's text is not on this computer.") + f"\n{found.trouble}")
            return
        view = self._engine()
        if view is None:
            self._tell(
                self.tr(
                    "The text is shown where QtWebEngine is installed and may run: pip install "
                    "'sendoff[preview]'. The links and their clicks are listed beside."
                )
            )
            return
        dark = theme.current().is_dark and bool(found.page_dark)
        folder = Path(found.draft).parent if found.draft and not found.platform else None
        view.show_page(found.page_dark if dark else found.page_light, folder, dark=dark)
        if self._asked is not None:
            view.choose(self._asked)
            self._asked = None
        self.pages.setCurrentWidget(view)

    def _engine(self) -> "MapView | None":
        if self._view is None and self._has_engine:
            if engine_would_end_the_app():
                self._has_engine = False
                return None
            try:
                from app.ui.reports.clickmap.web import MapView
            except ImportError:
                self._has_engine = False
                return None
            graphics.choose()
            self._view = MapView(self.pages)
            self._view.link_chosen.connect(self.list.point_out)
            self._view.broken.connect(self._on_broken)
            self.pages.addWidget(self._view)
        return self._view

    def _on_broken(self) -> None:
        if self._view is not None:
            self.pages.removeWidget(self._view)
            self._view.close_engine()
            self._view.deleteLater()
            self._view = None
        self._has_engine = False
        self._show_text()

    def _tell(self, message: str) -> None:
        self.message.setText(message)
        self.pages.setCurrentWidget(self.message)

    def _source(self, found: Found) -> str:
        if found.platform:
            return self.tr("The text that was sent, from: %1").replace("%1", found.platform)
        if found.has_text:
            return self.tr("The text of your draft “%1”").replace("%1", Path(found.draft).stem)
        return ""

    def _point_out(self, number: int) -> None:
        if self._view is not None:
            self._view.choose(number)

    # what the writer says

    def _swap(self) -> None:
        if self._wanted is not None:
            wanted = self._wanted
            self._look(Wanted(wanted.row, wanted.links, wanted.folder, not wanted.as_sent))

    def _open(self) -> None:
        if self.found is not None and self.found.draft:
            self.open_draft.emit(self.found.draft)

    def _confirm(self, path: str) -> None:
        wanted = self._wanted
        if wanted is not None:
            attempt(lambda: confirm(wanted, path), lambda _: self._said(), self._fail, self)

    def _refuse(self, path: str) -> None:
        wanted = self._wanted
        if wanted is not None:
            attempt(lambda: refuse(wanted, path), lambda _: self._said(), self._fail, self)

    def _choose_draft(self) -> None:
        dialog = QFileDialog(
            self,
            self.tr("The draft of this issue"),
            str(self._folder()),
            self.tr("Drafts (*.md *.markdown *.mdown *.mkd *.txt)"),
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._confirm)
        dialog.open()

    def _said(self) -> None:
        self.matched.emit()
        if self._wanted is not None:
            wanted = self._wanted
            self._look(Wanted(wanted.row, wanted.links, self._folder()))

    def _fail(self, error: Exception) -> None:
        self.source.setText(str(error))
