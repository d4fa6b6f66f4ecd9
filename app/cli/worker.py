"""``sendoff worker``: works off what the web processes took in; any number may run."""

import argparse
import signal
from typing import TYPE_CHECKING

from app.cli import UsageError
from app.cli.server import add_store_arguments, settings_of

if TYPE_CHECKING:
    from app.cli.main import Subparsers

EXAMPLES = """\
examples:
  sendoff worker --database postgresql://sendoff@db/sendoff
  sendoff worker --workers 2
"""


def add_parser(subparsers: "Subparsers") -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "worker",
        help="work off what the tracking server took in",
        description="Work off what the tracking server's web processes took in. Any number may run "
        "on one PostgreSQL; beside an SQLite store, one is enough.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_store_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Work until SIGTERM or Ctrl-C; 0 when it ended well."""
    settings = settings_of(arguments)
    if settings.workers < 1:
        raise UsageError("--workers: 1 or more")
    from app.trackserver.serve import Process
    from app.trackserver.web.logs import log_to_stderr

    log_to_stderr(arguments.log_level)
    process = Process(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: process.stop())
    process.prepare()
    process.work()
    return 0
