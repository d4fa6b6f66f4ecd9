"""``sendoff render``: a draft as the email that readers get."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import UsageError

if TYPE_CHECKING:
    from app.cli.main import Subparsers
    from app.markup import Document

EXAMPLES = """\
examples:
  sendoff render issue-12.md -o issue-12.html
  sendoff render issue-12.md --target text
  cat issue-12.md | sendoff render - > issue-12.html
"""


def add_parser(subparsers: "Subparsers") -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "render",
        help="render a draft as the email that readers get",
        description="Render a draft as the email that readers get.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", help="a draft, or - for standard input")
    parser.add_argument(
        "--target",
        choices=("email", "preview", "text"),
        default="email",
        help="the HTML part, the page that the app's preview shows, or the plain-text part "
        "(default: email)",
    )
    parser.add_argument("-o", "--output", metavar="OUT", help="a file instead of standard output")


def run(arguments: argparse.Namespace) -> int:
    """Render; always 0 (2 comes from input or output that cannot be used)."""
    from app import publish
    from app.cli.inputs import read_text
    from app.markup import Document

    render = {
        "email": publish.render_email,
        "preview": publish.render_preview,
        "text": publish.render_text,
    }[arguments.target]
    output = None if arguments.output in (None, "-") else Path(arguments.output)
    if output and arguments.file != "-" and _same_file(output, Path(arguments.file)):
        raise UsageError(f"{output}: this is the draft itself; choose another output file")
    document = Document.from_text(read_text(arguments.file))
    _tell_of_plain_parts(document)
    data = render(document).encode()
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return 0
    try:
        output.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror}") from error
    return 0


def _tell_of_plain_parts(document: "Document") -> None:
    """Note on standard error what was not rendered as Markdown."""
    for index, block in enumerate(document.blocks):
        line = document.first_line(index) + 1
        if block.too_deep:
            print(
                f"note: line {line}: quotes or lists nest too deep here; the deepest text is"
                " rendered as plain text",
                file=sys.stderr,
            )
        if block.failed or block.provisional:
            print(
                f"note: line {line}: Sendoff failed to read this part as Markdown; it is rendered"
                " as plain text",
                file=sys.stderr,
            )


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
