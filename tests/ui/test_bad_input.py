"""Bad files, folders and databases: a clear message where the writer sees it, nothing lost."""

import json
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.editor.editor import DraftEditor
from app.ui.ignored import Ignored
from app.ui.settings import Settings, Store
from app.ui.shell import Shell
from tests.support.shells import end

Start = Callable[..., Shell]
DRAFT = "# One\n\nA [link](#one).\n"


@pytest.fixture
def drafts(folders: Path) -> Path:
    folder = folders / "drafts"
    folder.mkdir()
    (folder / "one.md").write_text(DRAFT)
    return folder


@pytest.fixture
def start(qtbot: QtBot, dressed: QApplication, drafts: Path) -> Iterator[Start]:
    shells: list[Shell] = []

    def start(*paths: Path) -> Shell:
        settings = Settings(drafts_folder=str(drafts), check_links=False)
        if not Store().path.exists() and not Store().path.parent.is_file():
            Store().save(settings)
        shell = Shell(Store())
        shells.append(shell)
        shell.show(paths)
        qtbot.waitUntil(lambda: shell.checking.is_started)
        return shell

    yield start
    end(*shells)


def notices(shell: Shell) -> str:
    return "\n".join(notice.text for notice in shell.window.notices.notices)


def editor(shell: Shell) -> DraftEditor:
    sheet = shell.desk.current
    assert sheet is not None
    assert sheet.editor is not None
    return sheet.editor


def write(shell: Shell, words: str) -> None:
    editor(shell).setFocus()
    QTest.keyClicks(editor(shell), words)


# files that cannot be opened


def large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(50_000_001)


def fifo(path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("no FIFOs here")
    os.mkfifo(path)


FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "Latin-1": (lambda path: path.write_bytes("Grüße".encode("latin-1")), "no UTF-8 text"),
    "UTF-16": (lambda path: path.write_bytes("Grüße an alle".encode("utf-16")), "bad.md"),
    "NULs": (lambda path: path.write_bytes(b"a\n\0b"), "a NUL, which no text has"),
    "too large": (large, "larger than 20 MB"),
    "a folder": (lambda path: path.mkdir(), "is a folder"),
    "a FIFO": (fifo, "not an ordinary file"),
    "a loop of links": (lambda path: path.symlink_to(path), "bad.md"),
    "a link to nothing": (lambda path: path.symlink_to(path.with_name("none")), "no longer there"),
    "nothing": (lambda path: None, "no longer there"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_opened_is_named(
    qtbot: QtBot, start: Start, drafts: Path, name: str
) -> None:
    make, words = FILES[name]
    bad = drafts / "bad.md"
    make(bad)
    shell = start(drafts / "one.md", bad)
    qtbot.waitUntil(lambda: words in notices(shell))
    assert "“bad.md”" in notices(shell)
    shell.desk.open(drafts / "one.md")
    write(shell, "typed ")
    shell.window.close()
    assert (drafts / "one.md").read_text() == "typed " + DRAFT


def test_a_device_is_not_opened(qtbot: QtBot, start: Start) -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("no devices here")
    shell = start(Path("/dev/zero"))
    qtbot.waitUntil(lambda: "not an ordinary file" in notices(shell))


@pytest.mark.parametrize(("name", "codec"), [("Latin-1", "latin-1"), ("UTF-16", "utf-16")])
def test_other_encodings_open_as_a_copy(
    qtbot: QtBot, start: Start, drafts: Path, name: str, codec: str
) -> None:
    bad = drafts / "bad.md"
    bad.write_bytes("# Grüße\n\nan alle\n".encode(codec))
    before = bad.read_bytes()
    shell = start(bad)
    (notice,) = shell.window.notices.notices
    notice.choices[0].run()
    assert "# Grüße" in editor(shell).toPlainText()
    write(shell, "x")
    shell.window.close()
    assert bad.read_bytes() == before


def test_a_draft_that_becomes_a_folder_stays_open(qtbot: QtBot, start: Start, drafts: Path) -> None:
    one = drafts / "one.md"
    shell = start(one)
    one.unlink()
    one.mkdir()
    qtbot.waitUntil(lambda: "one.md" in notices(shell))
    write(shell, "typed ")
    shell.window.close()
    assert one.is_dir()
    one.rmdir()
    again = start(one)
    qtbot.waitUntil(lambda: again.desk.current is not None)
    assert editor(again).toPlainText() == "typed " + DRAFT


def test_an_endless_line_keeps_its_bytes(start: Start, drafts: Path) -> None:
    one = drafts / "one.md"
    line = "word \u2029\U00100000\U0010fff0🌱 " * 100_000
    one.write_bytes(f"# One\r\n{line}\r\nlast".encode())
    shell = start(one)
    write(shell, "typed ")
    assert max(map(len, editor(shell).toPlainText().split("\n"))) < 50_000
    editor(shell).go_to(1, 500_000)
    write(shell, "X")
    shell.window.close()
    expected = f"typed # One\r\n{line[:500_000]}X{line[500_000:]}\r\nlast"
    assert one.read_bytes() == expected.encode()


# the app's own folders


@pytest.mark.parametrize("names", [("CONFIG",), ("CACHE",), ("DATA",), ("CONFIG", "CACHE", "DATA")])
def test_a_folder_of_the_app_that_takes_no_file(
    qtbot: QtBot,
    start: Start,
    folders: Path,
    drafts: Path,
    names: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in names:
        (folders / name.lower()).write_text("a file where the folder should be")
    if "CONFIG" in names:
        monkeypatch.setattr("app.ui.settings.default_drafts_folder", lambda: drafts)
    shell = start(drafts / "one.md")
    shell.choose(Settings(drafts_folder=str(drafts), check_links=False))
    write(shell, "typed ")
    shell.desk.sheets[0].draft.ignore("#one")
    qtbot.waitUntil(lambda: "typed" in (drafts / "one.md").read_text())
    if "CONFIG" in names:
        assert "settings could not be kept" in notices(shell)
    if "CACHE" in names:
        assert "results of link checks" in notices(shell)
    if "DATA" in names:
        qtbot.waitUntil(lambda: "versions of your drafts" in notices(shell))
        assert "by hand" in notices(shell)
    write(shell, "more ")
    shell.window.close()
    if "DATA" in names:
        assert "links you ignore" in notices(shell)
    assert (drafts / "one.md").read_text() == "typed more " + DRAFT
    assert shell.desk.sheets[0].keeper.unsaved is False


GARBAGE = {
    "bytes": b"\xff\xfe\0garbage" * 300,
    "empty": b"",
    "deep": b"[" * 100_000,
    "a list": b"[1, 2]",
    "numbers": json.dumps(
        {
            "columns": [10**30, 1, 2],
            "columns_with_preview": [2**31, 2**31, 2**31],
            "rows": [2**40, 1],
            "zoom": 10**40,
            "geometry": "zz",
            "open": [{"path": "DRAFT", "line": 10**30, "column": 10**30, "top": 10**30}],
            "current": "DRAFT",
            "health": {"DRAFT": [1e308, {"no such status": 3, "safe": 10**30}]},
            "writing_points": 1e400,
            "drafts_folder": "nul\0nul",
            "writing_family": "\0",
            "appearance": [],
        }
    ).encode(),
    "no paths": json.dumps(
        {"open": [{"path": "a\0b"}, {"path": "x" * 9_000}, {"path": ""}], "current": "a\0b"}
    ).encode(),
}


@pytest.mark.parametrize("name", GARBAGE)
@pytest.mark.parametrize(
    "file",
    [
        "config/settings.json",
        "config/session.json",
        "data/ignored",
        "data/history.sqlite3",
        "data/accepted.sqlite3",
        "cache/verdicts.sqlite3",
    ],
)
def test_a_damaged_file_of_the_app_costs_no_draft(
    qtbot: QtBot, start: Start, folders: Path, drafts: Path, file: str, name: str
) -> None:
    path = folders / file
    if file == "data/ignored":
        path = Ignored().file(str(drafts / "one.md"))
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(GARBAGE[name].replace(b"DRAFT", str(drafts / "one.md").encode()))
    if file != "config/settings.json":
        Store().save(Settings(drafts_folder=str(drafts), check_links=False))
    shell = start(drafts / "one.md")
    if file != "config/settings.json":
        qtbot.waitUntil(lambda: len(shell.window.drafts.rows) >= 1)
    elif name != "no paths":  # keys of another version are no mistake
        assert "setting" in notices(shell).lower()
    shell.desk.open(drafts / "one.md")
    editor(shell).go_to(0, 0)
    write(shell, "typed ")
    shell.window.close()
    assert (drafts / "one.md").read_text() == "typed " + DRAFT


def test_a_truncated_history_is_set_aside(
    qtbot: QtBot, start: Start, folders: Path, drafts: Path
) -> None:
    first = start(drafts / "one.md")
    write(first, "a ")
    first.window.close()
    history = folders / "data" / "history.sqlite3"
    with sqlite3.connect(history) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    history.write_bytes(history.read_bytes()[:5_000])
    second = start(drafts / "one.md")
    editor(second).go_to(0, 0)
    write(second, "b ")
    second.window.close()
    assert (drafts / "one.md").read_text() == "b a " + DRAFT


# windows and folders


def test_a_second_window_may_only_read(qtbot: QtBot, start: Start, drafts: Path) -> None:
    first, second = start(drafts / "one.md"), start(drafts / "one.md")
    assert editor(second).isReadOnly()
    assert "open in another window" in notices(second)
    write(first, "first ")
    write(second, "second ")
    second.window.close()
    first.window.close()
    assert (drafts / "one.md").read_text() == "first " + DRAFT


def test_a_folder_with_traps_is_listed(qtbot: QtBot, start: Start, drafts: Path) -> None:
    (drafts / "loop").symlink_to(drafts)
    (drafts / "self.md").symlink_to(drafts / "self.md")
    (drafts / "gone.md").symlink_to(drafts / "nowhere.md")
    fifo(drafts / "pipe.md")
    (drafts / "latin.md").write_bytes("# Grüße".encode("latin-1"))
    (drafts / "folder.md").mkdir()
    shell = start()
    qtbot.waitUntil(lambda: len(shell.window.drafts.rows) == 2)
