"""``sendoff render``: a draft as the email that readers get."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import UsageError

if TYPE_CHECKING:
    from app.cli.main import Subparsers
    from app.markup import Document
    from app.publish import EmailTemplate, Publication, Utm
    from app.publish.export import Issue

BUILT_IN_COPY = "letter"

EXAMPLES = """\
examples:
  sendoff render issue-12.md -o issue-12.html
  sendoff render issue-12.md --target text
  sendoff render issue-12.md --target eml --utm campaign=issue-12,source=letter -o issue-12.eml
  sendoff render issue-12.md --target tracked --account "My server" \
      --merge-tag "{{ subscriber.id }}" -o issue-12.html
  sendoff render issue-12.md --template letter
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
        choices=("email", "preview", "text", "eml", "markdown", "tracked"),
        default="email",
        help="the HTML part, the page that the app's preview shows, the plain-text part, a message"
        " for mail programs, the draft with its snippets filled in, or the HTML part with links and"
        " pixel of your tracking server (default: email)",
    )
    parser.add_argument("--account", metavar="NAME", help="for tracked: the tracking server's")
    parser.add_argument(
        "--merge-tag",
        metavar="TAG",
        default="",
        help="for tracked: what the sending platform replaces by a subscriber's id, such as"
        ' "{{ subscriber.id }}"; without, %%sendoff_recipient%% stands there',
    )
    parser.add_argument(
        "--new-issue",
        action="store_true",
        help="for tracked: register another issue, as the draft's was sent",
    )
    parser.add_argument(
        "--template",
        metavar="NAME",
        help="a template of your own instead of the publication's: a file, or the name of one;"
        ' "built-in" is the one that comes with Sendoff, "letter" a copy of it to change',
    )
    parser.add_argument(
        "--utm",
        metavar="NAME=VALUE,…",
        help="parameters for links: source, medium (default: email), campaign, term, content",
    )
    parser.add_argument("--base-url", metavar="URL", help="what relative links are to")
    parser.add_argument("--from", dest="sender", metavar="ADDRESS", default="", help="for eml")
    parser.add_argument("--to", metavar="ADDRESS", default="", help="for eml")
    parser.add_argument(
        "--unsubscribe",
        metavar="URL",
        default="",
        help="for eml: where one click unsubscribes; may be the platform's merge tag",
    )
    parser.add_argument("-o", "--output", metavar="OUT", help="a file instead of standard output")


def run(arguments: argparse.Namespace) -> int:
    """Render; 1 when tracked HTML cannot be had now (2 comes from unusable input or output)."""
    from app.cli.inputs import read_text
    from app.cli.tracked import HeldError, tracked_html

    output = None if arguments.output in (None, "-") else Path(arguments.output)
    if output and arguments.file != "-" and _same_file(output, Path(arguments.file)):
        raise UsageError(f"{output}: this is the draft itself; choose another output file")
    text = read_text(arguments.file)
    issue = _issue(text, arguments.file, _publication(arguments, text))
    if arguments.target != "markdown":
        _tell_of_plain_parts(issue.document)
    if arguments.target == "tracked":
        try:
            data = tracked_html(arguments, issue, text)
        except HeldError as error:
            print(f"sendoff: {error}", file=sys.stderr)
            return 1
    else:
        data = _rendered(issue, arguments)
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return 0
    try:
        output.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror}") from error
    return 0


def _issue(text: str, name: str, publication: "Publication") -> "Issue":
    from app.publish import SnippetError
    from app.publish.export import issue_of

    folder = None if name == "-" else Path(name).resolve().parent
    try:
        return issue_of(text, folder, publication)
    except SnippetError as error:
        raise UsageError(f"{name}: {error}") from error


def _publication(arguments: argparse.Namespace, text: str) -> "Publication":
    """What the publication's folder keeps, and the options over it."""
    from app import publish

    draft = None if arguments.file == "-" else Path(arguments.file).resolve()
    chosen: dict[str, Any] = {}
    try:
        if arguments.template:
            chosen["template"] = _template(arguments.template)
        if arguments.utm is not None:
            chosen["utm"] = _utm(arguments.utm)
        if arguments.base_url is not None:
            chosen["base_url"] = arguments.base_url
        habits = publish.habits_of(draft.parent if draft else None)
        if "template" in chosen:
            habits = replace(habits, template="")
        return replace(publish.publication_with(habits, draft, text), **chosen)
    except publish.PublicationError as error:
        raise UsageError(str(error)) from error
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from error


def _template(name: str) -> "EmailTemplate | None":
    """A file, or a template by its name; None for the built-in one."""
    from app import publish
    from app.publish.shelf import Shelf

    if name == "built-in":
        return None
    path = Path(name)
    if path.is_file():
        return publish.read_template(path)
    stem = path.name.removesuffix(".html")
    if stem == BUILT_IN_COPY and all(each.name != stem for each in Shelf().all()):
        publish.copy_built_in()
    return Shelf().template(stem)


def _utm(words: str) -> "Utm":
    from app.publish import Utm

    names = ("source", "medium", "campaign", "term", "content")
    given = {}
    for pair in words.split(","):
        name, equals, value = pair.partition("=")
        name = name.strip().lower().removeprefix("utm_")
        if name not in names or not equals:
            raise UsageError(f'--utm: "{pair}" is not one of {", ".join(names)}, as name=value')
        given[name] = value.strip()
    return Utm(**given)


def _rendered(issue: "Issue", arguments: argparse.Namespace) -> bytes:
    from app.publish import render_preview
    from app.publish.eml import EmlError
    from app.publish.export import Format, exported, message_of

    if arguments.target == "preview":
        return render_preview(issue.document, issue.publication).encode()
    if arguments.target != "eml":
        name = "html" if arguments.target == "email" else arguments.target
        return exported(issue, Format(name))
    try:
        return message_of(
            issue,
            sender=arguments.sender,
            recipients=[arguments.to] if arguments.to else [],
            unsubscribe=arguments.unsubscribe,
        )
    except EmlError as error:
        raise UsageError(str(error)) from error


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
