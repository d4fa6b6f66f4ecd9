"""Test mails through real servers on loopback, and every way in which servers refuse."""

import asyncio
import logging
import socket
import ssl
from email import message_from_bytes
from email.policy import default

import pytest
import trustme

from app.mailing.errors import MailError, Stage
from app.mailing.message import mails_of
from app.mailing.settings import MailServer, Security
from app.mailing.smtp import Patience, Sent, check_server, deliver
from app.publish.export import Issue
from tests.mailing.conftest import context_of, server
from tests.mailing.servers import PASSWORD, Box, mail_server, odd_server, scripted, silent

QUICK = Patience(connect=2, answer=2, message=2, whole=10)
BRIEF = Patience(connect=0.4, answer=0.4, message=0.4, whole=5)


def send(
    issue: Issue,
    through: MailServer,
    *recipients: str,
    password: str = PASSWORD,
    patience: Patience = QUICK,
) -> list[Sent]:
    mails = mails_of(issue, through, recipients or ("a@b.example",))
    return asyncio.run(deliver(mails, through, password, patience=patience))


def refused(
    issue: Issue, through: MailServer, patience: Patience = QUICK, **more: str
) -> MailError:
    with pytest.raises(MailError) as caught:
        send(issue, through, patience=patience, **more)
    return caught.value


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_mail_arrives(issue: Issue, good: ssl.SSLContext, security: Security) -> None:
    box = Box()
    kwargs = {"tls": good} if security is Security.TLS else {"starttls": good}
    with mail_server(box, **kwargs) as port:  # type: ignore[arg-type]
        assert send(issue, server(port, security)) == [Sent("a@b.example")]
    (mail,) = box.mails
    assert mail.mail_from == "me@example.org"
    assert mail.rcpt_tos == ["a@b.example"]
    assert isinstance(mail.content, bytes)
    message = message_from_bytes(mail.content, policy=default)
    assert message["Subject"] == "[Test] Twelve, friend"
    assert message["To"] == "a@b.example"
    assert "X-Unsent" not in message
    assert {part.get_content_type() for part in message.walk()} >= {
        "text/plain", "text/html", "image/png",
    }  # fmt: skip


def test_without_login_on_this_machine(issue: Issue) -> None:
    box = Box()
    with mail_server(box, login=False) as port:
        send(issue, server(port, Security.NONE, user=""))
    assert len(box.mails) == 1


def test_the_name_of_this_machine_is_not_told(issue: Issue) -> None:
    box = Box()
    with mail_server(box, login=False) as port:
        send(issue, server(port, Security.NONE, user=""))
    assert set(box.hellos) == {"[127.0.0.1]"}
    assert isinstance(box.mails[0].content, bytes)
    assert socket.gethostname().encode() not in box.mails[0].content.split(b"\r\n\r\n")[0]


def test_each_of_several_gets_a_mail_of_its_own(issue: Issue) -> None:
    box = Box(replies={"no@b.example": "550 no such user here"})
    with mail_server(box, login=False) as port:
        sent = send(
            issue,
            server(port, Security.NONE, user=""),
            "a@b.example",
            "no@b.example",
            "c@d.example",
        )
    assert [mail.rcpt_tos for mail in box.mails] == [["a@b.example"], ["c@d.example"]]
    assert [bool(each.refusal) for each in sent] == [False, True, False]
    assert "550 no such user here" in sent[1].refusal
    for mail in box.mails:
        assert isinstance(mail.content, bytes)
        assert mail.content.count(b"@b.example") + mail.content.count(b"@d.example") == 1


def test_a_wrong_password(issue: Issue, good: ssl.SSLContext) -> None:
    with mail_server(Box(), starttls=good) as port:
        error = refused(issue, server(port), password="wrong secret")
    assert (error.stage, error.code) == (Stage.LOGIN, 535)
    assert "password made for apps" in str(error)
    assert "wrong secret" not in str(error)


def test_a_server_that_takes_no_password(issue: Issue) -> None:
    with odd_server(scripted("220 hi", "250 odd")) as port:
        error = refused(issue, server(port, Security.NONE))
    assert error.stage is Stage.LOGIN
    assert "takes no password" in str(error)


def test_a_server_that_wants_a_password(issue: Issue, good: ssl.SSLContext) -> None:
    with mail_server(Box(), starttls=good) as port:
        error = refused(issue, server(port, user=""))
    assert (error.stage, error.code) == (Stage.SENDER, 530)
    assert "wants a user and a password" in str(error)


@pytest.mark.parametrize(
    ("replies", "stage", "code", "words"),
    [
        ({"MAIL": "553 not yours"}, Stage.SENDER, 553, "send as me@example.org"),
        ({"a@b.example": "550 relaying denied"}, Stage.RECIPIENT, 550, "does not pass a mail on"),
        ({"a@b.example": "451 greylisted"}, Stage.RECIPIENT, 451, "just now"),
        ({"DATA": "552 too big"}, Stage.MESSAGE, 552, "too large"),
        ({"DATA": "554 looks like spam"}, Stage.MESSAGE, 554, "did not take the mail"),
    ],
)
def test_a_refusal_is_told_with_the_servers_words(
    issue: Issue, replies: dict[str, str], stage: Stage, code: int, words: str
) -> None:
    with mail_server(Box(replies=replies), login=False) as port:
        error = refused(issue, server(port, Security.NONE, user=""))
    assert (error.stage, error.code) == (stage, code)
    assert words in str(error)
    assert next(iter(replies.values())) in str(error)


def test_a_mail_that_is_too_large_is_not_sent_at_all(issue: Issue) -> None:
    box = Box()
    with mail_server(box, login=False, size=1000) as port:
        error = refused(issue, server(port, Security.NONE, user=""))
    assert error.code == 552
    assert "MB" in str(error)
    assert box.mails == []


def test_starttls_that_is_missing(issue: Issue) -> None:
    box = Box()
    with mail_server(box, login=False) as port:
        error = refused(issue, server(port))
    assert error.stage is Stage.TLS
    assert "offers no STARTTLS" in str(error)
    assert box.mails == []


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_certificate_that_nobody_vouches_for(
    issue: Issue, authority: trustme.CA, security: Security
) -> None:
    stranger = context_of(trustme.CA(), "127.0.0.1")
    kwargs = {"tls": stranger} if security is Security.TLS else {"starttls": stranger}
    with mail_server(Box(), **kwargs) as port:  # type: ignore[arg-type]
        error = refused(issue, server(port, security))
    assert error.stage is Stage.TLS
    assert "nobody known vouches for it" in str(error)


def test_a_certificate_of_another_name(issue: Issue, authority: trustme.CA) -> None:
    other = context_of(authority, "other.example")
    with mail_server(Box(), tls=other) as port:
        error = refused(issue, server(port, Security.TLS))
    assert "belongs to another name" in str(error)


def test_tls_where_there_is_none(issue: Issue) -> None:
    with mail_server(Box(), login=False) as port:
        error = refused(issue, server(port, Security.TLS))
    assert error.stage is Stage.TLS
    assert "STARTTLS" in str(error)


def test_nothing_listens(issue: Issue) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = refused(issue, server(taken.getsockname()[1]))
    assert error.stage is Stage.CONNECT
    assert "Nothing listens" in str(error)


def test_no_such_server(issue: Issue) -> None:
    error = refused(issue, server(587, host="no-such-host.invalid"))
    assert "There is no server “no-such-host.invalid”" in str(error)


def test_silence_has_an_end(issue: Issue) -> None:
    with odd_server(silent) as port:
        error = refused(issue, server(port), BRIEF)
    assert error.stage is Stage.CONNECT
    assert "does not answer" in str(error)


def test_silence_after_the_mail_is_told_as_what_it_is(issue: Issue) -> None:
    speak = scripted("220 hi", "250 odd", "250 ok", "250 ok", "354 go on")
    with odd_server(speak) as port:
        error = refused(issue, server(port, Security.NONE, user=""), BRIEF)
    assert error.stage is Stage.MESSAGE
    assert "not certain" in str(error)


@pytest.mark.parametrize(
    ("replies", "stage", "words"),
    [
        (("554 go away",), Stage.CONNECT, "does not want to talk"),
        (("421 too busy",), Stage.CONNECT, "busy"),
        (("HTTP/1.1 400 Bad Request",), Stage.CONNECT, "is no mail server"),
        (("220 hi", "500 what", "500 what"), Stage.CONNECT, "does not want to talk"),
        (("220 hi", "250 odd", "421 closing"), Stage.SENDER, "busy"),
    ],
)
def test_odd_servers(issue: Issue, replies: tuple[str, ...], stage: Stage, words: str) -> None:
    with odd_server(scripted(*replies)) as port:
        error = refused(issue, server(port, Security.NONE, user=""), BRIEF)
    assert error.stage is stage
    assert words in str(error)


@pytest.mark.parametrize(
    ("code", "words"),
    [(534, "made for apps"), (454, "just now"), (538, "let nobody in")],
)
def test_logins_that_fail_otherwise(issue: Issue, code: int, words: str) -> None:
    speak = scripted("220 hi", "250-odd\r\n250 AUTH PLAIN", f"{code} no")
    with odd_server(speak) as port:
        error = refused(issue, server(port, Security.NONE), BRIEF)
    assert (error.stage, error.code) == (Stage.LOGIN, code)
    assert words in str(error)


def test_a_server_that_wants_another_kind_of_login(issue: Issue) -> None:
    with odd_server(scripted("220 hi", "250-odd\r\n250 AUTH XOAUTH2")) as port:
        error = refused(issue, server(port, Security.NONE), BRIEF)
    assert error.stage is Stage.LOGIN
    assert "XOAUTH2 only" in str(error)


def test_a_servers_words_are_cleaned_and_cut(issue: Issue) -> None:
    hostile = "550 \x1b[31m" + "x" * 400
    with mail_server(Box(replies={"a@b.example": hostile}), login=False) as port:
        error = refused(issue, server(port, Security.NONE, user=""))
    assert str(error).isprintable()
    assert len(str(error)) < 500


def test_a_server_that_hangs_up_amid_several(issue: Issue) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hi\r\n")
        for reply in (b"250 odd", b"250 ok", b"250 ok", b"354 go"):
            await reader.readuntil(b"\n")
            writer.write(reply + b"\r\n")
        await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"250 taken\r\n")
        await reader.readuntil(b"\n")

    with odd_server(hang_up) as port:
        sent = send(issue, server(port, Security.NONE, user=""), "a@b.example", "c@d.example")
    assert [bool(each.refusal) for each in sent] == [False, True]


def test_the_connection_alone(good: ssl.SSLContext) -> None:
    box = Box()
    with mail_server(box, starttls=good) as port:
        words = asyncio.run(check_server(server(port), PASSWORD, QUICK))
        assert "takes your password" in words
        with pytest.raises(MailError):
            asyncio.run(check_server(server(port), "wrong", QUICK))
    assert box.mails == []


def test_nothing_is_logged(
    issue: Issue, good: ssl.SSLContext, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with mail_server(Box(), starttls=good) as port:
        send(issue, server(port))
        refused(issue, server(port), password="wrong secret")
    ours = [each for each in caplog.records if each.name.startswith(("app", "aiosmtplib"))]
    assert ours == []


def test_it_can_be_cancelled(issue: Issue) -> None:
    async def run(through: MailServer) -> None:
        task = asyncio.create_task(deliver(mails_of(issue, through, ["a@b.example"]), through, ""))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with odd_server(silent) as port:
        asyncio.run(run(server(port)))
