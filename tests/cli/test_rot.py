"""``sendoff rot``: the list, a round, the archive's copies; what other programs read of it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli import rot
from app.cli.main import main
from app.linkrot.model import DAY, Page
from app.linkrot.store import RotStore
from app.ui.settings import Settings, Store
from tests.linkrot.site import Site, serve

START = 1_767_225_600.0


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"SENDOFF_{name}_DIR", str(tmp_path / name.lower()))
    monkeypatch.setattr(rot, "PACE", 0.01)
    monkeypatch.setattr(rot, "HOST_PACE", 0.01)
    with serve() as served:
        (tmp_path / "drafts").mkdir()
        lives, gone = served.page("/lives"), served.page("/gone", 410)
        (tmp_path / "drafts" / "one.md").write_text(f"# One\n\n[lives]({lives}) [gone]({gone})\n")
        chosen = Settings(
            drafts_folder=str(tmp_path / "drafts"), allow_private=True, archive=served.url
        )
        Store().save(chosen)
        yield served


def die(site: Site) -> None:
    """It was seen dead two days ago, and alive before."""
    gone = f"{site.url}/gone"
    with RotStore() as store:
        store.want([gone], START)
        known = {"looked": START + 9 * DAY, "alive": START, "failed": START + 9 * DAY}
        counted = {"counted": START + 9 * DAY, "failures": 1, "reason": "gone"}
        store.put(Page(gone, START, START, START, **known, **counted))  # type: ignore[arg-type]


def test_nothing_known_asks_nobody(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rot"]) == 0
    assert "0 dead; 0 of 2 pages in 1 letters looked at" in capsys.readouterr().out
    assert not site.asked


def test_a_round_looks_at_what_is_due_and_cries_no_wolf(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rot", "--check"]) == 0
    assert "0 dead; 2 of 2 pages" in capsys.readouterr().out
    asked = len(site.asked)
    assert main(["rot", "--check"]) == 0  # nothing is due any more
    assert len(site.asked) == asked


def test_what_died_is_listed_with_its_copy(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    die(site)
    copy = f"{site.url}/web/20251231101112/{site.url}/gone"
    found = {"available": True, "url": copy, "timestamp": "20251231101112", "status": "200"}
    site.json("/wayback/available", json.dumps({"archived_snapshots": {"closest": found}}).encode())
    assert main(["rot", "--check", "--archive", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    (letter,) = told["letters"]
    (link,) = letter["links"]
    assert (letter["kind"], letter["title"], letter["account"]) == ("draft", "One", None)
    assert link["standing"] == "died"
    assert (link["reason"], link["http_status"]) == ("gone", 410)
    assert (link["last_alive"], link["dead_since"]) == (
        "2026-01-01T00:00:00Z",
        "2026-01-10T00:00:00Z",
    )
    assert link["copy"] == {"url": copy, "taken_at": "2025-12-31T10:11:12Z"}
    assert told["summary"] == {"letters": 1, "pages": 2, "looked": 2, "dead": 1}
    assert main(["rot"]) == 1
    shown = capsys.readouterr().out
    assert f"Page removed, died 2026-01-10: {site.url}/gone" in shown
    assert f"copy of 2025-12-31: {copy}" in shown


def test_an_archive_in_trouble_is_said_and_the_list_shown(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    die(site)
    site.page("/wayback/available", 503)
    assert main(["rot", "--check", "--archive"]) == 1
    told = capsys.readouterr()
    assert "problem of its own" in told.err
    assert "1 dead" in told.out


def test_no_folder_is_said(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rot", "--drafts", "/nowhere/at/all"]) == 2
    assert "is no folder" in capsys.readouterr().err


def test_a_server_without_a_key_is_said(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = Store().load()

    Store().save(replace(chosen, check_where="server", check_server="https://none.net"))
    assert main(["rot", "--check"]) == 2
    assert capsys.readouterr().err
    assert not site.asked
