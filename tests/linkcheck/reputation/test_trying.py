"""Trying a service out asks for its own test point, and says in words what came of it."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from app.linkcheck.reputation.settings import Keys, Service, read_name_servers
from app.linkcheck.reputation.trying import try_service
from app.linkcheck.reputation.webrisk import api
from app.linkcheck.tried import Tried
from tests.support.reputation_servers import DnsServer, Request, WebRiskServer, google_error

SURBL, DBL = "multi.surbl.org", "dbl.spamhaus.org"
KEY = "abcdefghijklmnopqrstuvwxyz"


def by_dns(answers: dict[str, Sequence[str]], service: Service, keys: Keys | None = None) -> Tried:
    with DnsServer(answers) as server:
        tried = asyncio.run(try_service(service, keys or Keys(), [server.address]))
        asked = {name.removesuffix(f".{KEY}.dbl.dq.spamhaus.net") for name in server.asked}
        known = {"test.surbl.org", "dbltest.com", "example.com"}
        assert {name.removesuffix(f".{SURBL}").removesuffix(f".{DBL}") for name in asked} <= known
    return tried


def test_a_list_that_answers() -> None:
    tried = by_dns({f"test.surbl.org.{SURBL}": ["127.0.0.254"]}, Service.SURBL)
    assert tried.lacks == ()
    assert "its own test name is listed" in tried.works[0]


def test_a_public_resolver_is_refused_and_the_way_out_is_told() -> None:
    tried = by_dns({f"test.surbl.org.{SURBL}": ["127.0.0.1"]}, Service.SURBL)
    assert tried.works == ()
    assert "open resolvers are refused" in tried.lacks[0]
    assert "name server of your own" in tried.lacks[0]
    refused = by_dns({f"dbltest.com.{DBL}": ["127.255.255.254"]}, Service.DBL)
    assert "open resolvers are refused" in refused.lacks[0]


def test_a_network_that_hides_the_list() -> None:
    assert "even its own test name is not listed" in by_dns({}, Service.SURBL).lacks[0]


def test_a_network_that_answers_for_everything() -> None:
    answers: dict[str, Sequence[str]] = {
        f"test.surbl.org.{SURBL}": ["127.0.0.254"],
        f"example.com.{SURBL}": ["127.0.0.254"],
    }
    assert "calls every name dangerous" in by_dns(answers, Service.SURBL).lacks[0]


def test_a_key_of_spamhaus() -> None:
    zone = f"{KEY}.dbl.dq.spamhaus.net"
    keys = Keys(spamhaus=KEY)
    good = by_dns({f"dbltest.com.{zone}": ["127.0.1.2"]}, Service.DBL, keys)
    assert good.lacks == ()
    assert good.works[1] == "The key works."
    bad = by_dns({f"dbltest.com.{zone}": "SERVFAIL"}, Service.DBL, keys)
    assert bad.works == ()
    assert "the key is wrong or has run out" in bad.lacks[-1]
    assert KEY not in str(bad)


def test_no_name_server_at_all() -> None:
    tried = asyncio.run(try_service(Service.SURBL, Keys(), [("127.0.0.1", 9)]))
    assert "cannot be reached" in tried.lacks[0] or "did not answer" in tried.lacks[0]


def by_web_risk(
    monkeypatch: pytest.MonkeyPatch, answer: tuple[int, Any], key: str | None = KEY
) -> tuple[Tried, list[Request]]:
    with WebRiskServer(lambda _: answer) as server:
        here = partial(api.WebRiskApi, url=server.url, allow_private=True)
        monkeypatch.setattr(api, "WebRiskApi", here)
        return asyncio.run(try_service(Service.WEB_RISK, Keys(web_risk=key))), server.asked


def test_web_risk_with_a_good_key(monkeypatch: pytest.MonkeyPatch) -> None:
    threat = {"threat": {"threatTypes": ["MALWARE"], "expireTime": "2099-01-01T00:00:00Z"}}
    tried, asked = by_web_risk(monkeypatch, (200, threat))
    assert tried.lacks == ()
    assert tried.works[0] == "The key works."
    assert asked[0].query["uri"] == ["http://testsafebrowsing.appspot.com/s/malware.html"]
    assert asked[0].headers["x-goog-api-key"] == KEY


def test_web_risk_that_knows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    tried, _ = by_web_risk(monkeypatch, (200, {}))
    assert tried.works == ("The key works.",)
    assert "does not report its own test address" in tried.lacks[0]


def test_web_risk_with_a_bad_key(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = google_error(400, "INVALID_ARGUMENT", "API_KEY_INVALID")
    tried, _ = by_web_risk(monkeypatch, refusal)
    assert tried.works == ()
    assert "refused the key" in tried.lacks[0]
    assert KEY not in str(tried)


def test_web_risk_without_a_key_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    tried, asked = by_web_risk(monkeypatch, (200, {}), key=None)
    assert (tried.works, asked) == ((), [])
    assert "no key yet" in tried.lacks[0]


@pytest.mark.parametrize(
    ("text", "servers"),
    [
        ("", None),
        (" , ", None),
        ("192.0.2.1", (("192.0.2.1", 53),)),
        ("192.0.2.1:5353, 2001:db8::1", (("192.0.2.1", 5353), ("2001:db8::1", 53))),
        ("[2001:db8::1]:5353 [::1]", (("2001:db8::1", 5353), ("::1", 53))),
    ],
)
def test_name_servers_in_words(text: str, servers: tuple[tuple[str, int], ...] | None) -> None:
    assert read_name_servers(text) == servers


@pytest.mark.parametrize("text", ["dns.example", "192.0.2.300", "192.0.2.1:0", "192.0.2.1:70000"])
def test_what_is_no_name_server_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="is no address") as caught:
        read_name_servers(f"192.0.2.1, {text}")
    assert text in str(caught.value)
