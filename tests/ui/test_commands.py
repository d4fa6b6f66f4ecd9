import ast
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from app.ui.actions import Actions
from app.ui.commands import commands

UI = Path(__file__).resolve().parent.parent.parent / "app" / "ui"


def test_every_command_has_words_a_tip_and_keys() -> None:
    for command in commands():
        assert command.text, command
        assert command.tip, command
        assert command.keys, command
        assert not QKeySequence(command.keys[0]).isEmpty(), command


def test_no_two_commands_share_a_name_a_text_or_keys() -> None:
    table = list(commands())
    keys = Counter(QKeySequence(key).toString() for command in table for key in command.keys)
    for counted in (Counter(c.name for c in table), Counter(c.tip for c in table), keys):
        assert [each for each, count in counted.items() if count > 1] == []


def test_every_command_is_in_a_menu_and_shows_its_keys(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window)
    for command in commands():
        action = actions[command.name]
        assert action.shortcut() == QKeySequence(command.keys[0])
        assert action.toolTip().startswith(command.tip)
        assert len(action.associatedObjects()) >= 2, "window and menu"


@pytest.mark.parametrize("path", sorted(UI.rglob("*.py")), ids=lambda path: path.name)
def test_nothing_waits_in_a_loop_of_its_own(path: Path) -> None:
    """``exec`` nests an event loop; only the application itself runs one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in ("exec", "exec_"):
            assert ast.unparse(called) == "QApplication.exec"
            assert path.name == "application.py"
