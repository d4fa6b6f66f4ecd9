"""The browser engine in tests: without sandbox (they may run as root), card, or any host name."""

import importlib.util
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.markup import Document
from app.proof import Proof
from app.ui.preview.preview import PreviewPane
from tests.ui.conftest import HARMLESS

os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = (
    "--disable-gpu --no-sandbox --host-resolver-rules="
    '"MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"'
)

HAS_ENGINE = importlib.util.find_spec("PySide6.QtWebEngineWidgets") is not None

# What the engine says about a machine without a graphics card.
OF_THE_ENGINE = (
    *HARMLESS,
    "QRhiGles2",
    "Failed to create RHI",
    "Sandboxing disabled",
    "GPUInfo",
    "QQuick",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore(*OF_THE_ENGINE, extend=True))


class Desk:
    """A pane with a draft, and what it told."""

    def __init__(self, qtbot: QtBot, pane: PreviewPane) -> None:
        self.qtbot = qtbot
        self.pane = pane
        self.lines: list[float] = []
        self.places: list[tuple[int, int]] = []
        pane.scrolled.connect(self.lines.append)
        pane.source_clicked.connect(lambda line, column: self.places.append((line, column)))
        self.document = Document([""])
        self.proof = Proof(self.document)

    def show(self, text: str, folder: Path | None = None) -> None:
        self.document = Document.from_text(text)
        self.proof = Proof(self.document)
        self.pane.set_document(self.document, self.proof, folder)
        self.pane.show()
        self.settle()

    @property
    def canvas(self) -> QWidget:
        """The widget that takes the page's mouse."""
        live = self.pane._live
        assert live is not None
        target = live.view.focusProxy()
        assert target is not None
        return target

    def settle(self) -> None:
        """Wait until the page has everything."""

        def done() -> bool:
            live = self.pane._live
            return live is not None and live.is_settled

        self.qtbot.waitUntil(done)

    def ask(self, script: str) -> Any:
        """The value of an expression in the page, seen from our own world."""
        from app.ui.preview.isolated import OUR_WORLD

        answers: list[Any] = []
        live = self.pane._live
        assert live is not None
        live.view.page().runJavaScript(f"JSON.stringify({script})", OUR_WORLD, answers.append)
        self.qtbot.waitUntil(lambda: bool(answers))
        return json.loads(answers[0]) if answers[0] else None

    def body(self) -> list[str]:
        """The text of each segment that has some."""
        texts = self.ask("[...document.querySelectorAll('.segment')].map(e => e.textContent)")
        return [text.strip() for text in texts if text.strip()]


@pytest.fixture
def desk(qtbot: QtBot, dressed: QApplication) -> Iterator[Desk]:
    if not HAS_ENGINE:
        pytest.skip("QtWebEngine is not installed")
    pane = PreviewPane()
    qtbot.addWidget(pane)
    pane.resize(700, 600)
    yield Desk(qtbot, pane)
    pane.close()
    if pane._live is not None:
        pane._live.close()
