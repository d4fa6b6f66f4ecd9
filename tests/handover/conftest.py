"""A desk at each platform."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.handover.desk import DESKS, Desk, impatient


@pytest.fixture(params=DESKS)
def desk(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A writer with an account at each of the platforms in turn."""
    impatient(monkeypatch)
    with DESKS[request.param](tmp_path) as found:
        yield found
