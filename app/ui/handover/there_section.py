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
from app.ui.accounts.page import push
from app.ui.brief import brief
from app.ui.handover.parts import OneLine, Rows, Section, quiet, remark
from app.ui.handover.there import Phase, There
from app.ui.handover.words import (
    choice_words,
    compare_legend,
    field_name,
    plan_sentence,
    tr,
)

_LONG = (Field.BODY, Field.TEXT)
"""Fields that are compared line by line, and not shown whole."""


class ThereSection(Section):
    """Shows a `There`, and passes on what the writer chooses."""

    account_wanted = Signal()
    """One is to be added."""
    accounts_wanted = Signal()
    """Another key, or another account."""
    compare_wanted = Signal(object, object, str)
    """Two texts, as lines, and what their marks stand for."""

    def __init__(self, there: There) -> None:
        super().__init__(tr("What will change there"))
        self._there = there
        self.accounts = QComboBox()
        self.accounts.setAccessibleName(tr("Account"))
        self.accounts.setToolTip(tr("Where the issue is handed over to"))
        self.accounts.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.accounts.activated.connect(self._choose)
        self.again = quiet(tr("Look again"), tr("Ask the platform again"), self._again)
        self.others = quiet(
            tr("Accounts…"),
            tr("Add an account, or change the key of one"),
            self.accounts_wanted.emit,
        )
        self.add = push(tr("&Add an account…"), tr("Add the platform that you send from"))
        self.add.clicked.connect(self.account_wanted)
        for part in (self.again, self.others, self.accounts):
            self.head.addWidget(part)
        self.rows = Rows(self.again)
        self.choices = Rows(self.again)
        self.body.addWidget(self.rows)
        self.body.addWidget(self.choices)
        self.why_not = remark("")
        self.why_not.hide()
        self.body.addWidget(self.why_not)
        self.body.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        there.changed.connect(self.renew)
        self.renew()

    def renew(self) -> None:
        """Show how it stands."""
        there = self._there
        self._show_accounts()
        self.add.setVisible(there.phase is Phase.NO_ACCOUNT)
        # Both stay while it is being planned: what had the focus keeps it, and may plan anew.
        self.accounts.setEnabled(there.phase not in (Phase.READING, Phase.WORKING, Phase.DONE))
        self.again.setVisible(there.account is not None and there.phase is not Phase.READING)
        self.others.setVisible(bool(there.accounts))
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
        is_conflict = plan is not None and plan.conflict is not None
        self.rows.show_rows(
            [(changes, is_conflict)] if changes else [],
            lambda shown: self._changes(shown[0], compare_legend(is_conflict=shown[1])),
        )
        asked = plan.conflict if plan is not None else None
        offered: tuple[Choice, ...] = asked.choices if asked else ()
        if self._there.phase is Phase.NOT_PLANNED and self._there.was_sent:
            offered = (Choice.COPY,)
        self.choices.show_rows(offered, self._choice_row)
        self.why_not.setText(asked.why_not if asked else "")
        self.why_not.setVisible(bool(asked and asked.why_not))

    def _changes(self, changes: Sequence[Changed], legend: str) -> QWidget:
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
            is_long = change.field in _LONG
            place = Qt.AlignmentFlag.AlignVCenter if is_long else Qt.AlignmentFlag.AlignTop
            grid.addWidget(name, at, 0, place)
            cell = self._long_change(change, legend) if is_long else self._change(change)
            grid.addWidget(cell, at, 1)
        return table

    def _change(self, change: Changed) -> QWidget:
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

    def _long_change(self, change: Changed, legend: str) -> QWidget:
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
                lambda: self.compare_wanted.emit(before, after, legend),
            )
            layout.addWidget(see)
        layout.addStretch()
        return cell

    def _choice_row(self, choice: Choice) -> QWidget:
        name, meaning = choice_words(choice)
        button = push(name, meaning)
        button.clicked.connect(lambda: self._there.decide(choice))
        button.setMinimumWidth(150)
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(button)
        layout.addWidget(remark(meaning), 1)
        return row
