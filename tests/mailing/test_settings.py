"""The server of test mails: what may be entered, and what is kept."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.mailing.errors import MailError
from app.mailing.settings import (
    MOST_RECIPIENTS,
    MailServer,
    Security,
    as_account,
    checked,
    load,
    recipients_of,
    save,
    settings_file,
)

GOOD = MailServer(
    "smtp.example.org",
    465,
    Security.TLS,
    "me",
    "Me <me@example.org>",
    ("you@example.org",),
    "{{ u }}",
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SENDOFF_CONFIG_DIR", str(tmp_path))
    return tmp_path


def test_what_is_kept_comes_back() -> None:
    assert load() == MailServer()
    save(GOOD)
    assert load() == GOOD
    assert "password" not in settings_file().read_text()


@pytest.mark.parametrize(
    "content", ["", "[]", "{", "nonsense", "null", '{"host": 3, "port": true}']
)
def test_a_file_that_makes_no_sense_is_the_defaults(content: str) -> None:
    settings_file().write_text(content)
    assert load() == MailServer()


def test_one_bad_value_costs_no_other() -> None:
    kept = {"host": "h", "port": 99999, "security": "magic", "recipients": ["a", 3] + ["b"] * 20}
    settings_file().write_text(json.dumps(kept))
    found = load()
    assert (found.host, found.port, found.security) == ("h", 587, Security.STARTTLS)
    assert len(found.recipients) == MOST_RECIPIENTS


def test_a_file_that_cannot_be_read_is_told(folder: Path) -> None:
    settings_file().mkdir()
    with pytest.raises(MailError, match="cannot be read"):
        load()
    with pytest.raises(MailError, match="cannot be written"):
        save(GOOD)


@pytest.mark.parametrize(
    "change",
    [
        {"host": ""},
        {"host": "https://smtp.example.org"},
        {"host": "smtp.example.org/x"},
        {"host": "a\r\nb"},
        {"host": "me@smtp"},
        {"port": 0},
        {"port": 65536},
        {"security": Security.NONE},
        {"user": "a\r\nb"},
        {"sender": ""},
        {"sender": "me"},
        {"sender": "Me\r\nBcc: x@y.example <me@example.org>"},
        {"sender": "a@b.example, c@d.example"},
        {"unsubscribe": "x" * 600},
    ],
)
def test_what_cannot_work_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(MailError):
        checked(replace(GOOD, **change))  # type: ignore[arg-type]


def test_no_encryption_is_for_this_machine() -> None:
    assert checked(replace(GOOD, host="127.0.0.1", security=Security.NONE)).host == "127.0.0.1"


def test_several_addresses() -> None:
    assert recipients_of(" a@b.example; C D <c@d.example>,\na@b.example") == (
        "a@b.example", "C D <c@d.example>",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["", " , ;", "me", "a@b.example c@d.example", "a@b.example\0"])
def test_bad_addresses(text: str) -> None:
    with pytest.raises(MailError):
        recipients_of(text)


def test_never_to_a_list() -> None:
    with pytest.raises(MailError, match="at most"):
        recipients_of(",".join(f"a{n}@b.example" for n in range(MOST_RECIPIENTS + 1)))


def test_a_password_belongs_to_its_server_and_user() -> None:
    names = {
        as_account(each).id
        for each in (GOOD, replace(GOOD, host="evil.example"), replace(GOOD, user="other"),
                     replace(GOOD, port=587))
    }  # fmt: skip
    assert len(names) == 4
