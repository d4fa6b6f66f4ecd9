"""Finds the command that was meant and runs it.

``sendoff`` alone and ``sendoff FILE…`` open the app; everything else is a command in a module of
this package, imported only when it is asked for, so that each starts as fast as it can.
"""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from app import __version__
from app.cli import UsageError

if TYPE_CHECKING:
    # argparse has no public name for what add_subparsers() returns.
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001

COMMANDS = {
    "links": "list a draft's links and what can be said of them without a network",
    "check": "check the links of drafts",
    "preflight": "look a draft over before it is sent",
    "render": "render a draft as the email that readers get",
    "handover": "give a draft to the platform that sends it, as a draft",
    "testmail": "send a draft to yourself, as readers will get it",
    "demo": "start the app on a sample draft, with a site on loopback; needs no network",
    "accounts": "add, list, test and remove accounts at the platforms that send your issues",
    "sync": "fetch how your issues landed from where they were sent",
    "report": "show how your issues landed",
    "rot": "list links of sent issues and drafts that died since",
    "server": "run the tracking server",
    "worker": "work off what the tracking server took in",
}

_SYNC_PROCESS = "--sync-process"
"""What the window starts to sync; of no use to anybody else. See `app.engagement.sync.process`."""
_SELDOM = 500_000

EPILOG = """\
examples:
  sendoff                          open the app as it was
  sendoff issue-12.md              open this draft
  sendoff demo                     look around without a network
  sendoff links issue-12.md --json
  sendoff check issue-12.md        exit status 1 when a link needs attention
  sendoff render issue-12.md -o issue-12.html
"""


class Command(Protocol):
    """What a module of a command offers."""

    def add_parser(self, subparsers: "Subparsers") -> None:
        """Describe the command's arguments."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it; the exit status."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status (2 for unusable arguments or input)."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        if words and words[0] in COMMANDS:
            return _run_command(words)
        if words[:1] == [_SYNC_PROCESS] and len(words) == 2:
            return _serve_syncs(words[1])
        return _open_app(words)
    except UsageError as error:
        print(f"sendoff: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of our output went away (``| head``): that is its business, not an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _run_command(words: list[str]) -> int:
    # Nearly all that a command makes stays until its end, so looking for rubbish often only costs
    # time: a tenth of a short run.
    gc.set_threshold(_SELDOM)
    parser = argparse.ArgumentParser(prog="sendoff")
    command = cast("Command", import_module(f"app.cli.{words[0]}"))
    subparsers = parser.add_subparsers()
    command.add_parser(subparsers)
    version = f"sendoff {__version__}"
    subparsers.choices[words[0]].add_argument("--version", action="version", version=version)
    return command.run(parser.parse_args(words))


def _serve_syncs(store: str) -> int:
    gc.set_threshold(_SELDOM)
    from app.cli.sync_process import serve

    return serve(store)


def _open_app(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="sendoff",
        usage="sendoff [FILE…]\n       sendoff {" + ",".join(COMMANDS) + "} …",
        description="A desk for newsletter writers.\n\ncommands:\n"
        + "\n".join(f"  {name:<9} {what}" for name, what in COMMANDS.items())
        + "\n\n`sendoff COMMAND --help` tells more.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", metavar="FILE", nargs="*", help="drafts to open")
    parser.add_argument("--version", action="version", version=f"sendoff {__version__}")
    arguments = parser.parse_args(words)
    from pathlib import Path

    from app.ui.application import run

    return run([Path(name) for name in arguments.files])
