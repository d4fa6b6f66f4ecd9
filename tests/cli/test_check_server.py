"""``sendoff check --server``: a real tracking server checks the links of a draft."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.linkcheck.many.service import LinkService
from app.linkcheck.many.states import Priority
from app.linkcheck.remote import CheckServer
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Verdict
from tests.linkcheck.many.fakes import FakeNetwork
from tests.linkcheck.names import Names
from tests.linkcheck.zoo.server import Visit, Zoo

pytest.importorskip("granian", reason="the server's extra is not installed")

from app.trackserver.api.keys import Scope
from app.trackserver.checking.engine import Reach
from app.trackserver.settings import Checks
from app.trackserver.store.database import Database
from tests.trackserver.serving import Nowhere, Served, serving


async def plain(visit: Visit) -> None:
    await visit.reply()


async def missing(visit: Visit) -> None:
    await visit.reply(404)


@pytest.fixture
def zoo() -> Iterator[Zoo]:
    with Zoo({"page": plain, "missing": missing}) as running:
        yield running


@pytest.fixture
def served(tmp_path: Path, zoo: Zoo) -> Iterator[Served]:
    checks = Checks(allow_private=True, ports=frozenset())
    reach = Reach(Names({"site.example": ["127.0.0.1"]}), Nowhere())
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    with serving(
        database, tmp_path / "s", address="http://news.example", checks=checks, reach=reach
    ) as served:
        yield served
    database.close()


def sendoff(folder: Path, key: str, *words: str) -> "subprocess.CompletedProcess[str]":
    folders = {
        f"SENDOFF_{name}_DIR": str(folder / name.lower()) for name in ("CACHE", "CONFIG", "DATA")
    }
    return subprocess.run(
        [sys.executable, "-m", "app", "check", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **folders, "SENDOFF_SERVER_KEY": key},
    )


def draft(folder: Path, zoo: Zoo) -> Path:
    base = f"http://site.example:{zoo.port}"
    file = folder / "issue.md"
    file.write_text(f"[a]({base}/page) [b]({base}/missing) [c]({base}/page#gone)\n")
    return file


def test_a_draft_is_checked_there(served: Served, zoo: Zoo, tmp_path: Path) -> None:
    file = draft(tmp_path, zoo)
    key = served.new_key([Scope.LINK_CHECK])
    done = sendoff(tmp_path, key, str(file), "--json", "--server", served.url)
    assert (done.returncode, done.stderr) == (1, "")
    links = json.loads(done.stdout)["links"]
    assert [link["reason"] for link in links] == ["ok", "not_found", "ok"]
    assert links[2]["notes"] == ["fragment_missing"]
    asked = len(zoo.requests)
    # The app's cache comes first, then the server's.
    assert sendoff(tmp_path, "none", str(file), "--server", "http://127.0.0.1:1").returncode == 1
    again = sendoff(tmp_path, key, str(file), "--no-cache", "--server", served.url)
    assert again.returncode == 1
    assert len(zoo.requests) == asked


def test_a_server_that_is_away(zoo: Zoo, tmp_path: Path) -> None:
    file = draft(tmp_path, zoo)
    done = sendoff(tmp_path, "key", str(file), "--server", "http://127.0.0.1:1")
    assert done.returncode == 3
    assert done.stderr == "sendoff: The server that checks links cannot be reached.\n"


def test_what_is_refused_before_anything_is_asked(tmp_path: Path, zoo: Zoo) -> None:
    file = str(draft(tmp_path, zoo))
    for key, words in (
        ("", ["--server", "https://news.example"]),
        ("key", ["--server", "http://news.example"]),
        ("key", ["--server", "news"]),
        ("key", ["--local-fallback"]),
    ):
        done = sendoff(tmp_path, key, file, *words)
        assert done.returncode == 2
        assert done.stderr.startswith("sendoff: ")


def test_the_window_s_service_asks_the_server(served: Served, zoo: Zoo, tmp_path: Path) -> None:
    url = f"http://site.example:{zoo.port}/page"
    found: dict[str, Verdict] = {}
    heard = threading.Event()

    def hear(batch: list[tuple[str, Verdict]]) -> None:
        found.update(batch)
        heard.set()

    service = LinkService(
        tmp_path / "verdicts.sqlite3",
        CheckSettings(),
        hear,
        lambda _: None,
        accepted_path=tmp_path / "accepted.sqlite3",
        server=CheckServer(served.url, served.new_key([Scope.LINK_CHECK])),
        network=FakeNetwork(),
    )
    service.want("draft", {url: Priority.VISIBLE})
    assert heard.wait(20)
    service.stop()
    assert found[url].reason == "ok"
    assert zoo.asked("page") == ["HEAD"]
