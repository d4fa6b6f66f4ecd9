"""Options of these tests."""

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write tests/publish/golden anew from what is rendered; look at the difference",
    )


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No publication of whoever runs the tests has a say in them."""
    monkeypatch.setenv("SENDOFF_DATA_DIR", str(tmp_path / "data"))
