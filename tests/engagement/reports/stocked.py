"""A store with issues whose figures a test chooses."""

from pathlib import Path

from app.engagement.model import (
    Account,
    Count,
    Figures,
    IssueDetail,
    IssueRecord,
    LinkRecord,
    Page,
    Record,
)
from app.engagement.store.store import Store

OWN = Account("a1", "sendoff", "The Letter", "https://news.example.com")
OTHER = Account("a2", "listmonk", "Lists", "https://lists.example.com")
DAY = 86_400_000
START = 1_767_225_600_000
"""2026-01-01T00:00:00Z"""


def issue(number: int, subject: str, **figures: object) -> IssueRecord:
    return IssueRecord(
        id=f"i{number}",
        subject=subject,
        sent_at=START + number * DAY,
        figures=Figures(**figures),  # type: ignore[arg-type]  # as the test says
        as_of=START + 100 * DAY,
    )


def told(human: int, proxy: int = 0, machine: int = 0) -> Count:
    return Count(human + proxy + machine, human, proxy, machine)


def full(number: int, subject: str, openers: int, clickers: int) -> IssueRecord:
    return issue(
        number, subject, sent=210, delivered=200, hard_bounces=10, complaints=0,
        openers=told(openers, 20, 5), clickers=told(clickers, 0, 9), unsubscribes=told(1),
        opens=told(openers * 2), clicks=told(clickers * 2),
    )  # fmt: skip


def links(issue: str, *links: LinkRecord) -> IssueDetail:
    return IssueDetail(issue, links, (), frozenset(), START)


def stock(path: Path, account: Account, *records: Record) -> None:
    store = Store(path)
    try:
        store.commit(store.target(account.id), Page(tuple(records)))
    finally:
        store.close()
