"""The writer's accounts at sending platforms: ``accounts.json`` in the config folder, no key in it.

The file is small and seldom written. Each change reads it anew and replaces it whole, under a lock
that several windows and commands share.
"""

import contextlib
import json
import os
import re
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from app import paths
from app.engagement.http import is_loopback
from app.engagement.model import Account
from app.speech import say

VERSION = 1
_LONGEST = 1000
_PATIENCE = 5.0
"""Seconds to wait for another window or command that changes accounts."""

_LIMIT = 4 << 20


class AccountError(Exception):
    """An account cannot be added, found or read; the message says what can be done."""


def accounts_file() -> Path:
    """Where accounts are described."""
    return paths.config_dir() / "accounts.json"


def load(file: Path | None = None) -> tuple[Account, ...]:
    """All accounts in the order of their adding. Raises AccountError for a file that is damaged."""
    file = file or accounts_file()
    try:
        with file.open("rb") as opened:
            data = opened.read(_LIMIT)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise AccountError(
            say("{file} cannot be read: {strerror}.", file=file, strerror=error.strerror)
        ) from None
    try:
        return _accounts(json.loads(data))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise AccountError(
            say(
                "{file} is damaged. Nothing was changed. Mend it, or move it away and "
                "add the accounts again: what was synced stays.",
                file=file,
            )
        ) from None


def find(name: str, accounts: tuple[Account, ...]) -> Account:
    """The account of this name or id. Raises AccountError, which lists the names there are."""
    for account in accounts:
        if name in (account.id, account.name):
            return account
    close = [account for account in accounts if account.name.casefold() == name.casefold()]
    if len(close) == 1:
        return close[0]
    if not accounts:
        raise AccountError("There is no account yet. Add one:  sendoff accounts add")
    names = ", ".join(account.name for account in accounts)
    raise AccountError(
        say("There is no account “{name}”. There are: {names}.", name=name, names=names)
    )


def new(provider: str, name: str, url: str, publication: str = "") -> Account:
    """An account that is not stored yet. Raises AccountError for an unusable name or address."""
    return Account(
        id=secrets.token_hex(8),
        provider=provider,
        name=clean_name(name),
        url=clean_address(url),
        publication=publication.strip(),
    )


def add(account: Account, file: Path | None = None) -> None:
    """Store a new account. Raises AccountError, also where its name is taken."""

    def change(accounts: tuple[Account, ...]) -> tuple[Account, ...]:
        _check_free(account, accounts)
        return (*accounts, account)

    _change(change, file)


def rename(account: Account, name: str, file: Path | None = None) -> Account:
    """Call an account otherwise; what was synced stays. Raises AccountError."""
    renamed = replace(account, name=clean_name(name))

    def change(accounts: tuple[Account, ...]) -> tuple[Account, ...]:
        if all(other.id != account.id for other in accounts):
            raise AccountError(say("“{name}” was removed meanwhile.", name=account.name))
        _check_free(renamed, accounts)
        return tuple(renamed if other.id == account.id else other for other in accounts)

    _change(change, file)
    return renamed


def remove(account: Account, file: Path | None = None) -> None:
    """Take an account from the list; what was synced of it is not touched. Raises AccountError."""
    _change(lambda all_: tuple(other for other in all_ if other.id != account.id), file)


def clean_name(text: str) -> str:
    """A name as it is kept. Raises AccountError in plain words."""
    name = " ".join(text.split())
    if not name or len(name) > _LONGEST or not name.isprintable():
        raise AccountError(say("An account needs a name of printable characters."))
    return name


def clean_key(text: str) -> str:
    """A key as it is sent. Raises AccountError, which does not hold it."""
    key = text.strip()
    if not key:
        raise AccountError(say("The key is missing."))
    if not (key.isascii() and key.isprintable()):
        raise AccountError(say("The key holds signs that no key has. Was it copied whole?"))
    return key


def clean_address(text: str) -> str:
    """An API's address as it is used. Raises AccountError in plain words.

    ``http`` only on loopback: a key never travels unencrypted. Nor may an address hold a password,
    which would be written down with it.
    """
    text = text.strip()
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise AccountError(f"This is no web address: {text[:100]}") from None
    if parts.username is not None or parts.password is not None:
        raise AccountError(
            say("The address must not hold a user or password: the key is asked for.")
        )
    if not host or not text.isprintable() or re.search(r"[\s\\<>\"]", text):
        raise AccountError(f"This is no web address: {text[:100]}")
    if parts.scheme not in ("https", "http"):
        raise AccountError("The address must begin with https://")
    if parts.scheme == "http" and not is_loopback(host):
        raise AccountError(
            say("The address must begin with https://, or the key could be read by all.")
        )
    netloc = f"[{host}]" if ":" in host else host
    if port is not None:
        netloc += f":{port}"
    return urlunsplit((parts.scheme, netloc, parts.path.rstrip("/"), "", ""))


def _check_free(account: Account, accounts: tuple[Account, ...]) -> None:
    if any(
        other.name.casefold() == account.name.casefold() and other.id != account.id
        for other in accounts
    ):
        raise AccountError(
            say(
                "There is an account “{name}” already. Choose another name, or remove "
                "that one first.",
                name=account.name,
            )
        )


def _accounts(whole: object) -> tuple[Account, ...]:
    if not isinstance(whole, dict):
        raise TypeError
    if whole["version"] != VERSION:
        raise AccountError(
            say("The accounts were written by a newer Sendoff. Update this one to use them.")
        )
    accounts = tuple(_account(each) for each in whole["accounts"])
    if len({account.id for account in accounts}) != len(accounts):
        raise ValueError
    return accounts


def _account(each: dict[str, object]) -> Account:
    fields = [each[name] for name in ("id", "provider", "name", "url")]
    fields.append(each.get("publication", ""))
    texts = [field for field in fields if isinstance(field, str) and len(field) <= _LONGEST]
    if len(texts) != len(fields) or not texts[0] or not texts[2]:
        raise ValueError
    ident, provider, name, url, publication = texts
    return Account(ident, provider, name, clean_address(url), publication)


def _change(
    change: Callable[[tuple[Account, ...]], tuple[Account, ...]], file: Path | None
) -> None:
    file = file or accounts_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with _locked(file.with_name(file.name + ".lock")):
            _write(file, change(load(file)))
    except OSError as error:
        raise AccountError(
            say("{file} cannot be written: {strerror}.", file=file, strerror=error.strerror)
        ) from None


def _write(file: Path, accounts: tuple[Account, ...]) -> None:
    whole = {"version": VERSION, "accounts": [asdict(account) for account in accounts]}
    data = json.dumps(whole, ensure_ascii=False, indent=2).encode() + b"\n"
    descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=".accounts-")
    try:
        with open(descriptor, "wb") as opened:  # noqa: PTH123 - takes the descriptor over
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        Path(temporary).replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
    if sys.platform != "win32":
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextlib.contextmanager
def _locked(lock: Path) -> Iterator[None]:
    """Hold the lock file; one that a crash left behind is taken over after the patience."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            if time.monotonic() > deadline:
                lock.unlink(missing_ok=True)
        time.sleep(0.02)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
