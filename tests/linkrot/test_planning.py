"""The pace, over weeks that a test plays in a moment: gentle, and each link's turn comes."""

from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.linkcheck.verdict import Reason, Verdict
from app.linkrot.judging import AGAIN, PERIOD, SPREAD, after
from app.linkrot.model import DAY
from app.linkrot.planning import HOST_PACE, LEASE, PACE, next_turn
from app.linkrot.store import RotStore

START = 1_800_000_000.0


def play(store: RotStore, seed: int, days: float, *, restarts: bool) -> list[tuple[float, str]]:
    """Ask as the app does, with pauses and restarts by chance; who asked for what when."""
    draw = Random(seed)
    now, asked = START, []
    answers = (Reason.OK, Reason.OK, Reason.NOT_FOUND, Reason.BOT_WALL, Reason.TIMEOUT)
    while now < START + days * DAY:
        turn = next_turn(store, now, draw.random)
        if turn.url:
            asked.append((now, turn.url))
            page = store.page(turn.url)
            assert page is not None
            if draw.random() < 0.97:  # else the program ended before it was answered
                took = draw.uniform(0, 20)
                verdict = Verdict(draw.choice(answers))
                store.put(after(page, verdict, now + took, draw.random()))
                now += took
            continue  # at once: the pace must not rest on who asks
        now += turn.wait * (draw.choice((1, 1, 200)) if restarts else 1)
    return asked


@settings(max_examples=12)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), min_size=1, max_size=25),
    st.integers(0, 9999),
)
def test_never_more_often_than_allowed(links: list[tuple[int, int]], seed: int) -> None:
    urls = {f"https://h{host}.net/{path}" for host, path in links}
    with TemporaryDirectory() as folder, RotStore(Path(folder) / "rot.sqlite3") as store:
        store.want(urls, START)
        asked = play(store, seed, 40, restarts=True)
    whole = [at for at, _ in asked]
    assert all(later - at >= PACE for at, later in pairwise(whole))
    by_host: defaultdict[str, list[float]] = defaultdict(list)
    by_page: defaultdict[str, list[float]] = defaultdict(list)
    for at, url in asked:
        by_host[url.split("/")[2]].append(at)
        by_page[url].append(at)
    for times in by_host.values():
        assert all(b - a >= HOST_PACE for a, b in pairwise(times))
    for times in by_page.values():  # a vanished asker's lease is the shortest way back
        assert all(b - a >= LEASE for a, b in pairwise(times))


@settings(max_examples=5)
@given(st.integers(1, 30), st.integers(0, 9999))
def test_each_links_turn_comes(number: int, seed: int) -> None:
    urls = {f"https://h{each % 3}.net/{each}" for each in range(number)}
    with TemporaryDirectory() as folder, RotStore(Path(folder) / "rot.sqlite3") as store:
        store.want(urls, START)
        asked = play(store, seed, 40, restarts=False)
    counts = Counter(url for _, url in asked)
    assert set(counts) == urls
    longest = PERIOD * (1 + SPREAD) + DAY
    last: dict[str, float] = {}
    for at, url in asked:
        assert at - last.get(url, START) <= longest
        last[url] = at
    # About once a fortnight, and some more where failures are looked at again.
    most = 40 / ((1 + sum(AGAIN) / DAY + PERIOD / DAY) / 4) + 4
    assert all(2 <= count <= most for count in counts.values())


def test_two_windows_never_ask_for_the_same(store: RotStore) -> None:
    store.want({"https://a.net/1", "https://b.net/1"}, START)
    with RotStore() as other:
        first = next_turn(store, START)
        assert first.url
        assert next_turn(other, START).url == ""
        second = next_turn(other, START + 2 * PACE)
    assert {first.url, second.url} == {"https://a.net/1", "https://b.net/1"}


def test_a_restart_goes_on_where_it_was(tmp_path: Path) -> None:
    file = tmp_path / "rot.sqlite3"
    with RotStore(file) as store:
        store.want({"https://a.net/1", "https://b.net/1"}, START)
        first = next_turn(store, START).url
        page = store.page(first)
        assert page is not None
        store.put(after(page, Verdict(Reason.OK), START, 0.0))
    with RotStore(file) as store:
        store.want({"https://a.net/1", "https://b.net/1"}, START + 1)
        assert next_turn(store, START + 1).url == ""  # the pace holds over a restart
        assert next_turn(store, START + 2 * PACE).url not in ("", first)
        assert next_turn(store, START + PERIOD - 10).url != first


def test_who_died_while_asking_has_its_turn_again(store: RotStore) -> None:
    store.want({"https://a.net/1"}, START)
    assert next_turn(store, START).url
    assert not next_turn(store, START + HOST_PACE + 1).url
    assert next_turn(store, START + LEASE + 1).url


def test_one_large_host_holds_up_no_other(store: RotStore) -> None:
    store.want({f"https://own.net/{each}" for each in range(300)}, START - 1)
    store.want({f"https://own.net/{each}" for each in range(300)} | {"https://b.net/"}, START)
    now = START
    asked: list[str] = []
    while len(asked) < 2:
        turn = next_turn(store, now)
        asked += [turn.url] if turn.url else []
        now += PACE * 2
    assert "https://b.net/" in asked


@pytest.mark.parametrize("years", [-3, 3])
def test_a_clock_that_was_wrong_stops_nothing(store: RotStore, years: int) -> None:
    store.want({"https://a.net/1"}, START)
    off = START + years * 365 * DAY
    turn = next_turn(store, off)
    page = store.page("https://a.net/1")
    assert page is not None
    store.put(after(page, Verdict(Reason.OK), off, 0.5))
    assert turn.url
    assert next_turn(store, START + 1).url


def test_what_no_letter_has_any_more_is_not_asked_for(store: RotStore) -> None:
    store.want({"https://a.net/1", "https://b.net/1"}, START)
    store.want({"https://b.net/1"}, START + 1)
    assert next_turn(store, START + 2).url == "https://b.net/1"
    assert not next_turn(store, START + 300).url
    assert store.page("https://a.net/1") is not None  # a draft may come back
    store.want((), START + 365 * DAY)
    assert store.page("https://a.net/1") is None
