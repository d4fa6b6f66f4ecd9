"""What strangers send to be somebody else, or to get more than their share."""

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.trackserver.settings import LOOPBACK, Limits
from app.trackserver.store.database import Database
from app.trackserver.web.answering import _insistently
from tests.trackserver.serving import serving
from tests.trackserver.web.conftest import Tracked, add_issue, stored_hits


def test_a_made_up_line_before_the_proxys_own_is_not_believed(
    database: Database, tmp_path: Path
) -> None:
    add_issue(database)
    made_up = [("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "203.0.113.9")]
    with serving(database, tmp_path, proxies=LOOPBACK) as served:
        served.http.get(Tracked(served).pixel, headers=made_up)
        assert [hit.address for hit in stored_hits(database)] == ["203.0.113.9"]


def test_the_limit_sees_through_such_a_line_too(database: Database, tmp_path: Path) -> None:
    limits = Limits(key_rate=0, address_rate=0.001, address_burst=2)
    with serving(database, tmp_path, limits=limits, proxies=LOOPBACK) as served:
        answers = [
            served.http.get(
                "/healthz",
                headers=[
                    ("x-forwarded-for", f"6.6.6.{number}"),
                    ("x-forwarded-for", "203.0.113.9"),
                ],
            ).status_code
            for number in range(3)
        ]
    assert answers == [200, 200, 429]


def test_the_addresses_of_one_ipv6_subscriber_share_a_limit(
    database: Database, tmp_path: Path
) -> None:
    limits = Limits(key_rate=0, address_rate=0.001, address_burst=2)
    with serving(database, tmp_path, limits=limits, proxies=LOOPBACK) as served:

        def asked(address: str) -> int:
            headers = {"x-forwarded-for": address}
            return served.http.get("/healthz", headers=headers).status_code

        assert [asked(f"2001:db8:0:1::{number}") for number in range(3)] == [200, 200, 429]
        assert asked("2001:db8:0:2::1") == 200


def test_metrics_are_not_for_who_comes_through_a_proxy_of_this_machine(
    database: Database, tmp_path: Path
) -> None:
    with serving(database, tmp_path) as served:
        assert served.http.get("/metrics").status_code == 200
        for name in ("x-forwarded-for", "forwarded"):
            assert served.http.get("/metrics", headers={name: "x"}).status_code == 403
    told = [ip_network("127.0.0.0/8")]
    with serving(database, tmp_path, proxies=told) as served:
        outside = {"x-forwarded-for": "203.0.113.9"}
        assert served.http.get("/metrics", headers=outside).status_code == 403


@pytest.mark.parametrize(
    "overtaken", [psycopg.errors.DeadlockDetected, psycopg.errors.ForeignKeyViolation]
)
def test_a_request_that_another_overtook_is_tried_again(overtaken: type[Exception]) -> None:
    tried: list[object] = []

    def handler(request: Any) -> str:
        tried.append(request)
        if len(tried) < 3:
            raise overtaken
        return "done"

    request: Any = object()
    assert _insistently(handler, request) == "done"
    assert tried == [request] * 3


def test_another_error_is_told_at_once() -> None:
    def handler(_request: Any) -> str:
        raise ZeroDivisionError

    request: Any = object()
    with pytest.raises(ZeroDivisionError):
        _insistently(handler, request)


def test_a_refusal_does_not_give_back_control_characters_nor_all_that_was_sent(
    database: Database, tmp_path: Path
) -> None:
    with serving(database, tmp_path) as served:
        for name in ("\0\x12\x1b[2J", "x" * 100_000):
            answer = served.http.post("/v1/subscribers/find", json={name: 1})
            assert answer.status_code == 422
            detail = answer.json()["detail"]
            assert len(detail) <= 500
            assert not any(ord(letter) < 32 for letter in detail)
