"""I. Names and addresses: with an injected name system, and real connections on loopback."""

import asyncio
import errno
import socket
from collections.abc import Iterator

import pytest

from app.linkcheck.net.resolver import (
    NoSuchHostError,
    Resolver,
    ResolverFailedError,
    SystemResolver,
    look_up,
)
from app.linkcheck.page.fetch import Fetcher, PageVerdict
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Reason

from ..names import Names
from ..zoo.server import Visit, Zoo

PUBLIC = CheckSettings(timeout=3)
LOOPBACK = CheckSettings(timeout=3, allow_private=True)


async def plain(visit: Visit) -> None:
    await visit.reply()


async def inward(visit: Visit) -> None:
    await visit.redirect(302, visit.target.partition("?")[2])


@pytest.fixture(scope="module")
def zoo() -> Iterator[Zoo]:
    with Zoo({"page": plain, "inward": inward}) as running:
        yield running


def check(url: str, resolver: Resolver, settings: CheckSettings = LOOPBACK) -> PageVerdict:
    async def run() -> PageVerdict:
        fetcher = Fetcher(settings, resolver=resolver)
        try:
            return await fetcher.check(url)
        finally:
            await fetcher.aclose()

    return asyncio.run(run())


def test_99_no_such_host() -> None:
    names = Names({})
    page = check("http://gone.example/", names)
    assert page.verdict.reason == Reason.NO_SUCH_HOST
    assert "gone.example" in page.verdict.detail
    assert names.asked == ["gone.example"]  # a fact: not asked twice


def test_100_the_resolver_fails() -> None:
    names = Names({"some.example": ResolverFailedError("temporary failure")})
    page = check("http://some.example/", names)
    assert page.verdict.reason == Reason.DNS_FAILURE
    assert page.verdict.status == "unverified"
    assert page.verdict.evidence
    assert len(names.asked) == 2  # may have been a passing trouble


def test_100_the_resolver_recovers(zoo: Zoo) -> None:
    class Recovering(Names):
        async def resolve(self, host: str, port: int) -> tuple[str, ...]:
            await super().resolve(host, port) if len(self.asked) else self.asked.append(host)
            if len(self.asked) == 1:
                raise ResolverFailedError("temporary failure")
            return ("127.0.0.1",)

    page = check(f"http://some.example:{zoo.port}/page", Recovering({"some.example": ["::1"]}))
    assert page.verdict.reason == Reason.OK


def test_100_the_resolver_never_answers() -> None:
    page = check("http://mute.example/", Names({"mute.example": None}))
    assert page.verdict.reason == Reason.DNS_FAILURE
    assert (page.verdict.seconds or 0) < 3.5


@pytest.mark.parametrize(
    ("refused", "fine"),
    [("127.0.0.1", "::1"), ("::1", "127.0.0.1")],
    ids=["4 refused", "6 refused"],
)
def test_103_happy_eyeballs_refused(refused: str, fine: str) -> None:
    family = socket.AF_INET6 if ":" in fine else socket.AF_INET

    async def run() -> PageVerdict:
        server = await asyncio.start_server(_answer, fine, 0, family=family)
        port = server.sockets[0].getsockname()[1]
        fetcher = Fetcher(LOOPBACK, resolver=Names({"both.example": [refused, fine]}))
        page = await fetcher.check(f"http://both.example:{port}/")
        await fetcher.aclose()
        server.close()
        await asyncio.sleep(0.05)
        return page

    if not socket.has_ipv6 or not _has_loopback_6():
        pytest.skip("no IPv6 on this machine")
    page = asyncio.run(run())
    assert page.verdict.reason == Reason.OK
    assert (page.verdict.seconds or 0) < 1


def test_103_happy_eyeballs_silent(zoo: Zoo, silent: tuple[str, int]) -> None:
    """The first address swallows the call: the second is tried a quarter of a second later."""
    address, _ = silent
    names = Names({"slow.example": [address, "127.0.0.1"]})
    page = check(f"http://slow.example:{zoo.port}/page", names)
    assert page.verdict.reason == Reason.OK
    assert (page.verdict.seconds or 0) < 1


@pytest.fixture
def silent(zoo: Zoo) -> Iterator[tuple[str, int]]:
    """A loopback address whose port takes no more connections: its queue is full."""
    listener = socket.socket()
    # The zoo has the port on 0.0.0.0; a listener on a more specific address goes first.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listener.bind(("127.9.9.9", 0))
    except OSError:
        pytest.skip("only 127.0.0.1 on this machine")
    listener.listen(0)
    address, port = listener.getsockname()
    full = []
    for _ in range(3):
        sock = socket.socket()
        sock.setblocking(False)
        sock.connect_ex((address, port))
        full.append(sock)
    yield address, port
    for sock in (*full, listener):
        sock.close()


def test_no_answer_at_the_address(silent: tuple[str, int]) -> None:
    address, port = silent
    page = check(
        f"http://{address}:{port}/", Names({}), CheckSettings(timeout=1.0, allow_private=True)
    )
    assert page.verdict.reason == Reason.TIMEOUT


@pytest.mark.parametrize("addresses", [["2606:4700::1111"], ["2606:4700::1111", "2a00:1450::8"]])
def test_104_ipv6_only_without_ipv6(addresses: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    async def unreachable(address: str, port: int) -> None:
        raise OSError(errno.ENETUNREACH, f"no route to {address}:{port}")

    monkeypatch.setattr("app.linkcheck.net.dial._connect", unreachable)
    page = check("http://six.example/", Names({"six.example": addresses}), PUBLIC)
    assert page.verdict.reason == Reason.IPV6_ONLY
    assert page.verdict.status == "unverified"


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.1.2.3"], ["169.254.169.254"], ["::1"], ["::ffff:127.0.0.1"], ["fd00::1"]],
    ids=str,
)
def test_105_public_name_with_private_address(zoo: Zoo, addresses: list[str]) -> None:
    before = zoo.connections
    page = check(
        f"http://trick.example:{zoo.port}/page", Names({"trick.example": addresses}), PUBLIC
    )
    assert page.verdict.reason == Reason.PRIVATE_TARGET
    assert page.requests == 0
    assert zoo.connections == before


def test_105_one_private_address_among_public_ones(zoo: Zoo) -> None:
    names = Names({"trick.example": ["93.184.215.14", "127.0.0.1"]})
    page = check(f"http://trick.example:{zoo.port}/page", names, PUBLIC)
    assert page.verdict.reason == Reason.PRIVATE_TARGET


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://①②⑦.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://localhost/",
        "http://localhost./",
        "http://a.localhost/",
        "http://printer.local/",
    ],
)
def test_private_address_is_never_asked(url: str) -> None:
    names = Names({})
    page = check(url, names, PUBLIC)
    assert page.verdict.reason == Reason.PRIVATE_ADDRESS
    assert names.asked == []
    assert page.requests == 0


@pytest.mark.parametrize(
    "target",
    ["http://10.0.0.1/x", "http://169.254.169.254/latest", "http://[::1]/", "http://in.local/"],
)
def test_60_redirect_to_a_private_address(
    zoo: Zoo, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The zoo stands in for a public host; the hop is judged as from anywhere."""
    monkeypatch.setattr("app.linkcheck.net.dial.is_public", lambda address: address == "127.0.0.1")
    names = Names({"public.example": ["127.0.0.1"]})
    page = check(f"http://public.example:{zoo.port}/inward?{target}", names, PUBLIC)
    assert page.verdict.reason == Reason.PRIVATE_TARGET
    assert page.requests == 1
    assert [hop.url for hop in page.verdict.redirects] == [target]


def test_61_redirect_to_no_such_host(zoo: Zoo) -> None:
    page = check(f"http://127.0.0.1:{zoo.port}/inward?http://gone.example/", Names({}))
    assert page.verdict.reason == Reason.NO_SUCH_HOST
    assert "gone.example" in page.verdict.detail


def test_79_refused() -> None:
    page = check("http://127.0.0.1:1/", Names({}))
    assert page.verdict.reason == Reason.REFUSED
    assert 0.5 < (page.verdict.seconds or 0) < 2  # a second look at another time


class TestSystemResolver:
    def test_literal_names(self) -> None:
        found = look_up("localhost", 80)
        assert isinstance(found, tuple)
        assert {"127.0.0.1", "::1"} & set(found)

    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            (socket.EAI_NONAME, NoSuchHostError),
            (socket.EAI_NODATA, NoSuchHostError),
            (socket.EAI_AGAIN, ResolverFailedError),
            (socket.EAI_FAIL, ResolverFailedError),
        ],
    )
    def test_errors(
        self, code: int, kind: type[Exception], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise socket.gaierror(code, "as told")

        monkeypatch.setattr(socket, "getaddrinfo", fail)
        assert isinstance(look_up("some.example", 80), kind)

    def test_a_label_that_is_too_long(self) -> None:
        assert isinstance(look_up("a" * 300 + ".example", 80), Exception)

    def test_same_name_is_looked_up_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = []

        def slow(host: str, *_: object, **__: object) -> list[object]:
            asked.append(host)
            import time

            time.sleep(0.1)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 80))]

        monkeypatch.setattr(socket, "getaddrinfo", slow)

        async def run() -> None:
            resolver = SystemResolver()
            found = await asyncio.gather(*(resolver.resolve("a.example", 80) for _ in range(9)))
            assert set(found) == {("192.0.2.1",)}
            resolver.close()

        asyncio.run(run())
        assert asked == ["a.example"]


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    await writer.drain()
    writer.close()


def _has_loopback_6() -> bool:
    with socket.socket(socket.AF_INET6) as sock:
        try:
            sock.bind(("::1", 0))
        except OSError:
            return False
    return True
