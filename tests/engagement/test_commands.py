"""``sendoff accounts`` and ``sendoff report`` as a writer meets them, against a fake Buttondown."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.engagement.providers import PROVIDERS
from tests.engagement.providers.fake import running
from tests.engagement.providers.fake_buttondown import KEY, Buttondown
from tests.engagement.providers.test_buttondown import lively

Sendoff = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def platform() -> Iterator[Buttondown]:
    with running(Buttondown()) as platform:
        yield platform


@pytest.fixture
def sendoff(tmp_path: Path) -> Sendoff:
    environment = os.environ | {
        "SENDOFF_CONFIG_DIR": str(tmp_path / "config"),
        "SENDOFF_DATA_DIR": str(tmp_path / "data"),
        "SENDOFF_CACHE_DIR": str(tmp_path / "cache"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "PYTHONUTF8": "1",
    }

    def run(*words: str, text: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "app", *words],
            input=text,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=environment | more,
        )

    return run


def test_from_nothing_to_a_report(sendoff: Sendoff, platform: Buttondown, tmp_path: Path) -> None:
    lively(platform)
    platform.send("Quiet", recipients=3, deliveries=3)
    nothing = sendoff("report")
    assert nothing.returncode == 1
    assert "sendoff accounts add" in nothing.stderr

    added = sendoff("accounts", "add", "buttondown", "--name", "My Letter", "--url", platform.url,
                    text=KEY + "\n")  # fmt: skip
    assert added.returncode == 0, added.stderr
    assert "Issues and their figures can be read: 2 sent." in added.stdout
    assert "SENDOFF_KEY_MY_LETTER" in added.stderr
    assert "no keyring that is running" in added.stderr
    assert KEY not in added.stdout + added.stderr

    assert "sendoff sync" in sendoff("report").stderr
    listed = json.loads(sendoff("accounts", "list", "--json").stdout)
    assert [each["name"] for each in listed["accounts"]] == ["My Letter"]

    synced = sendoff("sync", SENDOFF_KEY_MY_LETTER=KEY)
    assert synced.returncode == 0, synced.stdout + synced.stderr

    shown = sendoff("report")
    assert shown.returncode == 0, shown.stderr
    assert "50.0 % (2 of 4 delivered)" in shown.stdout
    assert "My Letter: synced" in shown.stdout
    objects = json.loads(sendoff("report", "--json").stdout)["issues"]
    quiet = next(each for each in objects if each["subject"] == "Quiet")
    assert quiet["opens"]["count"] is None

    one = sendoff("report", "hello")
    assert "https://a.example/" in one.stdout
    assert "machines are not told apart here" in one.stdout
    assert sendoff("report", "hello", "--csv").stdout.count("\n") == 3
    assert "## Hello" in sendoff("report", "hello", "--markdown").stdout
    assert sendoff("report", "--where", "opens>=60").returncode == 1
    assert "Quiet" not in sendoff("report", "--where", "opens>=50").stdout
    assert sendoff("report", "--search", "QUIET").stdout.splitlines()[0].endswith("[My Letter]")

    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    assert all(KEY.encode() not in path.read_bytes() for path in written)

    assert sendoff("accounts", "remove", "My Letter").returncode == 2
    assert sendoff("accounts", "remove", "My Letter", "--yes").returncode == 0
    assert sendoff("report").returncode == 1
    assert "no account yet" in sendoff("accounts", "list").stdout


def test_an_account_that_does_not_work_is_not_added(sendoff: Sendoff, platform: Buttondown) -> None:
    added = sendoff("accounts", "add", "buttondown", "--url", platform.url, text="wrong\n")
    assert added.returncode == 1
    assert "does not take the key" in added.stdout
    assert "no account yet" in sendoff("accounts", "list").stdout


def test_an_account_without_issues_is_told(sendoff: Sendoff, platform: Buttondown) -> None:
    sendoff("accounts", "add", "buttondown", "--url", platform.url, text=KEY)
    assert sendoff("sync", SENDOFF_KEY_BUTTONDOWN=KEY).returncode == 0
    shown = sendoff("report")
    assert shown.returncode == 1
    assert "No issue was sent" in shown.stderr


def test_a_test_reads_the_key_from_standard_input_where_none_is_kept(
    sendoff: Sendoff, platform: Buttondown
) -> None:
    sendoff("accounts", "add", "buttondown", "--url", platform.url, "--no-test", text=KEY)
    assert sendoff("accounts", "test", "buttondown", text=KEY).returncode == 0
    assert sendoff("accounts", "test", "buttondown", text="wrong").returncode == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("accounts", "add", "ghost"), "--url is needed"),
        (("accounts", "add", "ghost", "--url", "http://example.com"), "https://"),
        (("accounts", "add", "buttondown"), "no key was given"),
        (("accounts", "test", "x"), "no account yet"),
        (("report", "--sort", "x"), "--sort"),
        (("report", "--where", "x"), "--where"),
        (("report", "--since", "yesterday"), "--since"),
        (("report", "--account", "x"), "no account yet"),
    ],
)
def test_unusable_words_are_told(sendoff: Sendoff, words: tuple[str, ...], said: str) -> None:
    done = sendoff(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_every_provider_can_be_added() -> None:
    from app.cli.accounts import _KEYS

    assert set(_KEYS) == set(PROVIDERS)
