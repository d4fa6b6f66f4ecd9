"""The look of the email: the templates, what can be changed of one, and the letter beside it."""

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.publish.campaign import Issue
from app.publish.habits import Habits, habits_of, keep_habits, rename_template
from app.publish.look import Look, compose
from app.publish.shelf import Kept, Shelf
from app.ui import fonts
from app.ui.accounts.page import push, words
from app.ui.controls import PageTab
from app.ui.dialogs.dialog import Dialog
from app.ui.look.errands import Errands
from app.ui.look.form import LookForm
from app.ui.look.letter import LetterPreview
from app.ui.look.links_page import LinksPage
from app.ui.look.list import Entry, title_of
from app.ui.look.page_editor import PageEditor
from app.ui.look.rendering import AtHand, Made
from app.ui.look.side import Side
from app.ui.saver import Saver

SIZE = QSize(1320, 800)


class LookDialog(Dialog):
    """Changes templates, and what a publication does with them; all is stored as it is changed.

    Signals:
        kept: Something was stored: letters may look otherwise.
    """

    kept = Signal()

    def __init__(self, parent: QWidget, saver: Saver, draft: AtHand) -> None:
        super().__init__(parent, QCoreApplication.translate("LookDialog", "Look of the email"))
        self.resize(SIZE.boundedTo(self.screen().availableSize() * 0.94))
        self.errands = Errands(saver, self)
        self._draft = draft
        self._shelf = Shelf()
        self._habits = Habits()
        self._looks: dict[str, Look] = {"": Look()}
        self._pages: dict[str, str] = {}
        self.side = Side()
        self.list = self.side.list
        self.name = QLineEdit()
        self.name.setFont(fonts.interface(11.5, strong=True))
        self.name.setAccessibleName(self.tr("Name of the template"))
        self.use = push("")
        self.form = LookForm()
        self.page = PageEditor()
        issue = Issue(draft.subject, draft.path.stem if draft.path else "")
        self.links = LinksPage(issue, draft.folder.name)
        self.letter = LetterPreview(draft.text, draft.folder if draft.text is not None else None)
        self.message = words("", "soft")
        self._lay_out()
        self._connect()
        self.errands.ask(self._read, self._show_read)

    # the parts

    def _lay_out(self) -> None:
        self.stack = QStackedWidget()
        room = QScrollArea()
        room.setWidgetResizable(True)
        room.setFrameShape(QScrollArea.Shape.NoFrame)
        room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        room.setWidget(self.form)
        room.viewport().setAutoFillBackground(False)
        self.form.setAutoFillBackground(False)
        self._room = room
        for page in (room, self.page, self.links):
            self.stack.addWidget(page)
        self.tabs = [
            PageTab(self.tr("Look"), self.tr("Colours, fonts, what stands above and below")),
            PageTab(self.tr("Links"), self.tr("What links tell the websites they lead to")),
        ]
        head = QHBoxLayout()
        head.addWidget(self.name, 1)
        head.addWidget(self.use)
        tabs = QHBoxLayout()
        tabs.setSpacing(0)
        for tab in self.tabs:
            tabs.addWidget(tab)
            tab.toggled.connect(lambda _: self._turn())
        tabs.addStretch()
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(12, 0, 8, 0)
        column.setSpacing(8)
        column.addLayout(tabs)
        column.addLayout(head)
        column.addWidget(self.stack, 1)
        self._head = (self.name, self.use)
        self.parts = QSplitter(Qt.Orientation.Horizontal)
        self.parts.setChildrenCollapsible(False)
        self.parts.addWidget(middle)
        self.parts.addWidget(self.letter)
        self.parts.setStretchFactor(1, 1)
        self.parts.setSizes([430, 700])
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.side)
        row.addWidget(self.parts, 1)
        self.body.addLayout(row, 1)
        self.buttons.insertWidget(0, self.message, 1)
        self.add_close()
        self.tabs[0].setChecked(True)

    def _connect(self) -> None:
        self.list.selectionModel().currentChanged.connect(lambda _new, _old: self._show_chosen())
        self.list.picked.connect(lambda _: self.list.focusNextChild())
        self.side.bind(self._new, self._duplicate, self._rename, self._trash)
        self.errands.told.connect(self.tell)
        self.errands.kept.connect(self.kept)
        self.name.editingFinished.connect(self._name)
        self.use.clicked.connect(self._use)
        self.form.changed.connect(self._change_look)
        self.form.page_wanted.connect(self._make_page)
        self.page.changed.connect(self._change_page)
        self.links.changed.connect(self._change_habits)
        self.letter.made.connect(self._show_problems)
        self.finished.connect(lambda _: self._leave())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field closes nothing."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def tell(self, text: str) -> None:
        """A line at the foot: what was done, or could not be."""
        self.message.setText(text)

    # what there is

    def _read(self) -> tuple[list[Kept], Habits]:
        return self._shelf.all(), habits_of(self._draft.folder)

    def _show_read(self, found: tuple[list[Kept], Habits]) -> None:
        kept, self._habits = found
        self.links.show_habits(self._habits)
        self._show_entries(kept, self._habits.template)
        self.list.setFocus()

    def _show_entries(self, kept: list[Kept], choose: str) -> None:
        used = self._habits.template
        entries = [Entry(None, not used), *(Entry(each, each.name == used) for each in kept)]
        self.side.show_entries(entries, choose)
        self._show_chosen()

    def _entries(self) -> list[Kept]:
        return [each.kept for each in self.list.rows.rows if each.kept]

    def _add(self, kept: Kept) -> None:
        entries = sorted([*self._entries(), kept], key=lambda each: each.name.casefold())
        self._show_entries(entries, kept.name)

    def _show_chosen(self) -> None:
        entry = self.list.chosen
        if entry is None:
            return
        own = entry.kept is not None
        self.name.setText(title_of(entry))
        self.name.setReadOnly(not own)
        self.use.setText(self.tr("In use") if entry.in_use else self.tr("&Use it"))
        folder = self._draft.folder.name
        self.use.setToolTip(self.tr("Make all letters of “{0}” with it").format(folder))
        self.use.setEnabled(not entry.in_use)
        self.side.show_chosen()
        self._show_template(entry)

    def _show_template(self, entry: Entry) -> None:
        name = entry.name
        if entry.is_look and name in self._looks:
            self._show_look(name, self._looks[name])
        elif name in self._pages:
            self._show_page(name, self._pages[name])
        elif entry.is_look:
            self.errands.ask(lambda: self._shelf.look(name), lambda look: self._came(name, look))
        else:
            self.errands.ask(lambda: self._shelf.page(name), lambda page: self._came(name, page))

    def _came(self, name: str, found: Look | str) -> None:
        if isinstance(found, Look):
            self._looks.setdefault(name, found)
        else:
            self._pages.setdefault(name, found)
        if self.list.chosen is not None and self.list.chosen.name == name:
            self._show_template(self.list.chosen)

    def _show_look(self, name: str, look: Look) -> None:
        self.form.set_look(look)
        self._turn()
        self.letter.show_template(look, name, now=True)

    def _show_page(self, name: str, text: str) -> None:
        if self.page.field.toPlainText() != text:
            self.page.set_page(text)
        self._turn()
        self.letter.show_template(text, name, now=True)

    def _turn(self) -> None:
        """The page that belongs to the tab and to the template."""
        links = self.tabs[1].isChecked()
        for widget in self._head:
            widget.setVisible(not links)
        entry = self.list.chosen
        is_page = entry is not None and not entry.is_look
        shown: QWidget = self.page if is_page else self._room
        self.stack.setCurrentWidget(self.links if links else shown)
        wide = is_page and not links
        if wide and self.parts.sizes()[0] < 500:
            whole = sum(self.parts.sizes())
            self.parts.setSizes([whole // 2, whole - whole // 2])

    def _show_problems(self, made: Made) -> None:
        entry = self.list.chosen
        if entry is not None and not entry.is_look:
            self.page.show_problems(made.problems)

    # changes

    def _change_look(self, look: Look) -> None:
        entry = self.list.chosen
        if entry is None:
            return
        if entry.kept is None:  # what comes with the app stays; the writer gets a copy
            self._new(look)
            return
        self._looks[entry.name] = look
        self.errands.later(entry.name, lambda: self._shelf.keep_look(entry.name, look))
        self.letter.show_template(look, entry.name)

    def _change_page(self, text: str) -> None:
        entry = self.list.chosen
        if entry is None or entry.kept is None:
            return
        self._pages[entry.name] = text
        self.errands.later(entry.name, lambda: self._shelf.keep_page(entry.name, text))
        self.letter.show_template(text, entry.name)

    def _change_habits(self, habits: Habits) -> None:
        self._habits = replace(habits, template=self._habits.template)
        self._keep_habits()

    def _keep_habits(self) -> None:
        folder, habits = self._draft.folder, self._habits
        self.links.show_habits(habits)
        self.errands.later("", lambda: keep_habits(folder, habits))

    def _use(self) -> None:
        entry = self.list.chosen
        if entry is not None:
            self._put_to_use(entry.name)
            self.list.setFocus()
            self.tell(
                self.tr("All letters of “{0}” look like this from now on.").format(
                    self._draft.folder.name
                )
            )

    def _put_to_use(self, name: str) -> None:
        self._habits = replace(self._habits, template=name)
        self._keep_habits()
        chosen = self.list.chosen
        self._show_entries(self._entries(), chosen.name if chosen else name)

    def _new(self, look: Look | None = None) -> None:
        """A copy of the standard letter; with a look, one that the writer has begun to change."""
        begun = look is not None
        made = look or Look()
        name = self._free(self.tr("My letter"))
        self._looks[name] = made
        self.errands.later(name, lambda: self._shelf.keep_look(name, made))
        if begun and not self._habits.template:
            self._habits = replace(self._habits, template=name)
            self._keep_habits()
            self.tell(
                self.tr("“{0}” is your own copy, and the letters of “{1}” look like it.").format(
                    name, self._draft.folder.name
                )
            )
        self._add(Kept(name, is_look=True))
        if not begun:
            self._rename()

    def _duplicate(self) -> None:
        entry = self.list.chosen
        if entry is None:
            return
        if entry.kept is None:
            self._new()
            return
        name = self._free(self.tr("{0} copy").format(entry.name[:40]))
        if entry.is_look:
            look = self._looks.get(entry.name)
            if look is not None:
                self._looks[name] = look
                self.errands.later(name, lambda: self._shelf.keep_look(name, look))
                self._add(Kept(name, is_look=True))
        elif entry.name in self._pages:
            self._add_page(name, self._pages[entry.name])

    def _make_page(self) -> None:
        """The choices as HTML, beside them."""
        entry = self.list.chosen
        if entry is not None:
            title = title_of(entry)[:40]
            name = self._free(self.tr("{0} in HTML").format(title))
            self._add_page(name, compose(self.form.look, name).text)
            self.page.setFocus()

    def _add_page(self, name: str, text: str) -> None:
        self._pages[name] = text
        self.errands.later(name, lambda: self._shelf.keep_page(name, text))
        self._add(Kept(name, is_look=False))

    def _rename(self) -> None:
        """The name can be typed."""
        if self.list.chosen is not None and self.list.chosen.kept is not None:
            self.tabs[0].setChecked(True)
            self.name.setFocus()
            self.name.selectAll()

    def _name(self) -> None:
        entry = self.list.chosen
        name = self.name.text().strip()
        if entry is None or entry.kept is None or name == entry.name:
            return
        kept = entry.kept
        used = self._habits.template == kept.name
        self.errands.save()

        def work() -> Kept:
            renamed = self._shelf.rename(kept, name)
            rename_template(kept.name, renamed.name)
            return renamed

        def then(renamed: Kept) -> None:
            for known in (self._looks, self._pages):
                if kept.name in known:
                    known[renamed.name] = known.pop(kept.name)  # type: ignore[assignment]
            if used:
                self._habits = replace(self._habits, template=renamed.name)
                self.links.show_habits(self._habits)
            others = [each for each in self._entries() if each.name != kept.name]
            ordered = sorted([*others, renamed], key=lambda each: each.name.casefold())
            self._show_entries(ordered, renamed.name)

        self.errands.run(work, then, self._show_chosen)

    def _trash(self) -> None:
        entry = self.list.chosen
        if entry is None or entry.kept is None:
            return
        kept = entry.kept
        self.errands.save()

        def work() -> None:
            self._shelf.trash(kept)
            rename_template(kept.name, "")

        def then(_: None) -> None:
            self._looks.pop(kept.name, None)
            self._pages.pop(kept.name, None)
            if self._habits.template == kept.name:
                self._habits = replace(self._habits, template="")
                self.links.show_habits(self._habits)
            self._show_entries([each for each in self._entries() if each.name != kept.name], "")
            self.tell(self.tr("“{0}” is in the trash.").format(kept.name))
            self.list.setFocus()

        self.errands.run(work, then, self._show_chosen)

    def _free(self, wanted: str) -> str:
        taken = {each.name.casefold() for each in self._entries()}
        number = 1
        name = wanted
        while name.casefold() in taken:
            number += 1
            name = f"{wanted} {number}"
        return name

    def _leave(self) -> None:
        self.errands.save()
        self.letter.close_engine()
