"""Keyrings in memory, and the choice of one for a test."""

import keyring
import keyring.backend
import keyring.errors
import pytest


class Locker(keyring.backend.KeyringBackend):
    """A keyring of a chosen module that keeps keys in a dictionary."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("none")


def of_module(module: str) -> Locker:
    """One that says it is of this module, which is all that tells a safe keyring from others."""
    made: type[Locker] = type("Keyring", (Locker,), {"__module__": module})
    return made()


class Chain:
    """What keyring's chainer looks like: several backends, the first one preferred."""

    def __init__(self, *backends: Locker) -> None:
        self.backends = list(backends)


def use(monkeypatch: pytest.MonkeyPatch, backend: object) -> None:
    """This is the system's keyring."""
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
