"""``sendoff handover`` as a writer meets it, against fakes of the platforms."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.handover.model import Field
from tests.handover.desk import DRAFT, Desk
from tests.handover.fakes.server import Cut

Sendoff = Callable[..., subprocess.CompletedProcess[str]]
PLAIN = DRAFT.replace("[a link](https://example.com/a)", "no link")


@pytest.fixture
def environment(tmp_path: Path, desk: Desk) -> dict[str, str]:
    folder = tmp_path / "home"
    return os.environ | {
        "SENDOFF_CONFIG_DIR": str(folder / "config"),
        "SENDOFF_DATA_DIR": str(folder / "data"),
        "SENDOFF_CACHE_DIR": str(folder / "cache"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "SENDOFF_KEY_LETTER": desk.key,
        "PYTHONUTF8": "1",
    }


@pytest.fixture
def sendoff(environment: dict[str, str], desk: Desk) -> Sendoff:
    """The command, with the desk's account."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "app", *words],
            input=desk.key,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=environment,
        )

    added = run("accounts", "add", desk.provider, "--name", "Letter", "--url", desk.fake.url,
                "--no-test")  # fmt: skip
    assert added.returncode == 0, added.stderr
    return run


def test_look_first_then_hand_over_then_change(sendoff: Sendoff, desk: Desk) -> None:
    desk.draft.write_text(PLAIN)
    looked = sendoff("handover", str(desk.draft), "--account", "Letter", "--dry-run")
    assert looked.returncode == 0, looked.stderr
    assert "words, “" in looked.stdout
    assert "A draft is made" in looked.stdout
    assert desk.fake.written() == []

    made = sendoff("handover", str(desk.draft), "--account", "Letter")
    assert made.returncode == 0, made.stderr
    assert "It is a draft there: http" in made.stdout
    assert len(desk.drafts()) == 1

    desk.draft.write_text(PLAIN.replace("Second words", "Other words"))
    changed = sendoff("handover", str(desk.draft), "--json")
    assert changed.returncode == 0, changed.stderr
    told = json.loads(changed.stdout)
    assert (told["action"], told["error"], told["conflict"]) == ("change", None, None)
    assert "body" in [each["field"] for each in told["changes"]]
    assert told["handed"]["remote_id"]
    (draft,) = desk.drafts()
    assert "Other words" in draft[Field.BODY]


@pytest.mark.parametrize("desk", ["buttondown"], indirect=True)
def test_edits_made_there_are_asked_about(sendoff: Sendoff, desk: Desk) -> None:
    desk.draft.write_text(PLAIN)
    sendoff("handover", str(desk.draft))
    desk.edit(Field.SUBJECT, "Their subject")
    asked = sendoff("handover", str(desk.draft))
    assert asked.returncode == 1
    assert "--on-conflict copy" in asked.stdout
    copied = sendoff("handover", str(desk.draft), "--on-conflict", "copy")
    assert copied.returncode == 0, copied.stderr
    assert len(desk.drafts()) == 2


@pytest.mark.parametrize("desk", ["buttondown"], indirect=True)
@pytest.mark.parametrize("choice", ["theirs", "copy", "merge"])
def test_what_is_chosen_for_a_conflict_is_nothing_without_one(
    sendoff: Sendoff, desk: Desk, choice: str
) -> None:
    desk.draft.write_text(PLAIN)
    for words in ("Second words", "Other words"):
        desk.draft.write_text(PLAIN.replace("Second words", words))
        assert sendoff("handover", str(desk.draft), "--on-conflict", choice).returncode == 0
    (draft,) = desk.drafts()
    assert "Other words" in draft[Field.BODY]
    desk.send()
    again = sendoff("handover", str(desk.draft), "--on-conflict", choice)
    assert (again.returncode, len(desk.drafts())) == ((0, 2) if choice == "copy" else (1, 1))


@pytest.mark.parametrize("desk", ["buttondown"], indirect=True)
def test_a_link_that_nobody_looked_at_holds_the_issue(sendoff: Sendoff, desk: Desk) -> None:
    desk.draft.write_text(DRAFT)
    held = sendoff("handover", str(desk.draft), "--no-check", "--json")
    assert held.returncode == 1
    assert [each["hold"] for each in json.loads(held.stdout)["held"]] == ["pending"]
    assert desk.fake.written() == []
    looked = sendoff("handover", str(desk.draft), "--dry-run")
    assert (looked.returncode, "1 link is looked at first" in looked.stdout) == (0, True)
    let = sendoff("handover", str(desk.draft), "--no-check", "--override",
                  "https://example.com/a", "it is online at nine")  # fmt: skip
    assert let.returncode == 0, let.stderr
    assert len(desk.drafts()) == 1


@pytest.mark.parametrize("desk", ["buttondown"], indirect=True)
def test_a_picture_beside_the_draft_is_no_broken_link(sendoff: Sendoff, desk: Desk) -> None:
    desk.picture()
    desk.draft.write_text(PLAIN.replace("---\n\n", "cover: cat.png\n---\n\n") + "\n![c](cat.png)\n")
    looked = sendoff("handover", str(desk.draft), "--dry-run")
    assert "broken" not in looked.stdout
    assert "picture: cat.png" in looked.stdout
    assert "cover picture: cat.png" in looked.stdout
    assert "picture.invalid" not in looked.stdout
    linked = PLAIN + "\n![c](cat.png) [see](cat.png)\n"
    desk.draft.write_text(linked)
    assert "cat.png is broken" in sendoff("handover", str(desk.draft), "--dry-run").stdout


@pytest.mark.parametrize("desk", ["buttondown"], indirect=True)
def test_what_was_sent_is_refused_in_words(sendoff: Sendoff, desk: Desk) -> None:
    desk.draft.write_text(PLAIN)
    sendoff("handover", str(desk.draft))
    desk.send()
    refused = sendoff("handover", str(desk.draft))
    assert refused.returncode == 1
    assert "no draft any more" in refused.stderr


@pytest.mark.parametrize("desk", ["buttondown"], indirect=True)
def test_arguments_that_are_no_use(sendoff: Sendoff, desk: Desk) -> None:
    desk.draft.write_text(PLAIN)
    assert sendoff("handover", str(desk.draft), "--account", "Nobody").returncode == 2
    assert sendoff("handover", "-", "--account", "Letter").returncode == 2
    assert sendoff("handover", str(desk.folder / "none.md"), "--account", "Letter").returncode == 2


def test_killed_when_the_draft_was_made_and_nobody_heard_of_it(
    sendoff: Sendoff, environment: dict[str, str], desk: Desk
) -> None:
    desk.draft.write_text(PLAIN)
    running: list[subprocess.Popen[bytes]] = []
    desk.fake.on_cut = lambda: running[0].kill()
    # Only a request that writes: listmonk's templates and lists are asked for before.
    desk.fake.cuts = {{"buttondown": 0, "ghost": 0, "listmonk": 2}[desk.provider]: Cut.AFTER}
    words = [sys.executable, "-m", "app", "handover", str(desk.draft)]
    running.append(subprocess.Popen(words, env=environment))
    assert running[0].wait(60) == -signal.SIGKILL
    assert len(desk.drafts()) == 1
    again = sendoff("handover", str(desk.draft), "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["action"] == "nothing"
    assert len(desk.drafts()) == 1


@pytest.mark.parametrize("desk", ["buttondown"], indirect=True)
def test_where_nobody_answers(sendoff: Sendoff, environment: dict[str, str], desk: Desk) -> None:
    desk.draft.write_text(PLAIN)
    sendoff("accounts", "add", desk.provider, "--name", "Away", "--url", "http://127.0.0.1:9",
            "--no-test")  # fmt: skip
    environment["SENDOFF_KEY_AWAY"] = desk.key
    nobody = sendoff("handover", str(desk.draft), "--account", "Away", "--json")
    assert nobody.returncode == 3
    assert json.loads(nobody.stdout)["error"]
    assert "cannot be reached" in nobody.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
@pytest.mark.parametrize("desk", ["buttondown"], indirect=True)
@pytest.mark.parametrize(("answer", "drafts"), [("copy", 2), ("", 1), ("what?", 1)])
def test_on_a_terminal_it_is_asked_what_becomes_of_edits_there(
    sendoff: Sendoff, environment: dict[str, str], desk: Desk, answer: str, drafts: int
) -> None:
    import pty

    desk.draft.write_text(PLAIN)
    sendoff("handover", str(desk.draft))
    desk.edit(Field.SUBJECT, "Their subject")
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "app", "handover", str(desk.draft)]
    running = subprocess.Popen(words, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.write(ours, answer.encode() + b"\n")
    shown = b""
    with contextlib.suppress(OSError):  # how the other end tells that it is over
        while part := os.read(ours, 4096):
            shown += part
    os.close(ours)
    assert running.wait(30) == int(drafts == 1)
    assert b"or nothing?" in shown
    assert len(desk.drafts()) == drafts
