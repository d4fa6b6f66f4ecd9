"""Accounts: described in a file that holds no key, addressed safely, changed atomically."""

import json
import threading
from pathlib import Path

import pytest

from app.engagement import accounts
from app.engagement.accounts import AccountError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "accounts.json"


def test_accounts_come_back_as_they_were_added(file: Path) -> None:
    first = accounts.new("buttondown", "The Letter", "https://api.buttondown.com/v1")
    second = accounts.new("listmonk", " My   list ", "https://lists.example.com/", "7")
    accounts.add(first, file)
    accounts.add(second, file)
    assert accounts.load(file) == (first, second)
    assert second.name == "My list"
    assert second.url == "https://lists.example.com"
    assert not list(file.parent.glob(".accounts-*"))


def test_a_removed_account_is_gone_and_the_others_stay(file: Path) -> None:
    kept, dropped = (accounts.new("ghost", name, "https://example.com") for name in ("a", "b"))
    accounts.add(kept, file)
    accounts.add(dropped, file)
    accounts.remove(dropped, file)
    assert accounts.load(file) == (kept,)


def test_no_file_means_no_accounts(file: Path) -> None:
    assert accounts.load(file) == ()
    with pytest.raises(AccountError, match="accounts add"):
        accounts.find("x", ())


def test_names_are_unique_whatever_their_case(file: Path) -> None:
    accounts.add(accounts.new("ghost", "Letter", "https://example.com"), file)
    with pytest.raises(AccountError, match="another name"):
        accounts.add(accounts.new("ghost", "LETTER", "https://example.com"), file)
    assert len(accounts.load(file)) == 1


def test_an_account_is_found_by_name_id_or_another_case() -> None:
    account = accounts.new("ghost", "Letter", "https://example.com")
    for name in ("Letter", "letter", account.id):
        assert accounts.find(name, (account,)) is account
    with pytest.raises(AccountError, match="Letter"):
        accounts.find("other", (account,))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"version": 1}',
        '{"version": 1, "accounts": [{}]}',
        '{"version": 1, "accounts": [{"id": 1, "provider": "x", "name": "y", "url": "https://a.b"}]}',
        "[" * 100_000,
        "\ufffd",
    ],
)
def test_a_damaged_file_is_told_and_never_overwritten(file: Path, content: str) -> None:
    file.parent.mkdir()
    file.write_text(content, encoding="utf-8")
    with pytest.raises(AccountError, match="damaged"):
        accounts.add(accounts.new("ghost", "a", "https://example.com"), file)
    assert file.read_text(encoding="utf-8") == content


def test_a_newer_file_is_left_alone(file: Path) -> None:
    file.parent.mkdir()
    file.write_text('{"version": 2, "accounts": []}', encoding="utf-8")
    with pytest.raises(AccountError, match="newer Sendoff"):
        accounts.load(file)


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("https://example.com/", "https://example.com"),
        ("example.com/api/", "https://example.com/api"),
        ("http://127.0.0.1:8047", "http://127.0.0.1:8047"),
        ("http://[::1]:80/x", "http://[::1]:80/x"),
        ("http://localhost:9000/", "http://localhost:9000"),
        ("HTTPS://Example.COM/A?key=1#f", "https://example.com/A"),
    ],
)
def test_addresses_are_cleaned(written: str, used: str) -> None:
    assert accounts.clean_address(written) == used


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com",
        "http://127.0.0.1.example.com",
        "ftp://example.com",
        "https://me:secret@example.com",
        "https://",
        "https://a b",
        "https://example.com:99999999",
        "https://[::1",
        "",
        "https://exa\nmple.com",
    ],
)
def test_an_unsafe_or_broken_address_is_refused(address: str) -> None:
    with pytest.raises(AccountError) as refused:
        accounts.clean_address(address)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("name", ["", "   ", "a\x1b[31m", "x" * 1001])
def test_a_name_must_be_printable(name: str) -> None:
    with pytest.raises(AccountError, match="name"):
        accounts.new("ghost", name, "https://example.com")


def test_two_that_add_at_once_lose_nothing(file: Path) -> None:
    def add(number: int) -> None:
        accounts.add(accounts.new("ghost", f"n{number}", "https://example.com"), file)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {account.name for account in accounts.load(file)} == {f"n{n}" for n in range(8)}


def test_a_lock_left_by_a_crash_does_not_hold_for_ever(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "_PATIENCE", 0.1)
    file.parent.mkdir()
    file.with_name("accounts.json.lock").touch()
    accounts.add(accounts.new("ghost", "a", "https://example.com"), file)
    assert len(accounts.load(file)) == 1


def test_a_failed_write_keeps_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts.add(accounts.new("ghost", "a", "https://example.com"), file)
    before = file.read_bytes()

    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.engagement.accounts.os.fsync", fail)
    with pytest.raises(AccountError, match="No space left"):
        accounts.add(accounts.new("ghost", "b", "https://example.com"), file)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["accounts.json"]


def test_the_file_has_no_place_for_a_key(file: Path) -> None:
    accounts.add(accounts.new("ghost", "a", "https://example.com"), file)
    (stored,) = json.loads(file.read_text(encoding="utf-8"))["accounts"]
    assert set(stored) == {"id", "provider", "name", "url", "publication"}
