"""Without a browser engine, or with one that breaks, there is still a preview."""

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.lines import LineEdit
from app.markup import Document
from app.pictures import read_image
from app.proof import Proof
from app.ui.preview import graphics
from app.ui.preview.plain import MAX_HTML, PlainView
from app.ui.preview.preview import PreviewPane, engine_would_end_the_app
from tests.ui.preview.conftest import Desk

IMAGE = QTextDocument.ResourceType.ImageResource.value


@pytest.fixture
def pane(qtbot: QtBot, dressed: QApplication, monkeypatch: pytest.MonkeyPatch) -> PreviewPane:
    """A pane on a machine without QtWebEngine."""
    monkeypatch.setitem(sys.modules, "PySide6.QtWebEngineCore", None)
    for name in ("live", "web", "requests"):
        monkeypatch.delitem(sys.modules, f"app.ui.preview.{name}", raising=False)
    pane = PreviewPane()
    qtbot.addWidget(pane)
    return pane


def show(qtbot: QtBot, pane: PreviewPane, text: str, folder: Path | None = None) -> Document:
    document = Document.from_text(text)
    pane.set_document(document, Proof(document), folder)
    pane.show()
    qtbot.waitUntil(lambda: pane._plain is not None)
    return document


def test_a_simple_view_with_a_hint(qtbot: QtBot, pane: PreviewPane) -> None:
    document = show(qtbot, pane, "# Head\n\nHello [you](https://a.example/).\n")
    assert pane._plain is not None
    assert "Hello you." in pane._plain.toPlainText()
    assert pane.hint.isVisible()
    assert "sendoff[preview]" in pane.hint.text()
    pane.apply(document.edit(LineEdit(2, 1, ("Changed.",))))
    qtbot.waitUntil(lambda: pane._plain is not None and "Changed" in pane._plain.toPlainText())
    places: list[tuple[int, int]] = []
    pane.source_clicked.connect(lambda line, column: places.append((line, column)))
    pane.apply(document.edit(LineEdit(2, 1, ("See [x](https://b.example/).",))))
    pane._plain.anchorClicked.emit(QUrl("https://b.example/"))
    assert places == [(2, 8)]
    pane.close()


def test_it_opens_no_file_but_pictures_in_the_folder(
    qtbot: QtBot, dressed: QApplication, tmp_path: Path
) -> None:
    image = QImage(3, 3, QImage.Format.Format_RGB32)
    image.fill(0)
    assert image.save(str(tmp_path / "a.png"))
    view = PlainView()
    qtbot.addWidget(view)
    view.show_document(Document.from_text("text\n"), tmp_path)
    assert view.loadResource(IMAGE, QUrl("a.png"))
    for refused in (
        "file:///etc/passwd",
        "../a.png",
        "/etc/passwd",
        "http://x/a.png",
        "qrc:/a.png",
    ):
        assert view.loadResource(IMAGE, QUrl(refused)) is None
    style = QTextDocument.ResourceType.StyleSheetResource.value
    assert view.loadResource(style, QUrl("a.png")) is None


def test_a_huge_draft_is_cut_with_a_word_about_it(qtbot: QtBot, dressed: QApplication) -> None:
    view = PlainView()
    qtbot.addWidget(view)
    view.show_document(Document.from_text("word word word\n\n" * (MAX_HTML // 20)), None)
    assert view.toPlainText().endswith("The rest is not shown in the simple preview.")


def test_the_engine_is_not_loaded_before_the_pane_is_shown(
    qtbot: QtBot, dressed: QApplication
) -> None:
    pane = PreviewPane()
    qtbot.addWidget(pane)
    document = Document.from_text("text\n")
    pane.set_document(document, Proof(document))
    pane.apply(document.edit(LineEdit(0, 1, ("more",))))
    pane.scroll_to_line(0)
    assert pane._live is None


def test_one_crash_is_mended_and_two_give_the_simple_view(desk: Desk, folders: Path) -> None:
    desk.show("text\n")
    live = desk.pane._live
    assert live is not None
    live.view.broken.emit()
    desk.settle()
    assert desk.body() == ["text"]
    live.view.broken.emit()
    assert desk.pane._live is None
    assert desk.pane._plain is not None
    assert "text" in desk.pane._plain.toPlainText()
    assert (folders / "cache" / "preview-without-gpu").exists()
    assert desk.pane.hint.isVisible()


def test_after_crashes_the_card_is_spared(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QTWEBENGINE_CHROMIUM_FLAGS", "--mute-audio")
    graphics.choose()
    assert os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] == "--mute-audio"
    graphics.remember_to_spare_the_card()
    graphics.choose()
    graphics.choose()
    assert os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] == "--mute-audio --disable-gpu"


@pytest.mark.parametrize(
    ("renderer", "computed"),
    [
        ("llvmpipe (LLVM 15.0.6, 256 bits)", True),
        ("ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device), SwiftShader driver)", True),
        ("Mesa Intel(R) UHD Graphics 620 (KBL GT2)", False),
        ("NVIDIA GeForce RTX 3060/PCIe/SSE2", False),
        ("AMD Radeon Graphics (radeonsi, renoir, LLVM 15.0.6, DRM 3.49)", False),
    ],
)
def test_opengl_without_a_card_is_known_by_its_name(renderer: str, computed: bool) -> None:
    assert graphics.is_computed(renderer) == computed


@pytest.mark.parametrize(
    ("user", "variable", "flags", "ends"),
    [
        (0, "", "", True),
        (0, "0", "--disable-gpu", True),
        (0, "1", "", False),
        (0, "", "--disable-gpu --no-sandbox", False),
        (1000, "", "", False),
    ],
)
def test_the_engine_is_not_started_where_it_would_end_the_app(
    monkeypatch: pytest.MonkeyPatch, user: int, variable: str, flags: str, ends: bool
) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux' sandbox refuses root")
    monkeypatch.setattr("os.geteuid", lambda: user)
    monkeypatch.setenv("QTWEBENGINE_DISABLE_SANDBOX", variable)
    monkeypatch.setenv("QTWEBENGINE_CHROMIUM_FLAGS", flags)
    assert engine_would_end_the_app() == ends


def test_root_in_the_sandbox_gets_the_simple_view_and_a_hint(
    qtbot: QtBot, dressed: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ui.preview.preview.engine_would_end_the_app", lambda: True)
    pane = PreviewPane()
    qtbot.addWidget(pane)
    show(qtbot, pane, "Hello\n")
    assert pane._live is None
    assert "as root" in pane.hint.text()
    pane.close()


def test_what_pretends_to_be_a_picture(tmp_path: Path) -> None:
    folder = tmp_path / "drafts"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(b"secret")
    (folder / "out.png").symlink_to(tmp_path / "secret.png")
    (folder / "loop.png").symlink_to(folder / "loop.png")
    (folder / "folder.png").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.png")
    (folder / "a.png").write_bytes(b"fine")
    assert read_image(folder, "/a.png") == ("image/png", b"fine")
    for path in (
        *("/out.png", "/loop.png", "/folder.png", "/pipe.png", "/none.png", "/../secret.png"),
        *("../secret.png", str(tmp_path / "secret.png"), "//" + str(tmp_path / "secret.png")),
        *("a.png\0", "/", "", "x" * 5_000 + ".png", "/a.png/b.png"),
    ):
        assert read_image(folder, path) is None, path
