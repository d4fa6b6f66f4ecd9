"""Looks by keyboard, seen in the real engine."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.publish.habits import Habits, habits_of
from app.publish.look import Look, compose
from app.publish.shelf import Kept, Shelf
from app.publish.template import built_in
from tests.ui.look.conftest import Hands, OpenDialog

Key = Qt.Key
LINK = "getComputedStyle(document.querySelector('td.content a[href]')).color"


def see(hands: Hands, script: str, value: object) -> None:
    hands.wait(lambda: hands.ask(script) == value)


def test_a_colour_makes_an_own_copy_that_is_in_use(open_dialog: OpenDialog, shelf: Shelf) -> None:
    hands = open_dialog()
    assert hands.names() == [""]
    see(hands, LINK, "rgb(29, 92, 147)")
    hands.dialog.form.accent.swatches[1].setFocus()
    hands.press(Key.Key_Space)
    assert hands.names() == ["", "My letter"]
    assert hands.in_use() == "My letter"
    see(hands, LINK, "rgb(15, 107, 99)")
    hands.stored()
    assert shelf.look("My letter") == Look(accent="#0f6b63")
    assert habits_of(hands.folder).template == "My letter"


def test_font_and_footer_are_changed_without_html(open_dialog: OpenDialog, shelf: Shelf) -> None:
    hands = open_dialog()
    form = hands.dialog.form
    form.text_font.setFocus()
    hands.press(Key.Key_Down, Key.Key_Down, Key.Key_Down)
    form.footer.setFocus()
    hands.type("The Firm, Some Street 1")
    see(hands, "document.querySelector('.footer')?.textContent.trim()", "The Firm, Some Street 1")
    font = hands.ask("getComputedStyle(document.querySelector('.content')).fontFamily")
    assert font.startswith('"Segoe UI"')
    hands.stored()
    look = shelf.look("My letter")
    assert (look.text_font, look.footer) == ("sans", "The Firm, Some Street 1")


def test_dark_and_phone_are_seen_as_programs_show_them(open_dialog: OpenDialog) -> None:
    hands = open_dialog()
    see(hands, LINK, "rgb(29, 92, 147)")
    hands.dialog.letter.bar.dark.click()
    see(hands, LINK, "rgb(138, 188, 228)")
    hands.dialog.letter.bar.phone.click()
    padding = "getComputedStyle(document.querySelector('td.content')).paddingLeft"
    see(hands, padding, "22px")
    hands.dialog.letter.bar.desktop.click()
    see(hands, padding, "48px")


def test_a_colour_that_cannot_be_read_is_said_to_be_so(open_dialog: OpenDialog) -> None:
    form = open_dialog().dialog.form
    assert not form.contrast.isVisible()
    form.accent.code.setFocus()
    form.accent.code.selectAll()
    QTest.keyClicks(form.accent.code, "ffee99")
    assert form.look.accent == "#ffee99"
    assert "Hard to read on white" in form.contrast.text()
    assert form.contrast.isVisible()


def test_html_with_a_mistake_names_its_line_and_keeps_the_letter(
    open_dialog: OpenDialog, shelf: Shelf
) -> None:
    hands = open_dialog()
    hands.dialog.form.as_page.setFocus()
    hands.press(Key.Key_Space)
    assert hands.names() == ["", "Standard letter in HTML"]
    field = hands.dialog.page.field
    assert field.toPlainText() == built_in().text
    see(hands, LINK, "rgb(29, 92, 147)")
    hands.stored()
    field.go_to(2)
    hands.type("<b>")
    hands.wait(lambda: bool(hands.dialog.page.model.rows))
    assert str(hands.dialog.page.model.rows[0]).startswith("Line 2: <b> is")
    assert hands.dialog.letter.trouble.isVisible()
    assert "as it last worked" in hands.dialog.letter.trouble.text()
    assert hands.ask(LINK) == "rgb(29, 92, 147)"
    hands.stored()
    name = "Standard letter in HTML"
    assert shelf.template(name).text == built_in().text
    assert shelf.page(name) != built_in().text
    field.go_to(40)
    hands.dialog.page.list.setFocus()
    hands.dialog.page.list.mark(0)
    hands.press(Key.Key_Return)
    assert field.textCursor().blockNumber() == 1
    hands.press(Key.Key_Delete, Key.Key_Delete, Key.Key_Delete)
    hands.wait(lambda: not hands.dialog.page.model.rows)
    assert not hands.dialog.letter.trouble.isVisible()
    hands.stored()
    assert shelf.page(name) == built_in().text


def test_an_unfinished_page_is_opened_with_the_letter_as_it_last_worked(
    open_dialog: OpenDialog, shelf: Shelf
) -> None:
    good = compose(Look(accent="#aa2200"), "Page").text
    shelf.keep_page("Page", good)
    assert shelf.keep_page("Page", good.replace("</table>", "", 1))
    hands = open_dialog()
    see(hands, LINK, "rgb(29, 92, 147)")
    hands.press(Key.Key_Down)
    see(hands, LINK, "rgb(170, 34, 0)")
    assert "as it last worked" in hands.dialog.letter.trouble.text()
    assert hands.dialog.page.model.rows


def test_templates_are_used_renamed_copied_and_thrown_away_by_keys(
    open_dialog: OpenDialog, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone: list[str] = []
    monkeypatch.setattr("send2trash.send2trash", gone.append)
    shelf.keep_look("Mine", Look(accent="#aa2200"))
    hands = open_dialog()
    hands.press(Key.Key_Down)
    see(hands, LINK, "rgb(170, 34, 0)")
    hands.dialog.use.setFocus()
    hands.press(Key.Key_Space)
    hands.stored()
    assert habits_of(hands.folder).template == "Mine"
    hands.press(Key.Key_F2)
    assert hands.dialog.name.hasFocus()
    hands.type("Ours")
    hands.press(Key.Key_Return)
    hands.wait(lambda: hands.names() == ["", "Ours"])
    assert hands.in_use() == "Ours"
    assert habits_of(hands.folder).template == "Ours"
    hands.dialog.side.copy.click()
    hands.wait(lambda: hands.names() == ["", "Ours", "Ours copy"])
    hands.stored()
    assert shelf.look("Ours copy") == Look(accent="#aa2200")
    hands.dialog.list.mark(1)
    hands.dialog.list.setFocus()
    hands.press(Key.Key_Delete)
    hands.wait(lambda: hands.names() == ["", "Ours copy"])
    assert hands.in_use() == ""
    assert gone == [str(shelf.folder / "Ours.json")]
    assert habits_of(hands.folder).template == ""


def test_a_name_that_is_taken_is_refused_in_words(open_dialog: OpenDialog, shelf: Shelf) -> None:
    for name in ("Mine", "Ours"):
        shelf.keep_look(name, Look())
    hands = open_dialog()
    hands.press(Key.Key_Down, Key.Key_F2)
    hands.type("Ours")
    hands.press(Key.Key_Return)
    hands.wait(lambda: bool(hands.dialog.message.text()))
    assert hands.dialog.message.text() == "There is a template “Ours” already."
    assert hands.dialog.name.text() == "Mine"
    assert shelf.all() == [Kept("Mine", is_look=True), Kept("Ours", is_look=True)]


def test_utm_is_chosen_for_the_publication_with_an_example(open_dialog: OpenDialog) -> None:
    hands = open_dialog()
    hands.dialog.tabs[1].setFocus()
    hands.press(Key.Key_Space)
    page = hands.dialog.links
    assert page.isVisible()
    assert not page.campaign.isEnabled()
    page.utm.setFocus()
    hands.press(Key.Key_Space)
    page.campaign.setFocus()
    page.campaign.selectAll()
    hands.type("no-{slug}-{nr}")
    shown = page.example.text().replace("\u200b", "")
    assert shown.endswith("&utm_campaign=no-the-lamps-are-lit-%7Bnr%7D")
    assert "Nothing is known of {nr}" in page.trouble.text()
    hands.stored()
    assert habits_of(hands.folder) == Habits(utm=True, campaign="no-{slug}-{nr}")


def test_a_website_is_kept_once_it_is_an_address(open_dialog: OpenDialog) -> None:
    hands = open_dialog()
    hands.dialog.tabs[1].click()
    page = hands.dialog.links
    page.base.setFocus()
    hands.type("example.com")
    assert page.lacks.isVisible()
    hands.stored()
    assert habits_of(hands.folder).base_url == ""
    page.base.selectAll()
    hands.type("https://example.com/letters/")
    assert not page.lacks.isVisible()
    assert page.base.text() == "https://example.com/letters/"
    hands.stored()
    assert habits_of(hands.folder).base_url == "https://example.com/letters/"


def test_closing_stores_what_was_just_typed(open_dialog: OpenDialog, shelf: Shelf) -> None:
    hands = open_dialog()
    hands.dialog.form.header.setFocus()
    hands.type("**Ours**")
    hands.dialog.close()
    hands.wait(lambda: [each.name for each in shelf.all()] == ["My letter"])
    hands.wait(lambda: shelf.look("My letter").header == "**Ours**")
