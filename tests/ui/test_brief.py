"""Endless texts where only a line of them is seen: an address with a picture in it, a heading."""

import time

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.markup import Document
from app.proof import Proof
from app.ui.brief import MOST, brief
from app.ui.editor.card_text import card_text
from app.ui.panels.links import spoken, tip
from app.ui.preview.bar import InboxLine


def test_short_texts_stay() -> None:
    assert brief("a text") == "a text"


def test_of_a_long_one_start_and_end_are_left() -> None:
    shown = brief("a" * 10_000 + "z" * 10_000)
    assert len(shown) <= MOST + 3
    assert shown.startswith("aaa")
    assert shown.endswith("zzz")


def test_nothing_is_told_of_a_link_at_full_length() -> None:
    document = Document([f"[{'word ' * 50_000}](data:image/png;base64,{'iVBORw0K' * 50_000})"])
    (proofed,) = Proof(document).links()
    assert len(spoken(proofed)) < 5_000
    assert len(tip(proofed)) < 3_000
    assert all(len(value) < 2_000 for _, value in card_text(proofed).facts)


@pytest.mark.parametrize("text", ["word " * 1_000_000, "w" * 5_000_000])
def test_an_endless_subject_is_painted_at_once(
    qtbot: QtBot, dressed: QApplication, text: str
) -> None:
    line = InboxLine()
    qtbot.addWidget(line)
    line.resize(400, 58)
    line.show_letter(text, text)
    began = time.process_time()
    QWidget.grab(line)
    assert time.process_time() - began < 0.5
