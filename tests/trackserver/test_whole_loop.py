"""The whole loop over HTTP alone: a draft is registered, sent, read by everybody, and reported."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from app import publish
from app.markup import Document
from app.trackserver.settings import Limits
from app.trackserver.store.database import Database
from app.trackserver.store.schema import issue, set_aside
from app.trackserver.vendors import endpoint, webhooks
from app.trackserver.vendors.sns import Certificates
from app.trackserver.words import EventType, Source
from app.trackserver.work.recount import compare
from tests.support.patience import PATIENCE
from tests.trackserver import mailbox
from tests.trackserver.mailbox import Copy, Program
from tests.trackserver.serving import Served, serving
from tests.trackserver.vendors.payloads import CASES, NOON, UNKNOWN
from tests.trackserver.vendors.posting import KEYS, Vendor
from tests.trackserver.vendors.test_sns import certificate

DRAFT = Path(__file__).parents[2] / "resources" / "demo" / "issue-12.md"
READERS = 17
SENT = NOON * 1000
# On a busy machine, too, hits go to the store itself.
PATIENT = Limits(key_rate=0, address_rate=0, store_seconds=PATIENCE)
MINUTE, HOUR = 60_000, 3_600_000


@dataclass
class Loop:
    """A server with its worker, and the clock of both."""

    served: Served
    strangers: httpx.Client
    now: int = SENT

    def api(self, method: str, path: str, body: object = None) -> Any:
        answer = self.served.http.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def register(self, **more: object) -> Any:
        """The sample issue, as somebody registers it who pastes its HTML."""
        document = Document.from_text(
            DRAFT.read_text("utf-8").replace("{site}", "https://letter.example")
        )
        return self.api(
            "POST",
            "/v1/issues",
            {"subject": "No. 12", "html": publish.render_email(document)} | more,
        )

    def report(self, number: str) -> Any:
        """The report once everything that was answered is counted."""
        give_up = time.monotonic() + PATIENCE
        while (found := self.api("GET", f"/v1/issues/{number}/report"))["freshness"]["waiting"]:
            assert time.monotonic() < give_up
            time.sleep(0.01)
        return found

    def program(self, user_agent: str, address: str) -> Program:
        """Something that fetches, at an address."""
        return Program(user_agent, address, self.strangers)

    def at(self, after: int) -> None:
        """Let it be so many milliseconds after the sending."""
        self.now = SENT + after


@pytest.fixture
def loop(database: Database, tmp_path: Path) -> Iterator[Loop]:
    times: list[Loop] = []
    with (
        httpx.Client(timeout=PATIENCE) as strangers,
        serving(
            database,
            tmp_path / "server",
            clock=lambda: times[0].now if times else SENT,
            workers=1,
            proxies=[ip_network("127.0.0.0/8")],
            limits=PATIENT,
        ) as served,
    ):
        times.append(Loop(served, strangers))
        times[0].api("POST", "/v1/publications", {"name": "The Slow Web"})
        yield times[0]


def by_class(human: int = 0, proxy: int = 0, machine: int = 0) -> dict[str, int]:
    return {
        "all": human + proxy + machine,
        "human": human,
        "privacy_proxy": proxy,
        "machine": machine,
    }


def test_an_issue_is_read_and_reported(loop: Loop, database: Database) -> None:
    registered = loop.register(
        external_id="no-12",
        sent_at="2026-09-21T14:13:20Z",
        recipients=[
            {"external_id": f"reader-{n}", "email": f"reader-{n}@mail{n % 3}.example"}
            for n in range(READERS)
        ],
    )
    number = registered["issue"]["id"]
    copies = [
        Copy(registered["html"].replace(registered["placeholder"], each["value"]))
        for each in registered["recipients"]
    ]
    base = loop.served.url
    links = [each["url"] for each in registered["links"]]
    assert len(links) >= 15
    assert all(len(copy.tracked(base)) == len(links) for copy in copies)
    leaving = registered["unsubscribe_url"]
    values = [each["value"] for each in registered["recipients"]]

    def fetches(reader: int, program: Program, *numbers: int, opens: bool = False) -> None:
        """The pixel, then links; each link leads where the draft says."""
        if opens:
            answer = program.get(copies[reader].pixel(base))
            assert (answer.status_code, len(answer.content)) == (200, 43)
        for link in numbers:
            answer = program.get(copies[reader].tracked(base)[link - 1])
            assert (answer.status_code, answer.headers["location"]) == (302, links[link - 1])

    home = loop.program(mailbox.CHROME, "203.0.113.7")
    # The proxies of three mail services load the pixel; two of their readers follow a link.
    loop.at(5_000)
    fetches(0, loop.program(mailbox.APPLE_PROXY, "17.58.0.1"), opens=True)
    fetches(1, loop.program(mailbox.GMAIL_PREFETCH, "66.249.84.1"), opens=True)
    loop.at(10 * MINUTE)
    fetches(1, loop.program(mailbox.GMAIL_PROXY, "66.249.84.1"), opens=True)
    fetches(2, loop.program(mailbox.GMAIL_PROXY, "66.249.84.2"), opens=True)
    fetches(3, loop.program(mailbox.YAHOO_PROXY, "98.136.0.1"), opens=True)
    loop.at(11 * MINUTE)
    fetches(2, home, 1)
    # Programs that people read with.
    loop.at(HOUR)
    fetches(4, loop.program(mailbox.OFFICE, "203.0.113.20"), opens=True)
    fetches(5, loop.program(mailbox.OUTLOOK, "203.0.113.21"), opens=True)
    fetches(6, loop.program(mailbox.THUNDERBIRD, "203.0.113.22"), 2, opens=True)
    loop.at(HOUR + 5 * MINUTE)
    fetches(6, loop.program(mailbox.THUNDERBIRD, "203.0.113.22"), 2)
    fetches(7, loop.program(mailbox.IPHONE, "203.0.113.23"), opens=True)
    # Pictures off, and a link all the same.
    fetches(8, home, 3)
    # A gateway that looks like a browser: pixel, then a burst from three networks; hours later
    # the reader whose mail it was.
    gateways = [
        loop.program(mailbox.CHROME, f"{net}.9") for net in ("198.51.100", "192.0.2", "8.8.4")
    ]
    loop.at(34_000)
    fetches(9, gateways[0], opens=True)
    for place in range(6):
        loop.at(43_000 + 500 * place)
        fetches(9, gateways[place % 3], place + 1)
    # Another from a single address: the burst tells what its pixel was, too.
    loop.at(4 * MINUTE)
    single = loop.program(mailbox.CHROME, "198.51.100.77")
    fetches(16, single, opens=True)
    loop.at(4 * MINUTE + 9_000)
    fetches(16, single, 1, 2, 3, 4, 5)
    loop.at(3 * HOUR)
    fetches(9, loop.program(mailbox.OFFICE, "203.0.113.24"), 1, opens=True)
    # Scanners that say so, or nothing at all; one that follows every link, the last one too.
    loop.at(2 * MINUTE)
    fetches(10, loop.program(mailbox.SAFE_LINKS, "198.51.100.30"), 1)
    fetches(11, loop.program(mailbox.BARRACUDA, "198.51.100.31"), opens=True)
    fetches(12, loop.program("", "198.51.100.32"), 1)
    scanner = loop.program(mailbox.CHROME, "198.51.100.33")
    fetches(13, scanner, 4)
    loop.at(2 * MINUTE + 20_000)
    scanner.get(leaving.replace(registered["placeholder"], values[13]))
    # Probes count for nothing, and neither does what was never signed.
    for url in (copies[14].pixel(base), copies[14].tracked(base)[0]):
        assert home.ask("HEAD", url).status_code in (200, 302)
    forged = copies[14].tracked(base)[0].removeprefix(f"{base}/l/")
    assert home.get(f"{base}/l/x{forged[1:]}").status_code == 404
    assert home.get(f"{base}/i/nothing").status_code == 200
    # A person leaves: the page changes nothing, its button does.
    page = leaving.replace(registered["placeholder"], values[15])
    assert "The Slow Web" in home.get(page).text
    assert home.ask("POST", page, **{"List-Unsubscribe": "One-Click"}).status_code == 200

    report = loop.report(number)
    figures = report["issue"]["figures"]
    assert figures["opens"] == by_class(human=5, proxy=4, machine=4)
    assert figures["openers"] == by_class(human=6, proxy=3, machine=2)
    assert figures["clicks"] == by_class(human=5, machine=14)
    assert figures["clickers"] == by_class(human=4, machine=4)
    assert figures["inferred_openers"] == by_class(human=1, machine=3)
    assert figures["unsubscribes"] == by_class(human=1)
    assert (report["issue"]["recipients"], report["issue"]["rates"]["open"]["of"]) == (
        READERS,
        "recipients",
    )
    assert {each["key"]: each["openers"] for each in report["proxies"]} == {
        "apple": by_class(proxy=1),
        "gmail": by_class(human=1, proxy=1),  # who clicked opened it, too
        "yahoo": by_class(proxy=1),
    }
    clients = {each["key"]: each.get("openers", {}).get("human", 0) for each in report["clients"]}
    assert {name: n for name, n in clients.items() if n} == {
        "Outlook": 3, "Thunderbird": 1, "Apple Mail": 1, "Gmail": 1,
    }  # fmt: skip
    followed = report["links"]
    assert [each["url"] for each in followed] == links
    assert followed[0]["clicks"] == by_class(human=2, machine=4)
    assert followed[1]["clicks"] == by_class(human=2, machine=2)
    assert followed[1]["clickers"] == by_class(human=1, machine=2)
    for metric in ("opens", "clicks", "openers", "clickers"):
        hours = [each[metric] for each in report["hours"] if metric in each]
        for word, whole in figures[metric].items():
            assert sum(hour[word] for hour in hours) == whole, (metric, word)

    events = loop.api("GET", f"/v1/issues/{number}/events?limit=1000")["events"]
    why: dict[str, set[str]] = {}
    for event in events:
        why.setdefault(event["external_id"], set()).update(event.get("reasons", ()))
    assert why["reader-0"] == {"apple_proxy"}
    assert why["reader-1"] == {"gmail_proxy", "prefetch"}
    assert why["reader-9"] >= {"link_burst", "many_networks"}
    assert why["reader-16"] >= {"link_burst", "fold_back"}
    assert why["reader-10"] == why["reader-11"] == {"robot_user_agent"}
    assert why["reader-12"] == {"empty_user_agent"}
    assert "unsubscribe_pair" in why["reader-13"]
    assert "reader-14" not in why
    assert why["reader-15"] == {"confirmed"}
    with database.reading() as connection:
        assert (
            compare(connection, database, connection.execute(select(issue.c.id)).scalar_one()) == []
        )


@pytest.mark.parametrize("source", list(KEYS), ids=lambda source: source.name.lower())
def test_what_a_vendor_says_is_reported(
    loop: Loop, source: Source, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "_certificates", Certificates(lambda _url: certificate()))
    cases = [case for case in CASES if case.source is source]
    names = sorted({case.expected["message_issue"] for case in cases})
    issues = {name: loop.register(external_id=name)["issue"]["id"] for name in names}
    with database.writing() as connection:
        _, secret = webhooks.make(connection, 1, source, KEYS[source], SENT)
    vendor = Vendor(source, loop.served.http, f"/w/{secret}", NOON)
    loop.at(MINUTE)

    for _ in range(2):  # a vendor that heard no answer says it again
        for case in reversed(cases):
            assert vendor.send(case.payload).status_code == 200
    unknown = [payload for of, payload, _ in UNKNOWN if of is source]
    for payload in unknown:
        assert vendor.send(payload).status_code == 200

    for name, number in issues.items():
        mine = [case for case in cases if case.expected["message_issue"] == name]
        assert told(loop.report(number)) == Counter(case.type.word for case in mine)
    with database.reading() as connection:
        aside = connection.execute(select(func.count()).select_from(set_aside)).scalar_one()
    assert aside == len(unknown)


_WORDS = {
    "opens": EventType.OPENED, "clicks": EventType.CLICKED, "hard_bounces": EventType.HARD_BOUNCE,
    "soft_bounces": EventType.SOFT_BOUNCE, "complaints": EventType.COMPLAINED,
    "unsubscribes": EventType.UNSUBSCRIBED, "sent": EventType.SENT,
    "delivered": EventType.DELIVERED, "deferred": EventType.DEFERRED,
    "rejected": EventType.REJECTED,
}  # fmt: skip


def told(report: Any) -> Counter[str]:
    """A report's totals by the type of event."""
    figures = report["issue"]["figures"]
    found: Counter[str] = Counter()
    for name, kind in _WORDS.items():
        n = figures[name]["all"] if isinstance(figures[name], dict) else figures[name]
        if n:
            found[kind.word] = n
    return found
