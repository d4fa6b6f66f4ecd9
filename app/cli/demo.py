"""``sendoff demo``: the app on a sample draft, with a site on loopback that shows every status."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.cli.main import Subparsers


def add_parser(subparsers: "Subparsers") -> None:
    """Describe the command's arguments."""
    subparsers.add_parser(
        "demo",
        help="start the app on a sample draft",
        description="Start the app on a sample draft, with a site on loopback whose pages answer "
        "well, badly, slowly, or not at all. Needs no network; your own drafts and settings are "
        "not touched.",
        epilog="example:\n  sendoff demo",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the app until its window is closed."""
    del arguments  # the demo has none
    from app.demo.desk import demo_desk
    from app.ui.application import run as run_app

    with demo_desk() as desk:
        return run_app([desk.draft], demo=desk)
