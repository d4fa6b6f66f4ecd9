"""Folders of their own, and a site."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.linkrot.store import RotStore
from tests.linkrot.site import Site, serve


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"SENDOFF_{name}_DIR", str(tmp_path / name.lower()))
    return tmp_path


@pytest.fixture
def store() -> Iterator[RotStore]:
    with RotStore() as opened:
        yield opened


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as served:
        yield served
