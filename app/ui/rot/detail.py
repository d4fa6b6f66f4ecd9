"""One dead link: what is known of it, and what can be done."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.linkrot.listing import DeadLink
from app.ui import fonts, theme
from app.ui.dialogs.dialog import rule, section, soft
from app.ui.rot import words


class Detail(QWidget):
    """Shows a link; tells what is wanted of it."""

    open_wanted = Signal(str)
    copy_wanted = Signal(str)
    find_wanted = Signal()
    replace_wanted = Signal()
    again_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("About the link"))
        self._dead: DeadLink | None = None
        self._text = _plain()
        self._text.setFont(fonts.writing(points=14))
        self._url = soft("")
        self._url.setTextFormat(Qt.TextFormat.PlainText)
        self._what = QLabel()
        self._what.setFont(fonts.interface(10.5, strong=True))
        self._meaning = _plain()
        self._since = soft("")
        self._copy = _plain()
        self._address = soft("")
        self._address.setTextFormat(Qt.TextFormat.PlainText)
        self._sends = soft("")
        self.said = soft("")
        """What became of what was asked for last."""
        self._make_buttons()
        self._assemble()
        theme.notifier().changed.connect(self._color)
        self._color()

    def show_link(
        self, dead: DeadLink, *, archive: str, is_replaced: bool, is_asking: bool
    ) -> None:
        """Show one.

        Args:
            dead: Which.
            archive: The archive's name, for what asking it sends.
            is_replaced: A copy was put in its place just now.
            is_asking: The archive, or the page, is being asked.
        """
        self._dead = dead
        copy = dead.copy
        has_copy = copy is not None and bool(copy.url)
        self._text.setText(dead.link.text or self.tr("A link without words"))
        self._url.setText(_breakable(dead.link.url))
        self._what.setText(words.what(dead.page))
        self._meaning.setText(words.meaning(dead))
        self._since.setText(f"{words.since(dead)} {words.looked(dead.page)}")
        self._copy.setText(
            words.copy_words(dead, copy)
            if copy is not None
            else self.tr("An archive may have kept the page.")
        )
        self._address.setText(_breakable(copy.url) if copy is not None else "")
        self._address.setVisible(has_copy)
        tells = self.tr("Asking sends this address and a date to %1.").replace("%1", archive)
        self._sends.setText(tells)
        self._sends.setVisible(copy is None)
        self.ask.setVisible(copy is None)
        self.ask.setEnabled(not is_asking)
        self.again.setEnabled(not is_asking)
        for button in (self.open_copy, self.take_copy):
            button.setVisible(has_copy)
        self.replace.setVisible(has_copy and bool(dead.link.draft))
        self.replace.setEnabled(not is_replaced)
        self.replace.setText(self.tr("Replaced") if is_replaced else self.tr("&Put into the draft"))

    def _make_buttons(self) -> None:
        self.open_copy = self._button(
            self.tr("&Open the copy"), self.tr("Open the archived copy in the browser (Enter)")
        )
        self.take_copy = self._button(
            self.tr("&Copy its address"),
            self.tr("The copy's address, for pasting (Ctrl+C)"),
        )
        self.replace = self._button(
            self.tr("&Put into the draft"),
            self.tr("Replace the link in the draft by its copy; one Undo takes it back"),
        )
        self.ask = self._button(
            self.tr("&Find an archived copy"), self.tr("Ask the archive now (Enter)")
        )
        self.open = self._button(self.tr("Open the lin&k"), self.tr("See for yourself"))
        self.again = self._button(self.tr("Look &again"), self.tr("Ask the link's site now (F5)"))
        self.open_copy.clicked.connect(self._open_copy)
        self.take_copy.clicked.connect(self._take_copy)
        self.replace.clicked.connect(self.replace_wanted)
        self.ask.clicked.connect(self.find_wanted)
        self.open.clicked.connect(self._open_link)
        self.again.clicked.connect(self.again_wanted)

    def _open_copy(self) -> None:
        if self._dead is not None and self._dead.copy is not None:
            self.open_wanted.emit(self._dead.copy.url)

    def _take_copy(self) -> None:
        if self._dead is not None and self._dead.copy is not None:
            self.copy_wanted.emit(self._dead.copy.url)

    def _open_link(self) -> None:
        if self._dead is not None:
            self.open_wanted.emit(self._dead.link.url)

    def _assemble(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 14)
        layout.setSpacing(6)
        for widget in (self._text, self._url):
            layout.addWidget(widget)
        layout.addSpacing(8)
        for widget in (self._what, self._meaning, self._since):
            layout.addWidget(widget)
        layout.addSpacing(4)
        layout.addLayout(_row(self.open, self.again))
        layout.addSpacing(6)
        layout.addWidget(rule())
        layout.addSpacing(6)
        layout.addWidget(section(self.tr("Archived copy")))
        for widget in (self._copy, self._address):
            layout.addWidget(widget)
        layout.addSpacing(4)
        # Never all in one row: hidden ones would widen it beyond its place for a moment.
        layout.addLayout(_row(self.open_copy, self.take_copy))
        layout.addLayout(_row(self.ask, self.replace))
        layout.addWidget(self._sends)
        layout.addStretch()
        layout.addWidget(self.said)

    def _color(self) -> None:
        self._what.setStyleSheet(f"color: {theme.current().warn};")

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setAccessibleName(text.replace("&", ""))
        button.setAutoDefault(False)
        return button


def _plain() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _row(*buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for button in buttons:
        row.addWidget(button)
    row.addStretch()
    return row


def _breakable(url: str) -> str:
    """With places at which a label may begin a new line; shortened where it has no end."""
    shown = url if len(url) <= 300 else url[:299] + "…"
    return "\u200b".join(shown[at : at + 12] for at in range(0, len(shown), 12))
