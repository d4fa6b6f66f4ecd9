"""The step of the platform: which account, and what will change there, before anything does."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.engagement.providers import PROVIDERS
from app.handover.model import Changed, Choice, Field, Plan
from app.linkcheck.verdict import Status
from app.ui.accounts.page import push, words
from app.ui.brief import brief
from app.ui.handover.parts import OneLine, Rows, Section, quiet
from app.ui.handover.there import Phase, There
from app.ui.handover.words import choice_words, field_name, plan_sentence, tr

_LONG = (Field.BODY, Field.TEXT)
"""Fields that are compared line by line, and not shown whole."""


class ThereSection(Section):
    """Shows a `There`, and passes on what the writer chooses."""

    account_wanted = Signal()
    compare_wanted = Signal(object, object)
    """What is there and what will be, as lines."""

    def __init__(self, there: There) -> None:
        super().__init__(tr("What will change there"))
        self._there = there
        self.accounts = QComboBox()
        self.accounts.setAccessibleName(tr("Account"))
        self.accounts.setToolTip(tr("Where the issue is handed over to"))
        self.accounts.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.accounts.activated.connect(self._choose)
        self.again = quiet(tr("Look again"), tr("Ask the platform again"), self._again)
        self.add = push(tr("&Add an account…"), tr("Add the platform that you send from"))
        self.add.clicked.connect(self.account_wanted)
        self.head.addWidget(self.again)
        self.head.addWidget(self.accounts)
        self.rows = Rows(self.again)
        self.choices = Rows(self.again)
        self.body.addWidget(self.rows)
        self.body.addWidget(self.choices)
        self.body.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        there.changed.connect(self.renew)
        self.renew()

    def renew(self) -> None:
        """Show how it stands."""
        there = self._there
        self._show_accounts()
        self.add.setVisible(there.phase is Phase.NO_ACCOUNT)
        busy = there.phase in (Phase.READING, Phase.PLANNING, Phase.WORKING)
        self.accounts.setEnabled(not busy and there.phase is not Phase.DONE)
        self.again.setVisible(there.phase in (Phase.NOT_PLANNED, Phase.STOPPED, Phase.PLANNED))
        plan = there.plan if there.phase not in (Phase.PLANNING, Phase.NOT_PLANNED) else None
        self._show_plan(plan)
        if there.phase is Phase.NO_ACCOUNT:
            self.say(
                Status.UNCHECKED,
                tr(
                    "Add the platform that you send from: Buttondown, Ghost or listmonk. Until"
                    " then the issue can be exported; nothing is lost."
                ),
            )
        elif there.phase is Phase.NOT_PLANNED:
            self.say(Status.WARN, there.trouble, aloud=True)
        elif there.phase is Phase.READING:
            self.say(Status.UNCHECKED, "")
        elif there.phase is Phase.PLANNING:
            words_ = tr("Looking at what is there; nothing is written…")
            self.say(Status.UNCHECKED, words_)
        elif plan is not None:
            mark = Status.UNVERIFIED if plan.conflict else Status.SAFE
            self.say(mark, plan_sentence(plan, self._platform), aloud=True)

    @property
    def _platform(self) -> str:
        account = self._there.account
        return PROVIDERS.get(account.provider, account.provider) if account else ""

    def _show_accounts(self) -> None:
        present = self._there.accounts
        self.accounts.setVisible(bool(present))
        ids = [each.id for each in present]
        if [self.accounts.itemData(at) for at in range(self.accounts.count())] != ids:
            self.accounts.clear()
            for each in present:
                name = PROVIDERS.get(each.provider, each.provider)
                told = each.name if each.name == name else f"{each.name} – {name}"
                self.accounts.addItem(brief(told, 60), each.id)
        if self._there.account is not None:
            self.accounts.setCurrentIndex(ids.index(self._there.account.id))

    def _choose(self, at: int) -> None:
        self._there.choose(self._there.accounts[at])

    def _again(self) -> None:
        if self._there.account is not None:
            self._there.decide(Choice.ASK)

    def _show_plan(self, plan: Plan | None) -> None:
        changes: Sequence[Changed] = ()
        if plan is not None:
            changes = plan.conflict.edited if plan.conflict else plan.changes
        key = (changes, plan is not None and plan.conflict is not None)
        self.rows.show_rows(key, lambda: [self._changes(changes)] if changes else [])
        asked = plan.conflict if plan is not None else None
        offered: tuple[Choice, ...] = asked.choices if asked else ()
        if self._there.phase is Phase.NOT_PLANNED and self._there.was_sent:
            offered = (Choice.COPY,)
        why = asked.why_not if asked else ""
        self.choices.show_rows((offered, why), lambda: self._choice_rows(offered, why))

    def _changes(self, changes: Sequence[Changed]) -> QWidget:
        """Field by field: what is there, and what it becomes."""
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for at, change in enumerate(changes):
            name = QLabel(field_name(change.field))
            name.setProperty("tone", "soft")
            grid.addWidget(name, at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self._change(change), at, 1)
        return table

    def _change(self, change: Changed) -> QWidget:
        if change.field in _LONG:
            return self._long_change(change)
        cell = QWidget()
        layout = QVBoxLayout(cell)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        if change.before:
            before = OneLine(f"−  {change.before}")
            layout.addWidget(before)
        after = f"+  {change.after}" if change.before else change.after
        layout.addWidget(OneLine(after or tr("–  nothing")))
        return cell

    def _long_change(self, change: Changed) -> QWidget:
        cell = QWidget()
        layout = QHBoxLayout(cell)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        before, after = (change.before or "").split("\n"), change.after.split("\n")
        if change.before is None:
            layout.addWidget(QLabel(tr("as in the preview")))
        else:
            see = quiet(
                tr("See what differs"),
                tr("Show line by line what is there and what it becomes"),
                lambda: self.compare_wanted.emit(before, after),
            )
            layout.addWidget(see)
        layout.addStretch()
        return cell

    def _choice_rows(self, offered: Sequence[Choice], why_not: str) -> list[QWidget]:
        rows: list[QWidget] = []
        for choice in offered:
            name, meaning = choice_words(choice)
            button = push(name, meaning)
            button.clicked.connect(lambda _checked=False, chosen=choice: self._there.decide(chosen))
            row = QWidget()
            layout = QHBoxLayout(row)
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(10)
            button.setMinimumWidth(150)
            layout.addWidget(button)
            layout.addWidget(words(meaning, "soft"), 1)
            rows.append(row)
        if why_not:
            rows.append(words(why_not, "soft"))
        return rows
