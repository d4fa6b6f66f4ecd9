"""The folder of drafts: listed, named, copied, thrown away and brought back, searched."""

import os
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.drafts.errors import DraftError, Trouble
from app.drafts.history import History
from app.drafts.keeper import Keeper
from app.drafts.library import Library, file_name
from app.drafts.recent import Recent
from app.drafts.storage import Storage
from app.drafts.summary import summarise
from app.drafts.templates import templates
from app.lines import LineEdit


@pytest.fixture
def library(folder: Path, storage: Storage) -> Library:
    return Library(folder, storage)


@pytest.fixture
def trash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A trash of this test's own."""
    other = pytest.importorskip("send2trash.plat_other", reason="another system's trash")
    home = tmp_path / "Trash"
    monkeypatch.setattr(other, "HOMETRASH", str(home))
    monkeypatch.setattr(other, "HOMETRASH_B", os.fsencode(home))
    monkeypatch.setattr("send2trash.send2trash", other.send2trash)
    return home


FRONT = '---\nsubject: "The *big* one"\n---\n# Heading\n\nFirst **words** [here](http://x).'
COMMENT = "<!-- buttondown-editor-mode: plaintext -->\n# Hello there #\n\nText"


@pytest.mark.parametrize(
    ("text", "title", "preview"),
    [
        (FRONT, "The *big* one", "First words here."),
        ("+++\ntitle = 'Toml'\n+++\n\nText", "Toml", "Text"),
        ("Title: Pelican\nDate: 2026-01-01\n\nText", "Pelican", "Text"),
        (COMMENT, "Hello there", "Text"),
        ("Just text, with no colon\n\nMore", "", "Just text, with no colon"),
        ("---\nno end", "", "no end"),
        ('# One\n\n<p align="center">A <b>bold</b>&nbsp;start</p>', "One", "A bold start"),
        ('<div\n  class="x">\n\n<img src="a.png">\n\nFirst', "", "First"),
        ("![](http://x/a.png)\n\nИтоги года", "", "Итоги года"),
        ("Hello {{ name | default: 'you' }}, {% if x %}hi{% endif %}!", "", "Hello …, hi!"),
        ("See [the post][1] at <https://a.org/>", "", "See the post at https://a.org/"),
        ("<!DOCTYPE html>\n<title>خبر</title>\n<style>\na { }\n</style>\n<p>سلام", "خبر", "سلام"),
        ("# One\n\n***\n\nText", "One", "Text"),
        ("<!--\nunended", "", ""),
        ("- [ ] Call - them", "", "Call - them"),
        ("Dear {{ name }},\n\nthe news", "", "the news"),
        ("Dear {{ name }},", "", "Dear …,"),
        ("1. One thing", "", "One thing"),
        ("2026 - a year", "", "2026 - a year"),
        ("", "", ""),
    ],
)
def test_a_draft_at_a_glance(text: str, title: str, preview: str) -> None:
    summary = summarise(text.split("\n"))
    assert (summary.title, summary.preview) == (title, preview)


def test_the_list_tells_titles_sizes_and_words(library: Library, folder: Path) -> None:
    (folder / "a.md").write_text("# First issue\n\nWelcome all.")
    (folder / "sub").mkdir()
    (folder / "sub" / "b.markdown").write_text("---\nsubject: Second\n---\nText")
    (folder / "picture.png").write_bytes(b"x")
    (folder / ".hidden.md").write_text("x")
    os.utime(folder / "a.md", (1, 1))
    entries = library.entries()
    assert [(entry.title, entry.preview) for entry in entries] == [
        ("Second", "Text"),
        ("First issue", "Welcome all."),
    ]
    assert entries[1].size == len("# First issue\n\nWelcome all.")
    assert entries[1].modified.timestamp() == 1


def test_an_odd_file_does_not_spoil_the_list(library: Library, folder: Path) -> None:
    (folder / "bad.md").write_bytes(b"\xff\xfe\0\0")
    os.mkfifo(folder / "pipe.md")
    (folder / "dangling.md").symlink_to("nowhere")
    (folder / "dir.md").mkdir()
    assert [entry.path.name for entry in library.entries()] == ["bad.md"]


def test_only_changed_files_are_read_again(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10_000):
        (folder / f"{number}.md").touch()
    began = time.process_time()
    assert len(library.entries()) == 10_000
    first = time.process_time() - began
    (folder / "5.md").write_text("# Changed")
    began = time.process_time()
    entries = library.entries()
    again = time.process_time() - began
    assert entries[0].title == "Changed"
    assert again < first
    assert first < 5


def test_a_folder_that_is_gone_is_told(tmp_path: Path, storage: Storage) -> None:
    with pytest.raises(DraftError) as caught:
        Library(tmp_path / "gone", storage).entries()
    assert caught.value.trouble is Trouble.MISSING


def test_a_new_draft_is_named_after_its_title(library: Library, folder: Path) -> None:
    first = library.create("Was nun? / Issue 7")
    second = library.create("Was nun? / Issue 7")
    assert [first.name, second.name] == ["Was nun Issue 7.md", "Was nun Issue 7 2.md"]
    assert first.read_bytes() == b""


@pytest.mark.parametrize("title", ["", "...", "  ", "a/b", "x" * 500, "é" * 300, "\0", "CON\n"])
def test_every_title_makes_a_file_name(library: Library, title: str) -> None:
    assert library.create(title).is_file()
    assert "/" not in file_name(title)


def test_the_templates_fill_in_title_and_date(library: Library, tmp_path: Path) -> None:
    found = templates(tmp_path)
    assert len(found) >= 3
    for template in found:
        summary = summarise(template.fill("Issue 7", date(2026, 11, 22)))
        assert summary.title == "Issue 7"
        assert "%" not in "".join(template.fill("x"))
    path = library.create("My issue", found[0])
    assert library.entries()[0].title == "My issue"
    assert path.name == "My issue.md"


def test_the_writers_own_templates_come_first(tmp_path: Path) -> None:
    (tmp_path / "Blank.md").write_text("my own\n")
    (tmp_path / "broken.md").write_bytes(b"\xff")
    found = templates(tmp_path)
    assert (found[0].name, found[0].own, found[0].text) == ("Blank", True, "my own\n")
    assert [template.name for template in found].count("Blank") == 1


def test_a_rename_takes_the_versions_along(
    library: Library, folder: Path, storage: Storage
) -> None:
    (folder / "a.md").write_text("one")
    history = History(storage.history)
    history.add(str(folder / "a.md"), b"zero")
    new = library.rename(folder / "a.md", "b")
    assert (new.name, new.read_text()) == ("b.md", "one")
    assert history.versions(str(new))
    history.close()
    (folder / "c.md").write_text("precious")
    with pytest.raises(DraftError) as caught:
        library.rename(new, "c.md")
    assert caught.value.trouble is Trouble.NAME_TAKEN
    assert (folder / "c.md").read_text() == "precious"


def test_an_open_draft_is_left_to_its_window(
    library: Library, folder: Path, storage: Storage, trash: Path
) -> None:
    path = folder / "a.md"
    path.write_text("one")
    keeper = Keeper.open(path, storage=storage)
    actions: list[Callable[[], object]] = [
        lambda: library.rename(path, "b"),
        lambda: library.trash(path),
    ]
    for action in actions:
        with pytest.raises(DraftError) as caught:
            action()
        assert caught.value.trouble is Trouble.OPEN_ELSEWHERE
    keeper.close()
    assert path.read_text() == "one"


def test_a_copy_has_the_same_bytes_and_its_own_name(library: Library, folder: Path) -> None:
    (folder / "a.md").write_bytes(b"\xef\xbb\xbfone\r\ntwo\n")
    copies = [library.duplicate(folder / "a.md") for _ in range(2)]
    assert [copy.name for copy in copies] == ["a (copy).md", "a (copy 2).md"]
    assert copies[1].read_bytes() == b"\xef\xbb\xbfone\r\ntwo\n"


def test_the_trash_gives_back(
    library: Library, folder: Path, trash: Path, storage: Storage
) -> None:
    path = folder / "a.md"
    path.write_text("one")
    path.chmod(0o640)
    trashed = library.trash(path)
    assert not path.exists()
    assert (trash / "files" / "a.md").read_text() == "one"
    assert library.restore(trashed) == path
    assert path.read_text() == "one"
    assert path.stat().st_mode & 0o777 == 0o640
    trashed = library.trash(path)
    path.write_text("a new one")
    assert library.restore(trashed).name == "a (restored).md"
    history = History(storage.history)
    assert history.read(history.versions(str(path))[0]) == b"one"
    history.close()


def test_recovered_text_is_neither_trashed_nor_renamed_unseen(
    library: Library, folder: Path, trash: Path, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "a.md"
    path.write_text("one")
    keeper = Keeper.open(path, storage=storage, autosave=False)
    keeper.edited(LineEdit(0, 1, ("typed before the crash",)))
    monkeypatch.setattr(keeper, "flush", lambda _: (_ for _ in ()).throw(TimeoutError))
    assert not keeper.close()
    with pytest.raises(DraftError) as caught:
        library.rename(path, "b")
    assert caught.value.trouble is Trouble.UNSAVED_TEXT
    library.trash(path)
    history = History(storage.history)
    assert history.read(history.versions(str(path))[0]) == b"typed before the crash"
    history.close()
    assert not list(storage.journals[0].iterdir())


def test_a_draft_without_a_trash_stays(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "a.md"
    path.write_text("one")

    def refuse(_: str) -> None:
        raise PermissionError(13, "no trash here")

    monkeypatch.setattr("send2trash.send2trash", refuse)
    with pytest.raises(DraftError) as caught:
        library.trash(path)
    assert caught.value.trouble is Trouble.NO_TRASH
    assert path.exists()


def test_search_finds_words_in_any_case_with_their_place(library: Library, folder: Path) -> None:
    (folder / "a.md").write_text("First\r\n\r\nthe GARDEN path, the garden gate\r\n", newline="")
    (folder / "b.md").write_text("\ufeffLe JARDIN d'été\n" + "x\n" * 5, encoding="utf-8")
    (found,) = library.search("Garden")
    assert (found.path.name, found.count) == ("a.md", 2)
    assert [(hit.line, hit.column, hit.end) for hit in found.hits] == [(2, 4, 10), (2, 21, 27)]
    hit = found.hits[1]
    assert hit.excerpt[hit.excerpt_column :].startswith("garden gate")
    (folder / "c.md").write_text("Quite a long line of words before the gnome, and some after it.")
    (cut,) = library.search("gnome")
    assert cut.hits[0].excerpt.startswith("… line of words before the gnome")
    assert cut.hits[0].excerpt[cut.hits[0].excerpt_column :].startswith("gnome")
    (other,) = library.search("ÉTÉ")
    assert (other.hits[0].line, other.hits[0].column) == (0, 12)
    (short,) = library.search("le jardin")
    assert (short.hits[0].column, short.hits[0].end) == (0, 9)
    assert list(library.search("")) == []
    assert list(library.search("no such")) == []


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Straße", "STRAßE"),
        ("ПРИВЕТ мир", "привет"),
        ("Привет", "ПРИВЕТ"),
        ("庭園の道", "園の"),
        ("Ωμέγα", "ωμέγα"),
    ],
)
def test_search_knows_other_alphabets(
    library: Library, folder: Path, text: str, query: str
) -> None:
    (folder / "a.md").write_text(text, encoding="utf-8")
    assert len(list(library.search(query))) == 1


def test_a_search_can_be_stopped(library: Library, folder: Path) -> None:
    for number in range(20):
        (folder / f"{number}.md").write_text("word")
    looked = iter([False, False, False, True])
    assert len(list(library.search("word", cancelled=lambda: next(looked)))) == 3


def test_recent_drafts_are_remembered_without_those_that_are_gone(tmp_path: Path) -> None:
    drafts = [tmp_path / f"{number}.md" for number in range(3)]
    recent = Recent(tmp_path / "app" / "recent.json")
    assert recent.paths() == []
    for draft in [*drafts, drafts[0]]:
        draft.touch()
        recent.opened(draft)
    assert recent.paths() == [drafts[0], drafts[2], drafts[1]]
    drafts[2].unlink()
    assert Recent(tmp_path / "app" / "recent.json").paths() == [drafts[0], drafts[1]]
    (tmp_path / "app" / "recent.json").write_text("{broken")
    assert recent.paths() == []
