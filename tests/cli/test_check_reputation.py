"""``sendoff check --reputation``: real runs, with a name server on loopback.

The drafts' hosts end in ``.invalid``, which are never looked up (RFC 6761) and so are dead links:
services are asked about those, too.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.reputation_servers import DnsServer

SURBL, DBL = "multi.surbl.org", "dbl.spamhaus.org"
DQS_KEY = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def names() -> Iterator[DnsServer]:
    answers = {
        f"test.surbl.org.{SURBL}": ["127.0.0.254"],
        f"dbltest.com.{DBL}": ["127.0.1.2"],
        f"dbltest.com.{DQS_KEY}.dbl.dq.spamhaus.net": ["127.0.1.2"],
        f"bad.invalid.{SURBL}": ["127.0.0.8"],
        f"worse.invalid.{DQS_KEY}.dbl.dq.spamhaus.net": ["127.0.1.5"],
    }
    with DnsServer(dict(answers)) as server:
        yield server


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path, names: DnsServer) -> Run:
    def run_check(*words: str, text: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        draft = tmp_path / "draft.md"
        draft.write_text(text, encoding="utf-8")
        folders = {
            f"SENDOFF_{name}_DIR": str(tmp_path / name) for name in ("CACHE", "DATA", "CONFIG")
        }
        server = ["--name-server", "{}:{}".format(*names.address)]
        return subprocess.run(
            [sys.executable, "-m", "app", "check", str(draft), "--json", *server, *words],
            capture_output=True,
            text=True,
            env={**os.environ, **folders, **environment},
            timeout=60,
            check=False,
        )

    return run_check


def links(done: "subprocess.CompletedProcess[str]") -> dict[str, dict[str, Any]]:
    return {link["text"]: link for link in json.loads(done.stdout)["links"]}


TEXT = "[a](https://good.invalid/) [b](https://bad.invalid/x) [c](https://worse.invalid/)"


def test_a_flag_blocks_and_what_was_asked_is_not_asked_again(run: Run, names: DnsServer) -> None:
    done = run("--reputation", "surbl", text=TEXT)
    assert done.returncode == 1
    found = links(done)
    assert (found["b"]["status"], found["b"]["reason"]) == ("block", "surbl")
    assert found["b"]["threat"] == "phishing"
    assert found["a"]["reason"] == "no_such_host"
    assert names.asked[f"bad.invalid.{SURBL}"] == 1
    again = run("--reputation", "surbl", text=TEXT)
    assert links(again)["b"]["reason"] == "surbl"
    assert names.asked[f"bad.invalid.{SURBL}"] == 1
    assert not [name for name in names.asked if name.endswith(DBL)]
    assert done.stderr == ""


def test_nothing_is_asked_unless_a_service_is_named(run: Run, names: DnsServer) -> None:
    assert links(run(text=TEXT))["b"]["reason"] == "no_such_host"
    assert not names.asked


def test_a_key_of_the_environment_chooses_its_zone_and_is_shown_nowhere(
    run: Run, names: DnsServer
) -> None:
    done = run("--reputation", "dbl", text=TEXT, SENDOFF_SPAMHAUS_KEY=DQS_KEY)
    assert links(done)["c"]["reason"] == "spamhaus"
    assert DQS_KEY not in done.stdout + done.stderr
    assert not [name for name in names.asked if name.endswith(DBL)]


def test_two_services_that_flag_one_link_are_both_told_also_from_the_cache(
    run: Run, names: DnsServer
) -> None:
    names.answers[f"bad.invalid.{DQS_KEY}.dbl.dq.spamhaus.net"] = ["127.0.1.5"]
    services = ("--reputation", "surbl", "dbl")
    for _ in range(2):
        found = links(run(*services, text=TEXT, SENDOFF_SPAMHAUS_KEY=DQS_KEY))
        assert (found["b"]["reason"], found["b"]["also"]) == ("surbl", ["spamhaus"])
        assert (found["c"]["reason"], found["c"]["also"]) == ("spamhaus", [])


def test_a_service_that_is_no_use_is_told_once_and_changes_no_link(
    run: Run, names: DnsServer
) -> None:
    names.answers[f"test.surbl.org.{SURBL}"] = ["127.0.0.1"]
    done = run("--reputation", "surbl", text=TEXT)
    found = links(done)
    assert {link["reason"] for link in found.values()} == {"no_such_host"}
    assert all("reputation_unknown" in link["notes"] for link in found.values())
    assert done.stderr.count("SURBL was no use") == 1
    assert "invalid" not in done.stderr


def test_own_and_team_lists_need_no_service(run: Run, tmp_path: Path, names: DnsServer) -> None:
    (tmp_path / "CONFIG").mkdir()
    (tmp_path / "CONFIG" / "link-list.txt").write_text("allow bad.invalid\nnonsense here\n")
    team = tmp_path / "team.txt"
    team.write_text("# ours\nblock *.good.invalid\n")
    done = run("--link-list", str(team), "--reputation", "surbl", text=TEXT)
    found = links(done)
    assert (found["a"]["status"], found["a"]["reason"]) == ("block", "listed")
    assert found["b"]["reason"] == "no_such_host"
    assert f"bad.invalid.{SURBL}" not in names.asked
    assert "link-list.txt:2: A line begins with" in done.stderr
    team.write_text("")
    assert links(run(text=TEXT))["a"]["reason"] == "no_such_host"


def test_own_and_team_lists_hold_offline_and_ask_nobody(
    run: Run, tmp_path: Path, names: DnsServer
) -> None:
    (tmp_path / "CONFIG").mkdir()
    (tmp_path / "CONFIG" / "link-list.txt").write_text(
        "block bad.invalid\nallow good.invalid\noops\n"
    )
    team = tmp_path / "team.txt"
    team.write_text("block *.good.invalid\n")
    done = run("--offline", "--link-list", str(team), text=TEXT)
    found = links(done)
    assert (found["a"]["reason"], found["a"]["threat"]) == ("listed", "*.good.invalid")
    assert (found["b"]["status"], found["b"]["reason"]) == ("block", "listed")
    assert found["c"]["reason"] == "offline"
    assert done.returncode == 1
    assert "link-list.txt:3: A line begins with" in done.stderr
    assert not names.asked


def test_offline_without_a_list_is_as_it_was(run: Run) -> None:
    done = run("--offline", text=TEXT)
    assert {link["reason"] for link in links(done).values()} == {"offline"}
    assert (done.returncode, done.stderr) == (3, "")


@pytest.mark.parametrize("key", ["two words", "a\r\nb"])
def test_a_key_that_is_none_is_refused(run: Run, key: str) -> None:
    done = run("--reputation", "web-risk", text=TEXT, SENDOFF_WEB_RISK_KEY=key)
    assert done.returncode == 2
    assert key not in done.stderr
