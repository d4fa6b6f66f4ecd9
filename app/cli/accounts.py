"""``sendoff accounts``: the platforms that issues are sent from, and their keys."""

import argparse
import sys
from typing import TYPE_CHECKING

from app.cli import UsageError

if TYPE_CHECKING:
    from app.cli.main import Subparsers
    from app.engagement.model import Account
    from app.engagement.providers import Tested
    from app.engagement.secrets import Secrets

EXAMPLES = """\
examples:
  sendoff accounts add buttondown --name "The Morning Letter"
  sendoff accounts add ghost --url https://letter.example.com
  sendoff accounts add listmonk --url https://lists.example.com --publication 3
  sendoff accounts add sendoff --url https://news.example.com < key.txt
  sendoff accounts list
  sendoff accounts test "The Morning Letter"
  sendoff accounts remove "The Morning Letter"

The key is asked for, or read from standard input where that is no terminal; it is never an
argument, which other programs could see. It is kept in the system's keyring.

exit status: 0 done; 1 the account does not work (test, add); 2 unusable arguments
"""
_KEYS = {
    "sendoff": "an API key of the server (sendoff server admin keys add)",
    "buttondown": "an API key (Settings, API); to read reports and hand drafts over, never to send",
    "ghost": "a staff access token (your profile), or an integration's Admin API key",
    "listmonk": "an API user and its token, as USER:TOKEN",
}


def add_parser(subparsers: "Subparsers") -> None:
    """Describe the commands."""
    parser = subparsers.add_parser(
        "accounts",
        help="add, list, test and remove accounts at platforms",
        description="The platforms that your issues are sent from.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="add an account, and test it first")
    add.add_argument("provider", choices=tuple(_KEYS), help="the platform")
    add.add_argument("--name", help="what you call it (default: the platform's name)")
    add.add_argument("--url", help="where the platform is; not needed for buttondown")
    add.add_argument(
        "--publication",
        default="",
        metavar="ID",
        help="one publication (newsletter, list) of several that the key may read",
    )
    add.add_argument("--no-test", action="store_true", help="add it without asking the platform")
    listed = actions.add_parser("list", help="list the accounts")
    listed.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    tested = actions.add_parser("test", help="say what works and what the key may not do")
    tested.add_argument("account", metavar="NAME")
    removed = actions.add_parser(
        "remove", help="remove an account, its key, and what was synced from it"
    )
    removed.add_argument("account", metavar="NAME")
    removed.add_argument("--yes", action="store_true", help="do not ask")


def run(arguments: argparse.Namespace) -> int:
    """Do it; 1 where an account does not work."""
    from app.cli.output import forgive_unprintable
    from app.engagement.accounts import AccountError
    from app.engagement.secrets import SecretError
    from app.engagement.store.schema import StoreError

    forgive_unprintable()
    actions = {"add": _add, "list": _list, "test": _test, "remove": _remove}
    try:
        return actions[arguments.action](arguments)
    except (AccountError, SecretError, StoreError) as error:
        raise UsageError(str(error)) from None


def _add(arguments: argparse.Namespace) -> int:
    from app.engagement import accounts, managing
    from app.engagement.providers import PROVIDERS
    from app.engagement.secrets import open_secrets

    provider = arguments.provider
    name = arguments.name or PROVIDERS[provider]
    account = accounts.new(provider, name, _address(arguments), arguments.publication)
    if any(other.name.casefold() == name.casefold() for other in accounts.load()):
        raise UsageError(f"there is an account “{name}” already; choose another name with --name")
    key = _ask_for_key(account)
    if not arguments.no_test:
        tested = _tested(account, key)
        _print_test(tested)
        if len(tested.publications) > 1 and not account.publication:
            print("To read one of these only, add it with --publication ID.")
        if not tested.ok:
            print("The account was not added.", file=sys.stderr)
            return 1
    secrets = open_secrets()
    managing.add(account, key, secrets)
    print(f"Added “{account.name}”. Next:  sendoff sync")
    _tell_where_the_key_is(account, secrets)
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from app.cli.output import print_json, printable
    from app.engagement.accounts import load
    from app.engagement.providers import PROVIDERS

    accounts = load()
    if arguments.json:
        fields = ("name", "provider", "url", "publication")
        listed = [{name: getattr(account, name) for name in fields} for account in accounts]
        print_json({"version": 1, "accounts": listed})
    elif not accounts:
        print("There is no account yet. Add one:  sendoff accounts add")
    else:
        width = max(len(account.name) for account in accounts)
        for account in accounts:
            platform = PROVIDERS.get(account.provider, account.provider)
            only = f"  ({account.publication})" if account.publication else ""
            name = printable(account.name)
            print(f"{name:<{width}}  {printable(platform)}  {account.url}{printable(only)}")
    return 0


def _test(arguments: argparse.Namespace) -> int:
    from app.engagement.accounts import find, load
    from app.engagement.secrets import open_secrets

    account = find(arguments.account, load())
    key = open_secrets().get(account) or _ask_for_key(account)
    tested = _tested(account, key)
    _print_test(tested)
    return 0 if tested.ok else 1


def _remove(arguments: argparse.Namespace) -> int:
    from app.engagement import accounts, managing
    from app.engagement.secrets import open_secrets

    account = accounts.find(arguments.account, accounts.load())
    if not arguments.yes:
        if not sys.stdin.isatty():
            raise UsageError("say --yes to remove an account without being asked")
        question = f"Remove “{account.name}”, its key and all figures synced from it? [y/N] "
        if input(question).strip().casefold() not in {"y", "yes"}:
            print("Nothing was changed.")
            return 0
    left = managing.remove(account, open_secrets())
    print(f"Removed “{account.name}”. The platform itself was not changed.")
    if left:
        print(left, file=sys.stderr)
    return 1 if left else 0


def _address(arguments: argparse.Namespace) -> str:
    from app.engagement.providers.buttondown import ADDRESS

    if arguments.url:
        return str(arguments.url)
    if arguments.provider == "buttondown":
        return ADDRESS
    raise UsageError(f"--url is needed for {arguments.provider}: where it is, with https://")


def _ask_for_key(account: "Account") -> str:
    """From the terminal, unseen; or the first line of standard input."""
    from app.engagement.accounts import clean_key

    if sys.stdin.isatty():
        from getpass import getpass

        print(f"The key: {_KEYS.get(account.provider, 'of the platform')}.")
        key = getpass(f"Key for “{account.name}” (is not shown): ").strip()
    else:
        key = sys.stdin.readline(10_000).strip()
    if not key:
        raise UsageError("no key was given; it is asked for, or read from standard input")
    return clean_key(key)


def _tested(account: "Account", key: str) -> "Tested":
    from app.engagement.managing import Trial
    from app.engagement.providers import Tested

    return Trial(account, key).run() or Tested(False)


def _print_test(tested: "Tested") -> None:
    from app.cli.output import printable

    for sentence in tested.works:
        print(f"✓ {printable(sentence)}")
    for sentence in tested.lacks:
        print(f"{'○' if tested.ok else '▲'} {printable(sentence)}")
    for ident, name in tested.publications:
        print(f"  {printable(ident)}  {printable(name)}")


def _tell_where_the_key_is(account: "Account", secrets: "Secrets") -> None:
    if secrets.is_lasting:
        print(secrets.explanation)
        return
    from app.engagement.secrets import variable

    print(f"The key was not kept. {secrets.explanation}", file=sys.stderr)
    print(f"For this account:  {variable(account)}=… sendoff sync", file=sys.stderr)
