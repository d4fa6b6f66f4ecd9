"""A letter as a file that mail programs open: multipart/alternative (RFC 2046, section 5.1.4)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

_BROKEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_URL = re.compile(r"[!-;=?-~ ]+\Z")
_NAMED = re.compile(r"(.*?)\s*<([^<>\s]+)>\Z")
# Python writes quoted-printable lines as long as those of a head, two more than RFC 2045 allows.
_POLICY = SMTP.clone(max_line_length=76)
_LONGEST_LINE = 900


class EmlError(ValueError):
    """What cannot stand in a mail's head, in plain words."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture within a message, which its HTML names as ``cid:ID`` (RFC 2392).

    Attributes:
        id: The Content-ID, without angle brackets.
        name: The file's.
        kind: The media type, such as ``image/png``.
        data: The file.
    """

    id: str
    name: str
    kind: str
    data: bytes = field(repr=False)


def eml_of(
    *,
    subject: str,
    html: str,
    text: str,
    sender: str = "",
    recipients: Sequence[str] = (),
    unsubscribe: str = "",
    unsubscribe_mail: str = "",
    date: datetime | None = None,
    pictures: Sequence[Picture] = (),
    is_draft: bool = True,
) -> bytes:
    """The letter as a message (RFC 5322).

    Args:
        subject: In plain text; other than ASCII is encoded (RFC 2047).
        html: The HTML part.
        text: The plain-text part.
        sender: ``Name <address>``.
        recipients: The same, each.
        unsubscribe: The https address that unsubscribes with one click (RFC 8058), which may hold
            the platform's merge tags.
        unsubscribe_mail: The address that unsubscribes by mail (RFC 2369).
        date: When it is from; now.
        pictures: Those that the HTML names (multipart/related, RFC 2387).
        is_draft: Mail programs open it to be sent on, not as a mail that came.

    Raises:
        EmlError: an address cannot stand in a head.
    """
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = _BROKEN.sub(" ", subject).strip()
    if sender:
        message["From"] = address_of(sender)
    if recipients:
        message["To"] = tuple(map(address_of, recipients))
    message["Date"] = format_datetime(date or datetime.now(UTC))
    domain = _parted(sender)[1].rpartition("@")[2] or "localhost"
    message["Message-ID"] = make_msgid(domain=domain)
    if is_draft:
        message["X-Unsent"] = "1"
    message.set_content(text or "\n", cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    _relate(message, pictures)
    lists = _list_headers(unsubscribe, unsubscribe_mail)
    # The generator would encode an address of more than a line as words; one must not (RFC 2369).
    return "".join(f"{line}\r\n" for line in lists).encode("ascii") + message.as_bytes()


def _relate(message: EmailMessage, pictures: Sequence[Picture]) -> None:
    """Put pictures beside the HTML part."""
    for part in message.iter_parts():
        if pictures and isinstance(part, EmailMessage) and part.get_content_subtype() == "html":
            for each in pictures:
                part.add_related(
                    each.data,
                    *each.kind.split("/"),
                    cid=f"<{each.id}>",
                    filename=_BROKEN.sub(" ", each.name),
                    disposition="inline",
                )


def _parted(value: str) -> tuple[str, str]:
    """Name and address; a comma in the name needs no quotes, as there is only one address."""
    match = _NAMED.match(value.strip())
    return (match[1].strip('" '), match[2]) if match else ("", value.strip())


def address_of(value: str) -> Address:
    """A mail address with its name. Raises EmlError for anything else."""
    name, address = _parted(value)
    try:
        if _BROKEN.search(value) or not address.isascii():
            raise ValueError
        return Address(name, addr_spec=address)
    except (ValueError, IndexError, MessageError) as error:
        raise EmlError(
            f'"{value}" is no mail address; write it as Name <you@example.com>'
        ) from error


def _list_headers(unsubscribe: str, mail: str) -> list[str]:
    addresses = []
    if unsubscribe:
        if not unsubscribe.startswith(("https://", "{{", "*|")):
            raise EmlError("the address to unsubscribe at must begin with https:// (RFC 8058)")
        addresses.append(unsubscribe)
    if mail:
        addresses.append(mail if mail.startswith("mailto:") else f"mailto:{mail}")
    for each in addresses:
        if not _URL.match(each) or len(each) > _LONGEST_LINE:
            raise EmlError(f'"{each[:80]}" cannot stand in the head of a mail')
    if not addresses:
        return []
    lines = ["List-Unsubscribe: " + ",\r\n ".join(f"<{each}>" for each in addresses)]
    if unsubscribe:
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    return lines
