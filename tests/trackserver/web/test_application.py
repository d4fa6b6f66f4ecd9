"""Declared endpoints: keys, limits, problem documents, health, and a stop that loses nothing."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest

from app.trackserver.api.keys import Scope
from app.trackserver.ingest.inbox_writer import Inbox
from app.trackserver.settings import Limits
from app.trackserver.store.database import Database
from app.trackserver.store.setup import keyring
from app.trackserver.tokens import Kind, Token
from tests.support.patience import PATIENCE, wait_for
from tests.trackserver.serving import free_port, serving
from tests.trackserver.web.conftest import Tracked, stored_hits

PROBLEM = "application/problem+json"


def problem(answer: httpx.Response, status: int) -> dict[str, object]:
    """The document, if it is one as RFC 9457 wants it."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM
    document: dict[str, object] = answer.json()
    assert document["status"] == status
    assert document["title"]
    assert document["instance"] == answer.headers["x-request-id"]
    return document


def test_errors_are_problem_documents(tracked: Tracked) -> None:
    with httpx.Client(base_url=tracked.served.url) as bare:
        errors_are_problems(tracked, tracked.http, bare)


def errors_are_problems(tracked: Tracked, http: httpx.Client, bare: httpx.Client) -> None:
    problem(http.get("/nope"), 404)
    assert problem(http.delete("/healthz"), 405)
    assert http.delete("/healthz").headers["allow"] == "GET, HEAD, OPTIONS"
    assert http.options("/healthz").status_code == 204
    problem(http.get("/healthz", params={"x": "1"}), 400)
    problem(http.get("/v1/publications", params="a=%ff"), 400)
    unknown = bare.get("/v1/publications")
    problem(unknown, 401)
    assert unknown.headers["www-authenticate"] == "Bearer"
    for text in ("x", "Bearer", "Bearer x", "Basic eDp5", "Bearer sendoff_" + "0" * 46, "Bearer é"):
        headers = {"authorization": text.encode()}
        problem(bare.get("/v1/publications", headers=headers), 401)  # type: ignore[arg-type]
    key = tracked.served.new_key([Scope.REPUTATION])
    problem(bare.get("/v1/publications", headers={"authorization": f"Bearer {key}"}), 403)
    problem(http.post("/v1/publications", content=b"{"), 415)
    json_type = {"content-type": "application/json"}
    for body in (b"", b"{", b"\xff", b'{"name": "\xff"}'):
        problem(http.post("/v1/publications", content=body, headers=json_type), 400)
    deep = b'{"a":' * 5000
    for body in (b"[]", b"{}", b'{"name": 1}', b'{"name": "a\\u0000b"}', deep):
        problem(http.post("/v1/publications", content=body, headers=json_type), 422)
    problem(http.post("/v1/publications", content=b" " * 2_000_000, headers=json_type), 413)


def test_every_answer_has_the_security_headers(tracked: Tracked) -> None:
    for path in ("/healthz", "/nope", "/openapi.json", "/v1/publications"):
        headers = tracked.http.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "no-store" in headers["cache-control"]
        assert re.fullmatch(r"[0-9a-f]{16}", headers["x-request-id"])


def test_the_api_has_limits_and_pixels_have_none(database: Database, tmp_path: Path) -> None:
    limits = Limits(key_rate=0.001, key_burst=3, address_rate=0)
    with serving(database, tmp_path, limits=limits) as served:
        answers = [served.http.get("/v1/publications") for _ in range(4)]
        assert [one.status_code for one in answers] == [200, 200, 200, 429]
        assert [one.headers["ratelimit-remaining"] for one in answers] == ["2", "1", "0", "0"]
        assert int(answers[-1].headers["retry-after"]) > 0
        problem(answers[-1], 429)
    limits = Limits(key_rate=0, address_rate=0.001, address_burst=2)
    loopback = [ip_network("127.0.0.0/8")]
    with serving(database, tmp_path, limits=limits, proxies=loopback) as served:
        first = {"x-forwarded-for": "203.0.113.1"}
        second = {"x-forwarded-for": "203.0.113.2"}
        statuses = [served.http.get("/healthz", headers=first).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        assert served.http.get("/healthz", headers=second).status_code == 200
        pixels = [served.http.get("/i/x", headers=first).status_code for _ in range(10)]
        assert pixels == [200] * 10


def test_the_clients_address_comes_from_trusted_proxies_only(
    database: Database, tmp_path: Path
) -> None:
    headers = {"x-forwarded-for": "6.6.6.6, 203.0.113.9"}
    for proxies, address in (([], "127.0.0.1"), ([ip_network("127.0.0.1/32")], "203.0.113.9")):
        with serving(database, tmp_path, proxies=proxies) as served:
            token = served.services.keyring().sign(Token(Kind.OPEN, 1))
            served.http.get(f"/i/{token}", headers=headers)
        assert stored_hits(database)[-1].address == address


def test_health_readiness_and_metrics(tracked: Tracked) -> None:
    assert tracked.http.get("/healthz").json() == {"status": "ok"}
    ready = {"status": "ready", "store": "ok", "spilled": 0}
    assert tracked.http.get("/readyz").json() == ready
    tracked.http.get(tracked.pixel)
    tracked.http.get("/i/x")
    text = tracked.http.get("/metrics").text
    assert 'sendoff_hits_total{kind="open"} 1.0' in text
    assert 'sendoff_hits_total{kind="bad_token"} 1.0' in text
    assert 'sendoff_inbox_items_total{place="store"} 1.0' in text
    assert 'sendoff_requests_total{method="GET",path="/healthz",status="200"}' in text


def test_metrics_are_for_insiders(database: Database, tmp_path: Path) -> None:
    with serving(database, tmp_path, proxies=[ip_network("127.0.0.0/8")]) as served:
        problem(served.http.get("/metrics", headers={"x-forwarded-for": "203.0.113.9"}), 403)


def test_openapi_describes_every_endpoint(tracked: Tracked) -> None:
    document = tracked.http.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert {"/healthz", "/readyz", "/metrics", "/openapi.json"} <= set(document["paths"])
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    names = [one["operationId"] for one in operations]
    assert len(names) == len(set(names))
    assert all(one["summary"] for one in operations)


class Command:
    """``sendoff server`` as a user starts it."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "server", "--port", str(self.port), *words],
            env={**os.environ, "SENDOFF_DATA_DIR": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def until_ready(self) -> "Command":
        wait_for(self._answers)
        return self

    def _answers(self) -> bool:
        try:
            httpx.get(f"{self.base}/readyz", timeout=PATIENCE)
        except httpx.TransportError:
            assert self.process.poll() is None, self.process.communicate()
            return False
        return True

    def end(self) -> tuple[int, str, str]:
        self.process.send_signal(signal.SIGTERM)
        out, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, errors


def test_the_first_start_prints_address_and_key_and_the_next_one_no_key(tmp_path: Path) -> None:
    first = Command(tmp_path).until_ready()
    code, out, errors = first.end()
    assert code == 0
    assert first.base in out
    key = re.search(r"sendoff_\w+", out)
    assert key
    assert key[0] not in errors
    second = Command(tmp_path).until_ready()
    headers = {"authorization": f"Bearer {key[0]}"}
    assert httpx.get(f"{second.base}/v1/publications", headers=headers).status_code == 200
    code, out, errors = second.end()
    assert code == 0
    assert "sendoff_" not in out
    lines = [json.loads(line) for line in errors.splitlines()]
    told = next(line for line in lines if line.get("path") == "/v1/publications")
    assert told["status"] == 200
    assert "127.0.0.1" not in errors
    assert key[0] not in errors


def test_an_address_that_is_taken_is_told_in_words(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        words = [sys.executable, "-m", "app", "server", "--port", str(other.getsockname()[1])]
        done = subprocess.run(
            words,
            env={**os.environ, "SENDOFF_DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert done.returncode == 2
    assert "cannot be listened at" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_whatever_was_answered_is_kept_however_the_server_ends(
    tmp_path: Path, how: signal.Signals
) -> None:
    command = Command(tmp_path, "--workers", "0").until_ready()
    database = Database(f"sqlite:///{tmp_path / 'server' / 'sendoff.db'}")
    with database.reading() as connection:
        token = keyring(connection).sign(Token(Kind.OPEN, 1))
    answered: list[str] = []

    def ask(name: int) -> None:
        with httpx.Client(base_url=command.base, timeout=PATIENCE) as client:
            for number in range(100_000):
                try:
                    answer = client.get(f"/i/{token}/{name}-{number}")
                except httpx.TransportError:
                    return
                if answer.status_code == 200:
                    answered.append(f"{token}/{name}-{number}")

    clients = [threading.Thread(target=ask, args=(name,)) for name in range(8)]
    for client in clients:
        client.start()
    wait_for(lambda: len(answered) >= 200)
    command.process.send_signal(how)
    command.process.communicate(timeout=PATIENCE)
    for client in clients:
        client.join()
    # What a slow disk made it put beside is stored by whoever starts next.
    next_one = Inbox(database, tmp_path / "server" / "spill.db", Limits())
    wait_for(lambda: next_one.spill.items() == 0)
    next_one.close()
    stored = [hit.path for hit in stored_hits(database)]
    assert set(answered) <= set(stored)
    assert len(stored) == len(set(stored))
    database.close()
