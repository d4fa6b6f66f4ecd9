"""Folders of one test, so that nothing of the user's is touched."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.drafts.storage import Storage

from .desk import Desk


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    own = tmp_path / "app"
    return Storage((own / "journals", own / "second"), own / "history.sqlite3")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The writer's folder."""
    home = tmp_path / "drafts"
    home.mkdir()
    return home


@pytest.fixture
def desk(storage: Storage) -> Iterator[Desk]:
    desk = Desk(storage)
    yield desk
    for keeper in desk.open_keepers:
        keeper.close()


@pytest.fixture
def draft(folder: Path) -> Path:
    path = folder / "issue.md"
    path.write_text("one\ntwo\nthree\n")
    return path
