"""The demo's list of dead links is found by the real looks, at the demo's own site."""

import asyncio
import time
from pathlib import Path

import pytest

from app.demo.desk import demo_desk
from app.demo.earlier import earlier_looks
from app.demo.letters import LOST as LOST_LINKS
from app.demo.site import LOST, DemoSite
from app.linkrot.archive import Archive
from app.linkrot.model import DAY, Standing
from app.linkrot.store import RotStore
from app.ui.settings import Store


@pytest.fixture
def looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DemoSite:
    monkeypatch.setenv("SENDOFF_DATA_DIR", str(tmp_path))
    return DemoSite()


def test_lost_pages_died_and_the_archive_has_them(looked: DemoSite, tmp_path: Path) -> None:
    with looked as site:
        (tmp_path / "one.md").write_text(f"[a]({site.url}/nowhere) [b]({site.url}/essay#method)")
        urls = [site.url + path for path in (*LOST, "/nowhere", "/essay", "/members")]
        with earlier_looks(site, tmp_path), RotStore() as store:
            until = time.monotonic() + 20
            while time.monotonic() < until:
                known = store.pages(urls)
                if len(known) == len(urls) and known[site.url + "/nowhere"].failures >= 6:
                    break
                time.sleep(0.05)
            known = store.pages(urls)
            lost = site.url + "/ferry-timetable"
            copy = asyncio.run(_find(store, site.url, lost, time.time() - 100 * DAY))
        assert all(known[site.url + path].standing is Standing.DIED for path in LOST)
        assert known[site.url + "/nowhere"].standing is Standing.NEVER_ALIVE
        assert known[site.url + "/essay"].standing is Standing.ALIVE
        assert known[site.url + "/members"].standing is Standing.UNSURE
        assert copy.startswith(f"{site.url}/web/")
        assert copy.endswith("/ferry-timetable")


async def _find(store: RotStore, base: str, page: str, near: float) -> str:
    archive = Archive(store, base)
    try:
        return (await archive.find(page, near)).url
    finally:
        await archive.aclose()


def test_letters_link_only_to_pages_that_there_were() -> None:
    assert {path for path, _ in LOST_LINKS} == set(LOST)


def test_the_demo_allows_its_own_archive_only(monkeypatch: pytest.MonkeyPatch) -> None:
    with demo_desk(tracked=False):
        settings = Store().load()
        assert settings.watch_links
        assert settings.archive.startswith("http://127.0.0.1:")
