"""What is said of a draft whose text is not all taken as Markdown."""

import pytest
from pytestqt.qtbot import QtBot

from app.markup import blocks
from app.ui.editor.folds import LONGEST
from app.ui.editor.open_draft import OpenDraft
from app.ui.editor.remarks import Remark


def opened(qtbot: QtBot, text: str) -> OpenDraft:
    draft = OpenDraft(text.split("\n"))
    draft.parse()
    qtbot.waitUntil(lambda: draft.is_settled)
    return draft


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("> " * 200 + "deep", Remark.TOO_DEEP),
        ("".join("  " * depth + "* a\n" for depth in range(100)), Remark.TOO_DEEP),
        ("word " * (LONGEST // 5 + 1), Remark.FOLDED),
    ],
)
def test_a_remark_comes_and_goes_with_its_text(
    qtbot: QtBot, qapp: object, text: str, remark: Remark
) -> None:
    draft = opened(qtbot, "# Title\n\n" + text + "\n\nlast\n")
    assert draft.remarks == {remark}
    with qtbot.waitSignal(draft.remarks_changed):
        draft.replace_lines(["# Title", "", "last"])
    assert draft.remarks == frozenset()
    with qtbot.waitSignal(draft.remarks_changed):
        draft.replace_lines(["# Title", "", *text.split("\n"), ""])
    assert draft.remarks == {remark}


def test_a_mistake_of_the_parser_is_told(
    qtbot: QtBot, qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise IndexError

    draft = opened(qtbot, "one\n\ntwo\n")
    assert draft.remarks == frozenset()
    with monkeypatch.context() as patch:
        patch.setattr(blocks, "parse_inline", fail)
        draft.replace_lines(["one", "", "two words"])
    assert draft.remarks == {Remark.FAILED}
    assert list(draft.lines) == ["one", "", "two words"]
    draft.replace_lines(["one", "", "two words more"])
    assert draft.remarks == frozenset()
