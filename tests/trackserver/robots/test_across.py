"""What only the hits of all recipients show."""

from app.trackserver.robots.across import MANY_DOMAINS, SHARED, Seen, shared_reasons

MINUTE = 60_000


def test_one_address_for_readers_of_ten_domains() -> None:
    hits = [Seen(n * MINUTE, n, n, 1, 5, f"{n}.example") for n in range(10)]
    assert shared_reasons(hits, []) == dict.fromkeys(range(10), MANY_DOMAINS)


def test_ten_readers_of_one_company_share_an_address() -> None:
    hits = [Seen(n * 1_000, n, n, 1, 5, f"{n % 3}.example") for n in range(30)]
    assert shared_reasons(hits, []) == {}


def test_ten_domains_in_a_whole_day_are_many_readers() -> None:
    hits = [Seen(n * 30 * MINUTE, n, n, 1, 5, f"{n}.example") for n in range(20)]
    assert shared_reasons(hits, []) == {}


def test_a_scanner_of_one_copy_scans_others() -> None:
    scans = [Seen(0, 1, 1, address_hash=9, user_agent=5)]
    hits = [
        Seen(5 * MINUTE, 2, 2, address_hash=9, user_agent=5),
        Seen(-5 * MINUTE, 3, 3, address_hash=9, user_agent=5),
        Seen(20 * MINUTE, 4, 4, address_hash=9, user_agent=5),
        Seen(5 * MINUTE, 5, 5, address_hash=9, user_agent=6),
        Seen(5 * MINUTE, 6, 1, address_hash=9, user_agent=5),
    ]
    assert shared_reasons(hits, scans) == {2: SHARED, 3: SHARED}
