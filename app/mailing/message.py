"""An issue as a test mail: all that the real one has, for one reader."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.mailing.errors import MailError, Stage
from app.mailing.samples import Filling
from app.mailing.settings import MailServer
from app.publish.eml import EmlError, address_of, eml_of
from app.publish.export import Issue
from app.publish.export.local import attached

MARK = "[Test] "
"""Before the subject, where the writer wishes."""


@dataclass(frozen=True, slots=True)
class TestMail:
    """A message to one recipient, and what is to be said of it.

    Attributes:
        recipient: The bare address.
        data: The message (RFC 5322).
        subject, preheader: As they are in it.
        pictures: How many of those beside the draft are within it.
        filled: Merge tags and what stands there instead.
        left: Merge tags that only the platform can run.
        has_unsubscribe: Whether it has List-Unsubscribe.
    """

    __test__ = False

    recipient: str
    data: bytes = field(repr=False)
    subject: str
    preheader: str
    pictures: int
    filled: dict[str, str]
    left: tuple[str, ...]
    has_unsubscribe: bool


def mails_of(
    issue: Issue, server: MailServer, recipients: Sequence[str], *, marked: bool = True
) -> list[TestMail]:
    """A mail for each recipient, who does not see the others, as when the issue is sent.

    Args:
        issue: The issue.
        server: Whom it is from, and where one unsubscribes.
        recipients: Checked addresses.
        marked: ``[Test]`` before the subject.

    Raises:
        MailError: an address cannot stand in a mail.
    """
    return [_mail(issue, server, each, marked=marked) for each in recipients]


def _mail(issue: Issue, server: MailServer, recipient: str, *, marked: bool) -> TestMail:
    try:
        address = address_of(recipient).addr_spec
        filling = Filling(address)
        html, pictures = attached(filling.fill(issue.html, is_html=True), issue.folder)
        subject = filling.fill(issue.letter.subject)
        unsubscribe = Filling(address).fill(server.unsubscribe)
        data = eml_of(
            subject=(MARK if marked else "") + subject,
            html=html,
            text=filling.fill(issue.text),
            sender=server.sender,
            recipients=[recipient],
            unsubscribe=unsubscribe,
            pictures=pictures,
            is_draft=False,
        )
    except EmlError as error:
        raise MailError(Stage.SETTINGS, f"{error}.") from None
    return TestMail(
        recipient=address,
        data=data,
        subject=subject,
        preheader=filling.fill(issue.letter.preheader),
        pictures=len(pictures),
        filled=filling.filled,
        left=tuple(filling.left),
        has_unsubscribe=bool(unsubscribe),
    )
