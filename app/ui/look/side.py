"""The list of templates with what can be done with them."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from app.ui.accounts.page import push
from app.ui.look.list import Entry, TemplateList

WIDTH = 190


class Side(QWidget):
    """The list, and below it a button for each deed: new, duplicate, rename, delete."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        self.list = TemplateList(self)
        self.new = self._button(
            self.tr("&New"), self.tr("A new template, as the standard letter is")
        )
        self.copy = self._button(self.tr("&Duplicate"), self.tr("A copy of the chosen template"))
        self.rename = self._button(self.tr("&Rename"), self.tr("Call the template otherwise (F2)"))
        self.trash = self._button(
            self.tr("De&lete"), self.tr("Move the template to the trash (Delete)")
        )
        deeds = QGridLayout()
        deeds.setSpacing(4)
        for at, button in enumerate((self.new, self.copy, self.rename, self.trash)):
            deeds.addWidget(button, at // 2, at % 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list, 1)
        column.addLayout(deeds)

    def bind(self, new: Callable[[], object], copy: Callable[[], object],
             rename: Callable[[], object], trash: Callable[[], object]) -> None:  # fmt: skip
        """What the buttons and the list's keys do."""
        for button, deed in (
            (self.new, new),
            (self.copy, copy),
            (self.rename, rename),
            (self.trash, trash),
        ):
            button.clicked.connect(lambda _=False, deed=deed: deed())
        self.list.rename_wanted.connect(rename)
        self.list.remove_wanted.connect(trash)

    def show_entries(self, entries: Sequence[Entry], choose: str) -> None:
        """Show these, and choose one by its name."""
        self.list.rows.show(entries)
        names = [each.name for each in entries]
        self.list.mark(names.index(choose) if choose in names else 0)

    def show_chosen(self) -> None:
        """What comes with the app cannot be renamed nor removed."""
        entry = self.list.chosen
        for button in (self.rename, self.trash):
            button.setEnabled(entry is not None and entry.kept is not None)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = push(text, tip)
        button.setProperty("quiet", True)
        return button
