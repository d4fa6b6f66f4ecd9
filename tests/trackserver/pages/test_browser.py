"""The script in a real browser engine, on a page with a strict Content-Security-Policy."""

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest
import shiboken6
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from app.trackserver.inbox import Kind, PageView
from app.trackserver.store.database import Database
from app.trackserver.store.schema import inbox
from tests.trackserver.serving import Served, serving

# The engine's sandbox does not run as root; the page is ours.
os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
core = pytest.importorskip("PySide6.QtWebEngineCore", reason="the browser engine is not installed")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    database = Database(f"sqlite:///{tmp_path / 'sendoff.db'}")
    database.migrate()
    with serving(database, tmp_path / "server") as one:
        one.http.post("/v1/publications", json={"name": "A letter"}).raise_for_status()
        yield one
    database.close()


@pytest.fixture
def site(served: Served) -> Iterator[str]:
    """An archive page with the snippet and nothing else allowed."""
    made = served.http.post("/v1/pages", json={"url": "https://letter.example/12"}).json()
    # Submitted, and the page stays: it would send its view again.
    form = '<form id="f" method="dialog"><input type="email" value="a@b.example"></form>'
    html = f"<!doctype html><title>12</title>{made['snippet']}<p>text</p>{form}".encode()
    policy = f"default-src 'none'; script-src {served.url}; connect-src {served.url}"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.send_header("content-security-policy", policy)
            self.end_headers()
            self.wfile.write(html)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def views(served: Served) -> list[PageView]:
    with served.services.database.reading() as connection:
        rows = connection.execute(select(inbox).where(inbox.c.kind == int(Kind.PAGES))).all()
    return [v for row in rows for v in msgspec.msgpack.decode(row.body, type=list[PageView])]


def steps(served: Served) -> list[str]:
    return [view.step for view in views(served)]


def unread(served: Served) -> list[str]:
    """The steps but for "read", which comes by itself where a slow machine takes its time."""
    return [step for step in steps(served) if step != "read"]


def test_a_view_and_a_sign_up_arrive(served: Served, site: str, qtbot: QtBot) -> None:
    from app.ui.preview.requests import register_scheme

    # The app's own use of the engine, later in this process, comes too late for this.
    register_scheme()
    profile = core.QWebEngineProfile()
    page = core.QWebEnginePage(profile)
    cookies: list[object] = []
    profile.cookieStore().cookieAdded.connect(cookies.append)
    try:
        with qtbot.waitSignal(page.loadFinished):
            page.load(f"{site}/archive?utm_campaign=issue-12")
        qtbot.waitUntil(lambda: unread(served) == ["view"])
        page.runJavaScript("document.getElementById('f').requestSubmit()")
        qtbot.waitUntil(lambda: unread(served) == ["view", "sign_up"])
        (first, second) = (view for view in views(served) if view.step != "read")
        assert first.campaign == "issue-12"
        assert first.visitor == second.visitor
        assert cookies == []
    finally:
        shiboken6.delete(page)  # a profile must outlive its pages
        profile.deleteLater()
