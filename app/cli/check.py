"""``sendoff check``: whether the links of drafts work."""

import argparse
import gc
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from app.cli import UsageError, reputation

if TYPE_CHECKING:
    from app.cli.checked import CheckedFile
    from app.cli.main import Subparsers
    from app.linkcheck.remote import CheckServer
    from app.linkcheck.settings import CheckSettings
    from app.linkcheck.verdict import Verdict

EXAMPLES = """\
examples:
  sendoff check issue-12.md
  sendoff check drafts/*.md --json > report.json
  sendoff check issue-12.md --offline
  sendoff check intranet.md --allow-private --timeout 5
  sendoff check issue-12.md --reputation surbl dbl
  SENDOFF_SERVER_KEY=… sendoff check issue-12.md --server https://news.example.com
      from there, with what it found for others; the key may also be that of an account

The seconds of --timeout bound the whole check of one link: its redirects, its second try, all. They
do not run while the link waits for its turn behind others. A host that never answered before gets
only a part of them.

"""
EXIT_STATUS = """\
exit status:
  0  nothing to fix
  1  at least one link is broken or flagged (warn, block)
  2  unusable arguments or input
  3  nothing could be checked (offline, or the server is away)
  130  interrupted (Ctrl-C); the table shows what was found until then
"""
NOTHING_TO_FIX, TO_FIX, NOTHING_CHECKED, INTERRUPTED = 0, 1, 3, 130


def add_parser(subparsers: "Subparsers") -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "check",
        help="check the links of drafts",
        description="Check whether the links of drafts work.",
        epilog=f"{EXAMPLES}{reputation.HELP}\n{EXIT_STATUS}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("files", metavar="FILE", nargs="+", help="drafts, or - for standard input")
    add("--json", action="store_true", help="one JSON object instead of a table")
    add("--offline", action="store_true", help="ask no server; say what is known without")
    add("--no-cache", action="store_true", help="neither use nor keep earlier results")
    add("--allow-private", action="store_true", help="ask loopback and private addresses, too")
    add("--concurrency", metavar="N", type=_count, help="requests at once, in all (default: 64)")
    add("--per-host", metavar="N", type=_count, help="requests at once to one host (default: 8)")
    add("--timeout", metavar="S", type=_seconds, help="seconds for each link (default: 20)")
    reputation.add_arguments(parser)
    add("--server", metavar="URL", help="have a Sendoff server check them")
    add(
        "--local-fallback",
        action="store_true",
        help="with --server: check from here what the server does not answer",
    )


def run(arguments: argparse.Namespace) -> int:
    """Check the links; the exit status tells what came of it."""
    server = _server(arguments)
    from app.cli.checked import CheckedFile, report
    from app.cli.checking import Store, read_and_check, read_offline
    from app.cli.inputs import read_text

    if arguments.files.count("-") > 1:
        raise UsageError("standard input can be read only once")
    texts = [read_text(name) for name in arguments.files]
    files = [
        CheckedFile(name, text, allow_private=arguments.allow_private)
        for name, text in zip(arguments.files, texts, strict=True)
    ]
    with Store(use_cache=not arguments.no_cache) as store:
        if arguments.offline:
            lists = reputation.open_lists(arguments)
            answers = read_offline(files, store, lists)
            reputation.tell_wrong_lines((lists,) if lists else ())
            reputation.tell_problems((lists,) if lists else ())
        else:
            services = reputation.open_services(arguments, use_cache=not arguments.no_cache)
            settings, quiet = _settings(arguments), arguments.json
            answers = read_and_check(files, store, settings, services, server=server, quiet=quiet)
            reputation.tell_wrong_lines(services)
            reputation.tell_problems(services)
    for file in files:
        file.learn(answers.verdicts)
    if arguments.json and answers.is_complete:
        from app.cli.output import print_json

        print_json(report(files, answers.requests, answers.seconds))
    elif not arguments.json:
        from app.cli.check_table import print_report
        from app.cli.output import forgive_unprintable

        forgive_unprintable()
        print_report(files, answers.requests, answers.seconds)
    gc.freeze()  # the program ends: nothing is left to be tidied up
    if not answers.is_complete:
        print("sendoff: interrupted; not all links were checked", file=sys.stderr)
        return INTERRUPTED
    return _status(files, answers.verdicts)


def _status(files: "Sequence[CheckedFile]", verdicts: "Mapping[str, Verdict]") -> int:
    from app.linkcheck.verdict import Reason, Status

    counts = [file.counts for file in files]
    if any(count[Status.WARN] or count[Status.BLOCK] for count in counts):
        return TO_FIX
    reasons = {verdict.reason for verdict in verdicts.values()} - {Reason.LISTED_HOST}
    if reasons and reasons <= {Reason.OFFLINE, Reason.CAPTIVE_PORTAL, Reason.PENDING}:
        return NOTHING_CHECKED
    return NOTHING_TO_FIX


def _settings(arguments: argparse.Namespace) -> "CheckSettings":
    from app.linkcheck.settings import CheckSettings

    given = {
        name: getattr(arguments, name)
        for name in ("concurrency", "per_host", "timeout")
        if getattr(arguments, name) is not None
    }
    return CheckSettings(allow_private=arguments.allow_private, trust_placeholders=True, **given)


def _server(arguments: argparse.Namespace) -> "CheckServer | None":
    if not arguments.server:
        if arguments.local_fallback:
            raise UsageError("--local-fallback belongs to --server")
        return None
    from app.cli.check_server import check_server

    return check_server(arguments.server, falls_back=arguments.local_fallback)


def _count(word: str) -> int:
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _seconds(word: str) -> float:
    number = float(word)
    if not 0 < number < 86400:
        raise argparse.ArgumentTypeError("must be more than 0, and less than a day")
    return number
