"""Every word that the app shows can be translated: with a language of brackets, none stays bare."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.engagement import accounts
from app.engagement.accounts import AccountError
from app.ui.commands import commands
from app.ui.dialogs.settings.dialog import SettingsDialog
from app.ui.settings import Settings, Store
from app.ui.shell import Shell
from app.ui.translation import speak
from tests.support.shells import end

APP = Path(__file__).resolve().parents[2] / "app"
TRANSLATE = APP.parent / "scripts" / "translate"
DRAFT = "# One\n\nA [slip](example.org/x) and a [page](https://good.example/).\n"


class Brackets(QTranslator):
    """A language in which every text stands in brackets."""

    def translate(
        self, context: str, source: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        del context, disambiguation, n
        return f"⟦{source}⟧"

    def isEmpty(self) -> bool:  # noqa: N802 - Qt's own name
        return False


@pytest.fixture
def brackets(dressed: QApplication) -> Iterator[Brackets]:
    translator = Brackets()
    dressed.installTranslator(translator)
    yield translator
    dressed.removeTranslator(translator)


@pytest.fixture
def shell(qtbot: QtBot, brackets: Brackets, folders: Path) -> Iterator[Shell]:
    drafts = folders / "drafts"
    drafts.mkdir()
    (drafts / "one.md").write_text(DRAFT)
    Store().save(Settings(drafts_folder=str(drafts), check_links=False))
    shell = Shell(Store())
    shell.show([drafts / "one.md"])
    qtbot.waitUntil(lambda: shell.checking.is_started)
    qtbot.waitUntil(lambda: len(shell.window.drafts.rows) == 1)
    yield shell
    end(shell)


def words_of(widget: QWidget) -> Iterator[str]:
    yield widget.accessibleName()
    yield widget.toolTip()
    if isinstance(widget, QAbstractButton | QLabel):
        yield widget.text()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()


def bare(root: QWidget, data: set[str]) -> set[str]:
    """What is shown below ``root`` and was never translated; numbers and ``data`` are no words."""
    found = set()
    for widget in (root, *root.findChildren(QWidget)):
        for words in words_of(widget):
            if any(map(str.isalpha, words)) and "⟦" not in words and words not in data:
                found.add(f"{type(widget).__name__}: {words}")
    return found


def test_every_action_and_menu(shell: Shell) -> None:
    actions = [shell.window.commands[command.name] for command in commands()]
    assert actions
    assert all("⟦" in action.text() and "⟦" in action.toolTip() for action in actions)
    menus = [action.text() for action in shell.window.menuBar().actions()]
    assert menus
    assert all("⟦" in text for text in menus)


def test_everything_in_the_window(shell: Shell) -> None:
    draft = Store().load().folder / "one.md"
    assert bare(shell.window, data={"drafts", "One", str(draft)}) == set()


@pytest.mark.parametrize("command", ["settings", "shortcuts", "about", "network"])
def test_the_dialogs(qtbot: QtBot, shell: Shell, command: str) -> None:
    shell.window.commands[command].trigger()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    dialogs = [
        widget
        for widget in QApplication.topLevelWidgets()
        if widget.isVisible() and widget.isModal()
    ]
    for dialog in dialogs:
        found = bare(dialog, data={"Sendoff", str(Store().load().folder)})
        dialog.close()
        assert found == set()


def test_what_a_sync_says(shell: Shell) -> None:
    shell.engagement.start()
    with pytest.raises(AccountError, match=r"⟦An account needs a name of printable characters\.⟧"):
        accounts.new("ghost", " ", "https://a.example")


def test_every_page_of_the_settings(qtbot: QtBot, shell: Shell) -> None:
    shell.window.commands["settings"].trigger()
    dialog = shell.window.findChild(SettingsDialog)
    assert dialog is not None
    examples = {"https://news.example.com", "smtp.example.com", "you@example.com"}
    data = {*examples, "Name <you@example.com>", str(Store().load().folder)}
    for entry in dialog.model.rows:
        dialog.show_page(entry.name)
        assert dialog.page.isVisible()
        qtbot.wait(150)  # keys and lists are read in a thread
        found = bare(dialog, data)
        assert found == set(), entry.name
    dialog.close()


def test_a_translator_finds_every_text_where_the_app_looks_it_up(tmp_path: Path) -> None:
    """A text below a name that no class has, and nobody asks for, would stay English for ever."""
    sources = sorted(map(str, APP.rglob("*.py")))
    found = tmp_path / "found.ts"
    collect = Path(sys.executable).with_name("pyside6-lupdate")
    aliases = re.search(r"-tr-function-alias (\S+)", TRANSLATE.read_text(encoding="utf-8"))
    assert aliases is not None
    subprocess.run(
        [collect, "-tr-function-alias", aliases[1], *sources, "-ts", found],
        check=True,
        capture_output=True,
    )
    code = "\n".join(Path(each).read_text(encoding="utf-8") for each in sources)
    names = set(re.findall(r"^\s*class (\w+)", code, re.MULTILINE)) | {""}
    names |= set(re.findall(r'(?:translate|_|QT_TRANSLATE_NOOP)\(\s*"(\w+)"', code))
    lost = {
        f"{context.findtext('name')}: {text}"
        for context in ElementTree.parse(found).iter("context")
        for message in context.iter("message")
        if context.findtext("name") not in names and (text := message.findtext("source"))
    }
    assert lost == set()


TS = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="nl_NL"><context><name>Verdict</name><message>
<source>It works</source><translation>Het werkt</translation>
</message></context></TS>
"""


def test_a_translation_in_the_folder_is_spoken_where_its_language_is(
    qapp: QApplication, tmp_path: Path
) -> None:
    (tmp_path / "sendoff_nl.ts").write_text(TS, encoding="utf-8")
    release = Path(sys.executable).with_name("pyside6-lrelease")
    subprocess.run([release, tmp_path / "sendoff_nl.ts"], check=True, capture_output=True)
    translator = speak(qapp, QLocale("nl_NL"), tmp_path)
    assert translator is not None
    assert QCoreApplication.translate("Verdict", "It works") == "Het werkt"
    qapp.removeTranslator(translator)


def test_a_language_without_a_translation_is_english(qapp: QApplication, tmp_path: Path) -> None:
    assert speak(qapp, QLocale("nl_NL"), tmp_path) is None
    assert QCoreApplication.translate("Verdict", "It works") == "It works"
