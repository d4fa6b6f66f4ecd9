"""Messages for mail programs, read back with the standard library's parser."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.publish.eml import EmlError, eml_of

HTML = '<p style="x">Grüße {{ name | default: "du" }}</p>\n' + "<b>word</b> " * 400
ALL: dict[str, Any] = {
    "subject": "Grüße aus Köln — " + "sehr lang " * 20,
    "html": HTML,
    "text": "Grüße\n\n" + "a long line " * 100 + "\n.\nFrom here\n",
    "sender": "Müller, Jörg <joerg@example.com>",
    "recipients": ["me@example.org"],
    "unsubscribe": "https://example.com/u/" + "t" * 200 + "/{{ subscriber.id }}",
    "unsubscribe_mail": "leave@example.com?subject=unsubscribe",
    "date": datetime(2026, 11, 22, 12, tzinfo=UTC),
}


def read(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def test_parts_in_order_and_back_to_what_they_were() -> None:
    message = read(eml_of(**ALL))
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    for part, content in ((text, ALL["text"]), (html, HTML + "\n")):
        assert part["Content-Transfer-Encoding"] == "quoted-printable"
        assert part.get_content_charset() == "utf-8"
        assert part.get_content().replace("\r\n", "\n") == content


def test_head() -> None:
    message = read(eml_of(**ALL))
    assert message["Subject"] == ALL["subject"].strip()
    (sender,) = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Müller, Jörg", "joerg@example.com")
    assert message["Date"].datetime == ALL["date"]
    assert message["Message-ID"].endswith("@example.com>")
    assert message["MIME-Version"] == "1.0"
    assert message["X-Unsent"] == "1"


def test_unsubscribing_with_one_click_is_offered_as_written() -> None:
    data = eml_of(**ALL)
    assert b"List-Unsubscribe: <https://example.com/u/ttt" in data
    assert b"/{{ subscriber.id }}>,\r\n <mailto:leave@example.com?subject=unsubscribe>" in data
    assert read(data)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert b"List-Unsubscribe" not in eml_of(subject="s", html="h", text="t")


def test_lines() -> None:
    head, _, body = eml_of(**ALL).partition(b"\r\n\r\n")
    assert b"\n" not in (head + body).replace(b"\r\n", b"")
    assert all(len(line) <= 76 for line in body.split(b"\r\n"))
    assert all(len(line) <= 998 for line in head.split(b"\r\n"))
    assert all(len(line) <= 78 for line in head.split(b"\r\n") if not line.startswith(b"List"))
    assert (head + body).isascii()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sender", "nobody"),
        ("sender", "a@b.example\r\nBcc: c@d.example"),
        ("unsubscribe", "http://example.com/"),
        ("unsubscribe", "https://example.com/>\r\nX: y"),
        ("unsubscribe", "https://example.com/ü"),
        ("unsubscribe_mail", "a@b>, <c@d"),
    ],
)
def test_refused(name: str, value: str) -> None:
    with pytest.raises(EmlError):
        eml_of(**{**ALL, name: value})


@given(st.text(max_size=200))
def test_no_subject_adds_a_header(subject: str) -> None:
    subject = "".join(each for each in subject if not "\ud800" <= each <= "\udfff")
    message = read(eml_of(subject=f"a{subject}", html="h", text="t"))
    assert set(message.keys()) == {
        *("Subject", "Date", "Message-ID", "X-Unsent", "MIME-Version", "Content-Type")
    }
