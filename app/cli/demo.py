"""``sendoff demo``: the app on sample drafts, with a site and a tracking server on loopback."""

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.cli.main import Subparsers


def add_parser(subparsers: "Subparsers") -> None:
    """Describe the command's arguments."""
    subparsers.add_parser(
        "demo",
        help="start the app on sample drafts with two years of reports",
        description="Start the app on sample drafts, with a site on loopback whose pages answer "
        "well, badly, slowly, or not at all, and a tracking server on loopback that is told two "
        "years of made-up issues. Needs no network; your own drafts, accounts and settings are "
        "not touched.",
        epilog="example:\n  sendoff demo",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the app until its window is closed."""
    del arguments  # the demo has none
    from app.demo.desk import demo_desk
    from app.demo.tracking import MISSING

    with demo_desk() as desk:
        # While the server starts.
        from app.ui.application import run as run_app

        if desk.tracking is None:
            print(MISSING, file=sys.stderr)
        return run_app([desk.draft], demo=desk)
