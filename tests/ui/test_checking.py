"""The link checker of the window with reputation services and servers, all on loopback.

Hosts end in ``.invalid``: they are never looked up (RFC 6761) and so are dead links at once;
services are asked about those, too.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import keyring
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.engagement import accounts, secrets
from app.engagement.service_keys import check_server
from app.linkcheck.reputation.webrisk import api
from app.linkcheck.verdict import Note, Reason, Status, Verdict
from app.ui import own_list
from app.ui.checking import Checking
from app.ui.notices import Notice
from app.ui.settings import Settings
from tests.linkcheck.test_remote import lines, serving
from tests.linkcheck.zoo.server import Visit, Zoo
from tests.support.keyrings import Locker
from tests.support.patience import PATIENCE
from tests.support.reputation_servers import DnsServer, WebRiskServer, google_error

GOOD, BAD = "https://good.invalid/", "https://bad.invalid/"
SURBL = "multi.surbl.org"
LISTED: dict[str, Sequence[str]] = {
    f"test.surbl.org.{SURBL}": ["127.0.0.254"],
    f"bad.invalid.{SURBL}": ["127.0.0.8"],
}
THREAT = {"threat": {"threatTypes": ["MALWARE"], "expireTime": "2099-01-01T00:00:00Z"}}


class Slow(Locker):
    """A keyring whose owner is asked for a password first; it remembers who waited."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_by: threading.Thread | None = None
        self.is_unlocked = threading.Event()
        self.is_unlocked.set()

    def get_password(self, service: str, username: str) -> str | None:
        self.asked_by = threading.current_thread()
        assert self.is_unlocked.wait(PATIENCE)
        return super().get_password(service, username)


class Heard:
    """A checker, and all that it said."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.owner = QObject()
        self.qtbot = qtbot
        self.checking = Checking(folder / "cache" / "verdicts.sqlite3", self.owner)
        self.checking.allow_private = True
        self.last: dict[str, Verdict] = {}
        self.said: list[tuple[str, Verdict]] = []
        self.told: list[Notice] = []
        self.settled: list[str] = []
        self.pages: list[str] = []
        self.checking.verdicts.connect(self._hear)
        self.checking.told.connect(self.told.append)
        self.checking.means.settled.connect(self.settled.append)
        self.checking.means.page_wanted.connect(self.pages.append)

    def _hear(self, batch: list[tuple[str, Verdict]]) -> None:
        self.said += batch
        self.last.update(batch)

    def want(self, *urls: str) -> None:
        self.checking.want("draft", dict.fromkeys(urls, True))

    def reason_of(self, url: str) -> Reason | None:
        """None while nothing was said of it."""
        return self.last[url].reason if url in self.last else None

    def status_of(self, url: str) -> Status | None:
        """None while nothing was said of it."""
        return self.last[url].status if url in self.last else None

    def wait(self, until: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(until()))


@pytest.fixture
def locker(monkeypatch: pytest.MonkeyPatch) -> Slow:
    made = type("Keyring", (Slow,), {"__module__": "keyring.backends.SecretService"})
    backend: Slow = made()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    monkeypatch.setattr(secrets, "_IN_MEMORY", {})
    monkeypatch.delenv("SENDOFF_WEB_RISK_KEY", raising=False)
    return backend


@pytest.fixture
def heard(qtbot: QtBot, folders: Path, locker: Slow) -> Iterator[Heard]:
    made = Heard(qtbot, folders)
    yield made
    made.checking.stop()
    made.owner.deleteLater()


@pytest.fixture
def names() -> Iterator[DnsServer]:
    with DnsServer(dict(LISTED)) as server:
        yield server


def surbl(names: DnsServer) -> Settings:
    return Settings(reputation=("surbl",), name_servers="{}:{}".format(*names.address))


# reputation


def test_what_a_service_flags_is_blocked(heard: Heard, names: DnsServer) -> None:
    heard.want(GOOD, BAD)
    heard.checking.start(surbl(names))
    heard.wait(lambda: heard.status_of(BAD) is Status.BLOCK)
    assert (heard.last[BAD].reason, heard.last[BAD].threat) == (Reason.SURBL, "phishing")
    assert heard.last[GOOD].reason is Reason.NO_SUCH_HOST
    assert heard.told == []


def test_turning_a_service_on_and_off_takes_effect_at_once(heard: Heard, names: DnsServer) -> None:
    heard.want(GOOD, BAD)
    heard.checking.start(Settings())
    heard.wait(lambda: len(heard.last) == 2)
    service = heard.checking._service
    heard.checking.use_services(surbl(names))
    heard.wait(lambda: heard.status_of(BAD) is Status.BLOCK)
    heard.checking.use_services(Settings())
    heard.wait(lambda: heard.reason_of(BAD) is Reason.NO_SUCH_HOST)
    assert heard.checking._service is service, "checks went on meanwhile"


def test_a_keyring_that_takes_its_time_delays_nothing_but_its_service(
    heard: Heard, locker: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    locker.kept["sendoff", "web-risk"] = "AIza-secret"
    locker.is_unlocked.clear()
    with WebRiskServer(lambda _: (200, THREAT)) as server:
        here = partial(api.WebRiskApi, url=server.url, allow_private=True)
        monkeypatch.setattr(api, "WebRiskApi", here)
        heard.want(GOOD)
        heard.checking.start(Settings(reputation=("web-risk-lookup",)))
        assert not heard.checking.assure("gate", [GOOD], []), "nobody hands over before it is known"
        heard.wait(lambda: GOOD in heard.last)
        assert heard.last[GOOD].reason is Reason.NO_SUCH_HOST
        locker.is_unlocked.set()
        heard.wait(lambda: heard.reason_of(GOOD) is Reason.WEB_RISK)
    assert locker.asked_by is not threading.main_thread()


def test_a_service_without_its_key_is_told_with_the_way_to_it(heard: Heard) -> None:
    heard.checking.start(Settings(reputation=("web-risk",)))
    heard.wait(lambda: heard.told)
    (notice,) = heard.told
    assert "Google Web Risk, by local lists is on, but it has no key." in notice.text
    notice.choices[0].run()
    assert heard.pages == ["reputation"]
    heard.checking.use_services(Settings())
    heard.wait(lambda: notice.key in heard.settled)


def test_a_service_that_is_no_use_is_told_once_and_changes_no_link(
    heard: Heard, names: DnsServer
) -> None:
    names.answers[f"test.surbl.org.{SURBL}"] = ["127.0.0.1"]
    heard.want(GOOD)
    heard.checking.start(surbl(names))
    heard.wait(lambda: heard.told)
    heard.want(GOOD, BAD, "https://other.invalid/")
    heard.wait(lambda: len(heard.last) == 3 and all(v.notes for v in heard.last.values()))
    assert {verdict.reason for verdict in heard.last.values()} == {Reason.NO_SUCH_HOST}
    assert all(Note.REPUTATION_UNKNOWN in verdict.notes for verdict in heard.last.values())
    assert len(heard.told) == 1
    assert "open resolvers are refused" in heard.told[0].text
    assert heard.checking.means.problems.keys() == {"SURBL"}


def test_a_refused_key_is_told_in_words(
    heard: Heard, locker: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    locker.kept["sendoff", "web-risk"] = "AIza-secret"
    refusal = google_error(400, "INVALID_ARGUMENT", "API_KEY_INVALID")
    with WebRiskServer(lambda _: refusal) as server:
        here = partial(api.WebRiskApi, url=server.url, allow_private=True)
        monkeypatch.setattr(api, "WebRiskApi", here)
        heard.want(GOOD)
        heard.checking.start(Settings(reputation=("web-risk-lookup",)))
        heard.wait(lambda: heard.told)
    assert "refused the key" in heard.told[0].text
    assert "AIza" not in heard.told[0].text


def test_the_own_list_holds_at_once_and_is_let_go_at_once(heard: Heard) -> None:
    heard.want(GOOD, BAD)
    heard.checking.start(Settings())
    heard.wait(lambda: len(heard.last) == 2)
    own_list.save("block *.bad.invalid\n", "")
    heard.checking.use_services(Settings())
    heard.wait(lambda: heard.reason_of(BAD) is Reason.LISTED)
    own_list.save("", "block *.bad.invalid\n")
    heard.checking.use_services(Settings())
    heard.wait(lambda: heard.reason_of(BAD) is Reason.NO_SUCH_HOST)


def test_what_the_list_allows_is_asked_of_no_service(heard: Heard, names: DnsServer) -> None:
    own_list.add_rule("bad.invalid", blocks=False)
    heard.want(GOOD, BAD)
    heard.checking.start(surbl(names))
    heard.wait(lambda: names.asked[f"good.invalid.{SURBL}"])
    assert heard.last[BAD].reason is Reason.NO_SUCH_HOST
    assert not names.asked[f"bad.invalid.{SURBL}"]


# a server


async def plain(visit: Visit) -> None:
    await visit.reply()


def at(base: str, where: str = "server") -> Settings:
    secrets.open_secrets().put(check_server(base), "k")
    return Settings(check_where=where, check_server=base)


def test_a_server_checks_and_nothing_is_asked_from_here(heard: Heard) -> None:
    with serving(lines) as (base, server), Zoo({"page": plain}):
        heard.want("https://a.example/", "https://b.example/")
        heard.checking.start(at(base))
        heard.wait(lambda: len(heard.last) == 2)
    assert {verdict.reason for verdict in heard.last.values()} == {Reason.OK}
    assert server.keys == ["Bearer k"]
    assert heard.told == []


def test_an_account_gives_address_and_key(heard: Heard) -> None:
    with serving(lines) as (base, server):
        account = accounts.new("sendoff", "My server", base)
        accounts.add(account)
        secrets.open_secrets().put(account, "of-the-account")
        heard.want("https://a.example/")
        heard.checking.start(Settings(check_where="server", check_account=account.id))
        heard.wait(lambda: heard.last)
    assert server.keys == ["Bearer of-the-account"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(check_where="server"), "No server is chosen yet."),
        (Settings(check_where="server", check_server="https://news.example"), "There is no key"),
        (Settings(check_where="server", check_account="gone"), "was removed"),
    ],
)
def test_without_its_server_nothing_is_asked_and_it_is_said(
    heard: Heard, settings: Settings, words: str
) -> None:
    with Zoo({"page": plain}) as site:
        heard.want(f"{site.base}/page")
        heard.checking.start(settings)
        heard.wait(lambda: heard.told)
        heard.checking.recheck([f"{site.base}/page"])
        heard.qtbot.wait(200)
        assert site.requests == []
        assert not heard.checking.assure("gate", [f"{site.base}/page"], [])
        assert words in heard.told[0].text
        assert "links are not checked" in heard.told[0].text
        heard.told[0].choices[0].run()
        assert heard.pages == ["links"]
        heard.checking.use_services(Settings())
        heard.wait(lambda: heard.last)
        heard.wait(lambda: heard.told[0].key in heard.settled)


def test_trouble_is_told_and_its_end_too(heard: Heard) -> None:
    is_away = [True]

    async def respond(visit: Visit, urls: list[str]) -> None:
        if is_away[0]:
            await visit.reply(503, ["Retry-After: 0"])
        else:
            await lines(visit, urls)

    with serving(respond) as (base, _):
        heard.want("https://a.example/")
        heard.checking.start(at(base))
        heard.wait(lambda: heard.told)
        assert "The server asks for a pause. Until that is over" in heard.told[0].text
        heard.wait(lambda: heard.last)
        assert heard.last["https://a.example/"].reason is Reason.PENDING
        assert heard.settled.count(heard.told[0].key) == 0
        is_away[0] = False
        heard.checking.recheck(["https://a.example/"])
        heard.wait(lambda: heard.told[0].key in heard.settled)
        heard.wait(lambda: heard.reason_of("https://a.example/") is Reason.OK)
    assert len(heard.told) == 1
    assert heard.checking.means.server_trouble == ""


def test_trouble_is_neither_forgotten_nor_shown_for_ever(heard: Heard) -> None:
    is_away = [True]

    async def respond(visit: Visit, urls: list[str]) -> None:
        if is_away[0]:
            await visit.reply(401)
        else:
            await lines(visit, urls)

    with serving(respond) as (base, _):
        heard.want("https://a.example/")
        settings = at(base)
        heard.checking.start(settings)
        heard.wait(lambda: heard.checking.means.server_trouble)
        heard.checking.use_services(replace(settings, team_list="/nowhere"))
        heard.wait(lambda: heard.checking.means.is_ready)
        assert "does not take the key" in heard.checking.means.server_trouble
        is_away[0] = False
        heard.checking.start(replace(settings, check_timeout=9.0))
        heard.wait(lambda: heard.reason_of("https://a.example/") is Reason.OK)
    assert heard.checking.means.server_trouble == ""
    assert heard.told[0].key in heard.settled


def test_the_fallback_checks_from_here_and_says_so(heard: Heard) -> None:
    with Zoo({"page": plain}) as site:
        heard.want(f"{site.base}/page", "https://gone.invalid/")
        settings = at("http://127.0.0.1:1", "server_or_local")
        heard.checking.start(settings)
        heard.wait(lambda: f"{site.base}/page" in heard.last)
        assert heard.last[f"{site.base}/page"].reason is Reason.OK
        heard.want(f"{site.base}/page", "https://a.example/")
        heard.wait(lambda: heard.told)
    assert "cannot be reached" in heard.told[0].text
    assert "Meanwhile links are checked from this computer." in heard.told[0].text


def test_going_back_to_this_computer_ends_the_trouble(heard: Heard) -> None:
    with Zoo({"page": plain}) as site:
        heard.want("https://a.example/", f"{site.base}/page")
        settings = at("http://127.0.0.1:1")
        heard.checking.start(settings)
        heard.wait(lambda: heard.told)
        heard.want(f"{site.base}/page")
        heard.checking.use_services(replace(settings, check_where="local"))
        heard.wait(lambda: heard.told[0].key in heard.settled)
        heard.wait(lambda: heard.reason_of(f"{site.base}/page") is Reason.OK)


def test_a_session_of_the_past_is_not_heard_any_more(heard: Heard, locker: Slow) -> None:
    locker.is_unlocked.clear()
    locker.kept["sendoff", "web-risk"] = "k"
    heard.checking.start(Settings(reputation=("web-risk-lookup",)))
    heard.checking.use_services(Settings())
    heard.wait(lambda: heard.checking.means.is_ready)
    locker.is_unlocked.set()
    heard.qtbot.wait(300)
    assert heard.checking.means.means.services == ()
