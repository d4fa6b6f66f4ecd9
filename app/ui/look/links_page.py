"""What a publication's links tell the websites that they lead to, and what they are relative to."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.publish.campaign import FIELDS, Issue, unknown, utm_of
from app.publish.habits import Habits
from app.publish.links import with_utm
from app.ui.accounts.page import words
from app.ui.controls import Switch
from app.ui.dialogs.settings.page import form, name_of

EXAMPLE = "https://example.com/page"


class LinksPage(QWidget):
    """Shows the part of `Habits` that is about links, and changes it.

    Signals:
        changed: Other `Habits`.
    """

    changed = Signal(object)

    def __init__(self, issue: Issue, publication: str) -> None:
        """``issue`` fills the example; ``publication`` is the folder's name."""
        super().__init__()
        self.setAccessibleName(self.tr("Links"))
        self._issue = issue
        self._habits = Habits()
        self._showing = False
        self.utm = Switch(self.tr("Tell websites where their visitors come from (UTM)"))
        self.source = QLineEdit()
        self.medium = QLineEdit()
        self.campaign = QLineEdit()
        self.base = QLineEdit()
        self.base.setPlaceholderText("https://")
        self.example = words("", "soft")
        self.trouble = words("")
        self.lacks = words(self.tr("An address of a website begins with https://."))
        names = ", ".join(f"{{{name}}}" for name in FIELDS)
        self.hint = words(
            self.tr(
                "Filled in for each issue: %1. Links that unsubscribe, hold merge tags or have"
                " such parameters already stay as they are."
            ).replace("%1", names),
            "soft",
        )
        rows = form()
        rows.addRow(name_of(self.tr("&Source"), self.source), self.source)
        rows.addRow(name_of(self.tr("&Medium"), self.medium), self.medium)
        rows.addRow(name_of(self.tr("&Campaign"), self.campaign), self.campaign)
        website = form()
        website.addRow(name_of(self.tr("&Website"), self.base), self.base)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 6, 14, 4)
        layout.setSpacing(10)
        holds = self.tr("For all letters of “{0}”").format(publication)
        layout.addWidget(words(holds, "soft"))
        layout.addWidget(self.utm)
        layout.addLayout(rows)
        layout.addWidget(self.trouble)
        layout.addWidget(self.example)
        layout.addWidget(self.hint)
        layout.addSpacing(10)
        layout.addLayout(website)
        layout.addWidget(self.lacks)
        layout.addWidget(
            words(self.tr("Relative links and pictures of your drafts belong to it."), "soft")
        )
        layout.addStretch()
        self.utm.toggled.connect(lambda on: self._change(utm=on))
        for name, field in self._patterns().items():
            field.textEdited.connect(lambda text, name=name: self._change(**{name: text.strip()}))
        self.base.textEdited.connect(lambda text: self._change(base_url=_website(text)))

    def show_habits(self, habits: Habits) -> None:
        """Show these."""
        self._showing = True
        try:
            self._habits = habits
            self.utm.setChecked(habits.utm)
            for name, field in self._patterns().items():
                _show(field, getattr(habits, name))
            if _website(self.base.text()) != habits.base_url:
                self.base.setText(habits.base_url)
        finally:
            self._showing = False
        self._show_example()

    def _patterns(self) -> dict[str, QLineEdit]:
        return {"source": self.source, "medium": self.medium, "campaign": self.campaign}

    def _change(self, **chosen: Any) -> None:
        habits = replace(self._habits, **chosen)
        self._show_lacks()
        if self._showing or habits == self._habits:
            return
        self._habits = habits
        self._show_example()
        self.changed.emit(habits)

    def _show_example(self) -> None:
        habits = self._habits
        for field in self._patterns().values():
            field.setEnabled(habits.utm)
        self._show_lacks()
        made = utm_of(habits.source, habits.medium, habits.campaign, self._issue)
        url = with_utm(EXAMPLE, made) if habits.utm and made else EXAMPLE
        self.example.setText(url.replace("?", "?\u200b").replace("&", "\u200b&"))
        strange = [
            f"{{{name}}}"
            for pattern in (habits.source, habits.medium, habits.campaign)
            for name in unknown(pattern)
        ]
        told = self.tr("Nothing is known of %1: it would be sent as it is.")
        self.trouble.setText(told.replace("%1", ", ".join(strange)))
        self.trouble.setVisible(bool(strange) and habits.utm)

    def _show_lacks(self) -> None:
        typed = self.base.text().strip()
        self.lacks.setVisible(bool(typed) and not _website(typed))


def _show(field: QLineEdit, text: str) -> None:
    if field.text().strip() != text:
        field.setText(text)


def _website(text: str) -> str:
    """What was typed, where it is the address of a website; else nothing."""
    text = text.strip()
    parts = text.partition("://")
    return text if parts[0].lower() in ("http", "https") and parts[2].strip("/") else ""
