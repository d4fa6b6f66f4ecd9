"""``sendoff preflight``: the published JSON, the list, the exit status."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.cli.main import main
from app.linkcheck.store.cache import VerdictCache
from app.linkcheck.verdict import Reason, Verdict
from app.preflight import Platform
from app.preflight.muting import Mute, Mutes, Scope
from app.ui.preflight import sending
from app.ui.preflight.sending import Sending

CLEAN = (
    """\
---
subject: The seven bridges
preview: Seven of them, and one more
lang: en
---

"""
    + "Words about [the bridges](https://bridges.test/) and more of them. " * 9
    + "\n"
)


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"SENDOFF_{name}_DIR", str(tmp_path / name.lower()))
    return tmp_path


def draft(folder: Path, text: str) -> Path:
    path = folder / "issue.md"
    path.write_bytes(text.encode())
    return path


def test_a_clean_draft_has_no_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = draft(tmp_path, CLEAN)
    assert main(["preflight", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"version": 1, "file": str(path), "findings": []}


def test_places_are_offsets_into_the_text_as_stored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "\ufeff" + CLEAN.replace("\n", "\r\n") + "\r\n🎉 It is in the the text.\r\n"
    path = draft(tmp_path, text)
    assert main(["preflight", str(path), "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert set(found) == {
        "rule", "severity", "message", "start", "end", "line", "column", "clients", "fix",
    }  # fmt: skip
    assert (found["rule"], found["severity"]) == ("text.doubled-word", "warning")
    assert text[found["start"] : found["end"]] == "the the"
    assert (found["line"], found["column"]) == (9, 12)
    fix = found["fix"]
    mended = text[: fix["start"]] + fix["replacement"] + text[fix["end"] :]
    assert "It is in the text." in mended


def test_an_error_gives_status_1_and_a_warning_0(tmp_path: Path) -> None:
    assert main(["preflight", str(draft(tmp_path, CLEAN + "\nTK\n"))]) == 1
    assert main(["preflight", str(draft(tmp_path, CLEAN + "\nIt is the the.\n"))]) == 0


def test_what_is_known_of_links_counts_and_a_flag_cannot_be_muted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cache = VerdictCache(tmp_path / "cache" / "verdicts.sqlite3")
    cache.put_many([("https://bridges.test/", Verdict(Reason.SURBL, checked_at=now()))])
    cache.close()
    path = draft(tmp_path, CLEAN)
    assert main(["preflight", str(path), "--json", "--mute", "link.*"]) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert {(each["rule"], each["severity"]) for each in found} == {("link.flagged", "block")}


def test_muted_rules_are_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = draft(tmp_path, CLEAN + "\nTK and the the.\n")
    assert main(["preflight", str(path), "--json", "--mute", "todo.*"]) == 0
    found = json.loads(capsys.readouterr().out)["findings"]
    assert [each["rule"] for each in found] == ["text.doubled-word"]


def test_what_the_writer_muted_stays_muted(tmp_path: Path) -> None:
    path = draft(tmp_path, CLEAN + "\nTK\n")
    mutes = Mutes(tmp_path / "data" / "mutes.sqlite3")
    mutes.add(Mute("todo.note", Scope.ISSUE, str(path.resolve()), "TK is a train.", now()))
    mutes.close()
    assert main(["preflight", str(path)]) == 0


def test_a_mistyped_rule_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preflight", str(draft(tmp_path, CLEAN)), "--mute", "todo.tk"]) == 2
    assert "there is no such rule" in capsys.readouterr().err


def test_the_platform_knows_its_tags(tmp_path: Path) -> None:
    path = draft(tmp_path, CLEAN + "\nDear {{ .Subscriber.Name }},\n")
    assert main(["preflight", str(path)]) == 0
    assert main(["preflight", str(path), "--platform", "listmonk"]) == 0
    assert main(["preflight", str(path), "--platform", "buttondown"]) == 1


def test_the_platform_is_the_one_that_was_said_in_the_app(tmp_path: Path) -> None:
    path = draft(tmp_path, CLEAN + "Dear {{ subscriber.nonsense }}, hello.\n")
    assert main(["preflight", str(path)]) == 0
    sending.save(path.parent, Sending(platform=Platform.BUTTONDOWN))
    assert main(["preflight", str(path)]) == 1


def test_the_mail_is_measured_with_its_snippets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = draft(tmp_path, CLEAN + "{{ snippet: terms }}\n")
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets" / "terms.md").write_text("Terms that nobody reads. " * 5000)
    main(["preflight", str(path)])
    assert "Gmail cuts the mail" in capsys.readouterr().out


def test_the_list_is_grouped_the_worst_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = draft(tmp_path, CLEAN + "\n[here](https://b.test/) it is the the TK.\n")
    assert main(["preflight", str(path)]) == 1
    out = capsys.readouterr().out
    order = [out.index(title) for title in ("To mend", "To look at", "To know")]
    assert order == sorted(order)
    assert "9:39" in out
    assert "\x1b[" not in out
    assert "→ Remove the second" in out


def test_a_missing_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preflight", str(tmp_path / "none.md")]) == 2
    assert "none.md" in capsys.readouterr().err


def now() -> datetime:
    return datetime.now(UTC)
