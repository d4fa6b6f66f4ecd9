"""``sendoff check`` as other programs and people meet it: against a real server on loopback."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

ANSWERS = {"/ok": 200, "/gone": 410, "/missing": 404, "/forbidden": 403, "/moved": 301}


class Handler(BaseHTTPRequestHandler):
    """Answers by path, and counts."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        server = self.server
        assert isinstance(server, Site)
        server.asked[f"{self.command} {self.path}"] += 1
        body = b'<html><title>A page</title><p id="here">Words</p></html>'
        self.send_response(ANSWERS.get(self.path, 200))
        if self.path == "/moved":
            self.send_header("Location", "/ok")
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class Site(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: Counter[str] = Counter()
        self.url = f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run_check(*words: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        folders = {
            f"SENDOFF_{name}_DIR": str(tmp_path / name) for name in ("CACHE", "DATA", "CONFIG")
        }
        return subprocess.run(
            [sys.executable, "-m", "app", "check", *words],
            input=stdin,
            capture_output=True,
            text=True,
            env={**os.environ, **folders},
            timeout=60,
            check=False,
        )

    return run_check


@pytest.fixture
def draft(tmp_path: Path) -> Callable[..., str]:
    def write(text: str, name: str = "issue.md") -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def links(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    return {link["href"]: link for link in json.loads(done.stdout)["links"]}


def test_the_report_of_one_file(run: Run, draft: Callable[..., str], site: Site) -> None:
    text = (
        f"[a]({site.url}/ok) [b]({site.url}/missing) [c]({site.url}/forbidden)\n\n"
        f"[d]({site.url}/moved) [e](htps://x.y) [f](mailto:me@example.com) [g]({site.url}/ok)\n"
    )
    name = draft(text)
    done = run(name, "--json", "--allow-private")
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert (report["version"], report["file"]) == (1, name)
    reasons = [link["reason"] for link in report["links"]]
    assert reasons == [
        *("ok", "not_found", "refused_robot", "ok"),
        *("scheme_unknown", "not_checkable", "ok"),
    ]
    counts = {"safe": 3, "warn": 2, "block": 0, "unverified": 1, "unchecked": 1}
    assert {word: report["summary"][word] for word in counts} == counts
    assert report["summary"]["requests"] == sum(site.asked.values())
    assert site.asked["HEAD /ok"] <= 2  # once for the link, once at the end of the redirect
    moved = report["links"][3]
    assert moved["redirects"] == [{"status": 301, "url": f"{site.url}/ok"}]
    assert moved["final_url"] == f"{site.url}/ok"
    assert moved["notes"] == ["moved_permanently"]
    missing = report["links"][1]
    assert missing["http_status"] == 404
    assert missing["method"] == "GET"
    assert missing["checked_at"].endswith("Z")
    assert missing["from_cache"] is False
    assert missing["threat"] is missing["hop"] is missing["suggestion"] is None
    assert text[missing["start"] : missing["end"]] == f"{site.url}/missing"


def test_several_files(run: Run, draft: Callable[..., str], site: Site) -> None:
    one = draft(f"[a]({site.url}/ok)", "one.md")
    two = draft(f"[a]({site.url}/ok) [b]({site.url}/gone)", "two.md")
    done = run(one, two, "--json", "--allow-private")
    report = json.loads(done.stdout)
    assert [file["file"] for file in report["files"]] == [one, two]
    assert report["summary"]["safe"] == 2
    assert report["summary"]["warn"] == 1
    assert site.asked["HEAD /ok"] == 1
    assert done.returncode == 1


def test_standard_input(run: Run, site: Site) -> None:
    done = run("-", "--json", "--allow-private", stdin=f"<{site.url}/ok>")
    assert done.returncode == 0
    assert links(done)[f"{site.url}/ok"]["status"] == "safe"


def test_fragments_of_one_page_cost_one_look(
    run: Run, draft: Callable[..., str], site: Site
) -> None:
    name = draft(f"[a]({site.url}/x#here) [b]({site.url}/x#nowhere) [c]({site.url}/x)")
    found = links(run(name, "--json", "--allow-private", "--no-cache"))
    assert found[f"{site.url}/x#here"]["notes"] == []
    assert found[f"{site.url}/x#nowhere"]["notes"] == ["fragment_missing"]
    assert site.asked["GET /x"] == 1


def test_the_second_run_asks_nobody(run: Run, draft: Callable[..., str], site: Site) -> None:
    name = draft(f"[a]({site.url}/ok) [b]({site.url}/missing)")
    run(name, "--json", "--allow-private")
    before = site.asked.copy()
    done = run(name, "--json", "--allow-private")
    assert site.asked == before
    assert all(link["from_cache"] for link in links(done).values())
    assert json.loads(done.stdout)["summary"]["requests"] == 0
    assert done.returncode == 1
    run(name, "--json", "--allow-private", "--no-cache")
    assert site.asked.total() == 2 * before.total()


def test_private_addresses_are_not_asked_by_default(
    run: Run, draft: Callable[..., str], site: Site
) -> None:
    done = run(draft(f"[a]({site.url}/ok)"), "--json")
    assert links(done)[f"{site.url}/ok"]["reason"] == "private_address"
    assert not site.asked
    assert done.returncode == 1


def test_offline_nobody_is_asked(run: Run, draft: Callable[..., str], site: Site) -> None:
    done = run(draft(f"[a]({site.url}/ok)"), "--json", "--offline", "--allow-private")
    assert links(done)[f"{site.url}/ok"]["reason"] == "offline"
    assert not site.asked
    assert done.returncode == 3


def test_offline_what_was_found_before_is_still_known(
    run: Run, draft: Callable[..., str], site: Site
) -> None:
    name = draft(f"[a]({site.url}/ok)")
    run(name, "--allow-private")
    done = run(name, "--json", "--offline", "--allow-private")
    assert links(done)[f"{site.url}/ok"]["status"] == "safe"
    assert done.returncode == 0


@pytest.mark.parametrize("text", ["", "No link at all.", "[m](mailto:me@example.com)"])
def test_nothing_to_check_is_nothing_to_fix(text: str, run: Run, draft: Callable[..., str]) -> None:
    assert run(draft(text), "--offline").returncode == 0


def test_links_behind_the_first_portion_are_found_and_references_resolved(
    run: Run, draft: Callable[..., str], site: Site
) -> None:
    filler = "\n\n".join("Words without end. " * 20 for _ in range(100))
    text = (
        f"[early][ref]\n\n{filler}\n\n[late]({site.url}/late) [none][nowhere]\n\n"
        f"[ref]: {site.url}/ok\n"
    )
    done = run(draft(text), "--json", "--allow-private", "--no-cache")
    reasons = {link["text"]: link["reason"] for link in json.loads(done.stdout)["links"]}
    assert reasons == {"early": "ok", "late": "ok", "none": "reference_undefined"}


@pytest.mark.parametrize(
    "words",
    [
        ["--timeout", "0"],
        ["--timeout", "soon"],
        ["--concurrency", "0"],
        ["--per-host", "-1"],
        ["--reputation", "nonsense", "--"],
        ["--reputation", "web-risk", "--"],
        ["--link-list", "missing.txt"],
        ["--name-server", "here", "--reputation", "dbl", "--"],
        ["--server", "https://x.example"],
        ["--unknown"],
        ["missing.md"],
        ["-", "-"],
    ],
)
def test_unusable_arguments(words: list[str], run: Run, draft: Callable[..., str]) -> None:
    done = run(*words, draft("x")) if "missing.md" not in words else run(*words)
    assert done.returncode == 2
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_no_file_at_all(run: Run) -> None:
    assert run().returncode == 2


def test_the_table_is_for_people(run: Run, draft: Callable[..., str], site: Site) -> None:
    done = run(draft(f"[a]({site.url}/ok)\n[b]({site.url}/missing)\n[c]()"), "--allow-private")
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert done.stderr == ""
    assert "Page not found (404)" in done.stdout
    assert "2 warn" in done.stdout
    assert "1 safe" in done.stdout
    assert "2:5" in done.stdout


def test_the_time_limit_bounds_a_link(run: Run, draft: Callable[..., str]) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        done = run(draft(f"<{url}>"), "--json", "--allow-private", "--timeout", "0.5")
    assert links(done)[url]["reason"] == "timeout"
    assert json.loads(done.stdout)["summary"]["seconds"] < 2


def test_help_has_examples(run: Run) -> None:
    done = run("--help")
    assert done.returncode == 0
    assert "sendoff check issue-12.md" in done.stdout


@pytest.mark.parametrize("extra", [["--json"], []])
def test_any_locale_will_do(
    extra: list[str], run: Run, draft: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii:strict")
    done = run(draft("[é](htps://例え.jp/)"), *extra, "--offline")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert ("é" in done.stdout) == bool(extra)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on open files")
def test_few_open_files_make_it_slower_but_not_wrong(
    draft: Callable[..., str], site: Site, tmp_path: Path
) -> None:
    name = draft("\n".join(f"<{site.url}/{number}>" for number in range(200)))
    command = [sys.executable, "-m", "app", "check", name, "--json", "--allow-private"]
    unthrottled = ["--no-cache", "--concurrency", "512", "--per-host", "512"]
    limited = ["sh", "-c", 'ulimit -n 64; exec "$@"', "sh", *command, *unthrottled]
    folders = {f"SENDOFF_{word}_DIR": str(tmp_path / word) for word in ("CACHE", "DATA")}
    done = subprocess.run(
        limited,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **folders},
    )
    assert done.stderr == ""
    assert json.loads(done.stdout)["summary"]["safe"] == 200


def test_how_fast_hosts_were_is_kept_for_the_next_run(
    run: Run, site: Site, draft: Callable[..., str], tmp_path: Path
) -> None:
    assert run(draft(f"[a]({site.url}/ok)\n"), "--allow-private").returncode == 0
    with closing(sqlite3.connect(tmp_path / "CACHE" / "verdicts.sqlite3")) as database:
        rows = database.execute("SELECT origin, silences FROM paces").fetchall()
    assert rows == [(site.url, 0)]
