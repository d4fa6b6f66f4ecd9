"""Keys of services: the environment first, then where the keys of accounts are kept."""

import pytest

from app.engagement.secrets import open_secrets
from app.engagement.service_keys import SPAMHAUS, WEB_RISK, check_server, key_of
from tests.support.keyrings import Chain, of_module, use


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WEB_RISK", "SPAMHAUS"):
        monkeypatch.delenv(f"SENDOFF_{name}_KEY", raising=False)


def test_the_keyring_has_them_under_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = of_module("keyring.backends.SecretService")
    use(monkeypatch, backend)
    assert key_of(WEB_RISK) is None
    open_secrets().put(WEB_RISK, "w")
    open_secrets().put(SPAMHAUS, "s")
    assert backend.kept == {("sendoff", "web-risk"): "w", ("sendoff", "spamhaus"): "s"}
    assert (key_of(WEB_RISK), key_of(SPAMHAUS)) == ("w", "s")


def test_the_environment_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = of_module("keyring.backends.SecretService")
    use(monkeypatch, backend)
    open_secrets().put(WEB_RISK, "kept")
    monkeypatch.setenv("SENDOFF_WEB_RISK_KEY", " given \n")
    assert key_of(WEB_RISK) == "given"
    monkeypatch.setenv("SENDOFF_WEB_RISK_KEY", "")
    assert key_of(WEB_RISK) == "kept"


def test_a_keyring_of_plain_text_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = of_module("keyrings.alt.file")
    plain.set_password("sendoff", "web-risk", "lying about")
    use(monkeypatch, Chain(plain))
    assert key_of(WEB_RISK) is None


def test_the_key_of_a_server_belongs_to_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, of_module("keyring.backends.SecretService"))
    open_secrets().put(check_server("https://one.example/"), "k")
    assert key_of(check_server("https://one.example")) == "k"
    assert key_of(check_server("https://two.example")) is None
    assert key_of(check_server("http://one.example")) is None
