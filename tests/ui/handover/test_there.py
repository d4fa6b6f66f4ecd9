"""What the dialog shows of the platform, where the platform outlives the dialog."""

import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QCoreApplication, QObject
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.engagement.model import Account
from app.handover.history import History
from app.handover.model import (
    Action,
    Choice,
    Handed,
    HandoverError,
    Letter,
    Plan,
    Progress,
    Step,
    Tell,
)
from app.ui.handover.there import Phase, There
from tests.support.patience import PATIENCE

ACCOUNT = Account("a1", "ghost", "A letter", "http://127.0.0.1:9")
LETTER = cast("Letter", None)
PLAN = Plan(LETTER, ACCOUNT, Action.CREATE, "m", "", "", {}, ())


class Slow:
    """A platform that goes on telling after the dialog is gone."""

    def __init__(self) -> None:
        self.is_at_work, self.goes_on, self.is_over = (threading.Event() for _ in range(3))
        self.wrong: list[RuntimeError] = []

    def accounts(self) -> Sequence[Account]:
        return [ACCOUNT]

    def letter(self, account: Account) -> Letter:
        return LETTER

    @asynccontextmanager
    async def handover(self, account: Account, history: History) -> AsyncIterator["Slow"]:
        yield self

    async def plan(self, letter: Letter, choice: Choice = Choice.ASK) -> Plan:
        return PLAN

    async def carry_out(self, plan: Plan, tell: Tell | None = None) -> Handed:
        assert tell is not None
        self.is_at_work.set()
        assert self.goes_on.wait(PATIENCE)
        try:
            tell(Progress(Step.WRITING))
        except RuntimeError as error:
            self.wrong.append(error)
        self.is_over.set()
        raise HandoverError("It broke off.")

    def handed(self, letter: Letter, handed: Handed) -> None:
        pass


@pytest.mark.parametrize("is_closed", [True, False], ids=["closed", "gone with its window"])
def test_a_platform_that_tells_on_disturbs_nobody_when_the_dialog_is_gone(
    qtbot: QtBot, folders: Path, *, is_closed: bool
) -> None:
    platform, window, history = Slow(), QObject(), History()
    there = There(platform, history, window)
    there.begin()
    qtbot.waitUntil(lambda: there.is_ready)
    there.carry_out()
    qtbot.waitUntil(platform.is_at_work.is_set)
    if is_closed:
        there.close()
    delete(there)
    platform.goes_on.set()
    qtbot.waitUntil(platform.is_over.is_set)
    qtbot.waitUntil(lambda: not any(each.name == "hand-over" for each in threading.enumerate()))
    QCoreApplication.processEvents()  # nobody hears how it ended
    history.close()
    assert platform.wrong == []
    assert there.phase is Phase.WORKING
