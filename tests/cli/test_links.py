"""``sendoff links`` speaks the published JSON, with places in the text exactly as stored."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main


def links(path: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    assert main(["links", str(path), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["version"] == 1
    assert report["file"] == str(path)
    return list(report["links"])


def stored(folder: Path, data: bytes) -> Path:
    path = folder / "issue.md"
    path.write_bytes(data)
    return path


def test_the_example_of_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "x" * 105 + "\n[the text](https://example.com/a%20b)"
    [link] = links(stored(tmp_path, text.encode()), capsys)
    start = text.index("https")
    assert link["kind"] == "inline"
    assert link["href"] == link["url"] == "https://example.com/a%20b"
    assert link["text"] == "the text"
    assert (link["start"], link["end"]) == (start, len(text) - 1)
    assert (link["line"], link["column"]) == (2, 12)
    assert link["definition"] is None
    assert (link["status"], link["reason"], link["notes"]) == ("unchecked", "pending", [])


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=repr)
@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["plain", "bom"])
@pytest.mark.parametrize("head", ["", "---\ntitle: x\n---\n", "naïve 🎉 text\n\n"], ids=repr)
def test_offsets_count_code_points_of_the_stored_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], newline: str, bom: str, head: str
) -> None:
    text = bom + (
        head + "one [a](http://a.example/ü 'T')\n\n> 🎉 two <http://b.example/>\n"
    ).replace("\n", newline)
    found = links(stored(tmp_path, text.encode()), capsys)
    assert [text[link["start"] : link["end"]] for link in found] == [
        "http://a.example/ü",
        "http://b.example/",
    ]


def test_a_reference_names_its_definition(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "See [this][r] and ![pic][r].\n\n[r]: <http://r.example/x> 'T'\n[u]: http://u.example/\n"
    found = links(stored(tmp_path, text.encode()), capsys)
    assert [link["kind"] for link in found] == ["reference", "image", "definition"]
    for link in found[:2]:
        place = link["definition"]
        assert text[place["start"] : place["end"]] == "http://r.example/x"
    assert text[found[0]["start"] : found[0]["end"]] == "[this][r]"
    assert found[2]["reason"] == "unused_definition"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[a]()", "empty"),
        ("[a](example.org/x)", "scheme_missing"),
        ("[a](htps://example.org/)", "scheme_unknown"),
        ("[a](https://https://example.org/)", "scheme_doubled"),
        ("[a](/about)", "relative"),
        ("[a](//example.org/)", "protocol_relative"),
        ("[a](http://localhost:8000/)", "private_address"),
        ("[a](http://10.0.0.1/)", "private_address"),
        ("# Hi\n\n[a](#nope)", "fragment_missing"),
        ("[a][nope]", "reference_undefined"),
        ("[a](https://me:secret@example.org/)", "credentials"),
        ("(a)[https://example.org/]", "bracket_mistake"),
        ("![a](data:image/png;base64,AAAA)", "data_uri"),
        ("[a](javascript:alert)", "unsafe_scheme"),
        ("[a]({{ unsubscribe_url }})", "template"),
        ("[a](mailto:me@example.org)", "not_checkable"),
    ],
)
def test_what_needs_no_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, reason: str
) -> None:
    assert reason in [link["reason"] for link in links(stored(tmp_path, text.encode()), capsys)]


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"caf\xe9", "UTF-8"), (b"a\0b", "NUL")],
    ids=["latin-1", "nul"],
)
def test_what_is_not_text_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, says: str
) -> None:
    assert main(["links", str(stored(tmp_path, data))]) == 2
    assert says in capsys.readouterr().err


def test_a_folder_is_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["links", str(tmp_path)]) == 2
    assert "folder" in capsys.readouterr().err


def test_the_table_names_each_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = stored(tmp_path, b"one\n\n[a](example.org/x)\n")
    assert main(["links", str(path)]) == 0
    out = capsys.readouterr().out
    assert "3:5" in out
    assert "scheme_missing" in out


def test_the_table_plays_no_tricks_on_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = stored(tmp_path, b'<a href="https://x.example/\x1b]0;title\x07">a</a>\n')
    assert main(["links", str(draft)]) == 0
    out = capsys.readouterr().out
    assert "x.example" in out
    assert "\x1b" not in out


def test_input_that_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["links", str(stored(tmp_path, b"a\0b"))]) == 2
    assert "“issue.md” has a NUL" in capsys.readouterr().err
