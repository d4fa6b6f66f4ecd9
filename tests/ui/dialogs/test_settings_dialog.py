"""The settings by keys: a list of pages, each made when it is first shown."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.ui.dialogs.settings.dialog import SettingsDialog
from app.ui.dialogs.settings.drafts import DraftsPage
from app.ui.dialogs.settings.links import LinksPage
from app.ui.dialogs.settings.looks import LooksPage
from app.ui.dialogs.settings.reputation import ReputationPage
from app.ui.settings import Settings

from .conftest import Kept, Make


def press(dialog: SettingsDialog, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    focus = dialog.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key, modifier or Qt.KeyboardModifier.NoModifier)
    QApplication.processEvents()


def test_the_arrows_go_from_page_to_page(make: Make) -> None:
    dialog = make()
    assert dialog.focusWidget() is dialog.list
    seen = [type(dialog.page)]
    for _ in range(2):
        press(dialog, Qt.Key.Key_Down)
        seen.append(type(dialog.page))
    assert seen == [LooksPage, DraftsPage, LinksPage]
    assert dialog.stack.currentWidget() is dialog.page


def test_a_page_is_made_when_it_is_first_shown_and_kept(make: Make, qtbot: QtBot) -> None:
    dialog = make()
    qtbot.waitUntil(lambda: isinstance(dialog.stack.currentWidget(), LooksPage))
    looks = dialog.page
    dialog.show_page("links")
    qtbot.waitUntil(lambda: isinstance(dialog.stack.currentWidget(), LinksPage))
    assert dialog.stack.count() == 2
    dialog.show_page("looks")
    assert dialog.stack.currentWidget() is dialog.page is looks


def test_only_the_page_that_is_asked_for_is_made(
    kept: Kept, qtbot: QtBot, dressed: QApplication
) -> None:
    dialog = SettingsDialog(kept.window, kept.choices(kept.window), "reputation")
    dialog.open()
    qtbot.waitUntil(lambda: dialog.stack.count() == 1)
    assert isinstance(dialog.stack.currentWidget(), ReputationPage)
    dialog.close()


def test_a_page_is_made_in_turns_and_goes_on_where_it_was(
    make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = make()
    looks = dialog.page
    made: list[str] = []
    parts = ReputationPage.parts

    def turn_away_at_once(page: ReputationPage) -> Iterator[None]:
        for step in parts(page):
            made.append(f"{len(page.blocks)} services")
            if len(made) == 1:
                assert dialog.stack.currentWidget() is looks  # never half a page
                dialog.show_page("looks")
            yield step

    monkeypatch.setattr(ReputationPage, "parts", turn_away_at_once)
    dialog.show_page("reputation")
    qtbot.waitUntil(lambda: bool(made))
    assert dialog.page is looks
    assert made == ["1 services"]
    dialog.show_page("reputation")
    page = dialog.page
    assert made == ["1 services", "2 services", "3 services", "4 services"]
    assert dialog.stack.currentWidget() is page


def test_a_dialog_that_closes_early_leaves_nothing_half_made(make: Make, qtbot: QtBot) -> None:
    dialog = make()
    dialog.show_page("links")
    dialog.close()
    qtbot.waitUntil(lambda: not isValid(dialog))


def test_pages_turn_from_within_a_field(make: Make) -> None:
    dialog = make()
    assert isinstance(dialog.page, LooksPage)
    dialog.page.points.setFocus()
    press(dialog, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(dialog.page, DraftsPage)
    press(dialog, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    press(dialog, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert dialog.list.currentIndex().row() == len(dialog.model.rows) - 1


def test_enter_leads_into_the_page_and_closes_nothing(make: Make) -> None:
    dialog = make()
    press(dialog, Qt.Key.Key_Return)
    focus = dialog.focusWidget()
    assert focus is not None
    assert dialog.page.isAncestorOf(focus)
    assert isinstance(dialog.page, LooksPage)
    dialog.page.points.setFocus()
    press(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()
    press(dialog, Qt.Key.Key_Escape)
    assert not isValid(dialog) or not dialog.isVisible()


def test_tab_goes_through_the_page_and_then_to_the_button(make: Make, qtbot: QtBot) -> None:
    dialog = make()
    names = [entry.name for entry in dialog.model.rows]
    for name in (*names, *names):
        dialog.show_page(name)

        def is_in_the_page() -> bool:  # some pages ask keyring and disk before they can be used
            dialog.list.setFocus()
            press(dialog, Qt.Key.Key_Tab)
            return dialog.page.isAncestorOf(dialog.focusWidget())

        qtbot.waitUntil(is_in_the_page)
        seen = 0
        while dialog.page.isAncestorOf(dialog.focusWidget()):
            press(dialog, Qt.Key.Key_Tab)
            seen += 1
            assert seen < 60
        assert dialog.focusWidget() is dialog.closing, name


def test_a_change_takes_effect_at_once_and_never_undoes_another(make: Make, kept: Kept) -> None:
    dialog = make()
    assert isinstance(dialog.page, LooksPage)
    dialog.page.points.setValue(20.0)
    assert kept.settings == replace(Settings(), writing_points=20.0)
    kept.settings = replace(kept.settings, drafts_folder="/elsewhere")  # by the folder's dialog
    dialog.page.measure.setValue(60)
    assert kept.settings.drafts_folder == "/elsewhere"
    assert (kept.settings.writing_points, kept.settings.measure) == (20.0, 60)


def test_another_folder_is_shown_at_once(make: Make, kept: Kept) -> None:
    dialog = make()
    dialog.show_page("drafts")
    page = dialog.page
    assert isinstance(page, DraftsPage)
    kept.settings = replace(kept.settings, drafts_folder="/elsewhere")
    page.choices.changed.emit()
    assert page.folder.text() == "/elsewhere"


def test_a_screen_reader_hears_the_pages_by_name(make: Make) -> None:
    dialog = make()
    assert dialog.list.accessibleName() == "Pages of the settings"
    spoken = QAccessible.queryAccessibleInterface(dialog.list)
    names = [spoken.child(at).text(QAccessible.Text.Name) for at in range(spoken.childCount())]
    assert names[:4] == ["Looks", "Drafts", "Links", "Reputation"]
    assert dialog.page.accessibleName() == "Looks"


def test_it_fits_a_small_screen(make: Make) -> None:
    dialog = make()
    for entry in dialog.model.rows:
        dialog.show_page(entry.name)
        assert dialog.minimumSizeHint().width() <= 900
        assert dialog.minimumSizeHint().height() <= 600
        inner = dialog.page.room.widget()
        assert inner is not None
        assert inner.minimumSizeHint().width() <= dialog.page.room.viewport().width(), entry.name
