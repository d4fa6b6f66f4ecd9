"""``sendoff testmail``: an issue to its writer, as readers will get it."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import UsageError

if TYPE_CHECKING:
    from app.cli.main import Subparsers
    from app.mailing.message import TestMail
    from app.mailing.settings import MailServer
    from app.mailing.smtp import Sent

EXAMPLES = """\
examples:
  sendoff testmail issue-12.md
  sendoff testmail issue-12.md --to me@example.org,friend@example.org
  sendoff testmail issue-12.md --server smtp.example.org:587 --user me --from me@example.org
  sendoff testmail issue-12.md --dry-run

The server, its user and the addresses are those of the app's settings (Test mail), unless they are
given here. The password is in the system's keyring, or in the environment variable
SENDOFF_KEY_TEST_MAIL. Merge tags become what they fall back on, or samples.

exit status: 0 every mail went out; 1 at least one did not, and why; 2 unusable arguments or input
"""


def add_parser(subparsers: "Subparsers") -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "testmail",
        help="send a draft to yourself",
        description="Send a draft to yourself, as readers will get it.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("file", metavar="FILE", help="a draft")
    add("--to", metavar="ADDRESS,…", help="up to five addresses; each gets a mail of its own")
    add("--from", dest="sender", metavar="ADDRESS", help="Name <you@example.com>")
    add("--server", metavar="HOST[:PORT]", help="the server that the mail goes through")
    add(
        "--security",
        choices=("starttls", "tls", "none"),
        help="how the connection is encrypted; none for a server on this computer only",
    )
    add("--user", metavar="NAME", help="who logs in; empty for nobody")
    add("--unsubscribe", metavar="URL", help="to try List-Unsubscribe out")
    add("--no-mark", action="store_true", help="without “[Test]” before the subject")
    add("--dry-run", action="store_true", help="show what the mail has, and send nothing")


def run(arguments: argparse.Namespace) -> int:
    """Send; 1 when a mail did not go out."""
    from app.cli.output import forgive_unprintable
    from app.engagement.secrets import SecretError
    from app.mailing.errors import MailError, Stage
    from app.publish import PublicationError

    forgive_unprintable()
    try:
        server = _server(arguments)
        mails = _mails(arguments, server)
        if arguments.dry_run:
            _show(mails[0])
            return 0
        sent = _send(mails, server)
    except MailError as error:
        if error.stage is Stage.SETTINGS:
            raise UsageError(str(error)) from None
        print(f"Not sent: {error}")
        return 1
    except (PublicationError, SecretError) as error:
        raise UsageError(str(error)) from error
    _show(mails[0])
    for each in sent:
        print(f"Not sent to {each.recipient}: {each.refusal}" if each.refusal else
              f"On its way to {each.recipient}.")  # fmt: skip
    return int(any(each.refusal for each in sent))


def _server(arguments: argparse.Namespace) -> "MailServer":
    from app.mailing.settings import PORTS, Security, checked, load

    server = load()
    if arguments.security:
        security = Security(arguments.security)
        server = replace(server, security=security, port=PORTS[security])
    if arguments.server:
        host, colon, port = arguments.server.rpartition(":")
        if colon and not port.isdecimal():
            raise UsageError("--server is a host, or HOST:PORT")
        server = replace(server, host=host, port=int(port)) if colon else replace(
            server, host=port)  # fmt: skip
    given = {
        "user": arguments.user,
        "sender": arguments.sender,
        "unsubscribe": arguments.unsubscribe,
    }
    server = replace(server, **{name: each for name, each in given.items() if each is not None})
    return checked(server)


def _mails(arguments: argparse.Namespace, server: "MailServer") -> "list[TestMail]":
    from app.cli.inputs import read_text
    from app.mailing.message import mails_of
    from app.mailing.settings import checked_recipients, recipients_of
    from app.publish import publication_for
    from app.publish.export import issue_of

    if arguments.file == "-":
        raise UsageError("a draft that is sent is a file: pictures lie beside it")
    draft, text = Path(arguments.file).resolve(), read_text(arguments.file)
    to = recipients_of(arguments.to) if arguments.to else checked_recipients(server.recipients)
    issue = issue_of(text, draft.parent, publication_for(text, draft))
    return mails_of(issue, server, to, marked=not arguments.no_mark)


def _send(mails: "list[TestMail]", server: "MailServer") -> "list[Sent]":
    import asyncio

    from app.engagement.secrets import open_secrets
    from app.mailing.settings import password_of
    from app.mailing.smtp import deliver

    password = password_of(server, open_secrets()) if server.user else ""
    return asyncio.run(deliver(mails, server, password))


def _show(mail: "TestMail") -> None:
    from app.cli.output import printable

    print(f"Subject:      {printable(mail.subject) or '(none)'}")
    print(f"Preview text: {printable(mail.preheader) or '(none)'}")
    pictures = f"; pictures from beside the draft: {mail.pictures}" if mail.pictures else ""
    print(f"Parts:        HTML and plain text, {len(mail.data) / 1000:.0f} KB in all{pictures}")
    for tag, value in mail.filled.items():
        print(f"Filled in:    {printable(tag)} → {printable(value)}")
    for tag in mail.left:
        print(f"Left:         {printable(tag)} (only the platform can run it)")
    if not mail.has_unsubscribe:
        print("Without:      List-Unsubscribe, which your platform adds when it sends")
