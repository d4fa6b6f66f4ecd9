"""Keys: only in keyrings that encrypt, else in memory; never a key in a message."""

import sys
from types import ModuleType

import keyring
import keyring.backend
import keyring.errors
import pytest

from app.engagement import secrets
from app.engagement.accounts import new
from app.engagement.secrets import KeyringSecrets, SecretError, SessionSecrets, open_secrets
from tests.support.keyrings import Chain, Locker, of_module, use

ACCOUNT = new("ghost", "My Letter", "https://example.com")
KEY = "0123456789abcdef:very-secret"


@pytest.mark.parametrize("name", ["SecretService", "kwallet", "libsecret", "macOS", "Windows"])
def test_the_systems_keyrings_keep_keys(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    backend = of_module(f"keyring.backends.{name}")
    use(monkeypatch, backend)
    kept = open_secrets()
    assert kept.is_lasting
    kept.put(ACCOUNT, KEY)
    assert kept.get(ACCOUNT) == KEY
    assert backend.kept == {("sendoff", ACCOUNT.id): KEY}
    kept.forget(ACCOUNT)
    kept.forget(ACCOUNT)
    assert kept.get(ACCOUNT) is None


@pytest.mark.parametrize(
    "module",
    [
        "keyrings.alt.file",
        "keyring.backends.null",
        "keyring.backends.fail",
        "keyrings.cryptfile.cryptfile",
        "keyring.backends.SecretService.evil",
    ],
)
def test_any_other_keyring_is_refused_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    backend = of_module(module)
    use(monkeypatch, backend)
    kept = open_secrets()
    assert not kept.is_lasting
    assert "in memory only" in kept.explanation
    assert "SENDOFF_KEY_NAME" in kept.explanation
    kept.put(ACCOUNT, KEY)
    assert kept.get(ACCOUNT) == KEY
    assert backend.kept == {}
    kept.forget(ACCOUNT)
    assert kept.get(ACCOUNT) is None


def test_a_plain_text_keyring_is_named_in_the_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, of_module("keyrings.alt.file"))
    assert "keyrings.alt.file.Keyring, was refused" in open_secrets().explanation


def test_of_a_chain_only_the_trusted_link_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, safe = of_module("keyrings.alt.file"), of_module("keyring.backends.SecretService")
    use(monkeypatch, Chain(plain, safe))
    kept = open_secrets()
    kept.put(ACCOUNT, KEY)
    assert not plain.kept
    assert list(safe.kept.values()) == [KEY]


def test_keyring_itself_may_be_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError(KEY)

    monkeypatch.setattr(keyring, "get_keyring", broken)
    kept = open_secrets()
    assert not kept.is_lasting
    assert KEY not in kept.explanation


def test_without_the_library_keys_stay_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert not open_secrets().is_lasting


def test_the_real_keyring_of_this_machine_is_judged_by_its_module() -> None:
    kept = open_secrets()
    assert isinstance(kept, KeyringSecrets | SessionSecrets)
    assert kept.explanation


@pytest.mark.parametrize("what", ["get_password", "set_password"])
def test_a_failing_keyring_is_told_without_its_words(
    monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    backend = of_module("keyring.backends.SecretService")

    def fail(*_arguments: str) -> None:
        raise keyring.errors.KeyringLocked(f"could not use {KEY}")

    monkeypatch.setattr(backend, what, fail)
    kept = KeyringSecrets(backend)
    with pytest.raises(SecretError, match="locked") as failed:
        kept.put(ACCOUNT, KEY)
    assert KEY not in str(failed.value)
    assert failed.value.__cause__ is None


def test_a_keyring_that_swallows_keys_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = of_module("keyring.backends.SecretService")
    monkeypatch.setattr(backend, "set_password", lambda *_: None)
    with pytest.raises(SecretError, match="did not keep"):
        KeyringSecrets(backend).put(ACCOUNT, KEY)


@pytest.mark.parametrize("lasting", [True, False])
def test_the_environment_may_give_a_key(monkeypatch: pytest.MonkeyPatch, lasting: bool) -> None:
    kept = KeyringSecrets(Locker()) if lasting else SessionSecrets("")
    monkeypatch.setenv("SENDOFF_KEY_MY_LETTER", KEY)
    assert kept.get(ACCOUNT) == KEY
    assert secrets.variable(new("ghost", "Ünï & co.", "https://a.example")) == "SENDOFF_KEY_N_CO"


def test_the_trusted_modules_exist() -> None:
    # A backend that keyring renames would silently no longer be used.
    import importlib.util

    assert isinstance(keyring, ModuleType)
    for module in secrets.TRUSTED:
        assert importlib.util.find_spec(module) is not None
