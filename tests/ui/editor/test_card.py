"""The card about a link, the fixes it offers, and the jumps between problems."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.linkcheck.verdict import Note, Reason, Redirect, Verdict
from app.ui.editor.card_text import age
from app.ui.editor.context_menu import context_menu
from app.ui.editor.hover import SHADOW
from app.ui.editor.quick_fixes import Deed
from tests.ui.editor.conftest import Desk, MakeDesk

NOW = datetime.now(UTC)
MOVED = Verdict(
    Reason.OK,
    (Note.MOVED_PERMANENTLY,),
    http_status=200,
    final_url="https://a.org/new",
    suggestion="https://a.org/new",
    redirects=(Redirect(301, "https://a.org/mid"), Redirect(308, "https://a.org/new")),
    checked_at=NOW - timedelta(hours=3),
)
BROKEN = Verdict(Reason.NOT_FOUND, http_status=404, checked_at=NOW, detail="It is not there.")
WALL = Verdict(Reason.BOT_WALL, http_status=403, checked_at=NOW)
URL = "https://a.org/old"


def titles(desk: Desk) -> list[str]:
    return [button.text() for button in desk.editor.card.buttons if not button.isHidden()]


def pick(desk: Desk, title: str) -> None:
    button = next(each for each in desk.editor.card.buttons if each.text() == title)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_card_tells_the_whole_way_and_when(make_desk: MakeDesk) -> None:
    desk = make_desk(f"[a|]({URL})", {URL: MOVED})
    QTest.keyClick(desk.editor, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    card = desk.editor.card
    assert card.isVisible()
    facts = dict(card.text.facts)
    assert facts["Address"] == URL
    assert facts["301 →"] == "https://a.org/mid"
    assert facts["308 →"] == "https://a.org/new"
    assert facts["Answer"] == "200"
    assert facts["Checked"] == "3 hours ago"
    assert card.text.title in card.accessibleName()
    assert "3 hours ago" in card.accessibleDescription()


def test_by_keyboard_its_first_button_has_the_focus_and_escape_gives_it_back(
    make_desk: MakeDesk,
) -> None:
    desk = make_desk(f"[a|]({URL})", {URL: MOVED})
    desk.editor.activateWindow()
    desk.editor.show_card()
    assert QApplication.focusWidget() is desk.editor.card.buttons[0]
    QTest.keyClick(desk.editor.card.buttons[0], Qt.Key.Key_Escape)
    assert not desk.editor.card.isVisible()
    assert QApplication.focusWidget() is desk.editor


def test_under_the_mouse_it_leaves_the_focus_and_typing_sends_it_away(make_desk: MakeDesk) -> None:
    desk = make_desk(f"[a]({URL}) text|", {URL: BROKEN})
    desk.put_caret(0, 10)
    point = desk.editor.cursorRect().center()
    desk.put_caret(0, len(desk.draft.lines[0]))
    event = QHelpEvent(QHelpEvent.Type.ToolTip, point, desk.editor.mapToGlobal(point))
    QApplication.sendEvent(desk.editor.viewport(), event)
    assert desk.editor.card.isVisible()
    assert desk.editor.card.text.sentence == "It is not there."
    assert QApplication.focusWidget() is desk.editor
    desk.type("x")
    assert not desk.editor.card.isVisible()


def test_the_redirects_target_is_taken_in_one_undo_step(make_desk: MakeDesk) -> None:
    desk = make_desk(f"🌱 [a|]({URL}) and", {URL: MOVED})
    desk.editor.show_card()
    pick(desk, "Use the new address")
    assert desk.text == "🌱 [a|](https://a.org/new) and"
    assert desk.undo() == f"🌱 [a]({URL}) and"


def test_a_references_definition_is_mended(make_desk: MakeDesk) -> None:
    desk = make_desk(f"[te|xt][r]\n\n[r]: {URL}", {URL: MOVED})
    desk.editor.show_card()
    pick(desk, "Use the new address")
    assert list(desk.draft.lines) == ["[text][r]", "", "[r]: https://a.org/new"]


def test_the_card_comes_at_a_definition_too(make_desk: MakeDesk) -> None:
    desk = make_desk(f"[text][r]\n\n[r]: htt|{URL[3:]}", {URL: MOVED})
    desk.editor.show_card()
    assert desk.editor.card.isVisible()
    pick(desk, "Use the new address")
    assert desk.draft.lines[2] == "[r]: https://a.org/new"


@pytest.mark.parametrize(
    ("before", "title", "after"),
    [
        ("[a|](www.example.org)", "Add https://", "[a](https://www.example.org)"),
        ("[a|](https://https://x.org)", "Remove the doubled scheme", "[a](https://x.org)"),
        ("(text)[https://x.org/|]", "Write it as a link", "[text](https://x.org/)"),
    ],
)
def test_mistakes_are_mended_in_one_undo_step(
    make_desk: MakeDesk, before: str, title: str, after: str
) -> None:
    desk = make_desk(before)
    desk.editor.show_card()
    assert desk.editor.card.isVisible()
    pick(desk, title)
    assert list(desk.draft.lines) == [after]
    assert desk.undo() == before.replace("|", "")


def test_check_again_and_by_hand_go_to_the_checker(make_desk: MakeDesk) -> None:
    desk = make_desk(f"[a|]({URL})", {URL: WALL})
    desk.editor.show_card()
    pick(desk, "Check again")
    desk.editor.show_card()
    pick(desk, "I checked it by hand")
    assert desk.checker.rechecked == [URL]
    assert desk.checker.accepted == [URL]


def test_an_ignored_link_is_silent_until_it_is_asked_for_again(make_desk: MakeDesk) -> None:
    desk = make_desk(f"[a|]({URL})", {URL: BROKEN})
    desk.editor.ignore_link()
    assert desk.editor.visible_marks()[0][0].proofed.verdict.reason is Reason.IGNORED
    desk.editor.show_card()
    pick(desk, "Do not ignore any more")
    assert desk.editor.visible_marks()[0][0].proofed.verdict is BROKEN


def test_only_web_and_mail_addresses_are_opened(
    make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(QUrl(url).url()))
    for target in (URL, "mailto:a@b.org", "file:///etc/passwd", "javascript:x", "ftp://x.org/"):
        desk = make_desk(f"[a|]({target})")
        desk.editor.open_link()
    assert opened == [URL, "mailto:a@b.org"]


def test_the_context_menu_offers_the_same(make_desk: MakeDesk) -> None:
    desk = make_desk(f"[a|]({URL})", {URL: WALL})
    menu = context_menu(desk.editor, desk.editor.link_at_caret())
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts[:4] == [
        "Open in the browser",
        "Check again",
        "I checked it by hand",
        "Ignore in this draft",
    ]
    assert "Paste as plain text" in texts


def test_jumps_go_from_problem_to_problem_and_around(make_desk: MakeDesk) -> None:
    verdicts = {f"https://a.org/{n}": BROKEN for n in (1, 3)}
    filler = "\n\n" * 60
    text = filler.join(f"[{n}](https://a.org/{n})" for n in range(4))
    desk = make_desk(text, verdicts)
    places = []
    for _ in range(3):
        QTest.qWait(1)
        desk.editor.next_problem()
        places.append(desk.editor.selection.caret[0])
    assert places == [120, 360, 120]
    desk.editor.previous_problem()
    assert desk.editor.selection.caret[0] == 360
    assert desk.editor.card.isVisible()
    assert QApplication.focusWidget() is desk.editor


def test_without_a_link_the_writer_is_told(make_desk: MakeDesk, qtbot: QtBot) -> None:
    desk = make_desk("te|xt")
    with qtbot.waitSignal(desk.editor.message):
        desk.editor.show_card()
    with qtbot.waitSignal(desk.editor.message):
        desk.editor.next_problem()


def test_the_card_stays_inside_the_editor(make_desk: MakeDesk) -> None:
    desk = make_desk("\n" * 14 + f"[a|]({URL})", {URL: MOVED})
    desk.editor.resize(430, 420)
    QApplication.processEvents()
    desk.editor.show_card()
    body = desk.editor.card.geometry().adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
    assert desk.editor.rect().contains(body)
    assert not body.contains(desk.editor.viewport().pos() + desk.editor.cursorRect().center())


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "just now"), (60, "1 minute ago"), (7300, "2 hours ago"), (90_000, "1 day ago")],
)
def test_ages_are_said_as_people_do(seconds: int, words: str) -> None:
    assert age(NOW - timedelta(seconds=seconds), NOW) == words


def test_the_next_card_is_as_high_as_a_first_one(make_desk: MakeDesk) -> None:
    text = f"[a|]({URL})\n\n[b](https://b.org/dead)\n\n[c](https://c.org/wall)"
    known = {URL: MOVED, "https://b.org/dead": BROKEN, "https://c.org/wall": WALL}
    walking, fresh = make_desk(text, known), make_desk(text, known)
    for line in (2, 4, 0):
        walking.put_caret(line, 6)
        walking.editor.show_card(take_focus=False)
        if fresh.editor._card is not None:
            fresh.editor.card.dismiss()
        fresh.put_caret(line, 6)
        fresh.editor.show_card(take_focus=False)
        assert walking.editor.card.size() == fresh.editor.card.size()
        assert all(each.isVisible() for each in walking.editor.card.buttons)
        QApplication.processEvents()
        assert walking.editor.card.size() == fresh.editor.card.size()


def test_undoing_a_fix_leads_to_it_and_not_to_the_beginning(make_desk: MakeDesk) -> None:
    text = "\n".join(["First"] * 200) + f"\n[a|]({URL})"
    desk = make_desk(text, {URL: MOVED})
    desk.editor.show_card()
    pick(desk, next(each for each in titles(desk)))
    assert "https://a.org/new" in desk.draft.lines[200]
    desk.undo()
    assert desk.draft.lines[200] == f"[a]({URL})"
    assert desk.editor.selection.caret[0] == 200


def test_undoing_what_came_from_outside_leads_to_it(make_desk: MakeDesk) -> None:
    desk = make_desk("\n".join(["First"] * 200) + "|")
    desk.draft.replace_lines([*desk.draft.lines[:150], "Other", *desk.draft.lines[151:]])
    desk.undo()
    assert desk.editor.selection.caret[0] == 150


def test_the_evidence_is_not_the_answer_once_more(make_desk: MakeDesk) -> None:
    said = replace(BROKEN, evidence="status 404")
    desk = make_desk(f"[a|]({URL})", {URL: said})
    desk.editor.show_card()
    facts = dict(desk.editor.card.text.facts)
    assert facts["Answer"] == "404"
    assert "Evidence" not in facts


def test_who_else_flags_a_link_is_told(make_desk: MakeDesk) -> None:
    said = replace(FLAGGED, also=(Reason.SPAMHAUS, Reason.LISTED))
    desk = make_desk(f"[a|]({URL})", {URL: said})
    desk.editor.show_card()
    assert dict(desk.editor.card.text.facts)["Also flagged by"] == "Spamhaus, a list of your own"


FLAGGED = Verdict(Reason.SURBL, threat="phishing", checked_at=NOW)
FLAGGED_HOP = replace(
    FLAGGED, redirects=(Redirect(302, "https://bad.org/x"),), hop="https://bad.org/x"
)


@pytest.mark.parametrize(
    ("verdict", "title", "asked"),
    [
        (Verdict(Reason.OK, checked_at=NOW), "Block a.org", (Deed.BLOCK_HOST, "a.org")),
        (WALL, "Block a.org", (Deed.BLOCK_HOST, "a.org")),
        (FLAGGED, "Never block a.org", (Deed.ALLOW_HOST, "a.org")),
        (FLAGGED_HOP, "Never block bad.org", (Deed.ALLOW_HOST, "bad.org")),
        (Verdict(Reason.LISTED, threat="*.a.org"), "Show my lists", (Deed.SHOW_LISTS, "a.org")),
    ],
)
def test_what_the_own_list_can_do_about_a_link(
    make_desk: MakeDesk, verdict: Verdict, title: str, asked: tuple[Deed, str]
) -> None:
    desk = make_desk(f"[a|]({URL})", {URL: verdict})
    wanted: list[tuple[Deed, str]] = []
    desk.editor.rule_wanted.connect(lambda deed, host: wanted.append((deed, host)))
    QTest.keyClick(desk.editor, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    pick(desk, title)
    assert wanted == [asked]


def test_a_long_host_does_not_widen_the_card(make_desk: MakeDesk) -> None:
    url = f"https://{'very-' * 10}long.example/"
    desk = make_desk(f"[a|]({url})", {url: Verdict(Reason.OK, checked_at=NOW)})
    QTest.keyClick(desk.editor, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    (title,) = (title for title in titles(desk) if title.startswith("Block "))
    assert title.endswith("…")
    assert len(title) < 40


def test_a_dead_link_has_more_urgent_remedies(make_desk: MakeDesk) -> None:
    desk = make_desk(f"[a|]({URL})", {URL: BROKEN})
    QTest.keyClick(desk.editor, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    assert not [title for title in titles(desk) if title.endswith("a.org")]


def test_a_flagged_link_cannot_be_ignored_away(make_desk: MakeDesk) -> None:
    desk = make_desk(f"[a|]({URL})", {URL: FLAGGED})
    QTest.keyClick(desk.editor, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    assert "Ignore in this draft" not in titles(desk)
    assert titles(desk)[-1] == "Open in the browser", "never by Enter alone"
