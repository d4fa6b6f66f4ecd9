"""``sendoff links``: a draft's links, with every verdict that needs no network."""

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.cli.main import Subparsers
    from app.proof import ProofedLink

EXAMPLES = """\
examples:
  sendoff links issue-12.md
  sendoff links issue-12.md --json
  cat issue-12.md | sendoff links - --json
"""


def add_parser(subparsers: "Subparsers") -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "links",
        help="list a draft's links",
        description="List a draft's links with everything that can be said without a network.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", help="a draft, or - for standard input")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")


def run(arguments: argparse.Namespace) -> int:
    """List the links; always 0 (2 comes from input that cannot be read)."""
    from app.cli.inputs import read_text
    from app.cli.output import forgive_unprintable, print_json

    text = read_text(arguments.file)
    links = list(link_objects(text))
    if arguments.json:
        report = {"version": 1, "file": arguments.file, "links": links}
        print_json(report)
    else:
        forgive_unprintable()
        print_table(arguments.file, links)
    return 0


def link_objects(text: str) -> Iterator[dict[str, object]]:
    """The published JSON object of each link of a text, in the order of the text."""
    from app.lines import line_starts
    from app.markup import Document
    from app.proof import Proof

    starts = line_starts(text)
    document = Document.from_text(text)
    for proofed in Proof(document).links():
        yield link_object(proofed, starts)


def link_object(proofed: "ProofedLink", starts: Sequence[int]) -> dict[str, object]:
    """The published JSON object of one link.

    Args:
        proofed: the link with its verdict.
        starts: the offset in code points at which each line of the stored text begins.
    """
    placed, link, verdict = proofed.placed, proofed.link, proofed.verdict
    definition = placed.definition
    return {
        "kind": link.kind.value,
        "href": link.href,
        "url": proofed.url,
        "text": link.text,
        "start": starts[placed.line] + placed.column,
        "end": starts[placed.end_line] + placed.end_column,
        "line": placed.line + 1,
        "column": placed.column + 1,
        "definition": definition
        and {
            "start": starts[definition.line] + definition.column,
            "end": starts[definition.end_line] + definition.end_column,
        },
        "status": verdict.status.value,
        "reason": verdict.reason.value,
        "notes": [note.value for note in verdict.notes],
        "detail": verdict.detail,
        "suggestion": verdict.suggestion,
    }


def print_table(name: str, links: Sequence[dict[str, object]]) -> None:
    """The links for a person to read."""
    from app.cli.output import printable

    print(f"{name}: {len(links)} link{'' if len(links) == 1 else 's'}")
    for link in links:
        place = f"{link['line']}:{link['column']}"
        target = printable(str(link["text"] if link["href"] is None else link["href"]))
        print(f"{place:>8}  {link['kind']:<10} {link['status']:<10} {link['reason']:<20} {target}")
