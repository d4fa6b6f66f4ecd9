"""A letter as a file that mail programs open: multipart/alternative (RFC 2046, section 5.1.4)."""

import re
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


def eml_of(
    *,
    subject: str,
    html: str,
    text: str,
    sender: str = "",
    recipient: str = "",
    unsubscribe: str = "",
    unsubscribe_mail: str = "",
    date: datetime | None = None,
) -> bytes:
    """The letter as a message (RFC 5322), marked as not sent yet where it has no sender.

    Args:
        subject: In plain text; other than ASCII is encoded (RFC 2047).
        html: The HTML part.
        text: The plain-text part.
        sender: ``Name <address>``.
        recipient: The same.
        unsubscribe: The https address that unsubscribes with one click (RFC 8058), which may hold
            the platform's merge tags.
        unsubscribe_mail: The address that unsubscribes by mail (RFC 2369).
        date: When it is from; now.

    Raises:
        EmlError: an address cannot stand in a head.
    """
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = _BROKEN.sub(" ", subject).strip()
    for name, value in (("From", sender), ("To", recipient)):
        if value:
            message[name] = _address(value)
    message["Date"] = format_datetime(date or datetime.now(UTC))
    domain = _parted(sender)[1].rpartition("@")[2] or "localhost"
    message["Message-ID"] = make_msgid(domain=domain)
    message["X-Unsent"] = "1"
    message.set_content(text or "\n", cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    lists = _list_headers(unsubscribe, unsubscribe_mail)
    # The generator would encode an address of more than a line as words; one must not (RFC 2369).
    return "".join(f"{line}\r\n" for line in lists).encode("ascii") + message.as_bytes()


def _parted(value: str) -> tuple[str, str]:
    """Name and address; a comma in the name needs no quotes, as there is only one address."""
    match = _NAMED.match(value.strip())
    return (match[1].strip('" '), match[2]) if match else ("", value.strip())


def _address(value: str) -> Address:
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
