"""Every reason and note has plain words."""

import ast
from pathlib import Path

import pytest

from app.linkcheck import sentences
from app.linkcheck.verdict import Note, Reason

WORDS = [*Reason, *Note]


@pytest.mark.parametrize("word", WORDS, ids=lambda word: f"{type(word).__name__}-{word}")
def test_each_word_has_a_title_and_a_sentence(word: Reason | Note) -> None:
    assert sentences.title(word)
    assert len(sentences.title(word)) <= 40
    assert sentences.sentence(word).endswith(".")


def test_every_text_is_marked_for_translation_as_a_literal() -> None:
    tree = ast.parse(Path(sentences.__file__).read_text(encoding="utf-8"))
    marked = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "QT_TRANSLATE_NOOP"
    ]
    assert len(marked) == 2 * len(WORDS)
    assert all(isinstance(arg, ast.Constant) for node in marked for arg in node.args)
