"""Trying out a server that checks links: the real one on loopback, and what is none."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.linkcheck.remote import CheckServer
from app.linkcheck.tried import Tried
from app.linkcheck.trying_server import try_server

from .zoo.server import Visit, Zoo

pytest.importorskip("granian", reason="the server's extra is not installed")

from app.trackserver.api.keys import Scope
from app.trackserver.store.database import Database
from tests.trackserver.serving import Served, serving


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    with serving(database, tmp_path) as running:
        yield running
    database.close()


def tried(address: str, key: str) -> Tried:
    found = asyncio.run(try_server(CheckServer(address, key)))
    assert key not in str(found)
    return found


def test_a_key_that_may_check_links(served: Served) -> None:
    found = tried(served.url, served.new_key([Scope.LINK_CHECK]))
    assert found.lacks == ()
    assert "takes the key and checks links" in found.works[0]


def test_a_key_that_may_not(served: Served) -> None:
    found = tried(served.url, served.new_key([Scope.READ]))
    assert found == Tried(lacks=("The key lacks the scope “link-check”.",))


def test_a_key_that_is_none(served: Served) -> None:
    assert "does not take the key" in tried(served.url, "sendoff_wrong").lacks[0]


def test_something_else_answers() -> None:
    async def page(visit: Visit) -> None:
        await visit.reply()

    with Zoo({"v1": page}) as zoo:
        assert "Something else than a Sendoff server" in tried(zoo.base, "sendoff_x").lacks[0]


def test_nobody_answers() -> None:
    assert "cannot be reached" in tried("http://127.0.0.1:1", "sendoff_x").lacks[0]
