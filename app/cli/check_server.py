"""``sendoff check --server``: which server checks the links, and with which key."""

import os
from typing import TYPE_CHECKING

from app.cli import UsageError

if TYPE_CHECKING:
    from app.linkcheck.remote import CheckServer

VARIABLE = "SENDOFF_SERVER_KEY"
_PROVIDER = "sendoff"


def check_server(address: str, *, falls_back: bool) -> "CheckServer":
    """The server at ``address``; its key comes from the environment, else from the keyring, where
    an account of the app has this address. Raises UsageError.
    """
    from app.linkcheck.remote import CheckServer, CheckServerError

    key = os.environ.get(VARIABLE) or _kept_key(address)
    if not key:
        raise UsageError(
            f"--server: there is no key for {address}. Set {VARIABLE} to a key with the scope "
            "“link-check”, or add the server as an account:  sendoff accounts add sendoff"
        )
    try:
        return CheckServer(address, key.strip(), falls_back)
    except CheckServerError as error:
        raise UsageError(f"--server: {error}") from None


def _kept_key(address: str) -> str | None:
    """The key of an account with this address; None where there is none."""
    from app.engagement import accounts
    from app.engagement.secrets import SecretError, open_secrets
    from app.linkcheck.urls import parse

    try:
        wanted = parse(address)
        for account in accounts.load():
            found = parse(account.url)
            same = wanted is not None and found is not None and wanted.origin == found.origin
            if account.provider == _PROVIDER and same:
                return open_secrets().get(account)
    except (accounts.AccountError, SecretError) as error:
        raise UsageError(f"--server: {error}") from None
    return None
