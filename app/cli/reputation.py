"""The reputation services of ``sendoff check``: by name, with keys that are never arguments."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import UsageError
from app.paths import cache_dir, config_dir

if TYPE_CHECKING:
    from app.linkcheck.reputation.lists import OwnLists
    from app.linkcheck.reputation.service import NamedService
    from app.linkcheck.reputation.settings import Keys, Service

HELP = """\
reputation services, each off unless named:
  web-risk         Google Web Risk by local lists: no address leaves this computer
  web-risk-lookup  Google Web Risk by look-up: each address is sent to Google
  surbl            SURBL: host names are sent by DNS
  dbl              Spamhaus DBL: host names are sent by DNS

Keys come from the system's keyring (service “sendoff”, names “web-risk” and “spamhaus”) or from the
environment: SENDOFF_WEB_RISK_KEY, SENDOFF_SPAMHAUS_KEY. What you block or allow yourself stands in
link-list.txt in the folder of the settings, and in the file of --link-list.
"""
_VARIABLES = "SENDOFF_WEB_RISK_KEY or SENDOFF_SPAMHAUS_KEY"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe what has to do with reputation."""
    add = parser.add_argument
    add("--reputation", metavar="NAME", nargs="+", default=(), help="reputation services to ask")
    add("--link-list", metavar="LIST", type=Path, help="a team's file of blocked and allowed links")
    add("--name-server", metavar="ADDRESS", help="ask surbl and dbl there, not at the system's")


def open_services(arguments: argparse.Namespace, *, use_cache: bool) -> "tuple[NamedService, ...]":
    """The services that are wanted; nothing is imported for none.

    Raises:
        UsageError: a name is none, a key is missing or none, or the list cannot be read.
    """
    names, team_list = arguments.reputation, arguments.link_list
    own_list = config_dir() / "link-list.txt"
    if not names and team_list is None and not own_list.exists():
        return ()
    from app.linkcheck.reputation.build import KeyMissingError, make_services
    from app.linkcheck.reputation.settings import ReputationSettings, Service

    if strange := [name for name in names if name not in tuple(Service)]:
        known = ", ".join(Service)
        raise UsageError(
            f"{strange[0]!r} is no reputation service; there are {known}. "
            "Put drafts before --reputation, or after “--”."
        )
    if team_list is not None:
        _see_that_it_is_there(team_list)
    on = frozenset(Service(name) for name in names)
    settings = ReputationSettings(on, team_list, _name_servers(arguments.name_server))
    try:
        folders = {"cache": cache_dir(), "config": config_dir()}
        return make_services(settings, _keys(on), **folders, keep_answers=use_cache)
    except ValueError as error:
        raise UsageError(str(error)) from None
    except KeyMissingError:
        raise UsageError(
            "Web Risk needs a key of your own: set SENDOFF_WEB_RISK_KEY, or keep it in the keyring."
        ) from None


def open_lists(arguments: argparse.Namespace) -> "OwnLists | None":
    """The writer's own lists alone, which ask nobody; None where there is none.

    Raises:
        UsageError: the team's list cannot be read.
    """
    files = [file for file in (config_dir() / "link-list.txt",) if file.exists()]
    if arguments.link_list is not None:
        _see_that_it_is_there(arguments.link_list)
        files.append(arguments.link_list)
    if not files:
        return None
    from app.linkcheck.reputation.lists import OwnLists

    return OwnLists(files)


def tell_problems(services: "Sequence[NamedService]") -> None:
    """Say once, and not on every link, which service could not be used and why."""
    for service in services:
        if service.problem:
            print(f"sendoff: {service.name} was no use: {service.problem}", file=sys.stderr)


def tell_wrong_lines(services: "Sequence[NamedService]") -> None:
    """Name the lines of lists that are no rules."""
    if not services:
        return
    from app.linkcheck.reputation.lists import OwnLists

    for service in services:
        if isinstance(service, OwnLists):
            for file, errors in service.errors.items():
                for error in errors:
                    print(f"sendoff: {file}:{error.line}: {error.message}", file=sys.stderr)


def _see_that_it_is_there(team_list: Path) -> None:
    try:
        with team_list.open("rb"):
            pass
    except OSError as error:
        raise UsageError(f"{team_list}: {error.strerror or 'it cannot be read'}") from None


def _name_servers(text: str | None) -> tuple[tuple[str, int], ...] | None:
    from app.linkcheck.reputation.settings import read_name_servers

    try:
        return read_name_servers(text or "")
    except ValueError as error:
        raise UsageError(f"--name-server: {error}") from None


def _keys(on: "frozenset[Service]") -> "Keys":
    """What the services that are on need, from the environment or the system's keyring."""
    from app.engagement.secrets import SecretError
    from app.engagement.service_keys import SPAMHAUS, WEB_RISK, key_of
    from app.linkcheck.reputation.settings import Keys, Service

    needs_web_risk = on & {Service.WEB_RISK, Service.WEB_RISK_LOOKUP}
    try:
        return Keys(
            web_risk=key_of(WEB_RISK) if needs_web_risk else None,
            spamhaus=key_of(SPAMHAUS) if Service.DBL in on else None,
        )
    except SecretError as error:
        raise UsageError(f"{error} Or set {_VARIABLES}.") from None
