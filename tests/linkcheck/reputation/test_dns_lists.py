"""SURBL and the Spamhaus DBL, against a name server on loopback with the documented answers."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from app.linkcheck.reputation import Flag, Remark, ReputationError
from app.linkcheck.reputation.answers import Answers
from app.linkcheck.reputation.dns.client import DnsClient
from app.linkcheck.reputation.dns.lists import DnsList
from app.linkcheck.reputation.dns.zones import Zone, dbl, surbl
from app.linkcheck.verdict import Note, Reason
from tests.linkcheck.reputation.clocks import Clock
from tests.support.reputation_servers import DnsServer

SURBL = "multi.surbl.org"
DBL = "dbl.spamhaus.org"
CANARIES: dict[str, Sequence[str]] = {
    f"test.surbl.org.{SURBL}": ["127.0.0.254"],
    f"dbltest.com.{DBL}": ["127.0.1.2"],
}

Result = TypeVar("Result")


@contextmanager
def server(answers: Mapping[str, Sequence[str]], **more: object) -> Iterator[DnsServer]:
    with DnsServer({**CANARIES, **answers}, **more) as running:  # type: ignore[arg-type]
        yield running


def ask(
    zone: Zone,
    server: DnsServer,
    do: Callable[[DnsList], Awaitable[Result]],
    *,
    clock: Callable[[], float] | None = None,
    path: Path | None = None,
) -> Result:
    async def work() -> Result:
        now = clock or time.time
        client, answers = DnsClient((server.address,)), Answers(path, clock=now)
        service = DnsList(zone, client, answers, clock=now)
        try:
            return await do(service)
        finally:
            await service.aclose()
            await answers.aclose()
            await client.aclose()

    return asyncio.run(work())


def look_up(zone: Zone, server: DnsServer, url: str) -> Flag | Remark | None:
    return ask(zone, server, lambda service: service.look_up(url))


def failing(zone: Zone, server: DnsServer, url: str = "https://bad.example/") -> str:
    with pytest.raises(ReputationError) as caught:
        look_up(zone, server, url)
    return str(caught.value)


@pytest.mark.parametrize(
    ("address", "threat"),
    [
        ("127.0.0.8", "phishing"),
        ("127.0.0.16", "malware"),
        ("127.0.0.64", "abuse"),
        ("127.0.0.128", "cracked"),
        ("127.0.0.80", "malware, abuse"),
        ("127.0.0.254", "phishing, malware, abuse, cracked"),
    ],
)
def test_surbl_lists_by_bits(address: str, threat: str) -> None:
    with server({f"bad.example.{SURBL}": [address]}) as running:
        found = look_up(surbl(), running, "https://bad.example/x")
    assert isinstance(found, Flag)
    assert (found.reason, found.threat) == (Reason.SURBL, threat)
    assert found.until is not None


@pytest.mark.parametrize(
    ("address", "threat"), [("127.0.0.4", "disposable-mail"), ("127.0.0.32", "click-tracker")]
)
def test_what_surbl_knows_beside_dangers_is_a_remark(address: str, threat: str) -> None:
    with server({f"bad.example.{SURBL}": [address]}) as running:
        found = look_up(surbl(), running, "https://bad.example/x")
    assert found == Remark(Note.ABUSED_SITE, threat)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.9", "192.0.2.1", "127.255.255.254"])
def test_surbl_answers_that_are_no_listing(address: str) -> None:
    with server({f"bad.example.{SURBL}": [address]}) as running:
        assert "SURBL" in failing(surbl(), running)


def test_surbl_is_asked_for_the_host_and_the_registered_domain() -> None:
    with server({f"shop.co.uk.{SURBL}": ["127.0.0.64"]}) as running:
        found = look_up(surbl(), running, "https://a.b.shop.co.uk/")
        assert isinstance(found, Flag)
        assert running.asked[f"a.b.shop.co.uk.{SURBL}"] == 1
        assert running.asked[f"shop.co.uk.{SURBL}"] == 1
        assert not [name for name in running.asked if name.startswith("b.shop.")]


def test_surbl_knows_ipv4_addresses_reversed_and_no_ipv6() -> None:
    with server({f"4.100.51.11.{SURBL}": ["127.0.0.8"]}) as running:
        assert isinstance(look_up(surbl(), running, "http://11.51.100.4/"), Flag)
        before = running.asked.total()
        assert look_up(surbl(), running, "http://[2606:4700::1111]/") is None
        assert running.asked.total() == before


@pytest.mark.parametrize("zone", [surbl(), dbl()], ids=repr)
@pytest.mark.parametrize(
    "url", ["http://localhost/", "http://192.168.1.1/", "http://nas/", "http://printer.local/"]
)
def test_names_of_private_networks_are_never_asked_for(zone: Zone, url: str) -> None:
    with server({}) as running:
        assert look_up(zone, running, url) is None
        assert not running.asked


@pytest.mark.parametrize(
    ("code", "threat"),
    [(2, "spam"), (4, "phishing"), (5, "malware"), (6, "botnet"), (99, "127.0.1.99")],
)
def test_dbl_lists_by_codes(code: int, threat: str) -> None:
    with server({f"a.bad.example.{DBL}": [f"127.0.1.{code}"]}) as running:
        found = look_up(dbl(), running, "https://a.bad.example/x")
    assert isinstance(found, Flag)
    assert (found.reason, found.threat) == (Reason.SPAMHAUS, threat)


@pytest.mark.parametrize(
    ("code", "threat"),
    [
        (102, "abused-spam"),
        (103, "abused-redirector"),
        (104, "abused-phishing"),
        (105, "abused-malware"),
        (106, "abused-botnet"),
        (150, "127.0.1.150"),
    ],
)
def test_abused_good_sites_are_a_remark(code: int, threat: str) -> None:
    with server({f"bad.example.{DBL}": [f"127.0.1.{code}"]}) as running:
        found = look_up(dbl(), running, "https://bad.example/x")
    assert found == Remark(Note.ABUSED_SITE, threat)


def test_all_records_count_and_the_worst_wins() -> None:
    with server({f"bad.example.{DBL}": ["127.0.1.103", "127.0.1.4"]}) as running:
        found = look_up(dbl(), running, "https://bad.example/x")
    assert isinstance(found, Flag)
    assert found.threat == "phishing, abused-redirector"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (["127.255.255.252"], "wrong name"),
        (["127.255.255.254"], "open resolvers"),
        (["127.255.255.255"], "too often"),
        (["127.0.1.255"], "not a listing"),
        (["127.0.1.2", "127.255.255.254"], "open resolvers"),
        (["127.0.2.2"], "not a listing"),
        (["192.0.2.1"], "do not exist"),
        (["alias", "127.0.1.2"], "rewrites"),
        (["SERVFAIL"], "SERVFAIL"),
        (["REFUSED"], "REFUSED"),
    ],
)
def test_errors_are_never_read_as_listings_nor_as_clean(answer: list[str], words: str) -> None:
    with server({f"bad.example.{DBL}": answer}) as running:
        assert words in failing(dbl(), running)


def test_addresses_never_go_to_dbl() -> None:
    with server({}) as running:
        assert look_up(dbl(), running, "http://11.51.100.4/") is None
        assert not running.asked


def test_a_key_asks_its_own_zone_and_is_not_shown() -> None:
    key = "abcdefghijklmnopqrstuvwxyz"
    zone, own = dbl(key), f"{key}.dbl.dq.spamhaus.net"
    answers = {f"dbltest.com.{own}": ["127.0.1.2"], f"bad.example.{own}": ["127.0.1.5"]}
    with server(answers) as running:
        assert isinstance(look_up(zone, running, "https://bad.example/"), Flag)
        assert not [name for name in running.asked if name.endswith(DBL)]
    assert key not in repr(zone)
    with server({f"dbltest.com.{own}": ["SERVFAIL"]}) as expired:
        assert key not in failing(zone, expired)


@pytest.mark.parametrize(
    ("answers", "everything"),
    [
        ({f"test.surbl.org.{SURBL}": []}, ()),
        ({f"test.surbl.org.{SURBL}": ["127.0.0.1"]}, ()),
        ({}, ["127.0.0.8"]),
        ({}, ["198.51.100.7"]),
        ({f"test.surbl.org.{SURBL}": ["SERVFAIL"]}, ()),
    ],
    ids=["canary not listed", "refused", "lists everything", "NXDOMAIN rewritten", "fails"],
)
def test_without_its_canary_a_list_is_not_believed_and_not_asked_again(
    answers: dict[str, Sequence[str]], everything: Sequence[str]
) -> None:
    clock = Clock()
    with server(answers, everything=everything) as running:

        async def thrice(service: DnsList) -> None:
            for _ in range(2):
                with pytest.raises(ReputationError, match=r"name server|every name"):
                    await service.look_up("https://a.example/")
            assert service.problem
            asked = running.asked.total()
            with pytest.raises(ReputationError):
                await service.look_up("https://b.example/")
            assert running.asked.total() == asked
            running.answers, running.everything = dict(CANARIES), ()
            clock.now += 301
            assert await service.look_up("https://b.example/") is None
            assert service.problem is None

        ask(surbl(), running, thrice, clock=clock)


def test_the_canary_is_sent_once_an_hour() -> None:
    clock = Clock()
    with server({}) as running:

        async def look(service: DnsList) -> None:
            for number, later in enumerate((0, 1800, 1799, 2)):
                clock.now += later
                await service.look_up(f"https://site{number}.example/")
            assert running.asked[f"test.surbl.org.{SURBL}"] == 2
            assert running.asked[f"example.com.{SURBL}"] == 2

        ask(surbl(), running, look, clock=clock)


def test_nothing_is_asked_twice_within_its_ttl_not_even_after_a_restart(tmp_path: Path) -> None:
    clock, name = Clock(), f"a.example.{SURBL}"
    file = tmp_path / "answers.sqlite3"

    async def look(service: DnsList) -> object:
        both = [service.look_up(f"https://a.example/{number}") for number in range(50)]
        return set(map(type, await asyncio.gather(*both)))

    with server({f"bad.example.{SURBL}": ["127.0.0.8"]}, ttl=180, negative_ttl=60) as running:
        assert ask(surbl(), running, look, clock=clock, path=file) == {type(None)}
        assert running.asked[name] == 1
        clock.now += 59
        ask(surbl(), running, look, clock=clock, path=file)
        assert running.asked[name] == 1
        clock.now += 2
        ask(surbl(), running, look, clock=clock, path=file)
        assert running.asked[name] == 2
        clock.now -= 86400
        ask(surbl(), running, look, clock=clock, path=file)
        assert running.asked[name] == 3


def test_an_error_is_not_kept() -> None:
    with server({f"a.example.{SURBL}": ["SERVFAIL"]}) as running:

        async def twice(service: DnsList) -> None:
            with pytest.raises(ReputationError):
                await service.look_up("https://a.example/")
            running.answers[f"a.example.{SURBL}"] = ["127.0.0.8"]
            assert isinstance(await service.look_up("https://a.example/"), Flag)

        ask(surbl(), running, twice)


def test_what_is_lost_on_the_way_is_sent_again() -> None:
    with server({f"bad.example.{DBL}": ["127.0.1.2"]}) as running:
        running.lose = 2
        assert isinstance(look_up(dbl(), running, "https://bad.example/"), Flag)


def test_what_does_not_fit_a_datagram_comes_by_tcp() -> None:
    with server({f"bad.example.{DBL}": ["cut", "127.0.1.2"]}) as running:
        assert isinstance(look_up(dbl(), running, "https://bad.example/"), Flag)


def test_silence_ends_after_three_seconds() -> None:
    with server({f"bad.example.{DBL}": ["silent"]}) as running:
        began = time.monotonic()
        assert "in time" in failing(dbl(), running)
        assert 2.5 < time.monotonic() - began < 15
        assert running.asked[f"bad.example.{DBL}"] == 3


def _addresses(*servers: tuple[str, int]) -> tuple[str, ...]:
    async def work() -> tuple[str, ...]:
        client = DnsClient(servers)
        try:
            return (await client.addresses(f"test.surbl.org.{SURBL}")).addresses
        finally:
            await client.aclose()

    return asyncio.run(work())


def test_where_one_name_server_is_gone_the_next_is_asked() -> None:
    with server({}) as running:
        assert _addresses(("127.0.0.1", 9), running.address) == ("127.0.0.254",)
    began = time.monotonic()
    with pytest.raises(ReputationError, match="cannot be reached"):
        _addresses(("127.0.0.1", 9))
    assert time.monotonic() - began < 15
