"""The rules for one recipient's hits, each with the case it must not be used on."""

from collections.abc import Sequence

import pytest
from msgspec import structs

from app.trackserver.robots.agents import judge
from app.trackserver.robots.classify import classify
from app.trackserver.robots.networks import hash_of, network_of
from app.trackserver.words import Agent, EventType, Reason, Source
from app.trackserver.work.agents_table import number_of
from app.trackserver.work.events import Event
from tests.trackserver.work.scene import APPLE_PROXY, CHROME, GMAIL_PROXY, SAFARI

TEXTS = {number_of(text): text for text in (CHROME, SAFARI, APPLE_PROXY, GMAIL_PROXY, "curl/8", "")}
HOME = "192.0.2.1"
GATEWAYS = ("198.51.100.1", "203.0.113.1", "2001:db8:1::1", "192.0.2.77")
HOURS = 3_600_000


def hit(
    kind: EventType,
    at: int,
    link: int | None = None,
    agent: str = CHROME,
    address: str = HOME,
    reasons: int = 0,
    detail: str | None = None,
) -> Event:
    return Event(
        at, hash((kind, at, link, agent, address)) & 0xFFFF, 1, 1, int(kind), link, 0, int(reasons),
        0, int(Source.OWN), number_of(agent), address, network_of(address),
        hash_of(address, b"key"), "example.com", detail,
    )  # fmt: skip


def opened(at: int, agent: str = CHROME, address: str = HOME) -> Event:
    return hit(EventType.OPENED, at, None, agent, address)


def clicked(at: int, link: int, agent: str = CHROME, address: str = HOME) -> Event:
    return hit(EventType.CLICKED, at, link, agent, address)


def visited(at: int, agent: str = CHROME, address: str = HOME) -> Event:
    """The page with the button, to unsubscribe."""
    return hit(EventType.PROBED, at, None, agent, address)


def confirmed(at: int, agent: str = CHROME, address: str = HOME) -> Event:
    return hit(EventType.UNSUBSCRIBED, at, None, agent, address)


def verdicts(events: Sequence[Event], delivered: int | None = 0) -> list[tuple[Agent, Reason]]:
    ordered = sorted(events, key=lambda event: (event.at, event.id))
    found = classify(
        ordered, lambda number: judge(TEXTS[number]) if number is not None else None, delivered
    )
    return [
        (Agent(agent), Reason(reasons))
        for agent, reasons in zip(found.agents, found.reasons, strict=True)
    ]


def agents(events: Sequence[Event], delivered: int | None = 0) -> list[Agent]:
    return [agent for agent, _ in verdicts(events, delivered)]


def test_a_reader_is_a_reader() -> None:
    day = [opened(2 * HOURS), clicked(2 * HOURS + 40_000, 1), clicked(2 * HOURS + 90_000, 2)]
    assert agents(day) == [Agent.HUMAN] * 3


def test_five_links_in_ten_seconds_are_a_scanner() -> None:
    burst = [clicked(9 * HOURS + link * 2_000, link) for link in range(5)]
    assert verdicts(burst) == [(Agent.MACHINE, Reason.LINK_BURST)] * 5


def test_three_tabs_are_no_scanner() -> None:
    tabs = [clicked(9 * HOURS + link * 4_000, link) for link in range(3)]
    assert verdicts(tabs) == [(Agent.HUMAN, Reason.LINK_BURST)] * 3


def test_three_links_at_once_right_after_the_delivery_are_a_scanner() -> None:
    burst = [clicked(43_000 + link * 4_000, link) for link in range(3)]
    assert verdicts(burst) == [(Agent.MACHINE, Reason.LINK_BURST | Reason.EARLY)] * 3


def test_one_link_five_times_is_an_impatient_reader() -> None:
    assert agents([clicked(43_000 + n * 300, 1) for n in range(5)]) == [Agent.HUMAN] * 5


def test_two_links_within_a_second_say_it_with_a_third() -> None:
    burst = [clicked(9 * HOURS + at, link) for link, at in enumerate((0, 400, 5_000))]
    assert agents(burst) == [Agent.MACHINE] * 3
    assert agents(burst[:2]) == [Agent.HUMAN] * 2


@pytest.mark.parametrize("delay", [9_000, 30_000])
def test_the_pixel_a_scanner_fetched_first_is_folded_back(delay: int) -> None:
    pixel = opened(60_000 - delay)
    burst = [clicked(60_000 + link * 300, link) for link in range(6)]
    first = verdicts([pixel, *burst])[0]
    assert first == (Agent.MACHINE, Reason.FOLD_BACK)


def test_what_the_same_scanner_fetches_later_is_carried_over() -> None:
    burst = [clicked(60_000 + link * 300, link) for link in range(6)]
    later = clicked(10 * 60_000, 9)
    assert verdicts([*burst, later])[-1] == (Agent.MACHINE, Reason.CARRY_OVER)


def test_the_reader_behind_the_scanner_is_still_seen() -> None:
    burst = [clicked(60_000 + link * 300, link, SAFARI, GATEWAYS[0]) for link in range(6)]
    reader = [opened(5 * 60_000), clicked(6 * 60_000, 1), clicked(7 * HOURS, 2)]
    assert agents([*burst, *reader]) == [Agent.MACHINE] * 6 + [Agent.HUMAN] * 3
    # From the very address of the scanner, but long after it.
    late = clicked(7 * HOURS, 2, SAFARI, GATEWAYS[0])
    assert agents([*burst, late])[-1] is Agent.HUMAN


def test_three_networks_in_two_minutes_right_after_the_delivery() -> None:
    spread = [
        clicked(40_000 + place * 20_000, 1, CHROME, address)
        for place, address in enumerate(GATEWAYS[:3])
    ]
    assert verdicts(spread) == [(Agent.MACHINE, Reason.MANY_NETWORKS | Reason.EARLY)] * 3
    # Later in the day it may be one reader's telephone, tablet and desk.
    later = [
        clicked(9 * HOURS + place * 20_000, 1, CHROME, address)
        for place, address in enumerate(GATEWAYS[:3])
    ]
    assert agents(later) == [Agent.HUMAN] * 3


def test_proxies_fetch_from_where_they_like() -> None:
    fetched = [opened(40_000 + n, APPLE_PROXY, address) for n, address in enumerate(GATEWAYS)]
    assert verdicts(fetched) == [(Agent.PRIVACY_PROXY, Reason.APPLE_PROXY)] * 4


def test_who_follows_links_as_a_picture_proxy_is_none() -> None:
    for agent in (APPLE_PROXY, GMAIL_PROXY):
        assert verdicts([clicked(40_000, 1, agent)]) == [(Agent.MACHINE, Reason.ROBOT_USER_AGENT)]


def test_the_unsubscribe_page_and_a_link_within_a_minute() -> None:
    pair = [clicked(9 * HOURS, 1), visited(9 * HOURS + 30_000)]
    assert verdicts(pair) == [(Agent.MACHINE, Reason.UNSUBSCRIBE_PAIR)] * 2
    apart = [clicked(9 * HOURS, 1), visited(9 * HOURS + 90_000)]
    assert agents(apart) == [Agent.HUMAN] * 2


def test_who_presses_the_button_is_a_person() -> None:
    pair = [clicked(9 * HOURS, 1), visited(9 * HOURS + 30_000), confirmed(9 * HOURS + 40_000)]
    assert agents(pair) == [Agent.HUMAN] * 3
    assert all(reasons & Reason.CONFIRMED for _, reasons in verdicts(pair))
    # The button of a mail client says nothing about a scanner elsewhere.
    elsewhere = [*pair[:2], confirmed(9 * HOURS + 40_000, SAFARI, GATEWAYS[0])]
    assert agents(elsewhere) == [Agent.MACHINE, Agent.MACHINE, Agent.HUMAN]


def test_a_canary_marks_its_neighbours() -> None:
    canary = hit(EventType.PROBED, 9 * HOURS, 7)
    beside = [clicked(9 * HOURS + 5_000, 1), clicked(9 * HOURS + 5_000, 1, SAFARI, GATEWAYS[0])]
    found = verdicts([canary, *beside])
    assert sorted(found) == sorted(
        [
            (Agent.MACHINE, Reason.CANARY),
            (Agent.MACHINE, Reason.CANARY),
            (Agent.HUMAN, Reason(0)),
        ]
    )


def test_a_prefetch_says_so_itself() -> None:
    prefetched = hit(EventType.CLICKED, 9 * HOURS, 1, reasons=Reason.PREFETCH)
    assert verdicts([prefetched]) == [(Agent.MACHINE, Reason.PREFETCH)]


@pytest.mark.parametrize(
    ("hint", "kind", "told"),
    [
        ("apple", EventType.OPENED, (Agent.PRIVACY_PROXY, Reason.APPLE_PROXY)),
        ("gmail", EventType.OPENED, (Agent.PRIVACY_PROXY, Reason.GMAIL_PROXY)),
        ("generic", EventType.OPENED, (Agent.MACHINE, Reason(0))),
        ("generic", EventType.CLICKED, (Agent.MACHINE, Reason(0))),
    ],
)
def test_the_vendors_own_flag(hint: str, kind: EventType, told: tuple[Agent, Reason]) -> None:
    event = hit(
        kind, 9 * HOURS, 1, reasons=Reason.VENDOR_FLAG, detail=f'{{"machine_hint":"{hint}"}}'
    )
    agent, reasons = told
    assert verdicts([event]) == [(agent, reasons | Reason.VENDOR_FLAG)]


def test_developers_try_links_with_curl_and_read_them_too() -> None:
    both = [clicked(9 * HOURS, 1, "curl/8"), clicked(9 * HOURS + 60_000, 1)]
    assert agents(both) == [Agent.MACHINE, Agent.HUMAN]


def test_an_empty_user_agent() -> None:
    assert verdicts([opened(9 * HOURS, "")]) == [(Agent.MACHINE, Reason.EMPTY_USER_AGENT)]


def told_by_a_vendor(event: Event) -> Event:
    """The same hit, seen through the vendor's own link or pixel a moment before."""
    return structs.replace(
        event, at=event.at - 200, id=event.id + 1, source=int(Source.POSTMARK), link=None
    )


def test_what_a_vendor_tells_of_our_own_hits_is_marked_and_makes_no_burst() -> None:
    ours = [opened(30_000), clicked(60_000, 1)]
    both = [*ours, *map(told_by_a_vendor, ours)]
    assert verdicts(both) == [
        (Agent.HUMAN, Reason.TOLD_TWICE), (Agent.HUMAN, Reason(0)),
    ] * 2  # fmt: skip
    # Pictures were off for us, or our links were never in the mail: then the vendor knows more.
    assert verdicts([ours[1], told_by_a_vendor(ours[0])]) == [(Agent.HUMAN, Reason(0))] * 2
    assert verdicts([told_by_a_vendor(each) for each in ours]) == [(Agent.HUMAN, Reason(0))] * 2


def test_a_scanner_is_one_whoever_tells_of_it_besides() -> None:
    burst = [clicked(60_000 + link * 300, link) for link in range(6)]
    found = verdicts([*burst, told_by_a_vendor(burst[0])])
    assert found[1:] == [(Agent.MACHINE, Reason.LINK_BURST)] * 6
    assert found[0] == (Agent.HUMAN, Reason.TOLD_TWICE)
