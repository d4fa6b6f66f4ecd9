"""``sendoff testmail``, through real servers on loopback."""

import ssl
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
import trustme

from app.cli.main import main
from app.mailing.settings import MailServer, Security, save
from tests.mailing.conftest import DRAFT, context_of
from tests.mailing.servers import PASSWORD, USER, Box, mail_server
from tests.publish.export.test_formats import png


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"SENDOFF_{name}_DIR", str(tmp_path / name.lower()))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    folder = tmp_path / "drafts"
    folder.mkdir()
    (folder / "dot.png").write_bytes(png())
    (folder / "issue.md").write_text(DRAFT)
    return folder / "issue.md"


@pytest.fixture
def box() -> Iterator[Box]:
    """A server without passwords, which the settings name."""
    found = Box()
    with mail_server(found, login=False) as port:
        save(
            MailServer(
                "127.0.0.1", port, Security.NONE, "", "Me <me@example.org>", ("you@example.org",)
            )
        )
        yield found


def test_what_the_settings_say(box: Box, draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["testmail", str(draft)]) == 0
    told = capsys.readouterr().out
    assert "On its way to you@example.org." in told
    assert "Without:      List-Unsubscribe" in told
    (mail,) = box.mails
    assert isinstance(mail.content, bytes)
    message = message_from_bytes(mail.content, policy=default)
    assert message["Subject"] == "[Test] Twelve, friend"


def test_other_addresses_and_no_mark(box: Box, draft: Path) -> None:
    words = ["--to", "a@b.example,c@d.example", "--no-mark", "--from", "Other <o@example.org>"]
    assert main(["testmail", str(draft), *words]) == 0
    assert [mail.rcpt_tos for mail in box.mails] == [["a@b.example"], ["c@d.example"]]
    assert {mail.mail_from for mail in box.mails} == {"o@example.org"}


def test_a_refusal_is_status_1(box: Box, draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    box.replies["no@example.org"] = "550 unknown"
    assert main(["testmail", str(draft), "--to", "no@example.org"]) == 1
    assert "550 unknown" in capsys.readouterr().out
    assert main(["testmail", str(draft), "--to", "you@example.org,no@example.org"]) == 1
    told = capsys.readouterr().out
    assert "On its way to you@example.org." in told
    assert "Not sent to no@example.org" in told


def test_a_dry_run_sends_nothing(box: Box, draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["testmail", str(draft), "--dry-run"]) == 0
    assert "Subject:      Twelve, friend" in capsys.readouterr().out
    assert box.mails == []


def test_everything_on_the_command_line_and_the_password_in_the_environment(
    draft: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SENDOFF_KEY_TEST_MAIL", PASSWORD)
    found = Box()
    context: ssl.SSLContext = context_of(authority, "127.0.0.1")
    with mail_server(found, starttls=context) as port:
        words = ["--server", f"127.0.0.1:{port}", "--user", USER, "--from", "me@example.org"]
        words += ["--to", "you@example.org", "--security", "starttls"]
        assert main(["testmail", str(draft), *words]) == 0
    assert len(found.mails) == 1


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--server", "smtp.example.org:x"],
        ["--server", "smtp.example.org", "--from", "me@example.org"],
        ["--server", "smtp.example.org", "--security", "none", "--from", "me@example.org"],
        ["--server", "a", "--from", "me@example.org", "--to", ",".join("abcdef")],
    ],
)
def test_unusable_arguments_are_status_2(
    draft: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["testmail", str(draft), *words]) == 2
    assert capsys.readouterr().err.startswith("sendoff: ")


def test_a_draft_from_standard_input_is_refused(box: Box) -> None:
    assert main(["testmail", "-"]) == 2
    assert box.mails == []
