"""The demo's world: the same from the same seed, and with the troubles of a real list."""

from collections import Counter

from app.demo.history import STORM, Sent
from app.demo.letters import DAY
from app.demo.readers import APPLE_PROXY, reader
from app.demo.telling import world

NOW = 1_795_000_000_000
SAMPLES = [("A sample", "# A sample\n\n[One](https://one.example/) [two](https://two.example/)\n")]


def played(weeks: int = 104, seed: int = 1) -> list[Sent]:
    return [sent for sent, _ in world(NOW, SAMPLES, "http://127.0.0.1:1", weeks, seed)]


TWO_YEARS = played()


def kinds(sent: Sent) -> Counter[str]:
    return Counter(event["type"] for event in sent.events)


def test_the_same_seed_gives_the_same_world_and_another_another() -> None:
    assert played(6) == played(6)
    assert played(6) != played(6, seed=2)


def test_an_issue_goes_out_each_week_and_the_sample_last() -> None:
    times = [sent.letter.sent_at for sent in TWO_YEARS]
    assert len(times) == 104
    assert times == sorted(times)
    assert times[0] < NOW - 700 * DAY
    assert 10 * 3_600_000 <= NOW - times[-1] < 2 * DAY
    assert TWO_YEARS[-1].letter.subject == "A sample"
    assert len({sent.letter.subject for sent in TWO_YEARS}) == 104


def test_the_list_grows_and_who_left_gets_nothing_more() -> None:
    assert len(TWO_YEARS[-1].readers) > 2 * len(TWO_YEARS[0].readers)
    gone: set[str] = set()
    for sent in TWO_YEARS:
        assert not gone & {each.id for each in sent.readers}
        leaving = {"unsubscribed", "hard_bounce", "complained"}
        gone |= {event["subscriber"] for event in sent.events if event["type"] in leaving}
    assert gone


def test_nothing_happens_later_than_now_or_before_the_sending() -> None:
    for sent in TWO_YEARS:
        assert all(sent.letter.sent_at <= event["at"] < NOW for event in sent.events)
        assert len({event["id"] for event in sent.events}) == len(sent.events)


def test_each_trouble_comes_once() -> None:
    storms = [sent for sent in TWO_YEARS if kinds(sent)["soft_bounce"] > 20]
    assert len(storms) == 1
    reasons = Counter(event.get("reason") for event in storms[0].events)
    refused = [each for each in storms[0].readers if each.mailboxes.name == STORM]
    assert reasons["5.7.1"] > len(refused) / 2
    assert sum(kinds(sent)["complained"] > 4 for sent in TWO_YEARS) == 1
    assert sum(sent.letter.is_aggregate for sent in TWO_YEARS) == 1


def test_gateways_follow_links_in_bursts_and_apple_loads_ahead() -> None:
    events = TWO_YEARS[50].events
    scanning = {each.id for each in TWO_YEARS[50].readers if each.mailboxes.scans}
    bursts = Counter(
        event["subscriber"]
        for event in events
        if event["type"] == "clicked" and event["subscriber"] in scanning
    )
    assert max(bursts.values()) >= 7
    assert any(event.get("user_agent") == APPLE_PROXY for event in events)


def test_what_stands_further_down_is_clicked_less() -> None:
    clicks: Counter[int] = Counter()
    for sent in TWO_YEARS:
        scanning = {each.id for each in sent.readers if each.mailboxes.scans}
        clicks.update(
            event["link"]
            for event in sent.events
            if event["type"] == "clicked" and event["subscriber"] not in scanning
        )
    assert clicks[1] > clicks[4] > clicks[9]


def test_some_open_months_later() -> None:
    late = [
        event
        for sent in TWO_YEARS
        for event in sent.events
        if event["type"] == "opened" and event["at"] > sent.letter.sent_at + 60 * DAY
    ]
    assert late


def test_a_reader_is_the_same_each_time() -> None:
    assert reader(1, 17) == reader(1, 17)
    assert reader(1, 17) != reader(2, 17)
