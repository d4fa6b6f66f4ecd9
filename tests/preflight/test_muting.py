"""Mutes: kept with their reasons, for an issue or a publication."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.linkcheck.verdict import Reason, Verdict
from app.preflight.muting import Mute, Mutes, MutesError, Scope, heard
from tests.preflight.support import findings

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def mute(rule: str, scope: Scope, name: Path, reason: str = "It is our style.") -> Mute:
    return Mute(rule, scope, str(name), reason, AT)


def test_a_mute_outlives_the_app(tmp_path: Path) -> None:
    path, draft = tmp_path / "data" / "mutes.sqlite3", tmp_path / "news" / "issue-1.md"
    mutes = Mutes(path)
    given = mute("link.generic-text", Scope.ISSUE, draft)
    mutes.add(given)
    mutes.close()
    again = Mutes(path)
    assert again.is_kept
    assert again.of(draft) == [given]
    again.close()


def test_a_mute_reaches_its_issue_or_all_of_the_publication(tmp_path: Path) -> None:
    first, second = tmp_path / "issue-1.md", tmp_path / "issue-2.md"
    mutes = Mutes(None)
    mutes.add(mute("todo.note", Scope.ISSUE, first))
    mutes.add(mute("preview.missing", Scope.PUBLICATION, tmp_path))
    assert {each.rule for each in mutes.of(first)} == {"todo.note", "preview.missing"}
    assert {each.rule for each in mutes.of(second)} == {"preview.missing"}
    assert mutes.of(tmp_path / "other" / "issue-1.md") == []
    mutes.remove("preview.missing", Scope.PUBLICATION, str(tmp_path))
    assert mutes.of(second) == []
    mutes.close()


def test_the_last_reason_counts(tmp_path: Path) -> None:
    draft = tmp_path / "issue-1.md"
    mutes = Mutes(None)
    mutes.add(mute("todo.note", Scope.ISSUE, draft, "One."))
    mutes.add(mute("todo.note", Scope.ISSUE, draft, "Other."))
    assert [each.reason for each in mutes.of(draft)] == ["Other."]
    mutes.close()


@pytest.mark.parametrize("reason", ["", "  "])
def test_there_is_no_mute_without_a_reason(reason: str) -> None:
    with pytest.raises(ValueError, match="reason"):
        Mute("todo.note", Scope.ISSUE, "x", reason, AT)


def test_a_damaged_file_is_moved_aside(tmp_path: Path) -> None:
    path = tmp_path / "mutes.sqlite3"
    path.write_bytes(b"no database at all, but long enough to be read as one" * 30)
    mutes = Mutes(path)
    mutes.add(mute("todo.note", Scope.ISSUE, tmp_path / "a.md"))
    assert len(mutes.of(tmp_path / "a.md")) == 1
    mutes.close()
    assert len(list(tmp_path.glob("mutes.sqlite3.damaged-*"))) == 1


def test_a_refusing_disk_is_told(tmp_path: Path) -> None:
    mutes = Mutes(tmp_path / "mutes.sqlite3")
    mutes.close()
    with pytest.raises(MutesError, match="could not be kept"):
        mutes.add(mute("todo.note", Scope.ISSUE, tmp_path / "a.md"))
    assert mutes.of(tmp_path / "a.md") == []


def test_muted_rules_are_not_heard_of_but_what_blocks_is() -> None:
    found = findings("TK [a](https://a.test/)\n", known={"https://a.test/": Verdict(Reason.SURBL)})
    left = heard(found, ["todo.note", "link.flagged"])
    assert {each.rule for each in found} - {each.rule for each in left} == {"todo.note"}


def test_a_mute_goes_along_with_a_draft_that_is_renamed(tmp_path: Path) -> None:
    mutes = Mutes(tmp_path / "mutes.sqlite3")
    old, new = tmp_path / "old.md", tmp_path / "new.md"
    mutes.add(Mute("todo.note", Scope.ISSUE, str(old), "because", datetime.now(UTC)))
    mutes.move(old, new)
    assert mutes.of(old) == []
    assert [each.rule for each in mutes.of(new)] == ["todo.note"]
    mutes.close()
