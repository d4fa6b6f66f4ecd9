"""``sendoff report``: how issues landed, from what was synced; needs no network."""

import argparse
import re
import sys
from typing import TYPE_CHECKING

from app.cli import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.cli.main import Subparsers
    from app.engagement.model import Account
    from app.engagement.reports.figures import Row
    from app.engagement.reports.queries import Bounds, Filter, IssueReport
    from app.engagement.store.reader import Reader

EXAMPLES = """\
examples:
  sendoff report                         all issues, newest first
  sendoff report --sort clicks --limit 10
  sendoff report --search "open source" --since 2026-01-01 --where "opens>=40"
  sendoff report latest                  the newest issue, beside your usual
  sendoff report "The subject" --markdown
  sendoff report --csv > issues.csv
  sendoff report "The subject" --csv     its links

ISSUE is an issue's id, its subject or a part of it, or the word "latest". Every rate is shown with
what it is a rate of. A dash (–; null in JSON, nothing in CSV) is a figure that the platform does
not tell; it is not 0.

exit status: 0 shown; 1 nothing to show; 2 unusable arguments
"""
_SHOWN_LINKS = 20
_WHERE = re.compile(r"\s*(\w+)\s*(>=|<=)\s*(\d+(?:\.\d+)?)\s*%?\s*")
_DAY = 86_400_000


def add_parser(subparsers: "Subparsers") -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "report",
        help="show how issues landed",
        description="Show how your issues landed, from what `sendoff sync` fetched.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("issue", metavar="ISSUE", nargs="?", help="one issue (default: the list of all)")
    add("--account", metavar="NAME", help="only this account's issues")
    add("--search", metavar="TEXT", default="", help="only issues with this in their subject")
    add("--since", metavar="DATE", help="only issues sent on or after, as 2026-01-31 (UTC)")
    add("--until", metavar="DATE", help="only issues sent on or before")
    add("--where", metavar="RATE", action="append", default=[],
        help='only issues of this rate in percent, as "clicks>=5"; may be repeated')  # fmt: skip
    add("--sort", metavar="COLUMN", default="date",
        help="date, subject, account, sent, delivered, opens, clicks, ctor, unsubscribes, bounces, "
        "complaints (default: date)")  # fmt: skip
    add("--ascending", action="store_true", help="the smallest or oldest first")
    add("--limit", metavar="N", type=int, help="at most so many issues")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object")
    form.add_argument("--csv", action="store_true", help="a table for spreadsheets (RFC 4180)")
    form.add_argument("--markdown", action="store_true", help="Markdown, to paste into a draft")


def run(arguments: argparse.Namespace) -> int:
    """Show a list or one issue; 1 where there is nothing to show."""
    from app.engagement.accounts import AccountError, load
    from app.engagement.reports.queries import COLUMNS, chosen, rows
    from app.engagement.store.reader import Reader
    from app.engagement.store.schema import StoreError, store_file

    if arguments.sort not in COLUMNS:
        raise UsageError(f"--sort: one of {', '.join(COLUMNS)}")
    try:
        accounts = load()
        which = _filter(arguments, accounts)
        if not store_file().exists():
            return _nothing(accounts)
        with Reader() as reader:
            known = rows(reader, accounts)
            if not known:
                return _nothing(accounts, was_synced=bool(reader.statuses()))
            found = chosen(known, which, arguments.sort, descending=not arguments.ascending)
            if arguments.issue is not None:
                return _show_one(_one(arguments.issue, found), known, reader, arguments, accounts)
            return _show_list(found[: arguments.limit], reader, arguments, accounts)
    except (AccountError, StoreError) as error:
        raise UsageError(str(error)) from None


def _show_list(
    found: "Sequence[Row]",
    reader: "Reader",
    arguments: argparse.Namespace,
    accounts: "Sequence[Account]",
) -> int:
    from app.cli.output import forgive_unprintable, print_json
    from app.engagement.reports import export

    if arguments.json:
        print_json({
            "version": 1,
            "issues": [export.issue_object(row) for row in found],
            "accounts": _freshness(reader, accounts),
        })  # fmt: skip
    elif arguments.csv:
        _write(export.issues_csv(found))
    elif arguments.markdown:
        _write(export.issues_markdown(found))
    else:
        forgive_unprintable()
        for row in found:
            _print_row(row)
        many = "1 issue" if len(found) == 1 else f"{len(found)} issues"
        print(many if found else "No issue is like that.")
        _print_freshness(reader, accounts)
    return 0 if found else 1


def _show_one(
    row: "Row",
    known: "Sequence[Row]",
    reader: "Reader",
    arguments: argparse.Namespace,
    accounts: "Sequence[Account]",
) -> int:
    from app.cli.output import forgive_unprintable, print_json
    from app.engagement.reports import export
    from app.engagement.reports.queries import report

    found = report(reader, known, row)
    theirs = [account for account in accounts if account.id == row.account]
    if arguments.json:
        issue = export.report_object(found)
        print_json({"version": 1, "issue": issue, "accounts": _freshness(reader, theirs)})
    elif arguments.csv:
        _write(export.links_csv(found.links))
    elif arguments.markdown:
        _write(export.report_markdown(found))
    else:
        forgive_unprintable()
        _print_report(found)
        _print_freshness(reader, theirs)
    return 0


def _print_row(row: "Row") -> None:
    from app.cli.output import printable
    from app.engagement.reports import words
    from app.engagement.reports.figures import Rate

    gone = "  (deleted at the platform)" if row.deleted else ""
    print(f"{words.day(row.sent_at)}  {printable(row.subject)}  [{printable(row.name)}]{gone}")
    times = {Rate.OPENS: row.opened, Rate.CLICKS: row.clicked}
    for line in ((Rate.OPENS, Rate.CLICKS, Rate.CTOR),
                 (Rate.UNSUBSCRIBES, Rate.BOUNCES, Rate.COMPLAINTS)):  # fmt: skip
        told = (
            f"{words.TITLES[rate]} {words.ratio_or_times(row.rates[rate], times.get(rate))}"
            for rate in line
        )
        print("            " + "   ".join(told))


def _print_report(found: "IssueReport") -> None:
    from app.cli.output import printable
    from app.engagement.reports import export, words
    from app.engagement.reports.figures import Rate, is_growing

    row, figures = found.row, found.row.source.record.figures
    print(printable(row.subject))
    print(f"{printable(row.name)}, sent on {words.day(row.sent_at)} to {export.sent_to(row)}")
    if row.deleted:
        print("It was deleted at the platform; these are the last figures that were known.")
    print()
    counts = {Rate.OPENS: figures.openers, Rate.CLICKS: figures.clickers}
    for rate, title in words.TITLES.items():
        usual = found.usual.get(rate)
        beside = ""
        if usual is not None:
            beside = f"  usually {words.percent(usual.median)} (median of {usual.issues})"
        print(f"  {title:<18} {words.ratio(row.rates[rate])}{beside}")
        if rate in counts and row.rates[rate].count is not None:
            split = words.classes(counts[rate]) or "machines are not told apart here"
            print(f"  {'':<18} {split}")
    print(f"  {'Opens in all':<18} {words.number(row.opened)}")
    print(f"  {'Clicks in all':<18} {words.number(row.clicked)}")
    if found.links:
        print(f"\n  {'Clicks':>8} {'Clickers':>8} {'Share':>8}  Link")
    for link in found.links[:_SHOWN_LINKS]:
        told = (words.number(link.clicks), words.number(link.clickers), words.percent(link.share))
        print("  " + " ".join(f"{each:>8}" for each in told) + f"  {printable(link.url)}")
    if len(found.links) > _SHOWN_LINKS:
        print(f"  … and {len(found.links) - _SHOWN_LINKS} more (--csv lists all)")
    growing = ", still coming in" if is_growing(row) else ""
    print(f"\nFigures as of {words.moment(row.as_of) or 'an unknown time'}{growing}")


def _freshness(reader: "Reader", accounts: "Sequence[Account]") -> list[dict[str, object]]:
    import time

    from app.engagement.sync.state import age

    statuses, now = reader.statuses(), int(time.time() * 1000)
    return [
        {"account": account.name, "freshness": age(statuses.get(account.id), now)}
        for account in accounts
    ]


def _print_freshness(reader: "Reader", accounts: "Sequence[Account]") -> None:
    from app.cli.output import printable

    for each in _freshness(reader, accounts):
        print(f"{printable(str(each['account']))}: {each['freshness']}")


def _one(name: str, found: "Sequence[Row]") -> "Row":
    if not found:
        raise UsageError("no issue is like that")
    if name == "latest":
        return max(found, key=lambda row: row.sent_at or 0)
    exact = [row for row in found if name in (row.id, row.subject)]
    alike = exact or [row for row in found if name.casefold() in row.subject.casefold()]
    if len(alike) == 1:
        return alike[0]
    if not alike:
        raise UsageError(f"there is no issue “{name}”; `sendoff report` lists all")
    listed = "".join(f"\n  {row.id}  {row.subject}  [{row.name}]" for row in alike[:10])
    raise UsageError(f"several issues are called that; say which by its id or --account:{listed}")


def _filter(arguments: argparse.Namespace, accounts: "tuple[Account, ...]") -> "Filter":
    from app.engagement.accounts import find
    from app.engagement.reports.queries import Filter

    until = _day(arguments.until, "--until")
    return Filter(
        text=arguments.search,
        account=find(arguments.account, accounts).id if arguments.account else None,
        since=_day(arguments.since, "--since"),
        until=None if until is None else until + _DAY,
        bounds=tuple(_bounds(text) for text in arguments.where),
    )


def _bounds(text: str) -> "Bounds":
    from app.engagement.reports.figures import Rate
    from app.engagement.reports.queries import Bounds

    found = _WHERE.fullmatch(text)
    if found is None or found[1] not in {rate.value for rate in Rate}:
        names = ", ".join(rate.value for rate in Rate)
        raise UsageError(f"--where: a rate in percent, as clicks>=5; rates are {names}")
    rate, percent = Rate(found[1]), float(found[3]) / 100
    return Bounds(rate, least=percent) if found[2] == ">=" else Bounds(rate, most=percent)


def _day(text: str | None, option: str) -> int | None:
    from datetime import UTC, datetime

    if text is None:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise UsageError(f"{option}: a date, as 2026-01-31") from None
    return int(day.timestamp()) * 1000


def _nothing(accounts: "Sequence[Account]", *, was_synced: bool = False) -> int:
    if accounts and was_synced:
        print("No issue was sent from your accounts yet.", file=sys.stderr)
    else:
        next_step = "sendoff sync" if accounts else "sendoff accounts add"
        print(f"There is nothing to report yet. Next:  {next_step}", file=sys.stderr)
    return 1


def _write(text: str) -> None:
    """In UTF-8 and with the line ends as they are, whatever the locale."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
