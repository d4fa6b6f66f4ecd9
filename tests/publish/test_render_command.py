"""``sendoff render``, as a person or a script calls it."""

import io
from pathlib import Path

import pytest

from app.cli.main import main
from app.publish import Habits, keep_habits
from app.publish.look import Look
from app.publish.shelf import Shelf


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "issue.md"
    path.write_text("# Neues\n\nGrüße an [alle](https://example.com/).\n", encoding="utf-8")
    return path


def test_email_goes_to_standard_output(
    draft: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["render", str(draft)]) == 0
    assert "Grüße".encode() in capfdbinary.readouterr().out


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("email", "<!doctype html>"),
        ("preview", "Content-Security-Policy"),
        ("text", "Grüße an alle <"),
    ],
)
def test_targets_and_output_file(draft: Path, target: str, words: str) -> None:
    out = draft.with_name("out")
    assert main(["render", str(draft), "--target", target, "-o", str(out)]) == 0
    assert words in out.read_text(encoding="utf-8")


def test_standard_input(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"hello\n")))
    assert main(["render", "-", "-o", str(tmp_path / "out"), "--target", "text"]) == 0
    assert (tmp_path / "out").read_text() == "hello\n"


def test_bad_input_is_status_2_with_a_message(
    tmp_path: Path, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    binary = tmp_path / "binary.md"
    binary.write_bytes(b"\xff\xfe\0")
    for words in (
        [str(tmp_path / "absent.md")],
        [str(tmp_path)],
        [str(binary)],
        [str(draft), "-o", str(tmp_path / "no" / "folder")],
    ):
        assert main(["render", *words]) == 2
        assert capsys.readouterr().err.startswith("sendoff: ")


def test_the_draft_is_never_overwritten(draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = draft.read_bytes()
    assert main(["render", str(draft), "-o", str(draft)]) == 2
    assert draft.read_bytes() == before
    assert "the draft itself" in capsys.readouterr().err


def test_text_that_is_nested_too_deep_is_named(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "deep.md"
    path.write_text("# Title\n\n" + "> " * 200 + "words\n", encoding="utf-8")
    assert main(["render", str(path)]) == 0
    told = capfdbinary.readouterr()
    assert b"words" in told.out
    assert told.err.decode().startswith("note: line 3: quotes or lists nest too deep")


@pytest.fixture
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SENDOFF_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def test_a_message_with_parameters_and_a_template_of_ones_own(
    draft: Path, own_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = draft.with_name("out.eml")
    template = own_data / "email-templates" / "letter.html"
    words = ["render", str(draft), "--target", "eml", "--template", "letter", "-o", str(out)]
    words += ["--utm", "campaign=c 1,source=s", "--from", "Me <me@example.com>"]
    assert main([*words, "--unsubscribe", "{{ unsubscribe_url }}"]) == 0
    assert b"List-Unsubscribe: <{{ unsubscribe_url }}>\r\n" in out.read_bytes()
    assert b"utm_source=3Ds" in out.read_bytes()
    text = template.read_text(encoding="utf-8")
    template.write_text(text.replace("{{ slot: body }}", "MINE {{ slot: body }}"), encoding="utf-8")
    assert main(words) == 0
    assert b"MINE" in out.read_bytes()
    template.write_text(text.replace("{{ slot: body }}", ""), encoding="utf-8")
    assert main(words) == 2
    assert "no place for the issue" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--utm", "colour=red"], '--utm: "colour=red" is not one of source'),
        (["--template", "absent"], "absent: There is no such template"),
        (["--target", "eml", "--from", "nobody"], "no mail address"),
    ],
)
def test_unusable_options_are_status_2(
    draft: Path,
    own_data: Path,
    words: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["render", str(draft), *words]) == 2
    assert message in capsys.readouterr().err


def test_snippets_are_filled_in_everywhere(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets" / "end.md").write_text("*The Firm*\n", encoding="utf-8")
    path = tmp_path / "issue.md"
    path.write_text("Hello\n\n{{ snippet: end }}\n", encoding="utf-8")
    assert main(["render", str(path), "--target", "markdown"]) == 0
    assert capsysbinary.readouterr().out == b"Hello\n\n*The Firm*\n"
    assert main(["render", str(path)]) == 0
    assert b">The Firm</em>" in capsysbinary.readouterr().out
    path.write_text("{{ snippet: gone }}\n", encoding="utf-8")
    assert main(["render", str(path)]) == 2
    assert b'there is no snippet "gone"' in capsysbinary.readouterr().err


def test_the_publication_chooses_the_template_and_what_links_tell(
    draft: Path, own_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Shelf().keep_look("Mine", Look(footer="Some Street 1"))
    keep_habits(draft.parent, Habits("Mine", utm=True, campaign="{file}"))
    for target in ("email", "preview", "text"):
        assert main(["render", str(draft), "--target", target]) == 0
        assert "Some Street 1" in capsys.readouterr().out, target
    assert main(["render", str(draft), "--template", "built-in", "--utm", "source=x"]) == 0
    assert "Some Street 1" not in capsys.readouterr().out
    Shelf().keep_look("Other", Look(footer="Other Street 2"))
    assert main(["render", str(draft), "--template", "Other"]) == 0
    assert "Other Street 2" in capsys.readouterr().out


def test_a_publication_whose_template_is_gone_makes_no_letter(
    draft: Path, own_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_habits(draft.parent, Habits("Gone"))
    assert main(["render", str(draft)]) == 2
    assert "Gone: There is no such template" in capsys.readouterr().err
    assert main(["render", str(draft), "--template", "built-in"]) == 0
