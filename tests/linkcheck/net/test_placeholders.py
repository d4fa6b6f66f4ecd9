"""VPNs, proxies and ad blockers that answer for the name system: nobody's link is broken."""

import asyncio
from collections.abc import Iterator, Sequence
from socket import socket

import pytest

from app.linkcheck.net import dial
from app.linkcheck.net.placeholders import is_placeholder
from app.linkcheck.page.fetch import Fetcher, PageVerdict
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Reason, Status

from ..names import Names
from ..zoo.server import Visit, Zoo

KNOWN = ("detectportal.firefox.com", "captive.apple.com", "connectivitycheck.gstatic.com")
DESK = CheckSettings(timeout=3, trust_placeholders=True)
SERVER = CheckSettings(timeout=3)


async def plain(visit: Visit) -> None:
    await visit.reply()


@pytest.fixture(scope="module")
def zoo() -> Iterator[Zoo]:
    with Zoo({"page": plain}) as running:
        yield running


@pytest.fixture(autouse=True)
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stands in for the proxy: whatever address is connected to, loopback answers."""
    addresses: list[str] = []
    connect = dial._connect

    async def to_loopback(address: str, port: int) -> socket:
        addresses.append(address)
        return await connect("127.0.0.1", port)

    monkeypatch.setattr(dial, "_connect", to_loopback)
    return addresses


def resolver(site: Sequence[str], *known: str) -> Names:
    others: dict[str, Sequence[str]] = {
        name: [address] for name, address in zip(KNOWN, known, strict=False)
    }
    return Names({"site.example": site, **others})


def check(zoo: Zoo, names: Names, settings: CheckSettings = DESK, links: int = 1) -> PageVerdict:
    async def run() -> PageVerdict:
        fetcher = Fetcher(settings, resolver=names)
        url = f"http://site.example:{zoo.port}/page"
        pages = await asyncio.gather(*(fetcher.check(f"{url}?{n}") for n in range(links)))
        await fetcher.aclose()
        assert len(asyncio.all_tasks()) == 1
        return pages[0]

    return asyncio.run(run())


@pytest.mark.parametrize("network", ["198.18.0.{}", "198.19.255.{}", "100.64.9.{}"])
def test_where_every_name_is_a_placeholder_the_site_is_reached_through_it(
    zoo: Zoo, connected: list[str], network: str
) -> None:
    addresses = [network.format(n) for n in range(1, 5)]
    page = check(zoo, resolver(addresses[:1], *addresses[1:]))
    assert page.verdict.reason is Reason.OK
    assert connected == addresses[:1]


def test_the_name_system_is_asked_once_for_all_links(zoo: Zoo) -> None:
    names = resolver(["198.18.0.1"], "198.18.0.2", "198.18.0.3", "198.18.0.4")
    check(zoo, names, links=20)
    assert [names.asked.count(name) for name in KNOWN] == [1, 1, 1]


def test_a_lone_name_in_such_a_range_leads_to_a_private_network(
    zoo: Zoo, connected: list[str]
) -> None:
    page = check(zoo, resolver(["198.18.0.1"], "93.184.215.14", "198.18.0.3", "93.184.215.15"))
    assert page.verdict.reason is Reason.PRIVATE_TARGET
    assert connected == []


@pytest.mark.parametrize("known", [(), ("198.18.0.2",)])
def test_nothing_is_concluded_from_too_few_names(zoo: Zoo, known: tuple[str, ...]) -> None:
    assert check(zoo, resolver(["198.18.0.1"], *known)).verdict.reason is Reason.PRIVATE_TARGET


@pytest.mark.parametrize("inward", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1"])
def test_other_private_addresses_stay_private_whatever_the_network_does(
    zoo: Zoo, connected: list[str], inward: str
) -> None:
    names = resolver([inward, "198.18.0.1"], "198.18.0.2", "198.18.0.3", "198.18.0.4")
    assert check(zoo, names).verdict.reason is Reason.PRIVATE_TARGET
    assert connected == []


def test_a_server_connects_to_no_placeholder_and_calls_no_link_broken(
    zoo: Zoo, connected: list[str]
) -> None:
    names = resolver(["198.18.0.1"], "198.18.0.2", "198.18.0.3", "198.18.0.4")
    verdict = check(zoo, names, SERVER).verdict
    assert (verdict.reason, verdict.status) == (Reason.DNS_FAILURE, Status.UNVERIFIED)
    assert "VPN" in verdict.detail
    assert connected == []


@pytest.mark.parametrize("addresses", [["0.0.0.0"], ["::"], ["0.0.0.0", "::"]])
def test_a_name_that_a_filter_blocks_is_not_called_broken(
    zoo: Zoo, connected: list[str], addresses: list[str]
) -> None:
    verdict = check(zoo, resolver(addresses)).verdict
    assert (verdict.reason, verdict.status) == (Reason.DNS_FAILURE, Status.UNVERIFIED)
    assert "ad blocker" in verdict.detail
    assert connected == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        *(("198.17.255.255", False), ("198.18.0.0", True), ("198.20.0.0", False)),
        *(("100.63.0.1", False), ("100.127.0.1", True), ("100.128.0.1", False)),
        *(("fe80::1%eth0", False), ("::1", False)),
    ],
)
def test_ranges(address: str, expected: bool) -> None:
    assert is_placeholder(address) is expected
