"""The list of links that died, by keys: what it says, what it does, and its empty grounds."""

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.engagement.matching import draft_text
from app.engagement.model import LinkRecord
from app.engagement.store.matches import Matches
from app.linkrot.archive import day_of
from app.linkrot.listing import nearest_to
from app.linkrot.model import DAY, Copy, Page
from app.linkrot.store import RotStore, RotStoreError
from app.ui.rot import dialog as dialogs
from app.ui.rot import keeping, words
from app.ui.rot.dialog import DeadLinksDialog, key_of_issue
from app.ui.rot.keeping import RotKeeper, Wish
from tests.engagement.reports.stocked import OWN, issue, links, stock
from tests.linkrot.site import Site, serve

START = 1_767_225_600.0
DIED, NEVER = "https://site.net/ferry", "https://site.net/never"
LIVES = "https://site.net/lives"


def page(url: str, **known: object) -> Page:
    return Page(url, START, START, START + 90 * DAY, **known)  # type: ignore[arg-type]


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as served:
        yield served


@pytest.fixture
def folder(folders: Path) -> Path:
    """A draft and an issue with links, of which one died and one was never seen alive."""
    drafts = folders / "drafts"
    drafts.mkdir()
    (drafts / "next.md").write_text(f"# Next\n\n[the ferry]({DIED}) and [more]({LIVES})\n")
    stock(
        folders / "data" / "engagement.db",
        OWN,
        issue(1, "Ferries"),
        links("i1", LinkRecord(1, DIED, "timetable"), LinkRecord(2, NEVER, "never")),
        issue(2, "Lighthouses"),
        links("i2", LinkRecord(1, DIED, "again"), LinkRecord(2, LIVES, "light")),
    )
    return drafts


def die() -> None:
    with RotStore() as store:
        store.want((DIED, NEVER, LIVES), START)
        seen = {"looked": START + 60 * DAY, "failed": START + 50 * DAY, "counted": START + 60 * DAY}
        gone = {"reason": "gone", "http_status": 410, "failures": 3, "is_dead": True}
        store.put(page(DIED, alive=START + 40 * DAY, **seen, **gone))
        store.put(page(NEVER, **seen, **gone))
        store.put(page(LIVES, alive=START, looked=START, reason="ok", http_status=200))


Make = Callable[..., DeadLinksDialog]


@pytest.fixture
def made(qtbot: QtBot, dressed: QApplication, folder: Path, site: Site) -> Iterator[Make]:
    window = QWidget()
    qtbot.addWidget(window)
    keeper = RotKeeper(window)
    shown: list[DeadLinksDialog] = []

    def make(
        *,
        watches: bool = False,
        offline: bool = False,
        first: dialogs.Key | None = None,
        replace: dialogs.Replace = lambda *_: None,
        reads: bool = True,
    ) -> DeadLinksDialog:
        # Not running: a test looks at what is known, not at what is found meanwhile.
        keeper.follow(Wish(False, False, site.url, folder, 4.0, allow_private=False))
        if watches:
            keeper._wish = Wish(True, True, site.url, folder, 4.0, allow_private=False)
        dialog = DeadLinksDialog(window, keeper, replace, is_offline=lambda: offline, first=first)
        dialog.show()
        qtbot.waitExposed(dialog)
        dialog.activateWindow()
        if reads:
            qtbot.waitUntil(lambda: dialog._found is not None)
        shown.append(dialog)
        return dialog

    yield make
    for dialog in shown:
        if isValid(dialog):
            dialog.close()
    keeper.stop()
    QApplication.processEvents()


def said(dialog: QWidget) -> str:
    """All words that are to be seen."""
    return "\n".join(
        label.text().replace("\u200b", "")
        for label in dialog.findChildren(QLabel)
        if label.isVisible()
    )


def titles(dialog: DeadLinksDialog) -> list[str]:
    return [row.letter.title for row in dialog.list.rows_model.rows if row.dead is None]


def test_dead_links_stand_under_their_letters_the_newest_first(made: Make) -> None:
    die()
    dialog = made(watches=True)
    assert titles(dialog) == ["Lighthouses", "Ferries", "Next"]
    texts = [row.dead.link.text for row in dialog.list.rows_model.rows if row.dead is not None]
    assert texts == ["again", "timetable", "never", "the ferry"]
    assert "3 pages, linked from 3 letters" in said(dialog)


def test_who_never_worked_has_another_word(made: Make) -> None:
    die()
    dialog = made(first=key_of_issue("a1", "i1"))
    assert "It worked on 10 Feb 2026, and has been dead since 20 Feb 2026." in said(dialog)
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    assert "It was dead when it was first looked at, on 20 Feb 2026." in said(dialog)
    assert "has been dead" not in said(dialog)


def test_an_issue_and_its_draft_stand_there_once(made: Make, folder: Path, qtbot: QtBot) -> None:
    die()
    draft = folder / "next.md"
    with contextlib.closing(Matches()) as matches:
        matches.confirm("a1", "i2", draft_text(str(draft), {}, draft.read_text()))
    heard: list[tuple[str, ...]] = []
    dialog = made(replace=lambda *what: heard.append(what[:3]))
    assert titles(dialog) == ["Lighthouses", "Ferries"]
    head, link = dialog.list.rows_model.rows[:2]
    assert words.letter_kind(head.letter).startswith("with its draft, sent ")
    assert link.dead is not None
    with RotStore() as store:
        near = nearest_to(link.dead.letter, link.dead.page)
        store.put_copy(DIED, day_of(near), Copy("https://web.archive.org/x", START, START))
    dialog.reload()
    qtbot.waitUntil(lambda: dialog.detail.replace.isVisible())
    dialog.detail.replace.click()
    assert heard == [(str(draft), DIED, "https://web.archive.org/x")]


def test_what_was_dead_already_when_it_was_sent_is_not_said_to_have_died(made: Make) -> None:
    with RotStore() as store:
        store.want((DIED,), START)
        store.put(page(DIED, looked=START, failed=START, failures=3, is_dead=True, reason="gone"))
    dialog = made()
    (dead, *_) = [row.dead for row in dialog.list.rows_model.rows if row.dead is not None]
    assert dead.letter.at is not None
    assert dead.letter.at > START
    assert words.since_short(dead) == "dead before it was sent"
    assert "before this was sent." in said(dialog)


def test_what_is_read_after_the_end_is_heard_by_nobody(made: Make, qtbot: QtBot) -> None:
    die()
    dialog = made()
    keeper = dialog._keeper
    dialog.reload()
    dialog.close()
    qtbot.waitUntil(lambda: not isValid(dialog))
    later: list[object] = []
    keeper.read(later.append, keeper)  # read one after the other
    qtbot.waitUntil(lambda: bool(later))


def test_advice_is_given_only_where_it_is_not_too_late(made: Make) -> None:
    die()
    dialog = made()
    assert "(410)." in said(dialog)
    assert "Link to something else" not in said(dialog)
    QTest.keyClick(dialog.list, Qt.Key.Key_End)
    assert "Link to something else" in said(dialog)


def test_arrow_keys_go_from_link_to_link_over_the_letters(made: Make) -> None:
    die()
    dialog = made()
    assert dialog.list.hasFocus()
    seen = []
    for key in (Qt.Key.Key_Down,) * 4 + (Qt.Key.Key_Up,) * 4:
        row = dialog.list.row
        assert row is not None
        assert row.dead is not None
        seen.append(row.dead.link.text)
        QTest.keyClick(dialog.list, key)
    there = ["again", "timetable", "never", "the ferry"]
    assert seen == [*there, *reversed(there)]


def test_the_detail_is_as_wide_as_its_place(made: Make, qtbot: QtBot) -> None:
    die()
    dialog = made()
    area = dialog.detail.parentWidget()
    assert area is not None
    qtbot.waitUntil(lambda: dialog.detail.width() == area.width())


def test_a_click_on_a_letter_means_its_first_link(made: Make) -> None:
    die()
    dialog = made()
    where = dialog.list.visualRect(dialog.list.rows_model.index(2, 0)).center()
    QTest.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=where)
    row = dialog.list.row
    assert row is not None
    assert (row.letter.title, row.dead and row.dead.link.text) == ("Ferries", "timetable")


def test_no_two_buttons_have_the_same_letter(made: Make) -> None:
    die()
    buttons = made().findChildren(QPushButton)
    letters = [each.text()[each.text().index("&") + 1].lower() for each in buttons
               if "&" in each.text()]  # fmt: skip
    assert len(set(letters)) >= 7
    ground = [each.text() for each in buttons if each.text().startswith("&Look after my")]
    assert len(letters) - len(ground) == len(set(letters))


def test_enter_finds_the_archived_copy_then_opens_it(
    made: Make, site: Site, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = f"{site.url}/web/20260101101112/{DIED}"
    found = {"available": True, "url": copy, "timestamp": "20260101101112", "status": "200"}
    site.json("/wayback/available", json.dumps({"archived_snapshots": {"closest": found}}).encode())
    die()
    dialog = made(first=key_of_issue("a1", "i1"))
    assert "Asking sends this address and a date to 127.0.0.1." in said(dialog)
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "A copy of 1 Jan 2026, a day before it was sent." in said(dialog))
    assert copy in said(dialog)
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    assert opened == [copy]
    QTest.keyClick(dialog.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == copy
    assert len(site.asked) == 1


def test_what_the_archive_cannot_say_is_said_in_words(made: Make, site: Site, qtbot: QtBot) -> None:
    site.page("/wayback/available", 503)
    die()
    dialog = made()
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "problem of its own" in said(dialog))
    assert dialog.detail.ask.isEnabled()


def test_no_copy_is_said_and_not_asked_for_again(made: Make, site: Site, qtbot: QtBot) -> None:
    site.json("/wayback/available", b'{"archived_snapshots": {}}')
    die()
    dialog = made()
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "The archive knows of no copy." in said(dialog))
    assert not dialog.detail.ask.isVisible()


def test_f5_looks_again_and_a_page_that_is_back_leaves_the_list(
    made: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    die()
    dialog = made(first=key_of_issue("a1", "i1"))

    def back(wish: Wish, url: str) -> str:
        with RotStore() as store:
            store.put(page(url, alive=START + 99 * DAY, looked=START + 99 * DAY, reason="ok"))
        return ""

    monkeypatch.setattr(keeping, "_look", back)
    QTest.keyClick(dialog.list, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: titles(dialog) == ["Ferries"])


def test_a_copy_can_be_put_into_a_draft_only(made: Make, qtbot: QtBot) -> None:
    die()
    with RotStore() as store:
        store.put_copy(DIED, "20260210", Copy("https://archive.net/c", START, START))
    wanted: list[tuple[str, str, str]] = []

    def replace(path: str, url: str, copy: str, then: Callable[[int], object]) -> None:
        wanted.append((Path(path).name, url, copy))
        then(1)

    dialog = made(replace=replace)
    assert not dialog.detail.replace.isVisible()
    QTest.keyClick(dialog.list, Qt.Key.Key_End)
    assert dialog.detail.replace.isVisible()
    dialog.detail.replace.setFocus()
    QTest.keyClick(dialog.detail.replace, Qt.Key.Key_Return)
    assert wanted == [("next.md", DIED, "https://archive.net/c")]
    assert "Replaced in the draft" in said(dialog)
    assert not dialog.detail.replace.isEnabled()


def test_not_allowed_and_nothing_known(made: Make, qtbot: QtBot) -> None:
    dialog = made()
    assert "Nobody looks after your old links" in said(dialog)
    with qtbot.waitSignal(dialog.allow_wanted):
        QTest.keyClick(dialog.ground.button, Qt.Key.Key_Space)


def test_not_allowed_any_more_still_shows_what_is_known(made: Make) -> None:
    die()
    dialog = made()
    assert "not looked after now" in said(dialog)
    assert dialog.allow.isVisible()


def test_allowed_and_nothing_looked_at_yet(made: Make) -> None:
    dialog = made(watches=True)
    assert "The first looks are still to come" in said(dialog)
    label = dialog.ground.words
    assert label.height() >= label.heightForWidth(label.width())  # nothing is cut off


def test_offline(made: Make) -> None:
    assert "You are offline" in said(made(watches=True, offline=True))


def test_nothing_died(made: Make) -> None:
    die()
    with RotStore() as store:
        for url in (DIED, NEVER):
            store.put(page(url, alive=START, looked=START, reason="ok"))
    assert "None of your links has died" in said(made(watches=True))


def test_no_letters(made: Make, folders: Path) -> None:
    (folders / "data" / "engagement.db").unlink()
    (folders / "drafts" / "next.md").unlink()
    assert "There are no links to look after" in said(made(watches=True))


def test_what_cannot_be_read_is_said(
    made: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: RotStore) -> None:
        raise RotStoreError("The disk is full.")

    monkeypatch.setattr(RotStore, "__init__", refuse)
    dialog = made(reads=False)
    qtbot.waitUntil(lambda: "The disk is full." in said(dialog))


def test_a_screen_reader_hears_it_all(made: Make) -> None:
    die()
    dialog = made()
    rows = dialog.list.rows_model
    heard = rows.data(rows.index(1, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert heard == (
        "again. https://site.net/ferry. Page removed. It worked on 10 Feb 2026, and has been dead"
        " since 20 Feb 2026."
    )
    assert dialog.list.accessibleName() == "Links that died"
