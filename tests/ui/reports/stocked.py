"""A store with issues as several platforms tell them, and the engagement of a window."""

import json
from pathlib import Path

from app import paths
from app.engagement.model import (
    Account,
    Count,
    Dimension,
    Figures,
    IssueDetail,
    Record,
    SeriesPoint,
)
from app.engagement.store.schema import store_file
from app.engagement.store.store import Status, Store
from tests.engagement.reports.stocked import DAY, OTHER, OWN, START, full, issue, stock, told

HOUR = 3_600_000
__all__ = ["DAY", "HOUR", "OTHER", "OWN", "START", "full", "issue", "stock", "told"]


def write_accounts(*accounts: Account) -> Path:
    """Accounts as the app keeps them."""
    file = paths.config_dir() / "accounts.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    fields = ("id", "provider", "name", "url", "publication")
    described = [{name: getattr(each, name) for name in fields} for each in accounts]
    file.write_text(json.dumps({"version": 1, "accounts": described}))
    return file


def hours(name: str, sent_at: int, *opens: Count | None) -> IssueDetail:
    """An issue's opens by hour."""
    points = tuple(
        SeriesPoint(Dimension.HOUR, str(sent_at + at * HOUR), Figures(opens=each))
        for at, each in enumerate(opens)
        if each is not None
    )
    return IssueDetail(name, None, points, frozenset((Dimension.HOUR,)), START)


def records() -> tuple[Record, ...]:
    """Three issues whose people are told apart."""
    return (
        full(1, "On walking", 80, 20),
        full(2, "Bread", 60, 30),
        full(3, "A week without tabs", 100, 5),
        hours("i1", START + DAY, told(30, 9), told(10), None, None, told(4)),
    )


def stock_own() -> None:
    """The app's own store, with an account."""
    write_accounts(OWN)
    stock(store_file(), OWN, *records())


def stock_both() -> None:
    """Two accounts; the other platform tells only how often, and not what was delivered."""
    write_accounts(OWN, OTHER)
    stock(store_file(), OWN, *records())
    stock(
        store_file(), OTHER,
        issue(4, "Lists", sent=50, opens=Count(70), clicks=Count(9)),
    )  # fmt: skip


def set_status(account: Account, **fields: object) -> None:
    """How an account's last sync ended."""
    store = Store(store_file())
    try:
        store.set_status(Status(account=account.id, **fields))  # type: ignore[arg-type]
    finally:
        store.close()
