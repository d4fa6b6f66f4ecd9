"""Snippets: texts beside the draft that many issues share."""

from pathlib import Path

import pytest

from app.publish import SnippetError, fill_snippets, reader_of

FILES = {
    "a": "A\r\n\r\n",
    "both": "{{ snippet: a }} and {{snippet:a}}",
    "self": "x {{ snippet: self }}",
    "bomb0": "y" * 1000,
    **{f"bomb{n}": f"{{{{ snippet: bomb{n - 1} }}}}" * 20 for n in range(1, 7)},
}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("one {{ snippet: a }} two", "one A two"),
        ("{{ snippet: both }}!", "A and A!"),
        ("{{ other: a }} {{ name }} {% snippet %}", "{{ other: a }} {{ name }} {% snippet %}"),
        ("{{ snippet: }}", "{{ snippet: }}"),
    ],
)
def test_filled(text: str, filled: str) -> None:
    assert fill_snippets(text, FILES.get) == filled


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x\n\n{{ snippet: none }}", 'line 3: there is no snippet "none"'),
        ("{{ snippet: self }}", "contains itself"),
        ("\n{{ snippet: bomb6 }}", "line 2: the snippets are too long"),
    ],
)
def test_refused(text: str, words: str) -> None:
    with pytest.raises(SnippetError, match=words):
        fill_snippets(text, FILES.get)


def test_only_files_of_the_folder_beside_the_draft(tmp_path: Path) -> None:
    folder = tmp_path / "snippets"
    folder.mkdir()
    (folder / "imprint.md").write_text("The Firm", encoding="utf-8")
    (folder / "other one.txt").write_text("Ünicode", encoding="utf-8-sig")
    (folder / "binary.md").write_bytes(b"\xff")
    (tmp_path / "secret.md").write_text("secret", encoding="utf-8")
    read = reader_of(tmp_path)
    assert read("imprint") == "The Firm"
    assert read("other one") == "Ünicode"
    for name in ("../secret", "..", "/etc/passwd", "binary", "absent", "a/b", "a\\b", "", "C:x"):
        assert read(name) is None
