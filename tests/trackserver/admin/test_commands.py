"""``sendoff server admin``, typed as a person types it, on both stores."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, func, select, update

from app.cli.main import main
from app.trackserver.api.keys import find
from app.trackserver.inbox import Delivered, Kind
from app.trackserver.store.database import Database
from app.trackserver.store.schema import event, inbox, rollup, server, webhook
from app.trackserver.store.setup import keyring
from app.trackserver.tokens import Kind as TokenKind
from app.trackserver.tokens import Token
from app.trackserver.vendors.keys import read_keys
from app.trackserver.words import Source
from app.trackserver.work.aside import put_aside
from tests.support.postgres import Postgres, _binaries
from tests.trackserver.work.scene import START, Scene

Admin = Callable[..., Any]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENDOFF_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SENDOFF_POSTGRES_BIN", str(_binaries()))


def url(database: Database) -> str:
    text = database.url.render_as_string(hide_password=False)
    return text.replace("+psycopg", "")


@pytest.fixture
def admin(database: Database, capsys: pytest.CaptureFixture[str]) -> Admin:
    """Runs a command; its JSON, or with ``fails`` what it says on standard error."""

    def run(*words: str, status: int = 0, text: bool = False) -> Any:
        more = [] if text else ["--json"]
        assert main(["server", "admin", *words, "--database", url(database), *more]) == status
        said = capsys.readouterr()
        if status == 2:
            return said.err
        return said.out if text else json.loads(said.out)

    return run


def test_status_of_a_new_store(admin: Admin) -> None:
    found = admin("status")
    assert found["events"] == found["batches waiting"] == 0
    assert len(found["epoch"]) == 16


def test_a_key_is_shown_once_and_found(admin: Admin, database: Database) -> None:
    made = admin("keys", "add", "my laptop", "--scopes", "read,link-check", "--days", "2")
    with database.reading() as connection:
        found = find(connection, made["key"], 0)
        assert found is not None
        assert {str(scope) for scope in found[0].scopes} == {"read", "link-check"}
    listed = admin("keys", "list")["rows"]
    assert listed[0]["name"] == "my laptop"
    assert "expires" in listed[0]["state"]
    assert made["key"] not in json.dumps(listed)
    admin("keys", "revoke", str(made["id"]))
    with database.reading() as connection:
        assert find(connection, made["key"], 0) is None
    assert "revoked" in admin("keys", "list", text=True)


def test_a_key_confined_to_a_publication(admin: Admin) -> None:
    made = admin("publications", "add", "A letter")
    admin("keys", "add", "theirs", "--publication", "A letter")
    assert admin("keys", "list")["rows"][0]["publication"] == made["id"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["keys", "add", "x", "--scopes", "all"], "--scopes"),
        (["keys", "add", "x", "--publication", "no such"], "no publication 'no such'"),
        (["keys", "revoke", "9"], "no key 9"),
        (["domains", "add", "news.example.com"], "make one"),
        (["domains", "remove", "news.example.com"], "no domain"),
        (["webhooks", "add", "ses"], "--topic"),
        (["webhooks", "add", "mailgun"], "--secret"),
        (["webhooks", "add", "sendgrid", "--secret", "AAAA"], "--secret"),
        (["webhooks", "add", "resend", "--secret", "whsec_?"], "--secret"),
        (["webhooks", "add", "postmark", "--login", "nobody"], "NAME:PASSWORD"),
        (["webhooks", "add", "postmark", "--login", "@/no/such/file"], "/no/such/file"),
        (["webhooks", "revoke", "9"], "no webhook 9"),
        (["aside", "show", "9"], "under 9"),
        (["aside", "drop"], "say which"),
        (["recount", "iss_none"], "no such issue"),
        (["restore", "/no/such/backup"], "no such file"),
    ],
)
def test_what_cannot_be_done_is_said_in_plain_words(
    admin: Admin, words: list[str], said: str
) -> None:
    assert said in admin(*words, status=2)


@pytest.mark.parametrize(
    "words",
    [[], ["keys"], ["keys", "add"], ["keys", "revoke", "x"], ["keys", "revoke", "0"], ["other"]],
)
def test_unusable_arguments(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["server", "admin", *words])
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["server"], ["server", "admin"], ["server", "admin", "keys", "add"]):
        with pytest.raises(SystemExit) as caught:
            main([*words, "--help"])
        assert caught.value.code == 0
        assert "example" in capsys.readouterr().out


def test_a_store_out_of_reach(capsys: pytest.CaptureFixture[str]) -> None:
    away = "postgresql://nobody@127.0.0.1:9/none?connect_timeout=2"
    assert main(["server", "admin", "status", "--database", away]) == 2
    assert "cannot be used" in capsys.readouterr().err


def test_publications(admin: Admin) -> None:
    made = admin("publications", "add", "A letter", "--mode", "aggregate")
    admin("publications", "change", made["id"], "--mode", "none", "--canary", "on", "--name", "B")
    (row,) = admin("publications", "list")["rows"]
    assert (row["name"], row["mode"], row["canary"], row["issues"]) == ("B", "none", "on", 0)
    assert "nothing to change" in admin("publications", "change", "B", status=2)
    admin("publications", "add", "C")
    assert "several" not in admin(
        "domains", "add", "a.example.com", "--publication", "C", text=True
    )


def test_domains(admin: Admin) -> None:
    admin("publications", "add", "A letter")
    admin("domains", "add", "News.Example.com")
    admin("domains", "add", "old.example.com", "--not-main")
    rows = admin("domains", "list")["rows"]
    assert [(row["host"], row["main"]) for row in rows] == [
        ("news.example.com", "yes"),
        ("old.example.com", "no"),
    ]
    assert "host name" in admin("domains", "add", "not a host", status=2)
    admin("domains", "remove", "old.example.com")
    assert len(admin("domains", "list")["rows"]) == 1


def test_a_vendors_keys_are_changed_over(admin: Admin, database: Database, tmp_path: Path) -> None:
    admin("publications", "add", "A letter")
    secret = tmp_path / "secret"
    secret.write_text("first\n")
    made = admin("webhooks", "add", "mailgun", "--secret", f"@{secret}")
    assert made["path"].startswith("/w/")

    def secrets() -> tuple[str, ...]:
        with database.reading() as connection:
            return read_keys(connection.execute(select(webhook.c.proof)).scalar_one()).secrets

    assert secrets() == ("first",)
    number = str(made["id"])
    admin("webhooks", "change", number, "--secret", "second")
    assert secrets() == ("first", "second")
    admin("webhooks", "change", number, "--drop-oldest-secret")
    assert secrets() == ("second",)
    # Without any key nothing would be believed: refused, and nothing is changed.
    assert "--secret" in admin("webhooks", "change", number, "--drop-oldest-secret", status=2)
    assert secrets() == ("second",)
    listed = admin("webhooks", "list", text=True)
    assert "1 secret" in listed
    assert "second" not in listed
    admin("webhooks", "revoke", number)
    assert "revoked" in admin("webhooks", "list", text=True)


def test_signing_keys_are_rotated(admin: Admin, database: Database) -> None:
    admin("status")
    token = Token(TokenKind.CLICK, 1, 2, 3)
    with database.reading() as connection:
        before = keyring(connection).sign(token)
    made = admin("signing-keys", "rotate")
    with database.reading() as connection:
        ring = keyring(connection)
    assert ring.verify(before) == token
    after = ring.sign(token)
    assert after != before
    assert ring.verify(after) == token
    states = [row["state"] for row in admin("signing-keys", "list")["rows"]]
    assert made["kid"] == 2
    assert ["signs" in state for state in states] == [False, True]


def test_what_was_set_aside(admin: Admin, database: Database) -> None:
    admin("status")
    body = msgspec.msgpack.encode([Delivered(1, 1, b"\x1b[2J")])
    with database.writing() as connection:
        for error in ("postmark: unknown event type 'X'", "no such issue", "no such issue"):
            put_aside(connection, Kind.WEBHOOKS, body, error, START)
    rows = admin("aside", "list")["rows"]
    assert [row["error"] for row in rows].count("no such issue") == 2
    summary = admin("aside", "list", "--summary")["rows"]
    assert (summary[0]["items"], summary[0]["error"]) == (2, "no such issue")
    assert "x1b" in admin("aside", "show", str(rows[0]["id"]))["body"]
    assert admin("aside", "retry", str(rows[0]["id"])) == {"retried": 1}
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(inbox)) == 1
    assert admin("aside", "drop", "--error", "no such issue") == {"deleted": 1}
    assert admin("aside", "retry") == {"retried": 1}
    assert "Nothing" in admin("aside", "list", text=True)


def test_retention(admin: Admin, database: Database) -> None:
    assert admin("retention", "show") == {"address_days": 30, "event_days": 400}
    assert "nothing to change" in admin("retention", "set", status=2)
    scene = scene_of(database)
    with database.reading() as connection:
        assert connection.scalar(select(func.count(event.c.address))) == len(scene.hits())
    assert admin("retention", "set", "--addresses", "0")["address_days"] == 0
    admin("retention", "run")
    with database.reading() as connection:
        assert connection.scalar(select(func.count(event.c.address))) == 0
    assert admin("recount") == {"issues": 1}


def scene_of(database: Database) -> Scene:
    scene = Scene(database)
    scene.put(*(scene.open(who) for who in range(1, 8)), scene.click(3), scene.click(3, 2))
    scene.drain()
    return scene


def test_recount_compares_and_repairs(admin: Admin, database: Database) -> None:
    scene = scene_of(database)
    right = scene.figures()
    assert admin("recount") == {"issues": 1}
    with database.writing() as connection:
        connection.execute(update(rollup).values(n=rollup.c.n + 1))
    wrong = admin("recount", "iss_1", status=1)["rows"]
    assert wrong
    assert all(row["stored"] == row["counted"] + 1 for row in wrong)
    assert len(admin("recount", "--repair")["rows"]) == len(wrong)
    assert admin("recount") == {"issues": 1}
    assert +scene.figures() == +right


def test_backup_and_restore(admin: Admin, database: Database, tmp_path: Path) -> None:
    scene = scene_of(database)
    right, epoch = scene.figures(), admin("status")["epoch"]
    file = tmp_path / "backup"
    assert admin("backup", str(file))["bytes"] == file.stat().st_size
    assert file.stat().st_mode & 0o077 == 0
    assert "exists already" in admin("backup", str(file), status=2)
    admin("backup", str(file), "--overwrite")
    scene.put(scene.open(9))
    scene.drain()
    assert scene.figures() != right
    assert "--replace" in admin("restore", str(file), status=2)
    restored = admin("restore", str(file), "--replace")
    assert scene.figures() == right
    assert admin("status")["epoch"] == restored["epoch"] != epoch
    assert admin("recount") == {"issues": 1}
    # And the store goes on working.
    scene.put(scene.open(9))
    scene.drain()
    assert scene.figures() != right
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_what_is_no_backup_changes_nothing(
    admin: Admin, database: Database, tmp_path: Path
) -> None:
    scene = scene_of(database)
    right = scene.figures()
    for content in (b"", b"not a backup", b"SQLite format 3\0" + bytes(5000)):
        file = tmp_path / "bad"
        file.write_bytes(content)
        assert admin("restore", str(file), "--replace", status=2)
        assert scene.figures() == right


def test_a_backup_is_made_while_the_store_is_written_to(
    admin: Admin, database: Database, tmp_path: Path
) -> None:
    scene = scene_of(database)
    with database.writing() as connection:
        connection.execute(update(server).values(made_at=1))
        admin("backup", str(tmp_path / "backup"))
    assert scene.figures()


@pytest.fixture
def empty(postgres: Postgres) -> Any:
    name = postgres.new_database()
    yield postgres.url(name)
    postgres.drop(name)


def test_move_to_postgresql(
    admin: Admin, database: Database, empty: str, request: pytest.FixtureRequest
) -> None:
    scene = scene_of(database)
    scene.put(scene.open(9))  # something that is still to be worked off
    moved = {row["table"]: row["rows"] for row in admin("move", "--to", empty)["rows"]}
    assert moved["event"] == 9
    assert moved["inbox"] == 1
    assert "not empty" in admin("move", "--to", empty, status=2)
    new = Database(empty)
    try:
        there = Scene.__new__(Scene)
        there.__dict__.update(scene.__dict__, database=new)
        assert there.figures() == scene.figures()
        assert there.hits() == scene.hits()
        there.drain()
        assert there.figures() != scene.figures()
        with new.writing() as connection:
            # New rows get numbers after the old ones.
            put_aside(connection, Kind.HITS, b"", "", 0)
            connection.execute(delete(event))
    finally:
        new.close()


def test_move_to_itself_or_nowhere(admin: Admin, database: Database) -> None:
    assert "same store" in admin("move", "--to", url(database), status=2)
    away = "postgresql://nobody@127.0.0.1:9/none"
    assert "cannot be used" in admin("move", "--to", away, status=2)


def test_every_vendor_can_be_added(admin: Admin) -> None:
    admin("publications", "add", "A letter")
    known = {
        Source.SENDGRID: [
            "--secret",
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe6"
            "2gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==",
        ],
        Source.MAILGUN: ["--secret", "key"],
        Source.RESEND: ["--secret", "whsec_AAAA"],
        Source.SES: ["--topic", "arn:aws:sns:eu-west-1:123456789012:sendoff"],
    }
    for source in Source:
        if source not in (Source.OWN, Source.API):
            admin("webhooks", "add", source.name.lower(), *known.get(source, []))
    assert len(admin("webhooks", "list")["rows"]) == 7
