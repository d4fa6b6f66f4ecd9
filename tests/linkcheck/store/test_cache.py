"""The cache of verdicts: what is kept, for how long, and what happens to a bad file."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.linkcheck.net.pace import Pace
from app.linkcheck.sentences import describe
from app.linkcheck.store.accepted import AcceptedLinks
from app.linkcheck.store.cache import LIFE_SPANS, Cached, CacheNotice, VerdictCache
from app.linkcheck.verdict import STATUS, Note, Reason, Redirect, Status, Verdict

NOW = 1_800_000_000.0
URL = "https://example.com/a#b"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


Open = Callable[..., VerdictCache]
OpenAccepted = Callable[[Path], AcceptedLinks]


@pytest.fixture
def opened(path: Path, clock: Clock) -> Iterator[Open]:
    """Opens caches on one file, and closes them."""
    caches = []

    def open_cache(where: Path = path, clock: Callable[[], float] = clock) -> VerdictCache:
        cache = VerdictCache(where, clock=clock)
        caches.append(cache)
        return cache

    yield open_cache
    for cache in caches:
        cache.close()


@pytest.fixture
def accepted_in() -> Iterator[OpenAccepted]:
    """Opens the accepted links of a file, and closes them."""
    with ExitStack() as stack:

        def open_accepted(path: Path) -> AcceptedLinks:
            return stack.enter_context(closing(AcceptedLinks(path)))

        yield open_accepted


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "verdicts.sqlite3"


def checked(reason: Reason = Reason.OK, at: float = NOW) -> Verdict:
    return Verdict(
        reason, detail=describe(reason), checked_at=datetime.fromtimestamp(at, UTC), final_url=URL
    )


def stored(cache: VerdictCache, url: str = URL) -> Cached | None:
    return cache.get_many([url]).get(url)


def test_everything_of_a_verdict_comes_back(opened: Open) -> None:
    verdict = Verdict(
        Reason.OK,
        (Note.MOVED_PERMANENTLY, Note.SLOW),
        detail="In its own words.",
        suggestion="https://example.com/new",
        http_status=200,
        method="GET",
        final_url="https://example.com/new",
        redirects=(Redirect(301, "https://example.com/new"),),
        checked_at=datetime.fromtimestamp(NOW, UTC),
        seconds=0.25,
        evidence="header x",
    )
    opened().put_many([(URL, verdict)])
    found = stored(opened())
    assert found == Cached(replace(verdict, from_cache=True), fresh=True)


@pytest.mark.parametrize("reason", list(Reason))
def test_only_what_the_site_itself_said_is_stored(reason: Reason, opened: Open) -> None:
    cache = opened()
    cache.put_many([(URL, checked(reason))])
    kept = reason in LIFE_SPANS and reason is not Reason.LISTED
    assert (stored(cache) is not None) == kept


@pytest.mark.parametrize(
    "reason",
    [
        *(Reason.TIMEOUT, Reason.SERVER_ERROR, Reason.NO_SUCH_HOST, Reason.REFUSED),
        *(Reason.CONNECTION_LOST, Reason.DNS_FAILURE, Reason.RATE_LIMITED, Reason.TLS_ERROR),
        *(Reason.BROKEN_SERVER, Reason.IPV6_ONLY),
        *(reason for reason in Reason if STATUS[reason] is Status.UNCHECKED),
    ],
)
def test_failures_that_pass_are_not_held_against_a_site(reason: Reason) -> None:
    assert reason not in LIFE_SPANS


def test_a_failure_that_passes_does_not_wipe_out_what_was_known(opened: Open) -> None:
    cache = opened()
    cache.put_many([(URL, checked())])
    cache.put_many([(URL, checked(Reason.TIMEOUT))])
    found = stored(cache)
    assert found is not None
    assert found.verdict.reason is Reason.OK


@pytest.mark.parametrize("reason", [Reason.OK, Reason.NOT_FOUND, Reason.BOT_WALL])
def test_each_reason_has_its_life_span(reason: Reason, opened: Open, clock: Clock) -> None:
    cache = opened()
    cache.put_many([(URL, checked(reason))])
    fresh = []
    for share in (0.0, 0.79, 1.21):
        clock.now = NOW + LIFE_SPANS[reason] * share
        found = stored(cache)
        assert found is not None  # stale ones are given out, too
        fresh.append(found.fresh)
    assert fresh == [True, True, False]


def test_what_was_checked_together_does_not_fall_due_together(opened: Open, clock: Clock) -> None:
    cache = opened()
    urls = [f"https://example.com/{n}" for n in range(200)]
    cache.put_many((url, checked()) for url in urls)
    clock.now += LIFE_SPANS[Reason.OK]
    fresh = sum(cached.fresh for cached in cache.get_many(urls).values())
    assert 20 < fresh < 180


def test_a_clock_that_jumps_back_makes_nothing_immortal(opened: Open, clock: Clock) -> None:
    cache = opened()
    cache.put_many([(URL, checked())])
    clock.now -= 3 * 86400
    found = stored(cache)
    assert found is not None
    assert not found.fresh
    cache.prune()
    assert stored(cache) is None


def test_a_clock_that_jumps_ahead_makes_all_stale(opened: Open, clock: Clock) -> None:
    cache = opened()
    cache.put_many([(URL, checked())])
    clock.now += 7 * 86400
    found = stored(cache)
    assert found is not None
    assert not found.fresh


def test_old_entries_and_the_excess_are_pruned(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.linkcheck.store.cache._MOST_ROWS", 10)
    cache = opened()
    urls = [f"https://example.com/{n}" for n in range(30)]
    cache.put_many((url, checked(at=NOW - n)) for n, url in enumerate(urls))
    cache.put_many([("https://old.example/", checked(at=NOW - 31 * 86400))])
    cache.prune()
    assert set(cache.get_many([*urls, "https://old.example/"])) == set(urls[:10])


def test_forgetting(opened: Open) -> None:
    cache = opened()
    cache.put_many([(URL, checked())])
    cache.forget(URL)
    assert stored(cache) is None


def damage_nonsense(path: Path) -> None:
    path.write_bytes(b"this is no database" * 1000)


def damage_middle(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * (size - 200))


def damage_cut(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2 + 100)


def other_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize("damage", [damage_nonsense, damage_middle, damage_cut, other_version])
def test_a_bad_file_is_begun_anew(damage: Callable[[Path], None], path: Path, opened: Open) -> None:
    first = opened()
    first.put_many((f"https://example.com/{n}", checked()) for n in range(500))
    first.close()
    damage(path)
    cache = opened()
    cache.get_many(f"https://example.com/{n}" for n in range(500))
    cache.put_many([(URL, checked())])
    assert stored(cache) is not None
    cache.close()
    assert stored(opened()) is not None


def test_a_cut_off_empty_file_is_simply_used(path: Path, opened: Open) -> None:
    path.parent.mkdir()
    path.touch()
    cache = opened()
    cache.put_many([(URL, checked())])
    assert stored(cache) is not None
    assert cache.notice is None


@pytest.mark.parametrize("where", ["folder", "under_a_file"])
def test_where_no_file_can_be_the_cache_lives_in_memory(
    where: str, tmp_path: Path, opened: Open
) -> None:
    if where == "folder":
        path = tmp_path
    else:
        (tmp_path / "file").touch()
        path = tmp_path / "file" / "verdicts.sqlite3"
    cache = opened(path)
    assert cache.notice is CacheNotice.MEMORY_ONLY
    cache.put_many([(URL, checked())])
    assert stored(cache) is not None


def test_a_file_that_may_not_be_written_leaves_memory(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As root nothing is read-only, so SQLite is asked to open the file that way."""
    opened().close()
    real = sqlite3.connect

    def read_only(name: object, **options: object) -> sqlite3.Connection:
        if name == ":memory:":
            return real(":memory:", **options)  # type: ignore[call-overload,no-any-return]
        return real(f"file:{name}?mode=ro&immutable=1", uri=True, **options)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(sqlite3, "connect", read_only)
    cache = opened()
    cache.put_many([(URL, checked())])
    assert stored(cache) is not None


def test_rows_that_make_no_sense_are_passed_over(path: Path, opened: Open) -> None:
    cache = opened()
    with closing(sqlite3.connect(path)) as database, database:
        for n, (reason, more) in enumerate(
            [("no_such_word", None), ("ok", "{"), ("ok", "[1]"), ("ok", '{"notes": ["x"]}')]
        ):
            database.execute(
                "INSERT INTO verdicts VALUES (?, ?, ?, ?, 200, 'HEAD', 0.1, ?)",
                (f"https://example.com/{n}", reason, NOW, NOW + 100, more),
            )
    cache.put_many([(URL, checked())])
    found = cache.get_many([*(f"https://example.com/{n}" for n in range(4)), URL])
    assert list(found) == [URL]


def test_the_file_may_be_deleted_while_it_is_in_use(path: Path, opened: Open) -> None:
    cache = opened()
    cache.put_many([(URL, checked())])
    for file in path.parent.iterdir():
        file.unlink()
    cache.get_many([URL])
    cache.put_many([("https://example.com/2", checked())])
    cache.put_many([("https://example.com/3", checked())])
    assert stored(cache, "https://example.com/3") is not None


WRITER = """
import sys
from pathlib import Path
from app.linkcheck.store.cache import VerdictCache
from app.linkcheck.verdict import Reason, Verdict
cache = VerdictCache(Path(sys.argv[1]))
for n in range(60):
    cache.put_many((f"https://{sys.argv[2]}.example/{n}/{m}", Verdict(Reason.OK)) for m in range(5))
cache.close()
"""


def test_two_processes_write_at_once(path: Path, opened: Open) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), name]) for name in ("a", "b")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    urls = [f"https://{name}.example/{n}/{m}" for name in "ab" for n in range(60) for m in range(5)]
    assert len(opened(clock=time.time).get_many(urls)) == len(urls)


def test_another_window_sees_what_one_has_found(opened: Open) -> None:
    one, two = opened(), opened()
    one.put_many([(URL, checked())])
    assert stored(two) is not None


# Links that were checked by hand


def test_accepted_links_outlive_everything(tmp_path: Path, accepted_in: OpenAccepted) -> None:
    path = tmp_path / "data" / "accepted.sqlite3"
    when = datetime(2026, 1, 2, tzinfo=UTC)
    accepted_in(path).accept(URL, when)
    verdict = accepted_in(path).verdicts([URL, "https://example.com/a"])[URL]
    assert verdict.reason is Reason.ACCEPTED
    assert verdict.checked_at == when


def test_acceptance_is_of_one_exact_url_and_can_be_taken_back(
    tmp_path: Path, accepted_in: OpenAccepted
) -> None:
    accepted = accepted_in(tmp_path / "accepted.sqlite3")
    accepted.accept(URL, datetime.now(UTC))
    assert accepted.verdicts(["https://example.com/a", "https://example.com/a#c"]) == {}
    accepted.withdraw(URL)
    assert accepted.verdicts([URL]) == {}


def test_another_window_sees_what_was_accepted(tmp_path: Path, accepted_in: OpenAccepted) -> None:
    one, two = (accepted_in(tmp_path / "accepted.sqlite3") for _ in range(2))
    assert two.verdicts([URL]) == {}
    one.accept(URL, datetime.now(UTC))
    assert URL in two.verdicts([URL])


def test_a_damaged_file_of_accepted_links_is_moved_aside_not_lost(
    tmp_path: Path, accepted_in: OpenAccepted
) -> None:
    path = tmp_path / "accepted.sqlite3"
    path.write_bytes(b"nonsense" * 500)
    accepted = accepted_in(path)
    accepted.accept(URL, datetime.now(UTC))
    assert URL in accepted_in(path).verdicts([URL])
    aside = list(tmp_path.glob("accepted.sqlite3.damaged-*"))
    assert [file.read_bytes()[:8] for file in aside] == [b"nonsense"]


def test_without_a_usable_file_acceptance_lasts_until_the_end(
    tmp_path: Path, accepted_in: OpenAccepted
) -> None:
    accepted = accepted_in(tmp_path)
    assert not accepted.is_kept
    accepted.accept(URL, datetime.now(UTC))
    assert URL in accepted.verdicts([URL])


def test_the_real_clock_is_the_default(opened: Open) -> None:
    cache = opened(clock=time.time)
    cache.put_many([(URL, checked(at=time.time()))])
    found = stored(cache)
    assert found is not None
    assert found.fresh


# How fast hosts were


def test_paces_are_kept(opened: Open) -> None:
    paces = {"https://a.example": Pace(0.25, 0, True), "https://b.example:8443": Pace(None, 2)}
    cache = opened()
    cache.put_paces(paces)
    cache.put_paces({})
    assert opened().paces() == paces


def test_paces_are_forgotten_after_a_week(opened: Open, clock: Clock) -> None:
    cache = opened()
    cache.put_paces({"https://a.example": Pace(0.25)})
    clock.now += 8 * 86400
    assert cache.paces() == {}
    cache.prune()
    clock.now -= 8 * 86400
    assert cache.paces() == {}


def test_paces_from_the_future_or_without_sense_are_ignored(
    opened: Open, clock: Clock, path: Path
) -> None:
    cache = opened()
    cache.put_paces({"https://a.example": Pace(0.25)})
    clock.now -= 86400
    assert cache.paces() == {}
    clock.now += 86400
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE paces SET usual = 'soon'")
        database.commit()
    assert cache.paces() == {}


def test_a_file_of_the_time_before_paces_gets_them(opened: Open, path: Path) -> None:
    cache = opened()
    cache.put_many([(URL, Verdict(Reason.OK))])
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP TABLE paces")
        database.commit()
    again = opened()
    again.put_paces({"https://a.example": Pace(0.25)})
    assert again.paces() == {"https://a.example": Pace(0.25)}
    assert again.get_many([URL])


@pytest.mark.parametrize("seconds", [180, 86400])
def test_a_listing_is_shown_until_it_runs_out_and_no_longer(
    seconds: int, opened: Open, clock: Clock
) -> None:
    cache = opened()
    until = datetime.fromtimestamp(NOW + seconds, UTC)
    cache.put_many([(URL, replace(checked(Reason.WEB_RISK), retry_at=until))])
    clock.now = NOW + 179
    assert stored(cache) is not None
    clock.now = NOW + (181 if seconds == 180 else 2 * 3600)
    assert stored(cache) is None
