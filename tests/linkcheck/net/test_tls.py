"""H. TLS: each way of failing has its own word, and a doubtful connection carries no request."""

import asyncio
import contextlib
import ssl
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from app.linkcheck.net import tls
from app.linkcheck.page.fetch import Fetcher, PageVerdict
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Note, Reason

from ..names import Names
from ..zoo.certificates import DAY, NOW, Holder, issue, name, server_context
from ..zoo.server import Visit, Zoo

HOST = "zoo.example"
Check = Callable[..., PageVerdict]


async def plain(visit: Visit) -> None:
    await visit.reply()


@pytest.fixture(scope="module")
def root() -> Holder:
    return issue(name("Zoo Root", "Zoo"), authority=True)


@pytest.fixture
def trusting(root: Holder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``SSL_CERT_FILE`` adds the zoo's root."""
    path = tmp_path / "root.pem"
    path.write_bytes(root.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


def visit(zoo: Zoo, *, host: str = HOST, timeout: float = 5.0) -> PageVerdict:
    async def check() -> PageVerdict:
        settings = CheckSettings(allow_private=True, timeout=timeout)
        fetcher = Fetcher(settings, resolver=Names({host: ["127.0.0.1"]}))
        try:
            return await fetcher.check(f"https://{host}:{zoo.port}/page")
        finally:
            await fetcher.aclose()

    return asyncio.run(check())


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Callable[..., Zoo]]:
    """Starts a server that shows a certificate and the chain above it."""
    zoos: list[Zoo] = []

    def start(leaf: Holder, *chain: Holder) -> Zoo:
        zoo = Zoo({"page": plain}, server_context(tmp_path, leaf, *chain))
        zoos.append(zoo)
        return zoo.__enter__()

    yield start
    for zoo in zoos:
        zoo.__exit__()


@pytest.mark.usefixtures("trusting")
class TestCertificates:
    def test_good(self, root: Holder, show: Callable[..., Zoo]) -> None:
        zoo = show(issue(name(HOST), root, hosts=[HOST]))
        page = visit(zoo)
        assert page.verdict.reason == Reason.OK
        assert page.verdict.notes == ()
        assert zoo.asked("page") == ["HEAD"]

    def test_complete_chain(self, root: Holder, show: Callable[..., Zoo]) -> None:
        middle = issue(name("Zoo Intermediate"), root, authority=True)
        assert visit(show(issue(name(HOST), middle, hosts=[HOST]), middle)).verdict.reason == "ok"

    def test_93_self_signed(self, show: Callable[..., Zoo]) -> None:
        zoo = show(issue(name(HOST), hosts=[HOST]))
        assert visit(zoo).verdict.reason == Reason.TLS_UNTRUSTED
        assert zoo.asked("page") == []

    def test_93_private_authority(self, show: Callable[..., Zoo]) -> None:
        authority = issue(name("Corp CA"), authority=True)
        leaf = issue(name(HOST), authority, hosts=[HOST])
        assert visit(show(leaf)).verdict.reason == Reason.TLS_UNTRUSTED
        assert visit(show(leaf, authority)).verdict.reason == Reason.TLS_UNTRUSTED

    def test_94_expired(self, root: Holder, show: Callable[..., Zoo]) -> None:
        leaf = issue(name(HOST), root, hosts=[HOST], end=NOW - DAY)
        assert visit(show(leaf)).verdict.reason == Reason.TLS_EXPIRED

    def test_94_not_valid_yet(self, root: Holder, show: Callable[..., Zoo]) -> None:
        leaf = issue(name(HOST), root, hosts=[HOST], start=NOW + DAY)
        assert visit(show(leaf)).verdict.reason == Reason.TLS_EXPIRED

    def test_95_wrong_host(self, root: Holder, show: Callable[..., Zoo]) -> None:
        verdict = visit(show(issue(name("other"), root, hosts=["other.example"]))).verdict
        assert verdict.reason == Reason.TLS_WRONG_HOST
        assert HOST in verdict.detail

    @pytest.mark.parametrize(
        ("middle", "hint"),
        [
            (name("Anything"), "http://ca.example/anything.crt"),
            (name("Zoo Intermediate"), ""),
            (name("Anything", "Zoo"), ""),
        ],
        ids=["named in the certificate", "calls itself one", "same organisation"],
    )
    def test_96_incomplete_chain(
        self, root: Holder, show: Callable[..., Zoo], middle: object, hint: str
    ) -> None:
        assert isinstance(middle, type(name("")))
        between = issue(middle, root, authority=True)
        leaf = issue(name(HOST), between, hosts=[HOST], fetch_issuer_at=hint)
        zoo = show(leaf)
        assert visit(zoo).verdict.reason == Reason.TLS_INCOMPLETE_CHAIN
        assert zoo.asked("page") == []

    def test_trustme_incomplete_chain(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(tmp_path / "trustme.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trustme.pem"))
        leaf = authority.create_child_ca().issue_cert(HOST)
        (tmp_path / "leaf.pem").write_bytes(
            leaf.private_key_pem.bytes() + leaf.cert_chain_pems[0].bytes()
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / "leaf.pem")
        with Zoo({"page": plain}, context) as zoo:
            assert visit(zoo).verdict.reason == Reason.TLS_INCOMPLETE_CHAIN

    def test_97_old_version(self, root: Holder, tmp_path: Path) -> None:
        context = server_context(tmp_path, issue(name(HOST), root, hosts=[HOST]))
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings(action="ignore"):
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        with Zoo({"page": plain}, context) as zoo:
            assert visit(zoo).verdict.reason == Reason.TLS_OLD

    def test_h2_only(self, root: Holder, tmp_path: Path) -> None:
        context = server_context(tmp_path, issue(name(HOST), root, hosts=[HOST]))

        async def settings_frame(visit: Visit) -> None:
            await visit.raw(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + b"\0" * 18)
            visit.close()

        with Zoo({"page": settings_frame}, context) as zoo:
            verdict = visit(zoo).verdict
        assert verdict.reason == Reason.ODD_ANSWER
        assert "HTTP/2" in (verdict.evidence or "")

    def test_keeps_the_connection(self, root: Holder, show: Callable[..., Zoo]) -> None:
        zoo = show(issue(name(HOST), root, hosts=[HOST]))

        async def check() -> None:
            names = Names({HOST: ["127.0.0.1"]})
            fetcher = Fetcher(CheckSettings(allow_private=True), resolver=names)
            for number in range(5):
                await fetcher.check(f"https://{HOST}:{zoo.port}/page?{number}")
            await fetcher.aclose()

        asyncio.run(check())
        assert zoo.connections == 1

    def test_58_downgrade(self, root: Holder, tmp_path: Path) -> None:
        with Zoo({"page": plain}) as insecure:

            async def down(visit: Visit) -> None:
                await visit.redirect(302, f"http://127.0.0.1:{insecure.port}/page")

            context = server_context(tmp_path, issue(name(HOST), root, hosts=[HOST]))
            with Zoo({"page": down}, context) as zoo:
                assert visit(zoo).verdict.notes == (Note.NOT_ENCRYPTED,)


def against(behave: Callable[[asyncio.StreamWriter], None], timeout: float) -> PageVerdict:
    """The verdict of an https link to a server that reads the ClientHello and then behaves."""

    async def run() -> PageVerdict:
        done = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(ConnectionError):
                await reader.read(1)
                behave(writer)
                await reader.read()
            writer.close()
            done.set()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        fetcher = Fetcher(CheckSettings(allow_private=True, timeout=timeout))
        try:
            return await fetcher.check(f"https://127.0.0.1:{port}/")
        finally:
            await fetcher.aclose()
            server.close()
            await done.wait()
            await asyncio.sleep(0.05)

    return asyncio.run(run())


def test_77_handshake_never_ends() -> None:
    page = against(lambda _: None, timeout=1.5)
    assert page.verdict.reason == Reason.TIMEOUT
    assert "TLS" in (page.verdict.evidence or "")
    assert 1.3 < (page.verdict.seconds or 0) < 3
    assert page.requests <= 2  # in plain HTTP, to find out why: see below


def test_a_silent_server_that_speaks_plain_http_is_found_out() -> None:
    """It waits for the end of a request line, the handshake for it."""
    with Zoo({"page": plain, "": plain}) as zoo:
        page = visit(zoo, timeout=6.0)
        assert page.verdict.reason == Reason.TLS_ERROR
        assert "no TLS" in page.verdict.detail
        assert (page.verdict.seconds or 0) < 2.5
        assert zoo.requests == [("HEAD", "/")]
        assert page.requests == 1


def test_a_slow_tls_server_that_refuses_plain_http_is_not_mistaken_for_one() -> None:
    connections = 0

    def handle(writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        if connections % 2 == 0:  # the probe's
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    page = against(handle, timeout=3)
    assert page.verdict.reason == Reason.TIMEOUT
    assert connections >= 2


def test_tls_where_plain_http_was_meant(show: Callable[..., Zoo], root: Holder) -> None:
    zoo = show(issue(name(HOST), root, hosts=[HOST]))

    async def run() -> PageVerdict:
        fetcher = Fetcher(CheckSettings(allow_private=True, timeout=5))
        page = await fetcher.check(f"http://127.0.0.1:{zoo.port}/page")
        await fetcher.aclose()
        return page

    page = asyncio.run(run())
    assert page.verdict.reason in (Reason.NOT_HTTP, Reason.CONNECTION_LOST)
    assert page.verdict.status == "warn"


def test_plain_http_on_the_port() -> None:
    page = against(lambda writer: writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n"), timeout=3)
    assert page.verdict.reason == Reason.TLS_ERROR
    assert "no TLS" in page.verdict.detail


def test_closed_in_the_handshake() -> None:
    page = against(lambda writer: writer.transport.abort(), timeout=3)
    assert page.verdict.reason == Reason.CONNECTION_LOST


def test_system_certificates_stay_trusted(trusting: Path) -> None:
    added = tls.create_context().get_ca_certs()
    assert any("Zoo Root" in str(authority["subject"]) for authority in added)
    if Path(ssl.get_default_verify_paths().openssl_cafile).is_file():
        assert len(added) > 1
