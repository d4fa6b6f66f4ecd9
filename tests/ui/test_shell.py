"""The whole window, driven as a writer would."""

import errno
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QDialog,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.linkcheck.verdict import Reason, Verdict
from app.ui import session as sessions
from app.ui import theme
from app.ui.editor.editor import DraftEditor
from app.ui.ignored import Ignored
from app.ui.preview.preview import PreviewPane
from app.ui.settings import Settings, Store
from app.ui.shell import Shell
from tests.support.shells import end

DRAFT = "# One\n\nA [dead](https://dead.example/) and a [good](https://good.example/) link.\n"
LONG = "# Long\n\n" + "\n\n".join(f"Paragraph {number}." for number in range(300)) + "\n"
KNOWN = [
    ("https://dead.example/", Verdict(Reason.NOT_FOUND)),
    ("https://good.example/", Verdict(Reason.OK)),
]

Start = Callable[..., Shell]


@pytest.fixture
def folder(folders: Path) -> Path:
    folder = folders / "drafts"
    folder.mkdir()
    (folder / "one.md").write_text(DRAFT)
    (folder / "long.md").write_text(LONG)
    Store().save(Settings(drafts_folder=str(folder), check_links=False))
    return folder


@pytest.fixture
def start(qtbot: QtBot, dressed: QApplication, folder: Path) -> Iterator[Start]:
    shells: list[Shell] = []

    def start(*paths: Path) -> Shell:
        shell = Shell(Store())
        shells.append(shell)
        shell.show(paths)
        qtbot.waitUntil(lambda: shell.checking.is_started)
        qtbot.waitUntil(lambda: len(shell.window.drafts.rows) >= 2)
        return shell

    yield start
    end(*shells)
    theme.choose(theme.Appearance.LIGHT)


def editor(shell: Shell) -> DraftEditor:
    sheet = shell.desk.current
    assert sheet is not None
    assert sheet.editor is not None
    return sheet.editor


def do(shell: Shell, command: str) -> None:
    shell.window.commands[command].trigger()


def notices(shell: Shell) -> list[str]:
    return [notice.text for notice in shell.window.notices.notices]


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# starting and ending


def test_a_new_writer_sees_where_to_begin(qtbot: QtBot, start: Start) -> None:
    shell = start()
    assert shell.window.welcome.isVisible()
    qtbot.waitUntil(shell.window.welcome.hasFocus)
    assert not shell.window.commands["save"].isEnabled()
    assert {row.title for row in shell.window.drafts.rows} == {"One", "Long"}


def test_the_first_window_fits_the_screen(start: Start) -> None:
    window = start().window
    room = window.screen().availableSize()
    assert window.width() < room.width()
    assert window.height() < room.height()


def test_the_next_start_is_as_the_last_end(qtbot: QtBot, start: Start, folder: Path) -> None:
    first = start(folder / "one.md", folder / "long.md")
    editor(first).go_to(200, 4)
    do(first, "zoom_in")
    do(first, "show_outline")
    do(first, "show_drafts")
    first.window.resize(771, 600)  # within the screen that there is without a screen
    QApplication.processEvents()
    top = int(editor(first).top_line())
    assert top > 100
    first.window.close()

    second = start()
    assert second.desk.current is not None
    assert second.desk.current.path == folder / "long.md"
    assert editor(second).selection.caret == (200, 4)
    qtbot.waitUntil(lambda: abs(int(editor(second).top_line()) - top) <= 1)
    qtbot.waitUntil(lambda: len(second.desk.sheets) == 2)
    assert second.views.zoom == 110
    assert editor(second).zoom == pytest.approx(1.1)
    assert second.window.inspector.page == "outline"
    assert not second.window.drafts.isVisible()
    assert second.window.size() == first.window.size()


def test_a_draft_that_is_gone_does_not_come_back(qtbot: QtBot, start: Start, folder: Path) -> None:
    (folder / "third.md").write_text("# Third\n")
    shell = start(folder / "third.md", folder / "one.md")
    shell.window.close()
    (folder / "third.md").unlink()
    again = start()
    qtbot.waitUntil(lambda: again._reopening._waiting == [])
    assert [sheet.path for sheet in again.desk.sheets] == [folder / "one.md"]
    assert notices(again) == []


def test_what_is_open_is_known_even_after_a_crash(qtbot: QtBot, start: Start, folder: Path) -> None:
    start(folder / "one.md")
    known = sessions.path()
    qtbot.waitUntil(lambda: known.exists() and "one.md" in known.read_text())


def test_closing_the_window_saves_what_was_typed(qtbot: QtBot, start: Start, folder: Path) -> None:
    shell = start(folder / "one.md")
    qtbot.keyClicks(editor(shell), "New: ")
    shell.window.close()
    assert (folder / "one.md").read_text() == "New: " + DRAFT


# drafts


def test_a_new_draft_becomes_a_file_named_after_its_title(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    shell = start()
    do(shell, "new")
    assert files(folder) == ["long.md", "one.md"]
    qtbot.keyClicks(editor(shell), "# What: a title?")
    qtbot.keyClick(editor(shell), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: (folder / "What a title.md").exists())
    qtbot.keyClicks(editor(shell), "text")
    do(shell, "save")
    qtbot.waitUntil(lambda: "text" in (folder / "What a title.md").read_text())


def test_a_new_draft_without_a_word_leaves_nothing(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    shell = start()
    do(shell, "new")
    do(shell, "close")
    shell.window.close()
    assert files(folder) == ["long.md", "one.md"]
    again = start()
    assert again.desk.sheets == []


def test_an_untitled_draft_survives_without_a_file(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    shell = start()
    do(shell, "new")
    qtbot.keyClicks(editor(shell), "some words")
    shell.window.close()
    assert "some words" in (folder / "some words.md").read_text()


def test_a_draft_is_opened_from_the_list_and_closed(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    shell = start()
    panel = shell.window.drafts
    row = next(at for at, each in enumerate(panel.model.rows) if each.title == "One")
    place = panel.list.visualRect(panel.model.index(row, 0)).center()
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert shell.window.windowTitle() == "One – Sendoff"
    assert editor(shell).hasFocus()
    assert next(each for each in panel.rows if each.title == "One").is_open
    do(shell, "close")
    assert shell.window.welcome.hasFocus()
    do(shell, "reopen")
    assert shell.window.windowTitle() == "One – Sendoff"


def listed(shell: Shell) -> set[str]:
    return {row.title for row in shell.window.drafts.rows}


def test_the_list_follows_what_other_programs_do(
    qtbot: QtBot, start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ui.shelf.LOOK_MS", 50)
    shell = start()
    (folder / "new.md").write_text("# New")
    (folder / "below").mkdir()
    qtbot.waitUntil(lambda: listed(shell) == {"One", "Long", "New"})
    (folder / "below" / "deep.md").write_text("# Deep")
    qtbot.waitUntil(lambda: "Deep" in listed(shell))
    (folder / "new.md").write_text("# Newer")  # in place: the folder itself does not change
    qtbot.waitUntil(lambda: "Newer" in listed(shell))
    (folder / "new.md").rename(folder / "other.md")
    (folder / "below" / "deep.md").unlink()
    qtbot.waitUntil(lambda: listed(shell) == {"One", "Long", "Newer"})
    paths = {row.path.name for row in shell.window.drafts.rows}
    assert paths == {"one.md", "long.md", "other.md"}


def test_a_folder_that_vanishes_is_told_once_and_listed_again_when_it_is_back(
    qtbot: QtBot, start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ui.shelf.LOOK_MS", 50)
    shell = start()
    folder.rename(folder.parent / "away")
    qtbot.waitUntil(lambda: len(notices(shell)) == 1)
    assert listed(shell) == set()
    shell.window.notices.dismiss("folder")
    qtbot.wait(300)
    assert notices(shell) == []
    (folder.parent / "away").rename(folder)
    qtbot.waitUntil(lambda: listed(shell) == {"One", "Long"})


def test_without_recent_drafts_there_is_nothing_to_choose(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    shell = start(folder / "one.md")
    do(shell, "open_recent")
    qtbot.waitUntil(lambda: notices(shell) == ["You have not opened any other draft yet."])
    assert not shell.window.palette_field.isVisible()


def test_recent_drafts_lead_back(qtbot: QtBot, start: Start, folder: Path) -> None:
    elsewhere = folder.parent / "elsewhere.md"
    elsewhere.write_text("# Elsewhere\n")
    shell = start(elsewhere)
    do(shell, "close")
    shell.desk.open(folder / "one.md")
    qtbot.waitUntil(lambda: shell.desk.recent.paths() == [folder / "one.md", elsewhere])
    do(shell, "open_recent")
    qtbot.waitUntil(lambda: shell.window.palette_field.isVisible())
    qtbot.keyClick(shell.window.palette_field.field, Qt.Key.Key_Return)
    assert shell.window.windowTitle() == "Elsewhere – Sendoff"


def test_rename_and_duplicate(qtbot: QtBot, start: Start, folder: Path) -> None:
    shell = start(folder / "one.md")
    do(shell, "rename")
    field = shell.window.palette_field.field
    assert field.text() == "one"
    qtbot.keyClicks(field, "two")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: files(folder) == ["long.md", "two.md"])
    do(shell, "duplicate")
    qtbot.waitUntil(lambda: files(folder) == ["long.md", "two (copy).md", "two.md"])
    qtbot.waitUntil(lambda: len(shell.desk.sheets) == 2)


def test_renaming_onto_another_draft_is_refused(qtbot: QtBot, start: Start, folder: Path) -> None:
    shell = start(folder / "one.md")
    do(shell, "rename")
    shell.window.palette_field.field.setText("long")
    qtbot.keyClick(shell.window.palette_field.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: notices(shell) != [])
    assert (folder / "long.md").read_text() == LONG
    assert (folder / "one.md").read_text() == DRAFT


def test_what_is_trashed_can_be_brought_back(
    qtbot: QtBot, start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    shell = start(folder / "one.md")
    do(shell, "trash")
    qtbot.waitUntil(lambda: files(folder) == ["long.md"])
    qtbot.waitUntil(lambda: notices(shell) != [])
    shell.window.notices.notices[0].choices[0].run()
    qtbot.waitUntil(lambda: files(folder) == ["long.md", "one.md"])
    assert (folder / "one.md").read_text() == DRAFT


def test_a_file_that_is_dropped_is_opened(qtbot: QtBot, start: Start, folder: Path) -> None:
    shell = start()
    data = QMimeData()
    urls = [QUrl.fromLocalFile(str(folder / name)) for name in ("one.md", "picture.png")]
    data.setUrls(urls)
    none = Qt.KeyboardModifier.NoModifier
    left = Qt.MouseButton.LeftButton
    drop = QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, data, left, none)
    shell.window.dropEvent(drop)
    assert [sheet.path for sheet in shell.desk.sheets] == [folder / "one.md"]


@pytest.mark.parametrize(
    ("content", "words"), [(b"caf\xe9 \xff", "UTF-8"), (b"a\x00b", "NUL"), (None, "folder")]
)
def test_a_file_that_is_no_draft_is_explained_without_a_dialog(
    qtbot: QtBot, start: Start, folder: Path, content: bytes | None, words: str
) -> None:
    path = folder / "odd.md"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    shell = start()
    shell.desk.open(path)
    assert len(notices(shell)) == 1
    assert words.lower() in notices(shell)[0].lower()
    assert shell.desk.sheets == []
    if content is not None:
        assert path.read_bytes() == content


def test_a_change_by_another_program_is_taken_over(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    shell = start(folder / "one.md")
    (folder / "one.md").write_text(DRAFT.replace("# One", "# Changed outside"))
    qtbot.waitUntil(lambda: editor(shell).toPlainText().startswith("# Changed outside"))
    qtbot.waitUntil(lambda: shell.window.windowTitle() == "Changed outside – Sendoff")
    assert (folder / "one.md").read_text() == DRAFT.replace("# One", "# Changed outside")


def test_a_conflict_waits_for_the_writer(qtbot: QtBot, start: Start, folder: Path) -> None:
    shell = start(folder / "one.md")
    theirs = DRAFT.replace("# One", "# Theirs")
    qtbot.keyClicks(editor(shell), "Mine ")
    (folder / "one.md").write_text(theirs)
    qtbot.waitUntil(lambda: notices(shell) != [])
    choices = {each.text: each.run for each in shell.window.notices.notices[0].choices}
    assert list(choices) == ["Keep mine", "Take theirs", "Keep both", "Compare"]
    assert (folder / "one.md").read_text() == theirs, "nothing is overwritten meanwhile"
    assert shell.window.status.saved.text() == "Not saved"
    choices["Compare"]()
    dialog = shell.window.findChild(QDialog)
    assert dialog is not None
    dialog.close()
    choices["Take theirs"]()
    qtbot.waitUntil(lambda: editor(shell).toPlainText() == theirs)
    qtbot.waitUntil(lambda: shell.window.status.saved.text() == "Saved")
    editor(shell).undo()
    assert editor(shell).toPlainText() == "Mine " + DRAFT


def test_a_file_that_vanishes_is_told_once_and_its_return_settles_it(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    shell = start(folder / "one.md")
    (folder / "one.md").rename(folder / "away.txt")
    qtbot.waitUntil(lambda: notices(shell) != [])
    qtbot.wait(300)
    (notice,) = shell.window.notices.notices
    assert "no longer there" in notice.text
    assert [choice.text for choice in notice.choices] == ["Write it again"]
    (folder / "away.txt").rename(folder / "one.md")
    qtbot.waitUntil(lambda: notices(shell) == [])
    assert shell.window.status.saved.text() == "Saved"


def test_a_file_that_vanished_is_written_again(qtbot: QtBot, start: Start, folder: Path) -> None:
    shell = start(folder / "one.md")
    (folder / "one.md").unlink()
    qtbot.waitUntil(lambda: notices(shell) != [])
    shell.window.notices.notices[0].choices[0].run()
    qtbot.waitUntil(lambda: (folder / "one.md").exists())
    assert (folder / "one.md").read_text() == DRAFT


def test_a_new_draft_that_found_no_room_gets_its_file_at_the_second_try(
    qtbot: QtBot, start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = start()
    do(shell, "new")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr("app.drafts.atomic.create", full)
        qtbot.keyClicks(editor(shell), "# What")
        qtbot.keyClick(editor(shell), Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: notices(shell) != [])
    (notice,) = shell.window.notices.notices
    notice.choices[0].run()
    qtbot.waitUntil(lambda: (folder / "What.md").exists())
    qtbot.waitUntil(lambda: notices(shell) == [])


# links


def test_the_links_panel_leads_through_the_draft(qtbot: QtBot, start: Start, folder: Path) -> None:
    shell = start(folder / "one.md")
    shell.checking.verdicts.emit(KNOWN)
    panel = shell.window.inspector.links
    qtbot.waitUntil(lambda: [each.link.text for each in panel.model.rows] == ["dead", "good"])
    qtbot.waitUntil(lambda: panel.model.rows[0].verdict.reason is Reason.NOT_FOUND)
    panel.list.setFocus()
    panel.list.setCurrentIndex(panel.model.index(1, 0))
    qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    assert editor(shell).selection.caret == (2, DRAFT.split("\n")[2].index("https://good"))
    assert editor(shell).hasFocus()
    counts = {status.value: part.text() for status, part in shell.window.status.statuses.items()}
    assert (counts["warn"], counts["safe"]) == ("1", "1")


def test_next_problem_goes_there(qtbot: QtBot, start: Start, folder: Path) -> None:
    shell = start(folder / "one.md")
    shell.checking.verdicts.emit(KNOWN)
    do(shell, "next_problem")
    assert editor(shell).selection.caret == (2, DRAFT.split("\n")[2].index("https://dead"))


def test_a_picture_beside_the_draft_is_told_of_softly(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    (folder / "images").mkdir()
    (folder / "images" / "a b.png").write_bytes(b"picture")
    text = "![there](images/a%20b.png) ![gone](images/c.png) [page](images/a%20b.png)\n"
    (folder / "one.md").write_text(text)
    shell = start(folder / "one.md")
    panel = shell.window.inspector.links
    qtbot.waitUntil(lambda: len(panel.model.rows) == 3)
    assert [row.link.text for row in panel.model.rows] == ["gone", "page", "there"]
    assert {row.verdict.reason for row in panel.model.rows} == {Reason.RELATIVE}, "the contract"
    said = [panel.model.index(row, 0).data() for row in range(3)]
    assert ["this computer only" in each for each in said] == [False, False, True]
    editor(shell).go_to(0, 12)
    do(shell, "show_card")
    card = editor(shell)._card
    assert card is not None
    assert "this computer only" in card.text.title
    assert "Readers will see it once" in card.text.sentence


def ignored(path: Path) -> list[str]:
    return Ignored().of(str(path))


DEAD = "https://dead.example/"


def test_what_is_ignored_stays_ignored(qtbot: QtBot, start: Start, folder: Path) -> None:
    shell = start(folder / "one.md")
    assert shell.desk.current is not None
    shell.desk.current.draft.ignore(DEAD)
    qtbot.waitUntil(lambda: ignored(folder / "one.md") == [DEAD])  # whatever happens next
    shell.window.close()
    again = start()
    assert again.desk.current is not None
    assert again.desk.current.draft.proof.ignored == {DEAD}
    again.desk.current.draft.ignore(DEAD, False)
    qtbot.waitUntil(lambda: ignored(folder / "one.md") == [])


def test_what_is_ignored_follows_the_draft_to_its_name(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    shell = start()
    do(shell, "new")
    sheet = shell.desk.current
    assert sheet is not None
    qtbot.keyClicks(editor(shell), f"# Two [dead]({DEAD})")
    sheet.draft.ignore(DEAD)
    journal = f"journal:{sheet.keeper.key}"
    qtbot.waitUntil(lambda: Ignored().of(journal) == [DEAD])
    qtbot.keyClick(editor(shell), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sheet.path is not None)
    qtbot.waitUntil(lambda: sheet.path is not None and ignored(sheet.path) == [DEAD])
    qtbot.waitUntil(lambda: Ignored().of(journal) == [])
    sheet.rename(folder / "three.md")
    qtbot.waitUntil(lambda: ignored(folder / "three.md") == [DEAD])


def test_what_cannot_be_stored_is_told(qtbot: QtBot, start: Start, folder: Path) -> None:
    shell = start(folder / "one.md")
    (folder.parent / "data" / "ignored").write_text("in the way")
    assert shell.desk.current is not None
    shell.desk.current.draft.ignore(DEAD)
    qtbot.waitUntil(lambda: any("ignore" in each for each in notices(shell)))


@pytest.mark.parametrize(
    ("choice", "name", "value"),
    [
        ("zoom_in", "zoom", 110),
        ("show_drafts", "drafts_shown", False),
        ("show_outline", "inspector_page", "outline"),
        ("show_links", "inspector_shown", False),
    ],
)
def test_what_is_chosen_is_stored_at_once(
    qtbot: QtBot, start: Start, folder: Path, choice: str, name: str, value: object
) -> None:
    shell = start(folder / "one.md")
    qtbot.waitUntil(lambda: sessions.path().exists())
    do(shell, choice)
    qtbot.waitUntil(lambda: getattr(sessions.load(sessions.path()), name) == value)


def test_sizes_are_stored_at_once(qtbot: QtBot, start: Start, folder: Path) -> None:
    shell = start(folder / "one.md")
    shell.window.columns.handle(1).moveSplitter(220)
    width = shell.window.columns.sizes()[0]
    qtbot.waitUntil(lambda: sessions.load(sessions.path()).columns[:1] == (width,))
    geometry = sessions.load(sessions.path()).geometry
    shell.window.resize(790, 590)
    qtbot.waitUntil(lambda: sessions.load(sessions.path()).geometry not in ("", geometry))


def test_settings_are_stored_at_once(qtbot: QtBot, start: Start, folder: Path) -> None:
    shell = start()
    shell.use_folder(folder.parent)
    qtbot.waitUntil(lambda: Store().load().folder == folder.parent)


def test_the_window_is_gone_before_the_disk_is_waited_for(
    qtbot: QtBot, start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = start(folder / "one.md")
    qtbot.keyClicks(editor(shell), "New: ")
    seen: list[bool] = []
    close_all = shell.desk.close_all

    def look() -> None:
        seen.append(shell.window.isVisible())
        close_all()

    monkeypatch.setattr(shell.desk, "close_all", look)
    shell.window.close()
    assert seen == [False]
    assert (folder / "one.md").read_text() == "New: " + DRAFT


# the window


def test_a_larger_window_gives_room_to_the_letter_too(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    shell = start(folder / "one.md")
    shell.window.resize(1000, 600)
    do(shell, "show_preview")
    QApplication.processEvents()  # what the new widget asks for is laid out
    drafts, text, side = shell.window.columns.sizes()
    shell.window.resize(1400, 600)

    def has_room() -> bool:
        wider = shell.window.columns.sizes()
        return wider[0] == drafts and wider[1] > text and wider[2] > side

    qtbot.waitUntil(has_room)
    do(shell, "show_preview")
    QApplication.processEvents()
    before = shell.window.columns.sizes()
    shell.window.resize(1200, 600)
    qtbot.waitUntil(lambda: sum(shell.window.columns.sizes()) < sum(before))
    assert shell.window.columns.sizes()[2] == before[2]


def test_a_size_chosen_while_the_native_window_is_made_anew_holds(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    window = start(folder / "one.md").window
    window.resize(1000, 600)
    QApplication.sendEvent(window, QEvent(QEvent.Type.WinIdChange))
    window.resize(1200, 700)
    qtbot.wait(50)
    assert (window.width(), window.height()) == (1200, 700)
    QApplication.sendEvent(window, QEvent(QEvent.Type.WinIdChange))
    window.windowHandle().setGeometry(30, 40, 900, 500)  # as a window manager does
    qtbot.waitUntil(lambda: (window.width(), window.height()) == (1200, 700))


def test_panels_come_and_go(qtbot: QtBot, start: Start, folder: Path) -> None:
    window = start(folder / "one.md").window
    for command, part in (("show_drafts", window.drafts), ("show_links", window.inspector)):
        action = window.commands[command]
        assert part.isVisible()
        assert action.isChecked()
        action.trigger()
        assert not part.isVisible()
        assert not action.isChecked()
        action.trigger()
        assert part.isVisible()
    window.commands["show_outline"].trigger()
    assert window.inspector.outline.isVisible()
    assert not window.commands["show_links"].isChecked()


def test_focus_leaves_nothing_but_the_text(qtbot: QtBot, start: Start, folder: Path) -> None:
    shell = start(folder / "one.md", folder / "long.md")
    window = shell.window
    sizes = window.columns.sizes()
    do(shell, "focus")
    for part in (window.drafts, window.side, window.status, window.menuBar(), window.tabs):
        assert not part.isVisible()
    assert editor(shell).isVisible()
    do(shell, "focus")
    assert window.drafts.isVisible()
    assert window.tabs.isVisible()
    assert window.columns.sizes() == sizes


def test_keys_lead_through_the_open_drafts(qtbot: QtBot, start: Start, folder: Path) -> None:
    shell = start(folder / "one.md", folder / "long.md")
    qtbot.waitUntil(lambda: len(shell.desk.sheets) == 2)
    assert shell.window.tabs.isVisible()
    do(shell, "next_draft")
    assert shell.window.windowTitle() == "One – Sendoff"
    do(shell, "previous_draft")
    assert shell.window.windowTitle() == "Long – Sendoff"


def test_the_palette_finds_commands_drafts_headings_and_lines(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    shell = start(folder / "long.md")
    field = shell.window.palette_field.field

    def choose(command: str, letters: str) -> None:
        do(shell, command)
        qtbot.keyClicks(field, letters)
        qtbot.keyClick(field, Qt.Key.Key_Return)

    choose("palette", "appearance dark")
    assert theme.current() is theme.DARK
    choose("go_line", "101")
    assert editor(shell).selection.caret[0] == 100
    choose("go_heading", "long")
    assert editor(shell).selection.caret[0] == 0
    choose("go_draft", "one")
    assert shell.window.windowTitle() == "One – Sendoff"


def test_settings_take_effect_at_once_and_are_kept(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    shell = start(folder / "one.md")
    do(shell, "settings")
    qtbot.waitUntil(lambda: shell.window.findChild(QDialog) is not None)
    dialog = shell.window.findChild(QDialog)
    assert dialog is not None
    dialog.page.points.setValue(20.0)  # type: ignore[attr-defined]
    assert editor(shell).font().pointSizeF() == 20.0
    dialog.close()
    qtbot.waitUntil(lambda: Store().load().writing_points == 20.0)
    do(shell, "appearance_dark")
    chosen = replace(shell.settings, writing_points=20.0, appearance=theme.Appearance.DARK)
    qtbot.waitUntil(lambda: Store().load() == chosen)
    assert shell.window.commands["appearance_dark"].isChecked()
    assert not shell.window.commands["appearance_system"].isChecked()


def test_addresses_of_the_own_network_are_judged_anew(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    (folder / "one.md").write_text("[the wiki](http://192.168.1.2/wiki)\n")
    shell = start(folder / "one.md")
    assert shell.desk.current is not None
    draft = shell.desk.current.draft
    qtbot.waitUntil(lambda: draft.is_settled)
    told: list[object] = []
    draft.marks_changed.connect(told.append)
    for allowed, reason in ((True, Reason.PENDING), (False, Reason.PRIVATE_ADDRESS)):
        shell.choose(replace(shell.settings, allow_private=allowed))
        assert [each.verdict.reason for each in draft.proof.links()] == [reason]
    assert len(told) == 2


def test_headings_go_up_and_down(qtbot: QtBot, start: Start, folder: Path) -> None:
    shell = start(folder / "one.md")
    editor(shell).go_to(0, 2)
    do(shell, "heading_deeper")
    assert editor(shell).toPlainText().startswith("## One")
    do(shell, "heading_higher")
    do(shell, "heading_higher")
    assert editor(shell).toPlainText().startswith("One")


def test_the_place_in_the_text_is_known_even_after_a_crash(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    shell = start(folder / "long.md")
    known = sessions.path()
    qtbot.waitUntil(known.exists)
    editor(shell).go_to(200, 3)
    qtbot.waitUntil(lambda: sessions.load(known).open[0].line == 200)
    assert sessions.load(known).open[0].top > 100


@pytest.fixture
def engineless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A preview whose browser engine takes for ever to load."""
    monkeypatch.setattr(PreviewPane, "_start", lambda _pane: None)


@pytest.mark.usefixtures("engineless")
def test_commands_say_how_the_preview_looks(qtbot: QtBot, start: Start, folder: Path) -> None:
    shell = start(folder / "one.md")
    do(shell, "preview_phone")  # it comes with its first wish
    pane = shell.window.findChild(PreviewPane)
    assert pane is not None
    assert pane.isVisible()
    assert pane.bar.phone.isChecked()
    actions = shell.window.commands
    assert actions["preview_phone"].isChecked()
    do(shell, "preview_phone")
    assert pane.bar.desktop.isChecked()
    assert not actions["preview_phone"].isChecked()
    for name, button in (("preview_dark", pane.bar.dark), ("preview_images", pane.bar.images)):
        do(shell, name)
        assert button.isChecked()
        button.click()
        assert not actions[name].isChecked()
        assert actions[name].shortcut().toString() in button.toolTip()
    do(shell, "preview_larger")
    assert pane.bar.zoom_label.text() == "110 %"
    do(shell, "preview_smaller")
    do(shell, "preview_smaller")
    assert pane.bar.zoom_label.text() == "90 %"
    do(shell, "preview_natural")
    assert pane.bar.zoom_label.text() == "100 %"
    pane.use_plain("No engine.")
    assert not actions["preview_phone"].isEnabled()
    assert actions["preview_larger"].isEnabled()


@pytest.mark.usefixtures("engineless")
def test_the_next_start_shows_the_preview_as_the_last_end(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    shell = start(folder / "one.md")
    for name in ("preview_phone", "preview_dark", "preview_larger"):
        do(shell, name)
    shell.window.close()
    again = start()
    qtbot.waitUntil(lambda: again.window.findChild(PreviewPane) is not None)
    pane = again.window.findChild(PreviewPane)
    assert pane is not None
    bar = pane.bar
    assert (bar.phone.isChecked(), bar.dark.isChecked(), bar.zoom) == (True, True, 1.1)
    assert again.window.commands["preview_dark"].isChecked()


@pytest.mark.usefixtures("engineless")
def test_the_preview_of_another_draft_begins_where_its_editor_does(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    shell = start(folder / "one.md", folder / "long.md")
    qtbot.waitUntil(lambda: len(shell.desk.sheets) == 2)
    do(shell, "show_preview")
    pane = shell.window.findChild(PreviewPane)
    assert pane is not None
    editor(shell).scroll_to_line(150)
    do(shell, "next_draft")
    assert pane._line == 0
    do(shell, "next_draft")
    assert int(pane._line) == int(editor(shell).top_line()) == 150


def interactive(root: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QLineEdit, QAbstractScrollArea)
    found = [widget for kind in kinds for widget in root.findChildren(kind)]
    return [
        widget
        for widget in found
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible()
    ]


@pytest.mark.parametrize(
    "command", ["", "settings", "shortcuts", "about", "network", "search", "versions"]
)
def test_everything_that_acts_has_a_name(
    qtbot: QtBot, start: Start, folder: Path, command: str
) -> None:
    shell = start(folder / "one.md", folder / "long.md")
    root: QWidget = shell.window
    if command:
        do(shell, command)
        qtbot.waitUntil(lambda: shell.window.findChild(QDialog) is not None)
        dialog = shell.window.findChild(QDialog)
        assert dialog is not None
        root = dialog
    QApplication.processEvents()
    widgets = interactive(root)
    assert widgets
    for widget in widgets:
        spin_box_field = widget.objectName() == "qt_spinbox_lineedit"
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        assert spin_box_field or widget.accessibleName() or text, widget
    if command:
        root.close()


def test_versions_are_listed_compared_and_restored(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    from app.ui.dialogs.versions import VersionsDialog

    shell = start(folder / "one.md")
    qtbot.keyClicks(editor(shell), "Changed ")
    do(shell, "save")
    qtbot.waitUntil(lambda: (folder / "one.md").read_text().startswith("Changed "))
    do(shell, "versions")
    dialog = shell.window.findChild(VersionsDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: len(dialog.model.rows) >= 2)
    dialog.list.setCurrentIndex(dialog.model.index(len(dialog.model.rows) - 1, 0))
    qtbot.waitUntil(dialog.restore.isEnabled)
    assert "−  # One" in dialog.view.toPlainText() or "-  # One" in dialog.view.toPlainText()
    qtbot.mouseClick(dialog.restore, Qt.MouseButton.LeftButton)
    assert editor(shell).toPlainText() == DRAFT
    editor(shell).undo()
    assert editor(shell).toPlainText() == "Changed " + DRAFT


def test_a_version_that_is_just_being_kept_comes_into_the_list(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    from app.ui.dialogs.versions import VersionsDialog

    shell = start(folder / "one.md")
    do(shell, "versions")
    dialog = shell.window.findChild(VersionsDialog)
    assert dialog is not None
    editor(shell).insertPlainText("Changed ")
    do(shell, "save")
    qtbot.waitUntil(lambda: len(dialog.model.rows) >= 2)
    dialog.close()


def test_all_drafts_can_be_searched(qtbot: QtBot, start: Start, folder: Path) -> None:
    from app.ui.dialogs.search import SearchDialog

    shell = start()
    do(shell, "search")
    dialog = shell.window.findChild(SearchDialog)
    assert dialog is not None
    qtbot.keyClicks(dialog.field, "paragraph 17.")
    qtbot.waitUntil(lambda: len(dialog.model.rows) == 1)
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert shell.window.windowTitle() == "Long – Sendoff"
    assert editor(shell).selection.caret == (36, 0)


def test_a_status_in_the_status_line_filters_the_links(
    qtbot: QtBot, start: Start, folder: Path
) -> None:
    shell = start(folder / "one.md")
    shell.checking.verdicts.emit(KNOWN)
    do(shell, "show_outline")
    shell.window.status.status_clicked.emit("warn")
    panel = shell.window.inspector.links
    qtbot.waitUntil(lambda: [each.link.text for each in panel.model.rows] == ["dead"])
    assert panel.isVisible()


def test_the_paper_changes_with_the_theme(start: Start, folder: Path) -> None:
    shell = start(folder / "one.md")
    paper = []
    for appearance in (theme.Appearance.DARK, theme.Appearance.LIGHT):
        theme.choose(appearance)
        QApplication.processEvents()
        shown = editor(shell).viewport().grab().toImage()
        paper.append(shown.pixelColor(shown.width() - 5, shown.height() - 5).name())
    assert paper == [theme.DARK.paper, theme.LIGHT.paper]
