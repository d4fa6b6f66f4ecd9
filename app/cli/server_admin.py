"""``sendoff server admin``: what the one who runs a tracking server does now and then."""

import argparse
import json
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from app.cli import UsageError

if TYPE_CHECKING:
    from app.cli.main import Subparsers
    from app.trackserver.admin.desk import Command, Table

EXAMPLES = """\
examples:
  sendoff server admin status
  sendoff server admin publications add "The Morning Letter"
  sendoff server admin keys add "my laptop" --scopes read,write
  sendoff server admin domains add news.example.com
  sendoff server admin webhooks add postmark --login @login.txt
  sendoff server admin backup /var/backups/sendoff.db
  sendoff server admin move --to postgresql://sendoff@db/sendoff

Each command works on the store directly (--database, SENDOFF_DATABASE, or the SQLite file below
SENDOFF_DATA_DIR), also while the server runs. `sendoff server admin COMMAND --help` tells more.

exit status: 0 done; 1 the store's figures are wrong (recount); 2 it could not be done
"""


class _Group(NamedTuple):
    """A noun with its verbs."""

    name: str
    help: str


_GROUPS = (
    _Group("keys", "API keys: add, list, revoke"),
    _Group("publications", "newsletters: add, list, change"),
    _Group("domains", "hosts of tracked links: add, list, remove"),
    _Group("webhooks", "addresses for a sending vendor's events: add, list, change, revoke"),
    _Group("signing-keys", "what signs the links in mails: list, rotate"),
    _Group("retention", "how long things are kept: show, set, run"),
    _Group("aside", "what could not be worked off: list, show, retry, drop"),
)
_MODES = ("individual", "aggregate", "none")
_SCOPES = "read,write"


def add_parser(subparsers: "Subparsers") -> None:
    """Describe the commands."""
    admin = subparsers.add_parser(
        "admin",
        help="keys, publications, domains, webhooks, backup, move...",
        description="Administer a tracking server.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = admin.add_subparsers(metavar="COMMAND", required=True)
    groups = {
        group.name: commands.add_parser(group.name, help=group.help).add_subparsers(
            metavar="ACTION", required=True
        )
        for group in _GROUPS
    }
    _add_registers(groups)
    _add_webhooks(groups["webhooks"])
    _add_aside(groups["aside"])
    _add_retention(groups["retention"])
    _add_upkeep(commands)


def run(arguments: argparse.Namespace) -> int:
    """Do it, and print what came of it."""
    from app.cli.server import settings_of

    settings = settings_of(arguments)
    from sqlalchemy.exc import SQLAlchemyError

    from app.trackserver.admin.desk import AdminError, Desk
    from app.trackserver.services import wall_clock
    from app.trackserver.store.database import Database
    from app.trackserver.store.setup import set_up

    module, _, name = arguments.command.partition(":")
    command: Command = getattr(import_module(f"app.trackserver.admin.{module}"), name)
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        database = Database(settings.database, pool=2)
        try:
            if arguments.prepare:
                set_up(database, wall_clock())
            table = command(Desk(database, wall_clock(), settings.folder), arguments)
        finally:
            database.close()
    except AdminError as error:
        raise UsageError(str(error)) from None
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        raise UsageError(f"the store cannot be used: {str(cause).strip()}") from None
    _print(table, as_json=arguments.json)
    return 1 if table.failed else 0


def _command(
    commands: "Subparsers",
    name: str,
    does: str,
    where: str,
    *,
    example: str = "",
    prepare: bool = True,
) -> argparse.ArgumentParser:
    """A command; ``where`` is ``module:function`` below app/trackserver/admin."""
    parser = commands.add_parser(
        name,
        help=does,
        description=does[0].upper() + does[1:] + ".",
        epilog=f"example:\n  sendoff server admin {example}" if example else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--database", metavar="URL", default=argparse.SUPPRESS, help="the store (SENDOFF_DATABASE)"
    )
    parser.set_defaults(command=where, prepare=prepare)
    return parser


def _add_registers(groups: "dict[str, Subparsers]") -> None:
    keys = groups["keys"]
    one = _command(
        keys, "add", "make an API key; it is shown once", "registers:add_key",
        example='keys add "my laptop" --scopes read,write --days 365',
    )  # fmt: skip
    one.add_argument("name", help="what it is for")
    one.add_argument(
        "--scopes", default=_SCOPES, help="read, write, admin, link-check, reputation (%(default)s)"
    )
    one.add_argument("--publication", metavar="ID", help="confine it to one publication")
    one.add_argument("--days", type=_count, metavar="N", help="it expires then")
    _command(keys, "list", "list the API keys", "registers:list_keys")
    one = _command(
        keys, "revoke", "end a key at once", "registers:revoke_key", example="keys revoke 3"
    )
    one.add_argument("id", type=_count)

    publications = groups["publications"]
    one = _command(
        publications, "add", "add a publication", "registers:add_publication",
        example='publications add "The Morning Letter" --mode aggregate',
    )  # fmt: skip
    one.add_argument("name")
    one.add_argument("--mode", choices=_MODES, default="individual", help="(%(default)s)")
    one.add_argument(
        "--canary", action="store_true", help="add a hidden link that only robots follow"
    )
    _command(publications, "list", "list the publications", "registers:list_publications")
    one = _command(
        publications, "change", "change a publication", "registers:change_publication",
        example="publications change pub_mzxw6ytboi4dcmrt --mode none",
    )  # fmt: skip
    one.add_argument("id")
    one.add_argument("--name")
    one.add_argument("--mode", choices=_MODES)
    one.add_argument("--canary", choices=("on", "off"))

    domains = groups["domains"]
    one = _command(
        domains, "add", "register a host for tracked links", "registers:add_domain",
        example="domains add news.example.com",
    )  # fmt: skip
    one.add_argument("host")
    one.add_argument("--publication", metavar="ID")
    one.add_argument("--not-main", action="store_true", help="new issues go on using another one")
    _command(domains, "list", "list the domains", "registers:list_domains")
    one = _command(
        domains,
        "remove",
        "forget a host; links in mails sent with it break",
        "registers:remove_domain",
    )
    one.add_argument("host")

    signing = groups["signing-keys"]
    _command(signing, "list", "list the keys that sign links", "registers:list_signing_keys")
    _command(signing, "rotate", "sign new links with a new key", "registers:rotate_signing_key")


def _add_webhooks(webhooks: "Subparsers") -> None:
    one = _command(
        webhooks, "add", "make an address for a vendor's events", "vendors:add_webhook",
        example="webhooks add resend --secret @resend-secret.txt",
    )  # fmt: skip
    vendors = ("sendgrid", "postmark", "mailgun", "ses", "resend", "sparkpost", "mailjet")
    one.add_argument("vendor", choices=vendors)
    one.add_argument("--publication", metavar="ID")
    _add_proof(one)
    _command(webhooks, "list", "list the webhooks", "vendors:list_webhooks")
    one = _command(
        webhooks, "change", "add a key, or end the oldest", "vendors:change_webhook",
        example="webhooks change 2 --secret @new.txt      (later: --drop-oldest-secret)",
    )  # fmt: skip
    one.add_argument("id", type=_count)
    _add_proof(one)
    one.add_argument("--drop-oldest-secret", action="store_true")
    one.add_argument("--drop-oldest-login", action="store_true")
    one = _command(webhooks, "revoke", "end a webhook", "vendors:revoke_webhook")
    one.add_argument("id", type=_count)


def _add_proof(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--secret", action="append", default=[], metavar="KEY",
        help="SendGrid's public key, Mailgun's signing key, Resend's whsec_…; @FILE reads a file; "
        "may be repeated",
    )  # fmt: skip
    add(
        "--login", action="append", default=[], metavar="NAME:PASSWORD",
        help="basic authentication that requests must bring; @FILE reads a file; may be repeated",
    )  # fmt: skip
    add("--topic", action="append", default=[], metavar="ARN", help="Amazon SES: the SNS topic")
    add(
        "--window", type=_count, metavar="SECONDS",
        help="how old a signature may be (default: 300; Amazon SES: 3600)",
    )  # fmt: skip


def _add_aside(aside: "Subparsers") -> None:
    one = _command(
        aside, "list", "list what could not be worked off", "upkeep:list_aside",
        example="aside list --summary",
    )  # fmt: skip
    one.add_argument("--limit", type=_count, default=50, metavar="N", help="(%(default)s)")
    one.add_argument("--summary", action="store_true", help="count by error")
    one = _command(
        aside,
        "show",
        "print one item with all it holds, readers' addresses too",
        "upkeep:show_aside",
    )
    one.add_argument("id", type=_count)
    one = _command(
        aside, "retry", "put items back into the inbox", "upkeep:retry_aside",
        example="aside retry          (all; or: aside retry 7 8)",
    )  # fmt: skip
    one.add_argument("id", type=_count, nargs="*")
    one = _command(aside, "drop", "delete items", "upkeep:drop_aside", example="aside drop 7 8")
    one.add_argument("id", type=_count, nargs="*")
    one.add_argument("--error", metavar="TEXT", help="all with exactly this error")


def _add_retention(retention: "Subparsers") -> None:
    _command(retention, "show", "tell how long things are kept", "upkeep:show_retention")
    one = _command(
        retention, "set", "change how long things are kept", "upkeep:set_retention",
        example="retention set --addresses 7 --events 180",
    )  # fmt: skip
    one.add_argument("--addresses", type=_days, metavar="DAYS", help="full addresses; 0: never")
    one.add_argument("--events", type=_count, metavar="DAYS", help="events, after the sending")
    _command(retention, "run", "delete now what was kept long enough", "upkeep:apply_retention")


def _add_upkeep(commands: "Subparsers") -> None:
    _command(commands, "status", "count what the store holds and what waits", "upkeep:status")
    one = _command(
        commands, "recount", "compare every figure with its events", "upkeep:recount",
        example="recount --repair",
    )  # fmt: skip
    one.add_argument("issue", nargs="*", metavar="ISSUE", help="only these")
    one.add_argument("--repair", action="store_true", help="set right what is wrong")
    one = _command(
        commands, "backup", "write a backup, also while the server runs", "backup:backup",
        example="backup /var/backups/sendoff-$(date +%F).db", prepare=False,
    )  # fmt: skip
    one.add_argument("file")
    one.add_argument("--overwrite", action="store_true", help="replace a file of that name")
    one = _command(
        commands, "restore", "replace the store by a backup", "backup:restore",
        example="restore /var/backups/sendoff-2026-11-22.db --replace", prepare=False,
    )  # fmt: skip
    one.add_argument("file")
    one.add_argument("--replace", action="store_true", help="although the store holds data")
    one = _command(
        commands, "move", "copy everything into another, empty store", "move:move",
        example="move --to postgresql://sendoff@db/sendoff", prepare=False,
    )  # fmt: skip
    one.add_argument("--to", required=True, metavar="URL")


def _count(text: str) -> int:
    number = int(text)
    if not 0 < number < 1 << 63:
        raise argparse.ArgumentTypeError("a number of at least 1")
    return number


def _days(text: str) -> int:
    return 0 if text.strip() == "0" else _count(text)


def _print(table: "Table", *, as_json: bool) -> None:
    if as_json:
        rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
        what = table.facts or {"rows": rows}
        print(json.dumps(what, ensure_ascii=False, indent=2, default=str))
        return
    if table.said:
        print(table.said)
    if table.rows:
        _print_rows(table)


def _print_rows(table: "Table") -> None:
    cells = [[str(name).upper() for name in table.columns]]
    cells += [[_shown(cell) for cell in row] for row in table.rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write(line.rstrip() + "\n")


def _shown(cell: object) -> str:
    # What a vendor sent may end up here: nothing that moves a terminal's cursor.
    return "".join(char if char.isprintable() else "�" for char in str(cell))
