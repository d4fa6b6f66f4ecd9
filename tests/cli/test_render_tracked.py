"""``sendoff render --target tracked``, with the real tracking server on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.main import main
from app.engagement import accounts
from app.engagement.model import Account
from app.trackserver.store.database import Database
from tests.trackserver.api.conftest import Api, api

__all__ = ["api"]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'server.db'}")
    made.migrate()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def account(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"SENDOFF_{name}_DIR", str(tmp_path / name.lower()))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("SENDOFF_KEY_MINE", api.served.key)
    accounts.add(Account("a1", "sendoff", "Mine", api.served.url, api.publication))


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "issue.md"
    path.write_text("# Letter\n\nWords, and [out](%sendoff_unsubscribe%).\n")
    return path


def test_the_html_of_the_server(draft: Path, api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    out = draft.with_suffix(".html")
    words = ["render", str(draft), "--target", "tracked", "--account", "Mine"]
    words += ["--merge-tag", "{{ subscriber.id }}", "-o", str(out)]
    assert main(words) == 0
    html = out.read_text()
    assert f'src="{api.served.url}/i/' in html
    assert f'href="{api.served.url}/u/' in html
    assert "is registered" in capsys.readouterr().err
    assert main(words) == 0
    assert "is changed" in capsys.readouterr().err
    assert len(api.get("/v1/issues", publication=api.publication)["issues"]) == 1


def test_a_link_that_nobody_looked_at_holds_it(
    draft: Path, api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    draft.write_text("# Letter\n\nA [link](https://example.com/new).\n")
    assert main(["render", str(draft), "--target", "tracked", "--account", "Mine"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "pending  https://example.com/new" in told.err
    assert api.get("/v1/issues", publication=api.publication)["issues"] == []


@pytest.mark.parametrize("words", [[], ["--account", "Nobody's"]])
def test_what_is_missing_is_status_2(
    draft: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", str(draft), "--target", "tracked", *words]) == 2
    assert capsys.readouterr().err.startswith("sendoff: ")
