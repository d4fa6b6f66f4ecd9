"""Where journals and versions go."""

from pathlib import Path

import pytest

from app.drafts.storage import Storage


def test_moved_data_share_nothing_with_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for name in ("one", "two", "one"):
        monkeypatch.setenv("SENDOFF_DATA_DIR", str(tmp_path / name))
        found.append(Storage.default())
    one, two, again = found
    assert not {one.history, *one.journals} & {two.history, *two.journals}
    assert one == again, "the next start finds what was left"
