"""What the writer and a team block and allow themselves."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPlainTextEdit

from app.linkcheck.reputation.lists import LineError, OwnLists, read_rules
from app.ui import fonts, own_list
from app.ui.accounts.page import push, words
from app.ui.dialogs.dialog import rule, section, soft
from app.ui.dialogs.settings.page import Choices, SettingsPage, small
from app.ui.editor.jobs import run_in_thread

RESTS_MS = 700
"""From the last key until the list is kept and holds."""
LINES = 7
MOST_MISTAKES = 4


class OwnListsPage(SettingsPage):
    """A small editor for the writer's own list, its mistakes named by line; and a team's file."""

    def __init__(self, choices: Choices) -> None:
        title = QCoreApplication.translate("OwnListsPage", "Blocked and allowed")
        super().__init__(title, choices)
        self.body.addWidget(
            soft(
                self.tr(
                    "A link that is blocked here stops the send. Of one that is allowed no service"
                    " is asked. What is blocked stays blocked, whatever else allows it."
                )
            )
        )
        self._kept = ""
        self._is_read = False
        self.list = QPlainTextEdit()
        self.list.setAccessibleName(self.tr("Your own list"))
        self.list.setAccessibleDescription(
            self.tr("One rule on a line: block or allow, and a host")
        )
        self.list.setFont(fonts.code(10))
        self.list.setTabChangesFocus(True)
        self.list.setProperty("field", True)
        self.list.setReadOnly(True)
        self.list.setMinimumHeight(
            round(QFontMetricsF(self.list.font()).lineSpacing() * LINES) + 18
        )
        self.list.setPlaceholderText(
            "# sites I do not link to\nblock bad.example\nblock *.bad.example\n"
            "block https://shop.example/*\nallow bit.ly"
        )
        self.mistakes = words("")
        self.trouble = words("")
        self.reread = push(self.tr("Show the file as it is"))
        self.reread.clicked.connect(self._read)
        self.body.addWidget(self.list, 1)
        for each in (self.mistakes, self.trouble, self.reread):  # where they are seen at once
            self.body.addWidget(each)
        self.body.addWidget(
            small(
                self.tr(
                    "One rule on a line: “block” or “allow”, then a host, “*.” and a host for all"
                    " its subdomains, or an address in which “*” stands for anything. What follows"
                    " “ #” is a remark."
                )
            )
        )
        self.body.addWidget(rule())
        self._add_team()
        self._rests = QTimer(self, singleShot=True, interval=RESTS_MS)
        self._rests.timeout.connect(self._save)
        self.list.textChanged.connect(self._typed)
        self._say("")
        self._read()

    def leave(self) -> None:
        """Keep what was typed last."""
        if self._rests.isActive():
            self._save()

    # the writer's own

    def _read(self) -> None:
        found: list[str] = []
        troubles: list[str] = []

        def read() -> None:
            try:
                found.append(own_list.read())
            except OSError as error:
                troubles.append(error.strerror or type(error).__name__)

        def show() -> None:
            for why in troubles:
                self._say(self.tr("The list cannot be read: %1.").replace("%1", why))
            for text in found:
                self._say("")
                self._kept = text
                self.list.setPlainText(text)
                self.list.setReadOnly(False)
                self._is_read = True
                self._look()

        run_in_thread(read, show, self)

    def _typed(self) -> None:
        self._look()
        if self._is_read and self.list.toPlainText() != self._kept:
            self._rests.start()

    def _look(self) -> None:
        """Name the lines that are no rules."""
        _, errors = read_rules(self.list.toPlainText())
        self.mistakes.setText(self._named(errors))
        self.mistakes.setVisible(bool(errors))

    def _named(self, errors: Sequence[LineError]) -> str:
        line = self.tr("Line %1: %2")
        told = [
            line.replace("%1", str(error.line)).replace("%2", _translated(error.message))
            for error in errors[:MOST_MISTAKES]
        ]
        if len(errors) > MOST_MISTAKES:
            told.append(self.tr("And %n more.", "", len(errors) - MOST_MISTAKES))
        return "\n".join(told)

    def _save(self) -> None:
        self._rests.stop()
        text, before = self.list.toPlainText(), self._kept
        changed: list[bool] = []
        troubles: list[str] = []

        def save() -> None:
            try:
                own_list.save(text, before)
            except own_list.ListChangedError:
                changed.append(True)
            except OSError as error:
                troubles.append(error.strerror or type(error).__name__)

        def saved() -> None:
            if changed:
                told = self.tr("The file was changed elsewhere, so what you typed is not kept.")
                self._say(told, offers=True)
            for why in troubles:
                self._say(self.tr("The list could not be kept: %1.").replace("%1", why))
            if not changed and not troubles:
                self._kept = text
                self._say("")
                self.choices.renew()

        run_in_thread(save, saved, self)

    def _say(self, why: str, *, offers: bool = False) -> None:
        self.trouble.setText(why)
        self.trouble.setVisible(bool(why))
        self.reread.setVisible(offers)

    # a team's

    def _add_team(self) -> None:
        self.body.addWidget(section(self.tr("A team's list")))
        self.team = words("", "soft")
        self.choose = push(self.tr("Choose…"), self.tr("Choose a file with a team's rules"))
        self.choose.setAccessibleName(self.tr("Choose a team's list"))
        self.choose.clicked.connect(self._ask_team)
        self.drop = push(self.tr("Do not use"), self.tr("Use a team's list no more"))
        self.drop.clicked.connect(lambda: self.choices.change(team_list=""))
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.team, 1)
        row.addWidget(self.choose)
        row.addWidget(self.drop)
        self.body.addLayout(row)
        self.choices.changed.connect(self._show_team)
        self.choices.means.changed.connect(self._show_team)
        self._show_team()

    def _show_team(self) -> None:
        chosen = self.choices.settings.team_list
        problem = self.choices.means.problems.get("Own lists", "")
        told = chosen or self.tr("A file that several writers share, with rules as above.")
        lists = [each for each in self.choices.means.means.services if isinstance(each, OwnLists)]
        wrong = [error for each in lists for error in each.errors.get(Path(chosen), ())]
        parts = (told, _translated(problem), self._named(wrong))
        self.team.setText("\n".join(part for part in parts if part))
        self.drop.setVisible(bool(chosen))

    def _ask_team(self) -> None:
        dialog = QFileDialog(self, self.tr("Which file has the team's rules?"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        chosen = self.choices.settings.team_list
        dialog.setDirectory(str(Path(chosen).parent if chosen else Path.home()))
        dialog.fileSelected.connect(lambda file: self.choices.change(team_list=file))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _translated(text: str) -> str:
    return QCoreApplication.translate("Reputation", text)
