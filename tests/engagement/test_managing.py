"""Accounts with their keys and figures, as one thing."""

import socket
import threading
from pathlib import Path

import pytest

from app.engagement import accounts, managing
from app.engagement.accounts import AccountError
from app.engagement.managing import UNKNOWN_PLATFORM, Trial
from app.engagement.model import Account
from app.engagement.secrets import SecretError, SessionSecrets
from app.engagement.store.reader import Reader
from app.engagement.store.schema import store_file
from tests.engagement.reports.stocked import full, stock
from tests.support.patience import PATIENCE


class Broken(SessionSecrets):
    """A keyring that refuses."""

    def put(self, account: Account, key: str) -> None:
        raise SecretError("no")

    def forget(self, account: Account) -> None:
        raise SecretError("locked")


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"SENDOFF_{name}_DIR", str(tmp_path / name.lower()))


@pytest.fixture
def account() -> Account:
    return accounts.new("ghost", "Letter", "https://letter.example")


def test_an_account_without_its_key_is_not_added(account: Account) -> None:
    with pytest.raises(SecretError):
        managing.add(account, "key", Broken(""))
    assert accounts.load() == ()


def test_a_key_without_its_account_is_not_kept(account: Account) -> None:
    secrets = SessionSecrets("")
    managing.add(account, "key", secrets)
    other = accounts.new("ghost", "letter", "https://other.example")
    with pytest.raises(AccountError, match="already"):
        managing.add(other, "key", secrets)
    assert secrets.get(other) is None
    assert secrets.get(account) == "key"


def test_what_was_synced_goes_with_the_account(account: Account) -> None:
    secrets = SessionSecrets("")
    other = accounts.new("ghost", "Other", "https://other.example")
    for each in (account, other):
        managing.add(each, "key", secrets)
        stock(store_file(), each, full(1, "One", 10, 2))
    assert managing.remove(account, secrets) == ""
    assert accounts.load() == (other,)
    assert secrets.get(account) is None
    with Reader() as reader:
        assert [issue.account for issue in reader.issues()] == [other.id]


def test_a_key_that_stays_behind_is_told(account: Account) -> None:
    managing.add(account, "key", SessionSecrets(""))
    assert "still in the keyring" in managing.remove(account, Broken(""))
    assert accounts.load() == ()


def test_a_new_name_keeps_the_account(account: Account) -> None:
    managing.add(account, "key", SessionSecrets(""))
    renamed = accounts.rename(account, "  The   Letter ")
    assert accounts.load() == (renamed,)
    assert (renamed.id, renamed.name) == (account.id, "The Letter")
    assert accounts.rename(renamed, "the letter").name == "the letter"


def test_a_name_that_is_taken_or_an_account_that_is_gone(account: Account) -> None:
    other = accounts.new("ghost", "Other", "https://other.example")
    accounts.add(account)
    with pytest.raises(AccountError, match="removed meanwhile"):
        accounts.rename(other, "New")
    accounts.add(other)
    with pytest.raises(AccountError, match="already"):
        accounts.rename(other, "LETTER")


def test_an_unknown_platform_is_told() -> None:
    tested = Trial(Account("a", "pigeon", "Pigeon", "https://p.example"), "key").run()
    assert tested is not None
    assert tested.lacks == (UNKNOWN_PLATFORM,)


def test_a_test_is_cancelled_while_the_server_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        trial = Trial(accounts.new("sendoff", "Silent", url), "key")
        answers: list[object] = []
        thread = threading.Thread(target=lambda: answers.append(trial.run()))
        thread.start()
        connection, _ = silent.accept()
        trial.cancel()
        thread.join(PATIENCE)
        connection.close()
    assert answers == [None]
    trial.cancel()  # over already


def test_a_test_that_was_cancelled_first_asks_nobody() -> None:
    trial = Trial(accounts.new("sendoff", "Nobody", "http://127.0.0.1:9"), "key")
    trial.cancel()
    assert trial.run() is None
