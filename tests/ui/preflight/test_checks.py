"""Pre-flight in the window, driven as a writer would: beside the text, and in the list."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication

from app.linkcheck.verdict import Reason, Status, Verdict
from app.preflight.listing import Group, Heading, LinksRow, MuteRow
from app.preflight.muting import Mutes, Scope, mutes_file
from app.ui.preflight.mute_dialog import MuteDialog
from tests.ui.preflight.conftest import DRAFT, Look, Looked

TODO = 7
"""The line of DRAFT with a doubled word and a TK."""


def dialog(looked: Looked) -> MuteDialog:
    found = looked.shell.window.findChild(MuteDialog)
    assert found is not None
    return found


def test_a_draft_is_looked_over_when_it_is_opened_and_after_each_pause(look: Look) -> None:
    looked = look()
    assert {"todo.note", "text.doubled-word", "image.absent"} <= set(looked.rules())
    looked.put_caret(9, 0)
    QTest.keyClicks(looked.editor, "TODO: more. ")
    assert looked.rules().count("todo.note") == 1, "not with the key"
    looked.wait()
    assert looked.rules().count("todo.note") == 2
    looked.editor.undo()
    looked.wait()
    assert looked.rules().count("todo.note") == 1


def test_the_counts_at_the_foot_open_the_list(look: Look) -> None:
    looked = look()
    segment = looked.shell.window.status.checks
    assert segment.text() == "2 errors, 2 warnings"
    assert segment.accessibleName() == "Checks: 2 errors, 2 warnings"
    QTest.mouseClick(segment, Qt.MouseButton.LeftButton)
    assert looked.panel.isVisible()
    assert looked.shell.window.focusWidget() is looked.panel.list
    looked.do("show_checks")
    assert not looked.panel.isVisible()


def test_the_list_has_the_worst_first_and_return_goes_to_the_exact_place(look: Look) -> None:
    looked = look()
    looked.do("show_checks")
    headings = [each for each in looked.panel.model.rows if isinstance(each, Heading)]
    assert [each.group for each in headings] == [Group.ERROR, Group.WARNING, Group.INFO]
    looked.pick("todo.note")
    assert looked.panel.detail.rule.text() == "todo.note"
    looked.press(Qt.Key.Key_Return, looked.panel.list)
    assert looked.editor.selection.caret == (TODO, DRAFT.split("\n")[TODO].index("TK"))
    assert looked.shell.window.focusWidget() is looked.editor


def test_a_row_says_everything_to_a_screen_reader(look: Look) -> None:
    looked = look()
    looked.do("show_checks")
    at = looked.panel.model.rows.index(looked.row("todo.note"))
    spoken = looked.panel.model.index(at, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Error, line 8: A note to yourself was left here."
    at = looked.panel.model.rows.index(looked.row("text.doubled-word"))
    spoken = looked.panel.model.index(at, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Warning, line 8: “the” stands twice. It can be mended."


def test_left_and_right_close_and_open_a_group(look: Look) -> None:
    looked = look()
    looked.do("show_checks")
    looked.panel.list.setFocus()
    looked.panel.list.mark(0)
    looked.press(Qt.Key.Key_Left, looked.panel.list)
    assert "todo.note" not in [getattr(each, "rule", "") for each in looked.panel.model.rows]
    looked.press(Qt.Key.Key_Right, looked.panel.list)
    assert looked.row("todo.note") is not None


MANY = DRAFT + "\nTK and more of it, it goes on.\n\nAct now, so that it is done.\n" * 30


def at_the_bottom(looked: Looked) -> int:
    """The list with the closed heading of the last group at its lower edge; its row."""
    looked.do("show_checks")
    looked.qtbot.waitUntil(lambda: bool(looked.panel.model.rows))
    panel = looked.panel
    rows = panel.model.rows
    at = max(at for at, row in enumerate(rows) if isinstance(row, Heading) and not row.is_open)
    panel.list.setFocus()
    panel.list.mark(at)
    panel.list.scrollTo(panel.model.index(at, 0), QAbstractItemView.ScrollHint.PositionAtBottom)
    QApplication.processEvents()
    return at


def is_in_view(looked: Looked, row: int) -> bool:
    room = looked.panel.list.viewport().rect()
    return room.contains(looked.panel.list.visualRect(looked.panel.model.index(row, 0)))


def test_a_group_that_is_opened_is_brought_into_view(look: Look) -> None:
    looked = look(MANY)
    at = at_the_bottom(looked)
    looked.press(Qt.Key.Key_Right, looked.panel.list)
    assert is_in_view(looked, at)
    assert is_in_view(looked, at + 1)


def test_the_current_row_stays_in_view_when_its_detail_takes_room(look: Look) -> None:
    looked = look(MANY)
    at = at_the_bottom(looked)
    looked.press(Qt.Key.Key_Right, looked.panel.list)
    looked.press(Qt.Key.Key_End, looked.panel.list)
    assert looked.panel.list.currentIndex().row() > at
    assert looked.panel.detail.isVisible()
    looked.qtbot.waitUntil(
        lambda: is_in_view(looked, looked.panel.list.currentIndex().row()), timeout=10_000
    )


def test_f7_walks_through_what_weighs_and_comes_around(look: Look) -> None:
    looked = look()
    looked.put_caret(0, 0)
    seen = []
    for _ in range(5):
        looked.do("next_finding")
        seen.append(looked.editor.selection.caret)
    assert seen[:4] == sorted(seen[:4])
    assert len(set(seen[:4])) == 4
    assert seen[4] == seen[0]
    looked.do("previous_finding")
    assert looked.editor.selection.caret == seen[3]


def test_what_a_finding_is_about_is_selected_with_the_caret_before_it(look: Look) -> None:
    looked = look()
    looked.do("show_checks")
    looked.pick("text.doubled-word")
    looked.press(Qt.Key.Key_Return, looked.panel.list)
    assert looked.editor.textCursor().selectedText() == "the the"
    assert looked.editor.selection.caret == (TODO, 5)
    looked.put_caret(0, 0)
    looked.do("next_finding")
    assert looked.editor.textCursor().selectedText() == "the the"


def test_nothing_is_selected_on_a_line_that_was_edited_since(look: Look) -> None:
    looked = look()
    doubled = looked.finding("text.doubled-word")
    looked.put_caret(TODO, 0)
    QTest.keyClicks(looked.editor, "Now ")
    assert looked.findings.words_now(doubled).is_empty


def test_a_repair_is_one_step_that_undo_takes_back(look: Look) -> None:
    looked = look()
    looked.do("show_checks")
    looked.pick("text.doubled-word")
    assert looked.panel.detail.fix.isVisible()
    QTest.mouseClick(looked.panel.detail.fix, Qt.MouseButton.LeftButton)
    assert "Here the first paragraph" in looked.text
    looked.wait()
    assert "text.doubled-word" not in looked.rules()
    looked.editor.undo()
    assert looked.text == DRAFT


def test_a_repair_may_add_lines(look: Look) -> None:
    looked = look("---\nsubject: Seven bridges\n\nA paragraph.\n")
    looked.put_caret(0, 0)
    looked.do("mend_finding")
    assert looked.text == "---\nsubject: Seven bridges\n---\n\nA paragraph.\n"
    looked.wait()
    assert "head.unclosed" not in looked.rules()


def test_a_repair_follows_lines_that_moved_but_not_a_line_that_was_edited(look: Look) -> None:
    looked = look()
    doubled = looked.finding("text.doubled-word")
    looked.put_caret(5, 0)
    looked.press(Qt.Key.Key_Return)
    assert looked.findings.now(doubled)[0] == TODO + 1
    looked.put_caret(TODO + 1, 0)
    looked.do("mend_finding")
    assert "Here the first paragraph" in looked.text
    again = looked.finding("text.doubled-word")
    assert looked.findings.fix_now(again) is None, "its line is another by now"


def test_marks_stand_beside_their_rows_and_a_click_opens_the_list(look: Look) -> None:
    looked = look()
    gutter = looked.gutter
    rows = gutter._rows()
    assert {here[0].line for _, _, here in rows} == set(looked.findings.judged.by_line)
    todo = looked.finding("todo.note")
    top, height, here = next(row for row in rows if todo in row[2])
    assert here[0] == todo, "the worst one first"
    assert gutter.at(QPointF(5, top + height / 2)) == here
    before = gutter.grab().toImage()
    place = QPoint(gutter.width() // 2, round(top + height / 2))
    QTest.mouseClick(gutter, Qt.MouseButton.LeftButton, pos=place)
    QApplication.processEvents()
    assert looked.panel.isVisible()
    assert looked.panel.current() == here[0]
    assert looked.editor.selection.caret[0] == TODO
    looked.findings.judged = type(looked.findings.judged)()
    assert gutter.grab().toImage() != before


def test_marks_do_not_lie_over_the_text_so_that_no_key_paints_them(look: Look) -> None:
    looked = look()
    area, gutter = looked.editor.viewport().geometry(), looked.gutter.geometry()
    assert not gutter.intersects(area)
    assert gutter.left() >= 0
    looked.shell.window.resize(700, 500)
    QApplication.processEvents()
    area, gutter = looked.editor.viewport().geometry(), looked.gutter.geometry()
    assert not gutter.intersects(area)
    assert gutter.left() >= 0


def test_marks_move_along_before_the_draft_is_looked_over_again(look: Look) -> None:
    looked = look()
    before = looked.gutter._rows()[0][0]
    looked.put_caret(5, 0)
    looked.press(Qt.Key.Key_Return)
    assert looked.gutter._rows()[0][0] > before


def test_what_is_known_of_links_is_one_row_that_leads_to_them(look: Look) -> None:
    looked = look()
    looked.do("show_checks")
    draft = looked.editor.draft
    assert draft is not None
    draft.learn([("https://dead.example/", Verdict(Reason.NOT_FOUND))])
    looked.wait()
    looked.qtbot.waitUntil(lambda: "link.broken" in looked.rules())
    links = [each for each in looked.panel.model.rows if isinstance(each, LinksRow)]
    assert [(each.rule, each.count) for each in links] == [("link.broken", 1)]
    beside = {each.rule for each in looked.findings.judged.by_line[11]}
    assert beside == {"image.no-alt", "image.absent"}, "the link has its own mark"
    looked.pick("link.broken")
    looked.press(Qt.Key.Key_Return, looked.panel.list)
    assert looked.shell.window.inspector.page == "links"
    model = looked.shell.window.inspector.links.model
    looked.qtbot.waitUntil(
        lambda: Verdict(Reason.NOT_FOUND) in [each.verdict for each in model.rows]
    )
    assert {each.verdict.status for each in model.rows} == {Status.WARN}


def test_muting_wants_a_reason_is_listed_and_taken_back(look: Look, path: Path) -> None:
    looked = look()
    looked.do("show_checks")
    looked.pick("todo.note")
    looked.do("mute_finding")
    asking = dialog(looked)
    assert not asking.confirm.isEnabled()
    QTest.keyClicks(asking.reason, "it is about TK")
    assert asking.confirm.isEnabled()
    looked.press(Qt.Key.Key_Return, asking.reason)
    looked.qtbot.waitUntil(lambda: "todo.note" not in looked.rules())
    looked.wait()
    mutes = Mutes(mutes_file())
    kept = mutes.of(path)
    mutes.close()
    assert [(each.rule, each.scope, each.reason) for each in kept] == [
        ("todo.note", Scope.ISSUE, "it is about TK")
    ]
    rows = looked.panel.model.rows
    at = next(at for at, each in enumerate(rows) if getattr(each, "group", "") == Group.MUTED)
    looked.panel.list.setFocus()
    looked.panel.list.mark(at)
    looked.press(Qt.Key.Key_Right, looked.panel.list)
    row = looked.panel.model.rows[at + 1]
    assert isinstance(row, MuteRow)
    assert row.count == 1
    looked.panel.list.mark(at + 1)
    looked.press(Qt.Key.Key_Return, looked.panel.list)
    looked.press(Qt.Key.Key_Space, looked.panel.detail.unmute)
    looked.qtbot.waitUntil(lambda: "todo.note" in looked.rules())
    looked.wait()


def test_muted_for_the_publication_it_is_so_in_its_other_issues(look: Look, path: Path) -> None:
    looked = look()
    looked.put_caret(TODO, DRAFT.split("\n")[TODO].index("TK"))
    looked.do("mute_finding")
    asking = dialog(looked)
    asking.publication.setChecked(True)
    QTest.keyClicks(asking.reason, "ours")
    looked.press(Qt.Key.Key_Return, asking.reason)
    looked.qtbot.waitUntil(lambda: "todo.note" not in looked.rules())
    other = path.with_name("two.md")
    other.write_text(DRAFT)
    looked.shell.desk.open(other)
    looked.wait()
    assert "todo.note" not in looked.rules()


def test_gmails_cut_is_found_on_the_bytes_of_the_mail(look: Look) -> None:
    looked = look(DRAFT + "\nA paragraph of the letter with some words in it.\n" * 2200)
    assert "size.clipped" in looked.rules()
    place = looked.finding("size.clipped").line
    looked.put_caret(0, 0)
    assert place > 1000


@pytest.mark.parametrize("text", ["", "# Only a title\n"])
def test_an_empty_draft_is_looked_over_too(look: Look, text: str) -> None:
    looked = look(text)
    looked.do("show_checks")
    assert looked.findings.is_known


def test_where_there_is_little_room_the_list_has_it(look: Look) -> None:
    looked = look()
    looked.do("show_checks")
    looked.pick("todo.note")
    panel = looked.panel
    assert panel.foot.isVisible()
    panel.setFixedHeight(200)
    QApplication.processEvents()
    assert not panel.foot.isVisible()
    assert panel.list.height() > 100
    assert panel.detail.mute.isVisible()


def test_what_a_row_has_no_room_for_is_said_below(look: Look) -> None:
    looked = look(DRAFT + '\n<video src="https://a.example/film.mp4"></video>\n')
    looked.do("show_checks")
    looked.pick("todo.note")
    assert not looked.panel.detail.words.isVisible(), "the row says all of it"
    looked.pick("client.lost")
    assert looked.panel.detail.words.text() == looked.finding("client.lost").message


def test_rows_take_a_second_line_where_the_list_is_narrow(look: Look) -> None:
    looked = look()
    looked.do("show_checks")
    at = looked.panel.model.rows.index(looked.row("image.no-alt"))

    def height(width: int) -> int:
        looked.panel.setFixedWidth(width)
        QApplication.processEvents()
        here, below = (looked.panel.model.index(each, 0) for each in (at, at + 1))
        return looked.panel.list.visualRect(below).top() - looked.panel.list.visualRect(here).top()

    wide = height(900)
    assert wide < height(260)
    assert height(900) == wide
