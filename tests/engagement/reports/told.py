"""An issue of which everything is told, as our own server tells it."""

import math

from app.engagement.model import (
    Count,
    Dimension,
    EventRecord,
    Figures,
    IssueDetail,
    IssueRecord,
    LinkRecord,
    Mode,
    Record,
    SeriesPoint,
)
from tests.engagement.reports.stocked import DAY, START

HOUR = 3_600_000
SENT_AT = START + 33 * DAY + 7 * HOUR
"""2026-02-03T07:00:00Z, a Tuesday."""
ALL_DIMENSIONS = frozenset(Dimension) - {Dimension.DAY}


def told(human: int, proxy: int = 0, machine: int = 0) -> Count:
    return Count(human + proxy + machine, human, proxy, machine)


def issue(
    number: int, subject: str, sent_at: int = SENT_AT, share: float = 0.42, **others: object
) -> IssueRecord:
    opened, clicked = round(4812 * share), round(4812 * share / 6)
    given: dict[str, object] = {
        "sent": 4871, "delivered": 4812, "hard_bounces": 21, "soft_bounces": 38, "complaints": 1,
        "unsubscribes": told(9), "openers": told(opened, 1210, 64),
        "opens": told(opened * 2, 1480, 90), "clickers": told(clicked, 0, 55),
        "clicks": told(clicked * 2, 0, 80), "inferred_openers": told(17),
        **others,
    }  # fmt: skip
    return IssueRecord(
        id=f"i{number}",
        subject=subject,
        sent_at=sent_at,
        figures=Figures(**given),  # type: ignore[arg-type]  # as the test says
        as_of=sent_at + 9 * DAY + HOUR // 2,
        version=1,
        mode=Mode.INDIVIDUAL,
        url="https://news.example.com/archive/1",
        recipients=4871,
    )


def detail(record: IssueRecord) -> IssueDetail:
    sent_at = record.sent_at or SENT_AT
    hours = [
        SeriesPoint(
            Dimension.HOUR,
            str(sent_at + number * HOUR),
            Figures(
                openers=told(*(_wave(number, most) for most in (260, 170, 20))),
                clickers=told(_wave(number, 45), 0, 18 if number == 0 else 0),
            ),
        )
        for number in range(8 * 24)
        if _wave(number, 260)
    ]
    opened = {
        Dimension.CLIENT: {"Apple Mail": (410, 1210), "Gmail": (905, 0), "Outlook": (320, 0),
                           "Thunderbird": (140, 0), "Yahoo Mail": (88, 0), "": (31, 0)},
        Dimension.SYSTEM: {"iOS": (520, 800), "Windows": (610, 0), "macOS": (300, 410),
                           "Android": (380, 0)},
        Dimension.DEVICE: {"mobile": (980, 800), "desktop": (870, 410), "tablet": (60, 0)},
    }  # fmt: skip
    points = [
        SeriesPoint(dimension, key, Figures(openers=told(*n)))
        for dimension, keys in opened.items()
        for key, n in keys.items()
    ]
    domains = (("gmail.com", 2100, 905), ("icloud.com", 900, 350), ("outlook.com", 700, 260),
               ("yahoo.com", 300, 88), ("example.org", 120, 71))  # fmt: skip
    points += [
        SeriesPoint(Dimension.DOMAIN, key, Figures(delivered=reached, openers=told(n, n // 3)))
        for key, reached, n in domains
    ]
    points += [
        SeriesPoint(Dimension.REASON, "5.1.1", Figures(hard_bounces=17)),
        SeriesPoint(Dimension.REASON, "4.2.2", Figures(soft_bounces=30, hard_bounces=0)),
        SeriesPoint(Dimension.REASON, "5.7.1", Figures(hard_bounces=4, soft_bounces=8)),
        SeriesPoint(Dimension.PROXY, "apple", Figures(openers=told(0, 1190))),
        SeriesPoint(Dimension.PROXY, "yahoo", Figures(openers=told(0, 20))),
    ]
    links = tuple(
        LinkRecord(number, url, text, told(clicks, 0, 3), told(round(clicks * 0.8), 0, 3))
        for number, (url, text, clicks) in enumerate((
            ("https://example.org/essays/on-slow-software", "On slow software", 212),
            ("https://example.com/tools/outline", "a small outliner", 161),
            ("https://books.example.net/the-garden?ref=letter", "The garden", 98),
            ("https://example.org/talks/2026", "the talk", 44),
            ("https://news.example.com/archive/12", "last month’s letter", 12),
            ("https://example.com/unsubscribe-me-not", "reply", 0),
        ))
    )  # fmt: skip
    return IssueDetail(record.id, links, (*hours, *points), ALL_DIMENSIONS, record.as_of, 1)


def events(record: IssueRecord, subscribers: int = 40) -> tuple[EventRecord, ...]:
    sent_at = record.sent_at or SENT_AT
    found = []
    for number in range(subscribers):
        who, at = f"sub_{number:04d}", sent_at + number * 997_000
        found.append(EventRecord(record.id, f"o{number}", "opened", at, "human", 1, who,
                                 client="Gmail"))  # fmt: skip
        if number % 4 == 0:
            found.append(EventRecord(record.id, f"c{number}", "clicked", at + 60_000, "human", 1,
                                     who, link=number % 3))  # fmt: skip
        if number % 7 == 0:
            found.append(EventRecord(record.id, f"p{number}", "opened", at - 30_000,
                                     "privacy_proxy", 1, who))  # fmt: skip
    return tuple(found)


def records(issues: int = 30) -> tuple[Record, ...]:
    """A year of a weekly letter; the newest is told in full."""
    found: list[Record] = []
    for number in range(issues):
        share = 0.36 + 0.05 * math.sin(number * 1.7)
        back = (issues - number) * 7 * DAY
        found.append(issue(number, f"Letter {number + 1}: on paper", SENT_AT - back, share))
    newest = issue(issues, "What the garden teaches about software that lasts")
    return (*found, newest, detail(newest), *events(newest))


def _wave(number: int, most: int) -> int:
    by_day = 0.55 + 0.45 * math.sin((number % 24 - 3) / 24 * 2 * math.pi + 1.0)
    return int(most * math.exp(-number / 14) * by_day) + (1 if number % 31 == 0 else 0)
