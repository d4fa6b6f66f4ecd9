"""The browser engine in tests, as for the preview."""

from pathlib import Path

import pytest

from tests.ui.preview.conftest import OF_THE_ENGINE


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore(*OF_THE_ENGINE, extend=True))
