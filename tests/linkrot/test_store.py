"""What was found outlives damage, full disks and other windows."""

import sqlite3
from pathlib import Path

import pytest

from app.linkrot.model import Copy, Page
from app.linkrot.store import RotStore, RotStoreError, store_file

PAGE = Page("https://a.net/1", 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 2, True, "gone", 410)


def test_a_page_comes_back_as_it_was(store: RotStore) -> None:
    store.put(PAGE)
    with RotStore() as other:
        assert other.page(PAGE.url) == PAGE
        assert other.dead() == {PAGE.url: PAGE}
        assert other.pages() == {PAGE.url: PAGE}


def test_many_pages_at_once(store: RotStore) -> None:
    urls = [f"https://a.net/{each}" for each in range(1200)]
    store.want(urls, 1.0)
    assert len(store.pages(urls)) == 1200


def test_a_copy_and_a_pause_come_back(store: RotStore) -> None:
    store.put_copy("https://a.net/1", "20260101", Copy("https://archive.net/1", 1.0, 2.0))
    store.put_pause("https://archive.net", 99.0)
    with RotStore() as other:
        assert other.copy("https://a.net/1", "20260101") == Copy("https://archive.net/1", 1.0, 2.0)
        assert other.copy("https://a.net/1", "20260102") is None
        assert other.pause("https://archive.net") == 99.0


@pytest.mark.parametrize("where", [0, 4096])
def test_a_damaged_file_is_moved_aside(where: int) -> None:
    with RotStore() as store:
        store.want((f"https://a.net/{each}" for each in range(300)), 1.0)
    data = bytearray(store_file().read_bytes())
    data[where : where + 3000] = b"\xa5" * 3000
    store_file().write_bytes(bytes(data))
    with RotStore() as store:
        assert store.pages() == {}
        store.put(PAGE)
        assert store.page(PAGE.url) == PAGE
    aside = list(store_file().parent.glob("*.damaged-*"))
    assert any(bytes(data[where : where + 3000]) in each.read_bytes() for each in aside)


def test_a_disk_that_refuses_says_so_in_words_and_keeps_what_there_is(store: RotStore) -> None:
    store.put(PAGE)
    other = sqlite3.connect(store_file(), isolation_level=None)
    other.execute("CREATE TRIGGER full BEFORE INSERT ON page BEGIN SELECT RAISE(FAIL, 'full'); END")
    with pytest.raises(RotStoreError, match="disk may be full"):
        store.put(Page("https://a.net/2", 1.0, 1.0, 1.0))
    with pytest.raises(RotStoreError):
        store.want(["https://a.net/3"], 9.0)
    other.execute("DROP TRIGGER full")
    other.close()
    assert store.pages() == {PAGE.url: PAGE}
    store.want(["https://a.net/3"], 9.0)  # and goes on


def test_a_folder_that_cannot_be_made_says_so(folders: Path) -> None:
    (folders / "data").write_text("a file in the way")
    with pytest.raises(RotStoreError, match="folder may"):
        RotStore()


def test_another_windows_writing_is_seen(store: RotStore) -> None:
    before = store.version()
    with RotStore() as other:
        other.put(PAGE)
    assert store.version() != before
