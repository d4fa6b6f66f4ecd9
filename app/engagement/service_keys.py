"""Keys of services that are no sending platform, kept as the keys of accounts are.

Each is an account to `secrets`: the keyring has it under the account's id.
"""

import os
from urllib.parse import urlsplit

from app.engagement.model import Account
from app.engagement.secrets import open_secrets, variable

WEB_RISK = Account("web-risk", "service", "Web Risk", "https://webrisk.googleapis.com")
SPAMHAUS = Account("spamhaus", "service", "Spamhaus", "https://www.spamhaus.com")
_VARIABLES = {WEB_RISK.id: "SENDOFF_WEB_RISK_KEY", SPAMHAUS.id: "SENDOFF_SPAMHAUS_KEY"}
"""Also for ``sendoff check``; the environment goes first."""


def check_server(address: str) -> Account:
    """A server that checks links and is no account: its key belongs to this address alone."""
    parts = urlsplit(address)
    return Account(f"check-server {parts.scheme}://{parts.netloc}", "service", "Check server", "")


def variable_of(account: Account) -> str:
    """The variable of the environment that can give the key."""
    return _VARIABLES.get(account.id) or variable(account)


def given(account: Account) -> str:
    """The variable of the environment that gives the key; empty where none does."""
    names = (_VARIABLES.get(account.id, ""), variable(account))
    return next((name for name in names if os.environ.get(name, "").strip()), "")


def key_of(account: Account) -> str | None:
    """The key of a service or an account; None where there is none. Raises SecretError."""
    given = os.environ.get(_VARIABLES.get(account.id, ""), "").strip()
    return given or open_secrets().get(account)
