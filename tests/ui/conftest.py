"""Real widgets without a screen: folders of their own, no Qt warning, no window left behind."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from app.ui import style, theme
from app.ui.editor.jobs import wait_for_jobs
from tests.support.keyrings import Locker, of_module, use
from tests.support.patience import PATIENCE

HARMLESS = (
    "This plugin does not support propagateSizeHints",
    "This plugin does not support raise",
    "This plugin does not support grabbing",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A warning of Qt fails the test that caused it."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore(*HARMLESS, extend=True))


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, versions and cache of this test alone; a home with a Documents folder."""
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"SENDOFF_{name}_DIR", str(tmp_path / name.lower()))
    home = tmp_path / "home"
    (home / "Documents").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    return tmp_path


@pytest.fixture(autouse=True)
def idle(folders: Path) -> Iterator[None]:
    """Jobs that a test has begun end before its folders and its patches go, not in the next."""
    yield
    wait_for_jobs(int(PATIENCE * 1000))


@pytest.fixture(autouse=True, scope="session")
def english() -> None:
    """Numbers and dates do not depend on the machine."""
    QLocale.setDefault(QLocale("en_US"))


@pytest.fixture(autouse=True, scope="session")
def garbage() -> Iterator[None]:
    """As in the app: no thread but Qt's own lets go of widgets; see `app.ui.interpreter`."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def tidy(garbage: None) -> Iterator[None]:
    yield
    gc.collect(1)


@pytest.fixture(autouse=True, scope="session")
def clipboard(qapp: QApplication) -> Iterator[None]:
    """Empty at the end: without a screen, Qt lets go of its content only after Python is gone."""
    yield
    qapp.clipboard().clear()


@pytest.fixture
def dressed(qapp: QApplication) -> QApplication:
    """The application in its own looks, light."""
    theme.choose(theme.Appearance.LIGHT)
    if not qapp.property("dressed"):
        style.dress(qapp)
        qapp.setProperty("dressed", True)
    return qapp


@pytest.fixture(autouse=True)
def no_window_left(qapp: QApplication) -> Iterator[None]:
    """A test closes what it has opened."""
    yield
    qapp.processEvents()
    left = [widget for widget in qapp.topLevelWidgets() if widget.isVisible()]
    for widget in left:
        widget.close()
    assert not left, f"windows left open: {left}"


@pytest.fixture
def locker(monkeypatch: pytest.MonkeyPatch) -> Locker:
    """A keyring that keeps keys."""
    backend = of_module("keyring.backends.SecretService")
    use(monkeypatch, backend)
    return backend


@pytest.fixture
def plain_text(monkeypatch: pytest.MonkeyPatch) -> Locker:
    """A keyring that writes keys down unencrypted."""
    backend = of_module("keyrings.alt.file")
    use(monkeypatch, backend)
    return backend


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without one."""
    use(monkeypatch, of_module("keyring.backends.fail"))
