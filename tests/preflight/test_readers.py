"""Which part of a publication's readers a finding about mail programs concerns."""

import contextlib

import pytest

from app.engagement.model import (
    Count,
    Dimension,
    Figures,
    IssueDetail,
    SeriesPoint,
)
from app.engagement.reports.programs import programs
from app.engagement.store.reader import Reader
from app.engagement.store.schema import store_file
from app.preflight import Setting
from app.preflight.readers import FEWEST, NO_READERS, Share, readers_of
from tests.engagement.reports.stocked import OWN, issue, stock

OUTLOOK = tuple(each for each in Setting().clients if each.startswith("outlook/"))


def test_reports_that_tell_no_programs_say_nothing() -> None:
    assert readers_of({}) is NO_READERS
    assert readers_of({"Gmail": FEWEST - 1}) is NO_READERS, "too few to mean something"
    assert readers_of({"Chrome": 900, "Firefox": 100}) is NO_READERS, "a browser is no program"
    assert NO_READERS.share(OUTLOOK) is None
    assert NO_READERS.clients == Setting().clients


def test_names_of_programs_become_families_and_shares_add_up() -> None:
    readers = readers_of(
        {"Outlook 2016": 20, "Microsoft Outlook": 10, "Apple Mail": 60, "Gmail": 10}
    )
    assert readers.families == pytest.approx({"outlook": 0.3, "apple-mail": 0.6, "gmail": 0.1})
    for clients, part, is_most in (
        (OUTLOOK, 0.3, False),
        (OUTLOOK[:1], 0.3, True),
        ((*OUTLOOK, "gmail/ios"), 0.4, True),
    ):
        share = readers.share(clients)
        assert share is not None
        assert share.part == pytest.approx(part)
        assert share.is_most is is_most
    assert readers.share(("yahoo/desktop-webmail",)) == Share(0, is_most=False)


def test_a_program_that_readers_use_is_looked_at_too() -> None:
    readers = readers_of({"Thunderbird": 10, "Apple Mail": 989, "HEY": 1})
    assert "thunderbird/windows" in readers.clients
    assert not any(each.startswith("hey/") for each in readers.clients), "one of a thousand"
    assert readers.clients[: len(Setting().clients)] == Setting().clients


def test_the_newest_issues_of_the_account_tell_the_programs() -> None:
    def point(key: str, count: Count) -> SeriesPoint:
        return SeriesPoint(Dimension.CLIENT, key, Figures(openers=count))

    points = (
        point("Thunderbird", Count(30, 30, 0, 0)),
        point("Apple Mail", Count(70, 5, 60, 5)),
        point("", Count(9)),
        SeriesPoint(Dimension.SYSTEM, "iOS", Figures(openers=Count(50))),
    )
    detail = IssueDetail("i1", (), points, frozenset((Dimension.CLIENT, Dimension.SYSTEM)), None)
    stock(store_file(), OWN, issue(1, "One"), detail)
    with contextlib.closing(Reader()) as reader:
        assert programs(reader, OWN.id) == {"Thunderbird": 30, "Apple Mail": 65}
        assert programs(reader, "another") == {}


@pytest.fixture(autouse=True)
def folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENDOFF_DATA_DIR", str(tmp_path_factory.mktemp("data")))
