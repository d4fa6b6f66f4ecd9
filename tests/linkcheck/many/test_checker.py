"""Many links at once: each page once, hosts spared, the visible first, nothing lost."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from app.linkcheck.many.checker import Checker
from app.linkcheck.many.states import NetworkState, Priority
from app.linkcheck.page.fetch import PageVerdict
from app.linkcheck.reputation import Flag, Remark, ReputationError
from app.linkcheck.sentences import sentence
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Note, Reason, Status, Verdict
from tests.support.patience import PATIENCE

from .fakes import Desk, FakeFetcher, FakeNetwork, failed, leads_to, ok

OFFLINE = NetworkState.OFFLINE
PORTAL = NetworkState.CAPTIVE_PORTAL


def in_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Run an async test in a loop of its own."""

    def run() -> None:
        asyncio.run(asyncio.wait_for(test(), PATIENCE))

    run.__name__ = test.__name__
    return run


@in_loop
async def test_one_page_is_asked_once_for_all_its_links() -> None:
    desk = Desk(FakeFetcher())
    urls = ["https://a.example/x", "https://A.example:443/x#one", "https://a.example/x#two"]
    summary = await desk.checker.run([*urls, *urls])
    assert desk.fetcher.asked == ["https://a.example/x"]
    assert desk.fetcher.fragments == [{"one", "two"}]
    assert set(desk.reasons) == set(urls)
    assert summary.requests == 1


@in_loop
async def test_a_fragment_wanted_too_late_is_looked_up_all_the_same() -> None:
    desk = Desk(FakeFetcher(delay=0.02))
    desk.checker.submit(["https://a.example/x"])
    while not desk.fetcher.asked:
        await asyncio.sleep(0)
    desk.checker.submit(["https://a.example/x#late"])
    await desk.checker.join()
    assert desk.fetcher.fragments == [set(), {"late"}]
    assert set(desk.reasons) == {"https://a.example/x", "https://a.example/x#late"}


@in_loop
async def test_a_host_is_never_asked_more_than_its_share_at_once() -> None:
    desk = Desk(FakeFetcher(delay=0.005), settings=CheckSettings(per_host=3, concurrency=50))
    await desk.checker.run(f"https://a.example/{n}" for n in range(30))
    assert desk.fetcher.most == 3
    assert len(desk.said) == 30


@in_loop
async def test_hosts_do_not_wait_for_one_another() -> None:
    fetcher = FakeFetcher(delay=0.02)
    desk = Desk(fetcher, settings=CheckSettings(per_host=2, concurrency=10))
    slow = [f"https://slow.example/{n}" for n in range(60)]
    await_others = [f"https://host{n}.example/" for n in range(8)]
    desk.checker.submit(slow)
    desk.checker.submit(await_others)
    while not set(await_others) <= set(desk.reasons):
        await asyncio.sleep(0.001)
    assert len(desk.reasons) < 60, "most of the slow host's are still to come"
    await desk.checker.aclose()


@in_loop
async def test_the_visible_come_first() -> None:
    desk = Desk(FakeFetcher(delay=0.001), settings=CheckSettings(per_host=1))
    rest = [f"https://a.example/{n}" for n in range(20)]
    desk.checker.submit(rest)
    desk.checker.submit(["https://a.example/19", "https://a.example/new"], Priority.VISIBLE)
    await desk.checker.join()
    assert desk.fetcher.asked[1:3] == ["https://a.example/19", "https://a.example/new"]
    assert len(desk.fetcher.asked) == len(set(desk.fetcher.asked)) == 21


@in_loop
async def test_what_nobody_wants_any_more_is_cancelled() -> None:
    desk = Desk(FakeFetcher(delay=5))
    desk.checker.submit(["https://a.example/x", "https://b.example/", "https://a.example/x#y"])
    await asyncio.sleep(0.01)
    desk.checker.withdraw(["https://a.example/x", "https://b.example/"])
    await asyncio.sleep(0.01)
    assert desk.fetcher.cancelled == ["https://b.example/"]
    desk.checker.withdraw(["https://a.example/x#y"])
    await desk.checker.join()
    assert desk.said == []


@in_loop
async def test_a_check_cancelled_before_it_began_gives_its_place_back() -> None:
    desk = Desk(FakeFetcher(), settings=CheckSettings(per_host=1))
    for n in range(5):
        desk.checker.submit([f"https://a.example/{n}"])
        desk.checker.withdraw([f"https://a.example/{n}"])
    await desk.checker.run(["https://a.example/last"])
    assert list(desk.reasons) == ["https://a.example/last"]


@in_loop
async def test_a_run_that_is_cancelled_ends_at_once() -> None:
    desk = Desk(FakeFetcher(delay=5))
    run = asyncio.create_task(desk.checker.run(["https://a.example/"]))
    await asyncio.sleep(0.01)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    await asyncio.sleep(0.01)
    assert desk.fetcher.cancelled == ["https://a.example/"]


@in_loop
async def test_listed_hosts_are_not_asked() -> None:
    desk = Desk(FakeFetcher())
    urls = ["https://www.linkedin.com/in/x", "https://x.com/y", "https://amazon.co.uk/dp/1"]
    summary = await desk.checker.run([*urls, "https://docs.aws.amazon.com/s3/"])
    assert desk.fetcher.asked == ["https://docs.aws.amazon.com/s3/"]
    assert {desk.reasons[url] for url in urls} == {Reason.LISTED_HOST}
    assert summary.requests == 1


@in_loop
async def test_shorteners_and_look_alikes_are_noted() -> None:
    desk = Desk(FakeFetcher())
    await desk.checker.run(["https://bit.ly/x", "https://xn--pypal-4ve.com/", "https://a.example/"])
    notes = {url: verdict.notes for url, verdict in desk.said}
    assert notes["https://bit.ly/x"] == (Note.SHORTENER,)
    assert notes["https://xn--pypal-4ve.com/"] == (Note.LOOK_ALIKE,)
    assert notes["https://a.example/"] == ()


@in_loop
async def test_every_verdict_has_plain_words() -> None:
    fetcher = FakeFetcher({"gone.example": failed(Reason.GONE)})
    desk = Desk(fetcher)
    urls = ["https://gone.example/", "https://ok.example/", "https://linkedin.com/", "nonsense"]
    await desk.checker.run(urls)
    assert set(desk.reasons) == set(urls)
    assert all(verdict.detail.endswith(".") for _, verdict in desk.said)


@in_loop
async def test_a_host_to_which_no_connection_can_be_made_is_given_up() -> None:
    fetcher = FakeFetcher({"dead.example": failed(Reason.TIMEOUT)}, delay=0.001, requests=0)
    desk = Desk(fetcher, settings=CheckSettings(per_host=2))
    urls = [f"https://dead.example/{n}" for n in range(40)]
    await desk.checker.run([*urls, "https://live.example/"])
    assert {desk.reasons[url] for url in urls} == {Reason.TIMEOUT}
    assert len(fetcher.asked) <= 10


@in_loop
async def test_a_host_that_connects_but_never_answers_is_asked_for_each_link() -> None:
    fetcher = FakeFetcher({"mute.example": failed(Reason.TIMEOUT)}, delay=0.001)
    desk = Desk(fetcher)
    await desk.checker.run(f"https://mute.example/{n}" for n in range(20))
    assert len(fetcher.asked) == 20


@in_loop
async def test_silence_is_held_against_a_host_only_where_the_network_works() -> None:
    for network, silences in ((FakeNetwork(), 1), (FakeNetwork(OFFLINE), 0)):
        desk = Desk(FakeFetcher({"*": failed(Reason.TIMEOUT)}), network=network)
        await desk.checker.run(["https://mute.example/"])
        assert desk.gates.paces.of("https://mute.example").silences == silences


@in_loop
async def test_a_host_that_answers_now_and_then_is_not_given_up() -> None:
    answers = {f"https://odd.example/{n}": failed(Reason.TIMEOUT) for n in range(20)}
    fetcher = FakeFetcher(answers, delay=0.001)
    desk = Desk(fetcher, settings=CheckSettings(per_host=1))
    await desk.checker.run(f"https://odd.example/{n}" for n in range(-1, 40))
    assert desk.reasons["https://odd.example/30"] is Reason.OK
    assert len(fetcher.asked) == 41


@in_loop
async def test_a_mistake_of_our_own_is_not_blamed_on_the_link() -> None:
    class Broken(FakeFetcher):
        async def check(self, url: str, fragments: Any = ()) -> PageVerdict:
            raise RuntimeError

    desk = Desk(Broken())
    await desk.checker.run(["https://a.example/"])
    assert desk.reasons == {"https://a.example/": Reason.ODD_ANSWER}


# Offline


@in_loop
async def test_without_a_route_nothing_is_asked_and_nothing_is_broken() -> None:
    desk = Desk(FakeFetcher(), network=FakeNetwork(OFFLINE, route=False))
    summary = await desk.checker.run(["https://a.example/", "https://b.example/"])
    assert set(desk.reasons.values()) == {Reason.OFFLINE}
    assert desk.fetcher.asked == []
    assert summary.network is OFFLINE
    assert desk.states == [OFFLINE]


@in_loop
async def test_without_a_route_private_hosts_are_still_asked() -> None:
    desk = Desk(FakeFetcher(), network=FakeNetwork(OFFLINE, route=False))
    await desk.checker.run(["http://127.0.0.1:1/", "https://a.example/"])
    assert desk.fetcher.asked == ["http://127.0.0.1:1/"]


@pytest.mark.parametrize(
    "reason", [Reason.DNS_FAILURE, Reason.NO_SUCH_HOST, Reason.TIMEOUT, Reason.REFUSED]
)
@pytest.mark.parametrize("links", [1, 40])
def test_when_no_host_answers_the_network_is_to_blame(reason: Reason, links: int) -> None:
    async def test() -> None:
        network = FakeNetwork(OFFLINE)
        desk = Desk(FakeFetcher({"*": failed(reason)}), network=network)
        await desk.checker.run(f"https://host{n}.example/" for n in range(links))
        assert set(desk.reasons.values()) == {Reason.OFFLINE}
        assert len(desk.said) == links
        assert network.probes == 1

    in_loop(test)()


@pytest.mark.parametrize(
    "reason", [Reason.NO_SUCH_HOST, Reason.TIMEOUT, Reason.REFUSED, Reason.CONNECTION_LOST]
)
def test_a_lone_dead_link_is_dead_when_the_network_is_seen_to_work(reason: Reason) -> None:
    async def test() -> None:
        desk = Desk(FakeFetcher({"*": failed(reason)}), network=FakeNetwork())
        await desk.checker.run(["https://dead.example/"])
        assert desk.reasons == {"https://dead.example/": reason}

    in_loop(test)()


@in_loop
async def test_one_answer_vouches_for_the_network() -> None:
    network = FakeNetwork(OFFLINE)
    desk = Desk(FakeFetcher({"dead.example": failed(Reason.NO_SUCH_HOST)}), network=network)
    await desk.checker.run(["https://dead.example/", "https://live.example/"])
    assert desk.reasons["https://dead.example/"] is Reason.NO_SUCH_HOST
    assert network.probes == 0


@in_loop
async def test_a_slow_answer_still_vouches_for_those_that_failed_fast() -> None:
    class Slow(FakeFetcher):
        async def check(self, url: str, fragments: Any = ()) -> PageVerdict:
            await asyncio.sleep(0.3 if "live" in url else 0)
            return await super().check(url, fragments)

    network = FakeNetwork(OFFLINE)
    desk = Desk(Slow({"dead.example": failed(Reason.REFUSED)}), network=network)
    await desk.checker.run(["https://dead.example/", "https://live.example/"])
    assert desk.reasons["https://dead.example/"] is Reason.REFUSED
    assert network.probes == 0


@in_loop
async def test_a_name_that_can_never_exist_needs_no_network() -> None:
    desk = Desk(FakeFetcher(), network=FakeNetwork(OFFLINE, route=False))
    await desk.checker.run(["https://nowhere.invalid/"])
    assert desk.reasons == {"https://nowhere.invalid/": Reason.NO_SUCH_HOST}


@in_loop
async def test_private_hosts_speak_for_themselves() -> None:
    network = FakeNetwork(OFFLINE)
    desk = Desk(FakeFetcher({"*": failed(Reason.REFUSED)}), network=network)
    await desk.checker.run(["http://127.0.0.1:1/"])
    assert desk.reasons == {"http://127.0.0.1:1/": Reason.REFUSED}
    assert network.probes == 0


@in_loop
async def test_names_of_local_machines_speak_for_themselves_where_they_may_be_asked() -> None:
    settings = CheckSettings(allow_private=True)
    network = FakeNetwork(OFFLINE, local=True)
    desk = Desk(FakeFetcher({"*": failed(Reason.REFUSED)}), network=network, settings=settings)
    await desk.checker.run(["http://site.test/"])
    assert desk.reasons == {"http://site.test/": Reason.REFUSED}


# Captive portals


@in_loop
async def test_a_login_page_for_every_address_is_not_believed() -> None:
    portal = leads_to("http://login.wifi.example/hello")
    desk = Desk(FakeFetcher({"*": portal}), network=FakeNetwork(PORTAL))
    await desk.checker.run(f"http://host{n}.example/" for n in range(5))
    assert set(desk.reasons.values()) == {Reason.CAPTIVE_PORTAL}
    assert desk.states == [PORTAL]


@in_loop
async def test_certificates_of_a_portal_are_not_blamed_on_the_links() -> None:
    desk = Desk(
        FakeFetcher({"*": failed(Reason.TLS_WRONG_HOST)}),
        network=FakeNetwork(PORTAL),
    )
    await desk.checker.run(["https://a.example/", "https://b.example/"])
    assert set(desk.reasons.values()) == {Reason.CAPTIVE_PORTAL}


@in_loop
async def test_a_portal_that_answers_in_the_place_of_others_is_not_believed() -> None:
    desk = Desk(FakeFetcher(), network=FakeNetwork(PORTAL))
    await desk.checker.run(["http://a.example/", "http://b.example/"])
    assert set(desk.reasons.values()) == {Reason.CAPTIVE_PORTAL}


@in_loop
async def test_a_portal_shows_even_where_the_network_cannot_be_asked() -> None:
    portal = leads_to("http://10.0.0.1/login?from=x")
    desk = Desk(FakeFetcher({"*": portal}), network=FakeNetwork(OFFLINE))
    await desk.checker.run(f"http://host{n}.example/" for n in range(4))
    assert set(desk.reasons.values()) == {Reason.CAPTIVE_PORTAL}


@in_loop
async def test_a_portal_among_private_hosts_is_recognised() -> None:
    settings = CheckSettings(allow_private=True)
    portal = leads_to("http://127.0.0.9/login")
    desk = Desk(FakeFetcher({"*": portal}), settings=settings, network=FakeNetwork(OFFLINE))
    await desk.checker.run(f"http://127.0.0.{n}/" for n in range(1, 6))
    assert set(desk.reasons.values()) == {Reason.CAPTIVE_PORTAL}


@in_loop
async def test_links_that_truly_lead_to_one_page_are_believed_when_another_stays() -> None:
    to_one = leads_to("http://127.0.0.9/welcome")
    settings = CheckSettings(allow_private=True)
    fetcher = FakeFetcher({"*": to_one, "127.0.0.77": ok})
    desk = Desk(fetcher, settings=settings)
    urls = [f"http://127.0.0.{n}/" for n in range(1, 6)]
    await desk.checker.run([*urls, "http://127.0.0.77/"])
    assert set(desk.reasons.values()) == {Reason.OK}


@in_loop
async def test_short_links_to_one_page_are_believed_when_the_network_is_honest() -> None:
    to_one = leads_to("https://shop.example/sale")
    desk = Desk(FakeFetcher({"*": to_one}), network=FakeNetwork())
    await desk.checker.run(f"http://s{n}.example/" for n in range(4))
    assert set(desk.reasons.values()) == {Reason.OK}


# Reputation


class Listed:
    def __init__(self, *flagged: str, broken: bool = False) -> None:
        self.flagged = flagged
        self.broken = broken
        self.asked: list[str] = []

    async def look_up(self, url: str) -> Flag | None:
        self.asked.append(url)
        if self.broken:
            raise ReputationError
        flagged = any(host in url for host in self.flagged)
        return Flag(Reason.SURBL, "malware") if flagged else None

    async def aclose(self) -> None:
        pass


@in_loop
async def test_a_flag_wins_over_everything() -> None:
    fetcher = FakeFetcher({"dead.example": failed(Reason.NOT_FOUND)})
    service = Listed("dead.example", "linkedin.com")
    desk = Desk(fetcher, reputation=[service])
    await desk.checker.run(["https://dead.example/", "https://linkedin.com/", "https://a.example/"])
    verdicts = dict(desk.said)
    assert verdicts["https://dead.example/"].status is Status.BLOCK
    assert verdicts["https://dead.example/"].threat == "malware"
    assert verdicts["https://linkedin.com/"].reason is Reason.SURBL
    assert verdicts["https://a.example/"].reason is Reason.OK


@in_loop
async def test_a_flagged_hop_is_named() -> None:
    fetcher = FakeFetcher({"a.example": leads_to("https://bad.example/x")})
    desk = Desk(fetcher, reputation=[Listed("bad.example")])
    await desk.checker.run(["https://a.example/"])
    verdict = dict(desk.said)["https://a.example/"]
    assert (verdict.reason, verdict.hop) == (Reason.SURBL, "https://bad.example/x")


@in_loop
async def test_a_service_that_fails_makes_no_link_worse() -> None:
    desk = Desk(FakeFetcher(), reputation=[Listed(broken=True)])
    await desk.checker.run(["https://a.example/"])
    verdict = dict(desk.said)["https://a.example/"]
    assert verdict.status is Status.SAFE
    assert verdict.notes == (Note.REPUTATION_UNKNOWN,)


@in_loop
async def test_a_service_with_a_bug_makes_no_link_worse() -> None:
    class Buggy(Listed):
        async def look_up(self, url: str) -> Flag | None:
            raise KeyError(url)

    desk = Desk(FakeFetcher(), reputation=[Buggy(), Listed("bad.example")])
    await desk.checker.run(["https://a.example/", "https://bad.example/"])
    verdicts = dict(desk.said)
    assert verdicts["https://a.example/"].notes == (Note.REPUTATION_UNKNOWN,)
    assert verdicts["https://bad.example/"].reason is Reason.SURBL


@in_loop
async def test_a_remark_is_a_note_and_no_problem() -> None:
    class Remarks(Listed):
        async def look_up(self, url: str) -> Remark | None:  # type: ignore[override]
            return Remark(Note.ABUSED_SITE, "abused-redirector")

    desk = Desk(FakeFetcher(), reputation=[Remarks()])
    await desk.checker.run(["https://a.example/"])
    verdict = dict(desk.said)["https://a.example/"]
    assert (verdict.status, verdict.notes) == (Status.SAFE, (Note.ABUSED_SITE,))
    assert verdict.threat == "abused-redirector"
    assert verdict.detail == sentence(Note.ABUSED_SITE)


@in_loop
async def test_a_note_of_earlier_is_gone_when_services_can_tell() -> None:
    desk = Desk(FakeFetcher(), reputation=[Listed()])
    noted = Verdict(Reason.OK, (Note.SLOW, Note.REPUTATION_UNKNOWN))
    desk.checker.reputation.consult("https://a.example/", noted)
    await desk.checker.join()
    assert dict(desk.said)["https://a.example/"].notes == (Note.SLOW,)


@in_loop
async def test_reachability_is_told_before_reputation() -> None:
    desk = Desk(FakeFetcher(), reputation=[Listed("a.example")])
    await desk.checker.run(["https://a.example/"])
    assert [verdict.reason for _, verdict in desk.said] == [Reason.OK, Reason.SURBL]


def test_the_fetcher_can_be_anything_that_checks_pages() -> None:
    from app.linkcheck.page.fetch import Fetcher

    assert Checker.__init__.__annotations__["fetcher"].__name__ == "PageChecker"
    assert callable(Fetcher.check)
    assert Verdict(Reason.OK).status is Status.SAFE
