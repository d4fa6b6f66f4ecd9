"""``sendoff sync``: fetch what is new at the platforms where issues were sent."""

import argparse
import sys
from typing import TYPE_CHECKING

from app.cli import UsageError

if TYPE_CHECKING:
    from app.cli.main import Subparsers
    from app.engagement.model import Account
    from app.engagement.store.store import Store
    from app.engagement.sync.engine import Progress
    from app.engagement.sync.state import Outcome

EXAMPLES = """\
examples:
  sendoff sync                     all accounts
  sendoff sync --account "The Morning Letter"
  sendoff sync --json

An interrupted sync goes on where it ended. See also: sendoff accounts, sendoff report

exit status: 0 everything is current; 1 something could not be fetched; 2 unusable arguments;
3 offline
"""


def add_parser(subparsers: "Subparsers") -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "sync",
        help="fetch what is new at the platforms",
        description="Fetch what is new at the platforms where your issues were sent.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--account", metavar="NAME", help="only this account (default: all)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")


def run(arguments: argparse.Namespace) -> int:
    """Sync; 1 when an account is not current, 3 when all are offline."""
    import asyncio

    from app.cli.output import forgive_unprintable, print_json
    from app.engagement.accounts import AccountError, find, load
    from app.engagement.store.schema import StoreError
    from app.engagement.store.store import Store

    try:
        accounts = load()
        if arguments.account is not None or not accounts:
            accounts = (find(arguments.account or "", accounts),)
        store = Store()
    except (AccountError, StoreError) as error:
        raise UsageError(str(error)) from error
    shown = _Progress(accounts) if sys.stderr.isatty() and not arguments.json else None
    try:
        outcomes = asyncio.run(_sync(accounts, store, shown))
        objects = [
            _object(account, outcome, store)
            for account, outcome in zip(accounts, outcomes, strict=True)
        ]
    finally:
        store.close()
        if shown is not None:
            shown.clear()
    if arguments.json:
        print_json({"version": 1, "accounts": objects})
    else:
        forgive_unprintable()
        _print_table(objects)
    states = {outcome.state.value for outcome in outcomes}
    return 3 if states == {"offline"} else int(states != {"current"})


async def _sync(
    accounts: "tuple[Account, ...]", store: "Store", shown: "_Progress | None"
) -> "list[Outcome]":
    from app.engagement.secrets import SecretError, open_secrets
    from app.engagement.sync.many import sync_accounts

    secrets = open_secrets()

    def key_of(account: "Account") -> str | None:
        try:
            return secrets.get(account)
        except SecretError as error:
            raise UsageError(str(error)) from error

    return await sync_accounts(accounts, key_of, store, shown or (lambda _: None))


def _object(account: "Account", outcome: "Outcome", store: "Store") -> dict[str, object]:
    import time

    from app.engagement.reports.words import moment
    from app.engagement.sync.state import age

    status = store.status(account.id)
    return {
        "account": account.name,
        "provider": account.provider,
        "state": outcome.state.value,
        "message": outcome.message or (status.message if status else ""),
        "problems": list(outcome.problems),
        "records": outcome.records,
        "requests": outcome.requests,
        "resynced": outcome.resynced,
        "freshness": age(status, int(time.time() * 1000)),
        "synced_at": moment(status.synced_at if status else None),
        "as_of": moment(status.as_of if status else None),
    }


def _print_table(objects: list[dict[str, object]]) -> None:
    from app.cli.output import printable

    width = max(len(str(each["account"])) for each in objects)
    for each in objects:
        name = printable(str(each["account"]))
        news = f"{each['records']} new" if each["records"] else "nothing new"
        said = news if each["state"] == "current" else each["state"]
        print(f"{name:<{width}}  {str(said).replace('_', ' '):<14} {each['freshness']}")
        if each["message"]:
            print(f"  {printable(str(each['message']))}")
        if each["resynced"]:
            print("  The server's history is another one: everything was fetched again.")


class _Progress:
    """A line on the terminal that says how far it is."""

    def __init__(self, accounts: "tuple[Account, ...]") -> None:
        self._names = {each.id: each.name for each in accounts}

    def __call__(self, progress: "Progress") -> None:
        from app.cli.output import printable

        how_far = f", issue {progress.done + 1} of {progress.whole}" if progress.whole else ""
        name = printable(self._names[progress.account])
        print(f"\r\033[K{name}: {progress.records} records{how_far}", end="", file=sys.stderr)
        sys.stderr.flush()

    def clear(self) -> None:
        print("\r\033[K", end="", file=sys.stderr)
