"""Folders of one test, so that nothing of the user's is touched."""

from pathlib import Path

import pytest

from app.drafts.storage import Storage


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
