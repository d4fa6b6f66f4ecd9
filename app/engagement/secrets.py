"""Where the keys of accounts are kept: the system's own keyring, or this session's memory.

Only backends that encrypt are trusted. `keyring` picks whatever is installed, among it backends
that write plain text into the home folder or that keep nothing at all
(https://keyring.readthedocs.io/en/latest/#third-party-backends); those are refused here, and the
reason and the way out are told.
"""

import os
import re
from typing import TYPE_CHECKING, Protocol

from app.engagement.model import Account
from app.speech import mark, say

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "sendoff"
ENVIRONMENT = "SENDOFF_KEY_"

TRUSTED = frozenset(
    f"keyring.backends.{name}"
    for name in ("SecretService", "kwallet", "libsecret", "macOS", "Windows")
)
"""Modules whose backends leave the keeping to the system (Secret Service, KWallet, Keychain,
Credential Locker)."""

ANY_VARIABLE = f"{ENVIRONMENT}NAME (the account's name in capitals, _ for other signs)"
_WAY_OUT = mark(
    "Until there is one, keys are kept in memory only, and are asked for again after "
    "a restart. To keep them: start or install the system's keyring (GNOME Keyring, "
    "KWallet, KeePassXC's Secret Service), unlock it, and add the key again. Where "
    "no keyring can be, set the environment variable {variable}."
)


class SecretError(Exception):
    """A key cannot be kept or read; the message is for the writer, and holds no key."""


class Secrets(Protocol):
    """A place for keys."""

    @property
    def is_lasting(self) -> bool:
        """Whether a key is still there after a restart."""

    @property
    def explanation(self) -> str:
        """In plain words: where keys are kept, or why nowhere and what can be done."""

    def get(self, account: Account) -> str | None:
        """The account's key; None where there is none. Raises SecretError."""

    def put(self, account: Account, key: str) -> None:
        """Keep a key. Raises SecretError."""

    def forget(self, account: Account) -> None:
        """Delete the account's key, if there is one. Raises SecretError."""


_IN_MEMORY: dict[str, str] = {}
"""Keys of this session by account: of the whole program, as sync and dialogs both need them."""


class SessionSecrets:
    """Keys in memory, and what the environment gives; nothing is written anywhere."""

    is_lasting = False

    def __init__(self, explanation: str) -> None:
        self.explanation = explanation

    def get(self, account: Account) -> str | None:
        """The key of this session, or the environment's."""
        return _IN_MEMORY.get(account.id) or from_environment(account)

    def put(self, account: Account, key: str) -> None:
        """Keep a key until the program ends."""
        _IN_MEMORY[account.id] = key

    def forget(self, account: Account) -> None:
        """Drop the key."""
        _IN_MEMORY.pop(account.id, None)


class KeyringSecrets:
    """Keys in the system's keyring; the environment goes first, as whoever sets it means it, then
    what the writer chose to keep in memory when the keyring failed.
    """

    is_lasting = True

    def __init__(self, backend: "KeyringBackend") -> None:
        self._backend = backend
        self.explanation = say("Keys are kept in the system's keyring ({name}).", name=backend.name)

    def get(self, account: Account) -> str | None:
        """The account's key; None where there is none. Raises SecretError."""
        given = from_environment(account) or _IN_MEMORY.get(account.id)
        if given is not None:
            return given
        try:
            return self._backend.get_password(SERVICE, account.id)
        except Exception as error:  # noqa: BLE001 - each backend raises errors of its own kinds
            raise _failed("read", error) from None

    def put(self, account: Account, key: str) -> None:
        """Keep a key, and see that it is really there. Raises SecretError."""
        try:
            self._backend.set_password(SERVICE, account.id, key)
            kept = self._backend.get_password(SERVICE, account.id)
        except Exception as error:  # noqa: BLE001 - as above
            raise _failed("keep", error) from None
        if kept != key:
            raise SecretError(_joined(say("The system's keyring did not keep the key.")))
        _IN_MEMORY.pop(account.id, None)

    def forget(self, account: Account) -> None:
        """Delete the account's key, if there is one. Raises SecretError."""
        _IN_MEMORY.pop(account.id, None)
        try:
            if self._backend.get_password(SERVICE, account.id) is not None:
                self._backend.delete_password(SERVICE, account.id)
        except Exception as error:  # noqa: BLE001 - as above
            raise _failed("delete", error) from None


def open_secrets() -> Secrets:
    """The system's keyring where it can be trusted, else this session's memory."""
    try:
        import keyring

        chosen = keyring.get_keyring()
    except Exception as error:  # noqa: BLE001 - a broken configuration or plug-in is no keyring
        return SessionSecrets(
            _joined(say("The keyring cannot be used ({name}).", name=type(error).__name__))
        )
    candidates = getattr(chosen, "backends", None) or [chosen]
    for backend in candidates:
        if is_trusted(backend):
            return KeyringSecrets(backend)
    return SessionSecrets(_joined(_refusal(candidates[0])))


def is_trusted(backend: "KeyringBackend") -> bool:
    """Whether a backend leaves keys to the system, encrypted."""
    return type(backend).__module__ in TRUSTED


def from_environment(account: Account) -> str | None:
    """The key that the environment gives for an account; None where it gives none."""
    return os.environ.get(variable(account)) or None


def variable(account: Account) -> str:
    """The environment variable for an account's key: ``SENDOFF_KEY_THE_LETTER``."""
    return ENVIRONMENT + re.sub(r"[^A-Z0-9]+", "_", account.name.upper()).strip("_")


def _refusal(backend: "KeyringBackend") -> str:
    kind = type(backend)
    if kind.__module__ in {"keyring.backends.fail", "keyring.backends.null"}:
        return say("This system has no keyring that is running.")
    return say(
        "The keyring in use, {module}.{name}, was refused: keys may be written down "
        "unencrypted there.",
        module=kind.__module__,
        name=kind.__name__,
    )


def _failed(what: str, error: Exception) -> SecretError:
    # The kind of error only: a backend's message may quote what it was given.
    return SecretError(
        say(
            "The system's keyring could not {what} the key ({name}). Is it locked? "
            "Unlock it and try again.",
            what=what,
            name=type(error).__name__,
        )
    )


def _joined(trouble: str) -> str:
    """With what can be done."""
    return f"{trouble} {say(_WAY_OUT, variable=ANY_VARIABLE)}"
