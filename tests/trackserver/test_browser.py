"""What a real browser engine makes of a mail and of the page behind its unsubscribe link."""

import json
import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.trackserver.store.database import Database
from app.ui.preview import graphics
from tests.support.patience import PATIENCE
from tests.trackserver.serving import Served, serving

# The engine's sandbox does not run as root; the pages are ours.
os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
widgets = pytest.importorskip(
    "PySide6.QtWebEngineWidgets", reason="the browser engine is not installed"
)
core = pytest.importorskip("PySide6.QtWebEngineCore", reason="the browser engine is not installed")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    database = Database(f"sqlite:///{tmp_path / 'sendoff.db'}")
    database.migrate()
    with serving(database, tmp_path / "server", workers=1) as one:
        one.http.post("/v1/publications", json={"name": "Élan & Ebb"}).raise_for_status()
        yield one
    database.close()


@pytest.fixture
def site() -> Iterator[str]:
    """Where the links of the mail lead; its page tells who sent the reader there."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(f"<title>from {self.headers['referer']}</title>".encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://localhost:{server.server_port}"  # another host than the tracking server's
    server.shutdown()
    server.server_close()


class Browser:
    """A window of a phone's width, driven by the mouse."""

    def __init__(self, qtbot: QtBot) -> None:
        from app.ui.preview.requests import register_scheme

        # The app's own use of the engine, later in this process, comes too late for these.
        graphics.choose()
        register_scheme()
        self.qtbot = qtbot
        self.profile = core.QWebEngineProfile()
        self.page = core.QWebEnginePage(self.profile)
        self.view = widgets.QWebEngineView()
        self.view.setPage(self.page)
        self.view.resize(375, 667)
        self.view.show()

    def close(self) -> None:
        """The page before its profile, as the engine demands."""
        for each in (self.view, self.page, self.profile):
            shiboken6.delete(each)

    def loads(self) -> Any:
        return self.qtbot.waitSignal(self.page.loadFinished)

    def run(self, script: str) -> Any:
        """The value of a script, in a world of its own that no policy of the page's touches."""
        found: list[Any] = []
        world = core.QWebEngineScript.ScriptWorldId.ApplicationWorld.value
        self.page.runJavaScript(f"JSON.stringify({script})", world, found.append)
        self.qtbot.waitUntil(lambda: bool(found))
        return json.loads(found[0])

    def press(self, selector: str) -> None:
        """Click in the middle of an element."""
        x, y = self.run(
            f"(b => [b.x + b.width / 2, b.y + b.height / 2])"
            f"(document.querySelector('{selector}').getBoundingClientRect())"
        )
        target = self.view.focusProxy()
        self.qtbot.mouseClick(target, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))


@pytest.fixture
def browser(qtbot: QtBot) -> Iterator[Browser]:
    one = Browser(qtbot)
    yield one
    one.close()


def registered(served: Served, html: str) -> Any:
    answer = served.http.post(
        "/v1/issues",
        json={
            "subject": "One",
            "html": html,
            "recipients": [{"external_id": "ann"}],
            "recipient_count": 1,
        },
    )
    answer.raise_for_status()
    return answer.json()


def figures(served: Served, issue: str) -> Any:
    """The totals, once everything is counted."""
    give_up = time.monotonic() + PATIENCE
    while True:
        report = served.http.get(f"/v1/issues/{issue}/report").json()
        if not report["freshness"]["waiting"] or time.monotonic() > give_up:
            return report["issue"]["figures"]
        time.sleep(0.02)


def test_a_mail_is_opened_and_a_link_followed(served: Served, site: str, browser: Browser) -> None:
    made = registered(
        served, f'<html><body><p><a href="{site}/essay">Read on</a></p></body></html>'
    )
    html = made["html"].replace(made["placeholder"], made["recipients"][0]["value"])
    with browser.loads():
        browser.page.setHtml(html)
    # The pixel has come, and takes no room beside the text.
    assert browser.run("[...document.images].map(i => [i.naturalWidth, i.width])") == [[1, 1]]
    with browser.loads():
        browser.press("a")
    assert browser.page.url().toString() == f"{site}/essay"
    browser.qtbot.waitUntil(lambda: browser.page.title() == "from None")
    found = figures(served, made["issue"]["id"])
    assert [found[name]["human"] for name in ("opens", "openers", "clicks", "clickers")] == [1] * 4
    assert found["opens"]["all"] == found["clicks"]["all"] == 1


def test_only_the_button_unsubscribes(served: Served, browser: Browser) -> None:
    made = registered(served, "<p>text</p>")
    address = made["unsubscribe_url"].replace(made["placeholder"], made["recipients"][0]["value"])
    with browser.loads():
        browser.page.load(address)
    assert browser.page.title() == "Unsubscribe?"
    assert "Élan & Ebb" in browser.run("document.body.innerText")
    # The style's hash holds under the page's own policy, and nothing runs over the edge.
    assert browser.run("getComputedStyle(document.querySelector('button')).cursor") == "pointer"
    assert browser.run("document.documentElement.scrollWidth <= innerWidth")
    assert figures(served, made["issue"]["id"])["unsubscribes"]["all"] == 0
    with browser.loads():
        browser.press("button")
    assert browser.page.title() == "You are unsubscribed"
    assert figures(served, made["issue"]["id"])["unsubscribes"] == {
        "all": 1, "human": 1, "privacy_proxy": 0, "machine": 0,
    }  # fmt: skip
