"""What the server never asks for: addresses that are not public, in every spelling, on every way.

Each is refused before anything is sent; those that only a look-up shows are refused when the
connection would be made, with the very address that would be used.
"""

import asyncio
import ipaddress
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.linkcheck.page.fetch import Fetcher, PageVerdict
from app.linkcheck.rules.deeds import CONFIRMS, COUNTS, UNSUBSCRIBES, deed_of
from app.linkcheck.settings import CheckSettings
from app.linkcheck.urls import parse
from app.linkcheck.verdict import Reason
from app.trackserver.checking.engine import Reach
from app.trackserver.checking.guard import Guard
from app.trackserver.settings import Checks
from app.trackserver.store.database import Database
from app.trackserver.store.schema import domain, publication
from tests.linkcheck.names import Names
from tests.linkcheck.zoo.server import Visit, Zoo
from tests.trackserver.serving import Nowhere, serving

from .conftest import HANDLERS, LOCAL, OWN, Scene, asked

# Addresses that libraries for this purpose were seen to let through, and the usual ones.
INWARD = [
    *("0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.8.8.8"),
    *("168.63.129.16", "169.254.169.254", "172.16.0.1", "192.0.0.192", "192.0.2.1"),
    *("192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1"),
    *("240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1"),
    *("::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1"),
    *("100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "3fff::1"),
    *("5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1"),
    *("2606:4700::5efe:127.0.0.1", "2606:4700::200:5efe:a00:1"),
]

# Spellings of loopback and of clouds' metadata that a parser or a resolver makes an address of.
SPELLINGS = [
    *("http://127.1/", "http://127.0.1/", "http://0/", "http://0177.0.0.1/", "http://0x7f.1/"),
    *("http://017700000001/", "http://0x7f000001/", "http://2130706433/", "http://127.0.0.1./"),
    *(
        "http://①②⑦.⓪.⓪.①/",
        "http://127。0。0。1/",
        "http://127．0．0．1/",
        "http://%31%32%37.0.0.1/",
    ),
    *("http://[::1]/", "http://[0:0:0:0:0:0:0:1]/", "http://[::ffff:7f00:1]/"),
    *("http://[::ffff:127.0.0.1]/", "http://[64:ff9b::127.0.0.1]/", "http://[2002:7f00:1::]/"),
    *("http://localhost/", "http://LOCALHOST./", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "http://a.localhost/"),
    *("http://metadata.google.internal/", "http://printer.local/", "http://router.home.arpa/"),
    *("http://2852039166/latest/meta-data/", "http://0xa9fea9fe/", "http://169.254.43518/"),
    *("http:127.0.0.1/", "http:\\\\127.0.0.1\\", "\x00http://127.0.0.1/", "http://127.0.0.1\t/"),
    *("http:///127.0.0.1/", "ht\ntp://127.0.0.1/", "http://127.0.0.1\\@example.com/"),
    *("http://127.0.0.1:80/", "https://127.0.0.1:443/", "http://[::]/", "http://0.0.0.0/"),
]

NO_WEB = [
    *("file:///etc/passwd", "gopher://127.0.0.1:6379/_INFO", "dict://127.0.0.1:11211/stats"),
    *("ftp://127.0.0.1/", "ldap://127.0.0.1/", "jar:http://127.0.0.1!/", "javascript:alert(1)"),
    *("data:text/html,x", "//127.0.0.1/", "http://", "http://exa mple.com/", "http://a:99999/"),
    *("http://[::1", "http://256.256.256.256/", "http://1.2.3.4.5/", "unix:/run/docker.sock"),
]

STRICT = Checks(timeout=3.0)


@pytest.fixture
def strict(database: Database, tmp_path: Path) -> Iterator[Scene]:
    """A server with the bounds that it has by default."""
    names = Names({})
    with (
        Zoo(HANDLERS) as zoo,
        serving(
            database, tmp_path / "server", address=OWN, checks=STRICT, reach=Reach(names, Nowhere())
        ) as served,
    ):
        yield Scene(served, zoo)


def literal(address: str) -> str:
    return f"http://[{address}]/" if ":" in address else f"http://{address}/"


def test_every_inward_address_and_spelling(strict: Scene) -> None:
    # A NUL is refused with the whole request: see test_checking.
    urls = list({url: None for url in (*map(literal, INWARD), *SPELLINGS) if "\0" not in url})
    found = strict.ask(*urls)
    odd = {url: one["reason"] for url, one in found.items() if one["reason"] != "private_address"}
    assert odd == {}
    assert len(found) == len(urls)
    assert strict.served.services.checking.requests == 0


def test_what_is_no_web_address(strict: Scene) -> None:
    found = strict.ask(*NO_WEB)
    assert {one["reason"] for one in found.values()} <= {"malformed", "private_address"}
    assert len(found) == len(NO_WEB)
    assert strict.served.services.checking.requests == 0


def check(url: str, resolver: Names, guard: Guard | None = None) -> PageVerdict:
    """The server's fetcher, without the server."""

    async def run() -> PageVerdict:
        settings = CheckSettings(timeout=3)
        fetcher = Fetcher(settings, resolver=resolver, guard=guard)
        try:
            return await fetcher.check(url)
        finally:
            await fetcher.aclose()

    return asyncio.run(run())


@pytest.mark.parametrize("address", INWARD)
def test_a_public_name_that_leads_inward(address: str, dialled: list[str]) -> None:
    for addresses in ([address], ["93.184.215.14", address], [address, "2606:4700::1111"]):
        page = check("http://trick.example/", Names({"trick.example": addresses}))
        # 0.0.0.0 and :: are what filters answer for names that they block.
        unsaid = {Reason.DNS_FAILURE} if ipaddress.ip_address(address).is_unspecified else set()
        assert page.verdict.reason in {Reason.PRIVATE_TARGET, *unsaid}
        assert page.requests == 0
    assert dialled == []


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that a connection was tried to; none is made."""
    tried: list[str] = []

    async def refuse(address: str, _port: int) -> None:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("app.linkcheck.net.dial._connect", refuse)
    return tried


def test_public_names_are_asked(dialled: list[str]) -> None:
    page = check("http://good.example/", Names({"good.example": ["93.184.215.14"]}))
    assert page.verdict.reason is not Reason.PRIVATE_TARGET
    assert set(dialled) == {"93.184.215.14"}


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com\\@127.0.0.1/",
        "http://example.com#@127.0.0.1/",
        "http://example.com?@127.0.0.1/",
        "http://exa\tmple.com/",
    ],
)
def test_who_is_judged_is_who_is_asked_where_parsers_disagree(url: str, dialled: list[str]) -> None:
    check(url, Names({"example.com": ["93.184.215.14"]}))
    assert set(dialled) == {"93.184.215.14"}


def test_a_name_that_changes_its_mind(dialled: list[str]) -> None:
    """DNS rebinding: what was judged is what is connected to, each time anew."""

    class Rebinding(Names):
        async def resolve(self, host: str, port: int) -> tuple[str, ...]:
            await super().resolve(host, port)
            return ("93.184.215.14",) if len(self.asked) % 2 else ("127.0.0.1",)

    names = Rebinding({"rebind.example": ["x"]})
    page = check("http://rebind.example/", names)
    assert len(names.asked) > 1
    assert set(dialled) == {"93.184.215.14"}
    assert page.verdict.reason is not Reason.OK


def test_a_thousand_records_with_one_inward(dialled: list[str]) -> None:
    many = [f"93.184.{n // 250}.{n % 250 + 1}" for n in range(1000)]
    page = check("http://many.example/", Names({"many.example": [*many, "10.0.0.1"]}))
    assert page.verdict.reason is Reason.PRIVATE_TARGET
    assert dialled == []


@pytest.fixture
def as_public(monkeypatch: pytest.MonkeyPatch) -> Iterator[Zoo]:
    """Sites on loopback that the server takes for public ones."""
    monkeypatch.setattr("app.linkcheck.net.dial.is_public", lambda address: address == "127.0.0.1")
    with Zoo(HANDLERS) as zoo:
        yield zoo


@pytest.mark.parametrize(
    "target",
    [
        *map(literal, INWARD),
        *(url for url in SPELLINGS if re.fullmatch(r"http://[!-~]+", url)),
    ],
)
def test_a_redirect_inward(as_public: Zoo, target: str) -> None:
    names = Names({"public.example": ["127.0.0.1"]})
    page = check(f"http://public.example:{as_public.port}/onward?{target}", names)
    assert page.verdict.reason is Reason.PRIVATE_TARGET, page.verdict
    assert page.requests == 1
    assert as_public.asked("onward") == ["HEAD"]


def test_a_redirect_to_a_name_that_leads_inward(as_public: Zoo) -> None:
    names = Names({"public.example": ["127.0.0.1"], "inner.example": ["10.0.0.1"]})
    page = check(f"http://public.example:{as_public.port}/onward?http://inner.example/", names)
    assert page.verdict.reason is Reason.PRIVATE_TARGET
    assert page.requests == 1


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("http://public.example:6379/", "port 6379"),
        ("http://public.example:22/", "port 22"),
        ("http://user:secret@public.example/", "password"),
        ("http://news.example/u/token", "click"),
        ("http://public.example/unsubscribe?id=1", "unsubscribe"),
        ("https://x.ct.sendgrid.net/ls/click?upn=1", "click"),
        ("http://abc.onion/", "Tor"),
    ],
)
def test_a_redirect_to_what_is_never_asked(as_public: Zoo, target: str, words: str) -> None:
    guard = Guard(frozenset({80, 443, as_public.port}), lambda: frozenset({"news.example"}))
    names = Names({"public.example": ["127.0.0.1"]})
    page = check(f"http://public.example:{as_public.port}/onward?{target}", names, guard)
    assert page.verdict.reason is Reason.NOT_CHECKABLE
    assert words in page.verdict.detail
    assert page.requests == 1


def test_links_that_are_never_opened(strict: Scene) -> None:
    refused = {
        "http://a.example:22/": "not_checkable",
        "http://a.example:6379/": "not_checkable",
        "http://user:secret@a.example/": "credentials",
        "http://user@a.example/": "credentials",
        f"{OWN}/u/token": "not_checkable",
        f"{OWN}:8080/anything": "not_checkable",
        "https://a.example/unsubscribe?u=1": "not_checkable",
        "https://x.list-manage.com/track/click?u=1&id=2": "not_checkable",
        "http://facebookcorewwwi.onion/": "not_checkable",
    }
    found = strict.ask(*refused)
    assert {url: one["reason"] for url, one in found.items()} == refused
    assert strict.served.services.checking.requests == 0
    open_ = ["http://a.example:8080/", "https://a.example:8443/", "http://a.example/"]
    assert {one["reason"] for one in strict.ask(*open_).values()} == {"no_such_host"}


def test_the_publications_own_domains_are_never_opened(
    database: Database, tmp_path: Path, zoo: Zoo
) -> None:
    with database.writing() as connection:
        connection.execute(
            publication.insert().values(
                id=1, public_id="pub_1", name="A", mode="individual", canary=False, seq=0, made_at=0
            )
        )
        connection.execute(
            domain.insert().values(host="links.example", publication_id=1, main=True, made_at=0)
        )
    names = Names({"links.example": ["127.0.0.1"]})
    reach = Reach(names, Nowhere())
    with serving(database, tmp_path / "a", address=OWN, checks=LOCAL, reach=reach) as served:
        url = f"http://links.example:{zoo.port}/page"
        assert asked(served, [url])[url]["reason"] == "not_checkable"
    assert names.asked == []
    assert zoo.requests == []


def test_nothing_of_the_client_is_passed_on(database: Database, tmp_path: Path) -> None:
    heads: list[str] = []

    async def listen(visit: Visit) -> None:
        heads.append(json.dumps(dict(visit.headers)).lower())
        await visit.reply()

    with (
        Zoo({"page": listen}) as zoo,
        serving(database, tmp_path / "a", address=OWN, checks=LOCAL) as served,
    ):
        url = f"{zoo.base}/page"
        mine = {"cookie": "session=mine", "x-secret": "mine", "referer": "http://mine.example/"}
        served.http.post("/v1/links/check", json={"urls": [url]}, headers=mine)
        assert served.key.lower() not in heads[0]
    assert len(heads) == 1
    assert not [word for word in ("mine", "authorization", "bearer", "cookie") if word in heads[0]]


@pytest.mark.parametrize(
    ("url", "deed"),
    [
        ("https://a.example/unsubscribe", UNSUBSCRIBES),
        ("https://a.example/%75nsubscribe/abc", UNSUBSCRIBES),
        ("https://a.example/UNSUBSCRIBE.php?x=1", UNSUBSCRIBES),
        ("https://a.example/one-click-unsubscribe?t=1", UNSUBSCRIBES),
        ("https://a.example/m?action=unsubscribe&u=1", UNSUBSCRIBES),
        ("https://a.example/opt-out/abc", UNSUBSCRIBES),
        ("https://unsubscribe.a.example/x", UNSUBSCRIBES),
        ("https://us1.list-manage.com/subscribe/confirm?u=1&id=2", CONFIRMS),
        ("https://a.example/confirm-subscription/abc", CONFIRMS),
        ("https://a.example/subscribers/confirm?token=1", CONFIRMS),
        ("https://a.example/double-opt-in/abc", CONFIRMS),
        ("https://x.ct.sendgrid.net/anything", COUNTS),
        ("https://mail.a.example/ls/click?upn=u001.abc", COUNTS),
        ("https://click.pstmrk.it/3s/a.example/x/y/z", COUNTS),
        ("https://abc.r.eu-west-1.awstrack.me/L0/https:%2F%2Fa.example/1/x", COUNTS),
        ("https://a.us1.list-manage.com/track/click?u=1", COUNTS),
        ("https://email.a.example/c/eJ" + "x" * 60, COUNTS),
        ("https://a.example/how-to-unsubscribe-from-anything", None),
        ("https://a.example/blog/why-we-opt-out-of-ads", None),
        ("https://us1.list-manage.com/subscribe?u=1", None),
        ("https://a.example/subscribe", None),
        ("https://a.example/how-to-confirm-subscriptions-by-mail", None),
        ("https://a.example/subscription-confirmed-what-now", None),
        ("https://a.example/link/", None),
        ("https://a.example/share?u=https://b.example/track/click?x=1", None),
        ("https://a.substack.com/p/a-post", None),
        ("https://sendgrid.com/en-us/blog", None),
        ("https://postmarkapp.com/", None),
    ],
)
def test_deeds(url: str, deed: str | None) -> None:
    parsed = parse(url)
    assert parsed is not None
    assert deed_of(parsed) == deed
