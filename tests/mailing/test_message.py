"""A test mail has all that the real one has."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.mailing.errors import MailError
from app.mailing.message import TestMail, mails_of
from app.mailing.samples import Filling
from app.mailing.settings import MailServer, Security
from app.publish.export import Issue, issue_of

SERVER = MailServer("mail.example.org", 587, Security.STARTTLS, "me", "Mé, Myself <me@example.org>")


def made(issue: Issue, server: MailServer = SERVER, *, marked: bool = True) -> TestMail:
    return mails_of(issue, server, ["You <you@example.org>"], marked=marked)[0]


def read(mail: TestMail) -> EmailMessage:
    message = message_from_bytes(mail.data, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def part(mail: TestMail, kind: str) -> str:
    found = read(mail).get_body((kind,))
    assert found is not None
    return str(found.get_content())


def test_head_and_parts(issue: Issue) -> None:
    mail = made(issue)
    message = read(mail)
    assert message["Subject"] == "[Test] Twelve, friend"
    assert message["From"].addresses[0].display_name == "Mé, Myself"
    assert message["To"].addresses[0].addr_spec == "you@example.org"
    assert message["Date"]
    assert message["Message-ID"].endswith("@example.org>")
    assert "Under it" in part(mail, "html")
    assert 'src="cid:' in part(mail, "html")
    assert "Hello Alex, a link <https://example.com/>" in part(mail, "plain")
    assert (mail.subject, mail.preheader, mail.pictures) == ("Twelve, friend", "Under it", 1)


def test_the_mark_is_a_choice(issue: Issue) -> None:
    assert read(made(issue, marked=False))["Subject"] == "Twelve, friend"


def test_how_to_unsubscribe(issue: Issue) -> None:
    assert not made(issue).has_unsubscribe
    assert "List-Unsubscribe" not in read(made(issue))
    server = MailServer("h", 1, Security.TLS, "", "me@example.org", (), "{{ unsubscribe_url }}")
    message = read(made(issue, server))
    assert message["List-Unsubscribe"] == "<https://example.com/unsubscribe>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert 'href="https://example.com/unsubscribe"' in part(made(issue), "html")


@pytest.mark.parametrize(
    "bad", ["http://example.com/u", "https://a/\r\nBcc: x@y.example", "ftp://x"]
)
def test_a_bad_address_to_unsubscribe_is_refused(issue: Issue, bad: str) -> None:
    with pytest.raises(MailError):
        made(issue, MailServer("h", 1, Security.TLS, "", "me@example.org", (), bad))


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\r", "\0", "\x0b", "\x85", "\u2028", "\r\n\r\n"])
def test_no_header_is_smuggled_in(tmp_path: Path, sign: str) -> None:
    """By a subject's merge tag, too: what it falls back on is the draft's."""
    text = f'---\nsubject: "a {{{{ x | default: \\"b{sign}Bcc: c@d.example\\" }}}}"\n---\nHi\n'
    message = read(made(issue_of(text, tmp_path)))
    assert message["Bcc"] is None
    subject = f"a{sign}Bcc: c@d.example"
    letter = issue_of(f"# {subject}\n", tmp_path)
    assert read(made(letter))["Bcc"] is None
    for address in (f"me{sign}Bcc: c@d.example <me@example.org>", f"me@example.org{sign}"):
        server = MailServer("h", 1, Security.TLS, "", address.strip(" "), ())
        if address.strip() == "me@example.org":
            continue
        with pytest.raises(MailError):
            made(letter, server)


FILLED = [
    ('{{ subscriber.metadata.name | default: "you" }}', "you"),
    ('{{ x|default:"you" }}', "you"),
    ("{{ x | default('you') }}", "you"),
    ('{{ default "you" .Subscriber.FirstName }}', "you"),
    ('{{ or .Subscriber.FirstName "you" }}', "you"),
    ("{{ .Subscriber.FirstName }}", "Alex"),
    ("{{ subscriber.email }}", "me@example.org"),
    ("{{ .Subscriber.Email }}", "me@example.org"),
    ("{{ UnsubscribeURL }}", "https://example.com/unsubscribe"),
    ("{{ manage_subscription_url }}", "https://example.com/preferences"),
    ("*|FNAME|*", "Alex"),
    ("*|UNSUB|*", "https://example.com/unsubscribe"),
    ('{first_name, "you"}', "you"),
    ("{first_name}", "Alex"),
    ('%%{first_name, "you"}%%', "you"),
    ("%sendoff_unsubscribe%", "https://example.com/unsubscribe"),
]


@pytest.mark.parametrize(("tag", "value"), FILLED)
def test_a_tag_is_filled_in(tag: str, value: str) -> None:
    filling = Filling("me@example.org")
    assert filling.fill(f"a {tag} b") == f"a {value} b"
    assert filling.filled == {tag: value}
    assert not filling.left


@pytest.mark.parametrize(
    "text", ["{% if subscriber %}", "{{ something.odd }}", "{{ range .x }}", "*|ODD|*"]
)
def test_what_only_the_platform_can_run_is_left_and_told(text: str) -> None:
    filling = Filling("me@example.org")
    assert filling.fill(text) == text
    assert list(filling.left) == [text]


@pytest.mark.parametrize("text", ["{curly}", "a {b} c", "100 %", "{ }", "{{}", "plain", ""])
def test_other_braces_are_the_writers(text: str) -> None:
    filling = Filling("me@example.org")
    assert filling.fill(text) == text
    assert not filling.filled


def test_in_html_a_value_is_escaped() -> None:
    filling = Filling("a&b@example.org")
    html = '<a href="?e={{ email }}">{{ x | default: &quot;<b>&quot; }}</a>'
    assert filling.fill(html, is_html=True) == ('<a href="?e=a&amp;b@example.org">&lt;b&gt;</a>')


_MARKS = st.sampled_from(
    ["{{", "}}", "{%", "%}", "*|", "|*", "%%{", "}%%", "{", "}", '"', "'", "<", "&quot;", " or ",
     "default: ", "name", "email", "FNAME", "first_name", "\n", "|", ".", "%sendoff_unsubscribe%"]
)  # fmt: skip


@given(st.lists(_MARKS | st.text(max_size=3), max_size=12).map("".join))
def test_whatever_is_written_fills_without_trouble_and_opens_no_element(text: str) -> None:
    filling = Filling("me@example.org")
    plain = filling.fill(text)
    assert isinstance(plain, str)
    escaped = escape(text)
    html = Filling("me@example.org").fill(escaped, is_html=True)
    assert "<" not in html
    assert '"' not in html


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_subject_and_no_name_makes_a_header(subject: str, name: str) -> None:
    letter = Issue(f"---\nsubject: {subject}\n---\nHi\n")
    server = MailServer("h", 1, Security.TLS, "", f"{name} <me@example.org>")
    try:
        data = mails_of(letter, server, ["you@example.org"])[0].data
    except MailError:
        return
    message = message_from_bytes(data, policy=default)
    assert set(message.keys()) == {
        "Subject", "From", "To", "Date", "Message-ID", "MIME-Version", "Content-Type",
    }  # fmt: skip
