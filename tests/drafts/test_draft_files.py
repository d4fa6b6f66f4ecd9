"""Reading and writing a draft's file: bytes come back as they were, and bad input is explained."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.drafts.errors import ChangedOnDisk, DraftError, Trouble
from app.drafts.files import (
    MAX_BYTES,
    DraftFile,
    encode,
    parse_draft,
    read_converted,
    read_draft,
    write_draft,
)

MIXED = b"\xef\xbb\xbfone\r\ntwo\nthree\r\nfour\rfive\r\n\r\nlast"
STRANGE = "a\u2028b\u2029c\x85d\x0be\x0cf\x1cg\n🌱\n".encode()

TEXTS = st.text(
    st.one_of(
        st.sampled_from("ab\n\r\x85\u2028\u2029\ufeff\x0c\ud83d\ude00"),
        st.characters(exclude_characters="\0"),
    ),
    max_size=40,
)


def trouble_of(path: Path) -> DraftError:
    with pytest.raises(DraftError) as caught:
        read_draft(path)
    return caught.value


@pytest.mark.parametrize("data", [b"", b"\n", b"a", b"a\n", b"a\r\nb", b"a\rb", MIXED, STRANGE])
def test_an_unedited_draft_is_written_as_the_same_bytes(data: bytes) -> None:
    stored = parse_draft(data)
    assert encode(stored.lines, stored) == data


@given(TEXTS, st.booleans())
def test_any_text_comes_back(text: str, bom: bool) -> None:
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    data = (b"\xef\xbb\xbf" if bom else b"") + text.encode("utf-8", "surrogatepass")
    stored = parse_draft(data)
    assert encode(stored.lines, stored) == data


@given(TEXTS, st.lists(st.text("xy\x85\u2028", max_size=3), min_size=1, max_size=5))
def test_what_is_written_is_read_back(text: str, lines: list[str]) -> None:
    like = parse_draft(text.encode("utf-8", "replace"))
    again = parse_draft(encode(lines, like))
    assert list(again.lines) == lines or (like.bom, lines[0][:1]) == (False, "\ufeff")
    assert set(again.ends or ()) <= {*(like.ends or ()), like.newline}


def test_lines_keep_their_own_ends_when_others_change() -> None:
    stored = parse_draft(b"one\r\ntwo\nthree\r\nfour\r\nfive\n")
    lines = list(stored.lines)
    lines[0], lines[3] = "ONE", "FOUR"
    lines.insert(2, "new")
    assert encode(lines, stored) == b"ONE\r\ntwo\nnew\r\nthree\r\nFOUR\r\nfive\n"


def test_two_line_ends_never_become_one() -> None:
    stored = parse_draft(b"0\n\r0")
    lines = ["", "", ""]
    assert list(parse_draft(encode(lines, stored)).lines) == lines


def test_windows_line_ends_and_the_byte_order_mark_stay(tmp_path: Path) -> None:
    path = tmp_path / "issue.md"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\r\n")
    stored = read_draft(path)
    assert (stored.lines, stored.newline, stored.bom) == (["one", "two", ""], "\r\n", True)
    write_draft(path, ["one", "2", "3", ""], like=stored, expect=stored.digest)
    assert path.read_bytes() == b"\xef\xbb\xbfone\r\n2\r\n3\r\n"


def test_lone_surrogates_never_make_a_save_fail(tmp_path: Path) -> None:
    path = tmp_path / "issue.md"
    lines = ["broken \ud83d half", "\ude00\ud83d", "whole \ud83d\ude00"]
    write_draft(path, lines, like=DraftFile(), expect=None)
    assert list(read_draft(path).lines) == [*lines[:2], "whole 😀"]


def test_a_nul_in_the_text_does_not_make_the_file_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "issue.md"
    write_draft(path, ["a\0b"], like=DraftFile(), expect=None)
    assert list(read_draft(path).lines) == ["a\ufffdb"]


def test_text_that_is_not_utf8_says_where_and_opens_as_a_copy(tmp_path: Path) -> None:
    path = tmp_path / "old.md"
    path.write_bytes("Grüße\naus Köln".encode("cp1252"))
    error = trouble_of(path)
    assert (error.trouble, error.offset, error.can_convert) == (Trouble.NOT_UTF8, 2, True)
    assert "byte 2" in str(error)
    converted = read_converted(path)
    assert (converted.lines, converted.encoding) == (["Grüße", "aus Köln"], "cp1252")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_text_is_told_by_its_nuls_and_opens_as_a_copy(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "wide.md"
    path.write_bytes("Hello there".encode(encoding))
    assert trouble_of(path).can_convert
    assert read_converted(path).lines == ["Hello there"]


def test_a_nul_is_named_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "nul.md"
    path.write_bytes(b"one\ntwo\0three")
    error = trouble_of(path)
    assert (error.trouble, error.offset) == (Trouble.HAS_NUL, 7)
    assert read_converted(path).lines == ["one", "two\ufffdthree"]


def test_surrogate_pairs_in_three_byte_form_are_not_utf8() -> None:
    with pytest.raises(DraftError):
        parse_draft("\ud83d\ude00".encode("utf-8", "surrogatepass"))


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert trouble_of(tmp_path).trouble is Trouble.FOLDER
    assert trouble_of(fifo).trouble is Trouble.NOT_A_FILE
    assert trouble_of(Path("/dev/zero")).trouble is Trouble.NOT_A_FILE
    assert trouble_of(loop).trouble is Trouble.NOT_A_FILE
    assert trouble_of(tmp_path / "gone.md").trouble is Trouble.MISSING
    assert trouble_of(tmp_path / "no" / "folder.md").trouble is Trouble.MISSING
    assert trouble_of(tmp_path / ("x" * 300)).trouble is Trouble.BAD_NAME
    assert trouble_of(tmp_path / "a\0b").trouble is Trouble.BAD_NAME


def test_a_file_of_more_than_50_mb_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "large.md"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert trouble_of(path).trouble is Trouble.TOO_LARGE


def test_a_file_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret.md"
    path.write_text("x")

    def refuse(*_: object) -> int:
        raise PermissionError(13, "no")

    monkeypatch.setattr("app.drafts.atomic.os.open", refuse)
    assert trouble_of(path).trouble is Trouble.NO_PERMISSION


def test_messages_hold_no_text_of_the_draft(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"my secret \xff")
    assert "secret" not in str(trouble_of(path))


def test_a_new_draft_never_replaces_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("there already")
    with pytest.raises(ChangedOnDisk):
        write_draft(path, ["new"], like=DraftFile(), expect=None)
    assert path.read_text() == "there already"


def test_a_file_changed_by_another_program_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("one")
    stored = read_draft(path)
    path.write_text("two")
    with pytest.raises(ChangedOnDisk):
        write_draft(path, ["mine"], like=stored, expect=stored.digest)
    assert path.read_text() == "two"
    assert [item.name for item in tmp_path.iterdir()] == ["a.md"]


def test_a_file_changed_between_the_check_and_the_exchange_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.md"
    path.write_text("one")
    stored = read_draft(path)
    from app.drafts import atomic

    real = atomic._rename
    calls: list[int] = []

    def late(old: Path, new: Path, flags: int) -> bool:
        if not calls:
            path.write_text("theirs, in the last moment")
        calls.append(flags)
        return real(old, new, flags)

    monkeypatch.setattr(atomic, "_rename", late)
    with pytest.raises(ChangedOnDisk):
        write_draft(path, ["mine"], like=stored, expect=stored.digest)
    if len(calls) < 2:
        pytest.skip("this file system cannot exchange two names")
    assert path.read_text() == "theirs, in the last moment"
    assert [item.name for item in tmp_path.iterdir()] == ["a.md"]


def test_a_vanished_file_is_an_error_not_a_new_file(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("one")
    stored = read_draft(path)
    path.unlink()
    with pytest.raises(DraftError) as caught:
        write_draft(path, ["two"], like=stored, expect=stored.digest)
    assert caught.value.trouble is Trouble.MISSING
    assert not path.exists()


def test_mode_owner_and_attributes_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("one")
    path.chmod(0o640)
    try:
        os.setxattr(path, "user.note", b"kept")
    except OSError:
        pytest.skip("this file system keeps no attributes")
    if os.geteuid() == 0:
        os.chown(path, 1234, 4321)
    before = path.stat()
    stored = read_draft(path)
    write_draft(path, ["two"], like=stored, expect=stored.digest)
    after = path.stat()
    assert stat.S_IMODE(after.st_mode) == 0o640
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)
    assert os.getxattr(path, "user.note") == b"kept"


def test_a_new_file_gets_the_usual_mode(tmp_path: Path) -> None:
    usual = tmp_path / "usual"
    usual.touch()
    write_draft(tmp_path / "a.md", ["x"], like=DraftFile(), expect=None)
    assert (tmp_path / "a.md").stat().st_mode == usual.stat().st_mode


def test_links_are_followed(tmp_path: Path) -> None:
    real = tmp_path / "real.md"
    real.write_text("one")
    link = tmp_path / "link.md"
    link.symlink_to("real.md")
    stored = read_draft(link)
    write_draft(link, ["two"], like=stored, expect=stored.digest)
    assert link.is_symlink()
    assert real.read_text() == "two"


def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("one")
    path.chmod(0o444)
    stored = read_draft(path)
    with pytest.raises(DraftError) as caught:
        write_draft(path, ["two"], like=stored, expect=stored.digest)
    assert caught.value.trouble is Trouble.READ_ONLY
    assert path.read_text() == "one"


def test_an_unchanged_text_does_not_touch_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("one")
    stored = read_draft(path)
    before = path.stat()
    write_draft(path, ["one"], like=stored, expect=stored.digest)
    assert path.stat() == before


@given(st.binary(max_size=60))
def test_any_bytes_are_a_draft_or_an_explained_error(data: bytes) -> None:
    failure = None
    try:
        stored = parse_draft(data)
        assert encode(stored.lines, stored) == data
    except DraftError as error:
        failure = error
    if failure is not None:
        assert failure.offset in range(len(data))
