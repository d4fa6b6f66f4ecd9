"""The inbox view: live, cut where lists of mails cut, and closed with the window."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.preflight import sending
from app.ui.preflight.inbox import InboxView
from app.ui.preflight.inbox_rows import Device, InboxLetter, InboxList, cut
from tests.ui.preflight.conftest import Look, Looked

LONG = "The quiet reader wrote a letter to the harbour and then another one to the mayor, twice"
DRAFT = f"---\nsubject: Short\npreheader: {LONG} and again {LONG}\n---\n\n# Title\n\nFirst words.\n"


def view_of(looked: Looked) -> InboxView:
    found = looked.shell.window.findChild(InboxView)
    assert found is not None
    return found


def test_a_text_is_cut_where_its_line_ends(dressed: QApplication) -> None:
    font = dressed.font()
    whole = cut("Short", font, 300, 1)
    assert (whole.lines, whole.seen) == (("Short",), 5)
    one = cut(LONG, font, 200, 1)
    assert one.lines[0].endswith("…")
    assert one.lines[0].removesuffix("…") == LONG[: one.seen]
    two = cut(LONG, font, 200, 2)
    assert len(two.lines) == 2
    assert one.seen < two.seen < len(LONG)
    assert cut("", font, 200, 2).lines == ()
    assert cut("W" * 50_000, font, 100, 2).seen < 100


def test_a_phone_shows_about_what_was_measured_on_one(qtbot: QtBot, dressed: QApplication) -> None:
    phone = InboxList(Device.PHONE, dark=False)
    qtbot.addWidget(phone)
    phone.resize(phone.sizeHint())
    phone.show_letter(InboxLetter("Ada", LONG, LONG + " " + LONG))
    assert 42 <= phone.subject.seen <= 54
    assert 88 <= phone.preview.seen <= 108


def test_light_and_dark_are_different_pictures(qtbot: QtBot, dressed: QApplication) -> None:
    for device in Device:
        pictures = []
        for dark in (False, True):
            shown = InboxList(device, dark=dark)
            qtbot.addWidget(shown)
            shown.resize(760, 140)
            shown.show_letter(InboxLetter("Ada", "Subject", "Preview"))
            pictures.append(shown.grab().toImage())
        assert pictures[0] != pictures[1]


def test_it_follows_what_is_written(look: Look) -> None:
    looked = look(DRAFT)
    looked.do("inbox_view")
    view = view_of(looked)
    assert view.phone.subject.lines == ("Short",)
    assert "all of the subject" in view.of_phone.text()
    assert "of 193 characters of the preview text" not in view.of_phone.text()
    looked.put_caret(1, len("subject: Short"))
    QTest.keyClicks(looked.editor, "er than before")
    looked.qtbot.waitUntil(lambda: view.desktop.subject.lines == ("Shorter than before",))
    looked.wait()


def test_without_a_preview_text_it_shows_the_first_words(look: Look) -> None:
    looked = look("# Title\n\nThe first words of the letter.\n")
    looked.do("inbox_view")
    view = view_of(looked)
    assert view.phone.preview.lines[0].startswith("Title The first words")
    assert "the first words" in view.of_phone.text()


def test_the_senders_name_is_kept_for_the_publication(look: Look, path: Path) -> None:
    looked = look(DRAFT)
    looked.do("inbox_view")
    view = view_of(looked)
    QTest.keyClicks(view.name, "Ada")
    looked.press(Qt.Key.Key_Return, view.name)
    looked.qtbot.waitUntil(lambda: sending.load(path.parent).sender == "Ada")
    looked.press(Qt.Key.Key_Escape, view)
    assert looked.shell.window.findChild(InboxView) is None or not view.isVisible()
    looked.qtbot.waitUntil(lambda: looked.findings.around.sending.sender == "Ada")
    looked.do("inbox_view")
    assert view_of(looked).name.text() == "Ada"


def test_the_command_closes_it_again_and_so_does_the_window(look: Look) -> None:
    looked = look(DRAFT)
    looked.do("inbox_view")
    view = view_of(looked)
    assert view.isVisible()
    looked.do("inbox_view")
    assert not looked.shell.window.findChildren(InboxView) or not view.isVisible()
    looked.do("inbox_view")
    looked.shell.window.close()
    QApplication.processEvents()
    assert not [each for each in QApplication.topLevelWidgets() if each.isVisible()]


def test_a_screen_reader_hears_what_is_seen(look: Look) -> None:
    looked = look(DRAFT)
    looked.do("inbox_view")
    phone = QAccessible.queryAccessibleInterface(view_of(looked).phone)
    assert "On a phone: all of the subject" in phone.text(QAccessible.Text.Name)
    assert phone.text(QAccessible.Text.Description).startswith("Short The quiet reader")


def test_it_follows_to_another_draft(look: Look, path: Path) -> None:
    looked = look(DRAFT)
    looked.do("inbox_view")
    view = view_of(looked)
    other = path.with_name("two.md")
    other.write_text("# Another\n\nWith other words.\n")
    looked.shell.desk.open(other)
    looked.qtbot.waitUntil(lambda: view.phone.subject.lines == ("Another",))
    looked.wait()
    looked.qtbot.waitUntil(lambda: view.phone.preview.lines == ("Another With other words.",))
