"""What links are checked with besides this computer: the services that are on, a server, the keys.

No Qt: all of it is got together in a thread, since a keyring may ask its owner for a password.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.paths import cache_dir, config_dir

if TYPE_CHECKING:
    from app.engagement.model import Account
    from app.linkcheck.remote import CheckServer
    from app.linkcheck.reputation.service import NamedService
    from app.linkcheck.reputation.settings import Keys, ReputationSettings, Service
    from app.ui.settings import Settings

LOCAL, SERVER, SERVER_OR_LOCAL = "local", "server", "server_or_local"
PLATFORM = "sendoff"
"""Accounts of this platform are servers that check links, too."""


@dataclass(frozen=True, slots=True)
class Means:
    """What there is; ``reputation_trouble`` and ``server_trouble`` say in plain words what of the
    settings could not be had, and are empty otherwise.
    """

    services: "tuple[NamedService, ...]" = ()
    server: "CheckServer | None" = None
    reputation_trouble: str = ""
    server_trouble: str = ""


def gather(settings: "Settings") -> Means:
    """Make what the settings have on; for any thread but the window's. Opens and asks nothing."""
    services, troubles = _services(settings)
    server, server_trouble = check_server(settings)
    return Means(services, server, " ".join(troubles), server_trouble)


def own_list() -> Path:
    """The writer's own list of blocked and allowed links."""
    from app.linkcheck.reputation.build import OWN_LIST

    return config_dir() / OWN_LIST


def accounts_that_check() -> "tuple[Account, ...]":
    """The accounts whose servers can check links. Raises AccountError."""
    from app.engagement import accounts

    return tuple(each for each in accounts.load() if each.provider == PLATFORM)


def check_server(settings: "Settings", typed: str = "") -> "tuple[CheckServer | None, str]":
    """The server that these settings name, or why there is none, in plain words.

    ``typed`` is a key that is not kept yet.
    """
    if settings.check_where == LOCAL:
        return None, ""
    from app.engagement.accounts import AccountError
    from app.engagement.secrets import SecretError
    from app.engagement.service_keys import check_server as key_holder
    from app.engagement.service_keys import key_of
    from app.linkcheck.remote import CheckServer, CheckServerError

    try:
        if settings.check_account:
            account, address = _account(settings.check_account)
        else:
            account, address = key_holder(settings.check_server), settings.check_server
        if not address:
            return None, "No server is chosen yet."
        key = typed or key_of(account)
        if key is None:
            return None, "There is no key for the server that checks links."
        return CheckServer(address, key, settings.check_where == SERVER_OR_LOCAL), ""
    except (AccountError, SecretError, CheckServerError) as error:
        return None, str(error)


def service_keys(on: "frozenset[Service]") -> "Keys":
    """The keys that these services have. Raises SecretError, and ValueError for what is no key."""
    from app.engagement.service_keys import SPAMHAUS, WEB_RISK, key_of
    from app.linkcheck.reputation.settings import ABOUT, Keys, Service

    wants_web_risk = any(ABOUT[each].needs_key for each in on)
    return Keys(
        web_risk=key_of(WEB_RISK) if wants_web_risk else None,
        spamhaus=key_of(SPAMHAUS) if Service.DBL in on else None,
    )


def _services(settings: "Settings") -> "tuple[tuple[NamedService, ...], list[str]]":
    chosen = frozenset(settings.reputation)
    if not chosen and not settings.team_list and not own_list().exists():
        return (), []
    from app.linkcheck.reputation.build import make_services

    wanted, keys, troubles = _reputation(settings)
    return make_services(wanted, keys, cache=cache_dir(), config=config_dir()), troubles


def _reputation(settings: "Settings") -> "tuple[ReputationSettings, Keys, list[str]]":
    """What can be turned on of what is on, and why the rest cannot."""
    from app.engagement.secrets import SecretError
    from app.linkcheck.reputation.settings import (
        ABOUT,
        Keys,
        ReputationSettings,
        Service,
        read_name_servers,
    )

    troubles, keys, servers = [], Keys(), None
    on = frozenset(each for each in Service if each.value in settings.reputation)
    with_key = frozenset(each for each in on if ABOUT[each].needs_key or each is Service.DBL)
    try:
        keys = service_keys(with_key)
    except (SecretError, ValueError) as error:
        words = str(error).rstrip(".")
        troubles.append(f"{words[:1].upper()}{words[1:]}.")
        on -= with_key
    for service in sorted(on):
        if ABOUT[service].needs_key and keys.web_risk is None:
            troubles.append(f"{ABOUT[service].name} is on, but it has no key.")
            on -= {service}
    try:
        servers = read_name_servers(settings.name_servers)
    except ValueError as error:
        troubles.append(f"The name servers cannot be used: {error}.")
        on -= {Service.SURBL, Service.DBL}
    team = Path(settings.team_list) if settings.team_list else None
    return ReputationSettings(on, team, servers), keys, troubles


def _account(ident: str) -> "tuple[Account, str]":
    from app.engagement.accounts import AccountError

    for account in accounts_that_check():
        if account.id == ident:
            return account, account.url
    raise AccountError("The account whose server checks links was removed.")
