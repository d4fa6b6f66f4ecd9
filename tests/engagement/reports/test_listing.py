"""The list as lines of cells, its sparklines and its freshness, without a screen."""

from dataclasses import replace
from pathlib import Path

from app.engagement.model import Account, Count, Dimension, Figures, IssueDetail, SeriesPoint
from app.engagement.reports import queries
from app.engagement.reports.figures import Rate
from app.engagement.reports.freshness import ago, freshness
from app.engagement.reports.listing import LIST, Line, arranged, lines, sortable, spoken
from app.engagement.reports.queries import Bounds, Filter
from app.engagement.reports.sparks import Spark, first_days
from app.engagement.store.reader import Reader
from app.engagement.store.store import Status
from tests.engagement.reports.stocked import DAY, OTHER, OWN, START, full, issue, stock, told

HOUR = 3_600_000


def listed(path: Path) -> list[Line]:
    with Reader(path) as reader:
        return lines(queries.rows(reader, (OWN, OTHER)), lambda at: (f"day {at // DAY}", "08:00"))


def test_a_rate_stands_above_its_denominator(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    stock(path, OWN, full(1, "One", 80, 20))
    (line,) = listed(path)
    opens = line.cells["opens"]
    assert (opens.text, opens.second) == ("40.0 %", "80 of 200")
    assert "people only" in opens.tip
    assert "20 privacy proxies, 5 machines" in opens.tip
    assert not opens.uncertain
    assert line.cells["bounces"].second == "10 of 210"
    assert (line.cells["sent"].text, line.cells["delivered"].text) == ("210", "200")
    assert line.cells["complaints"].is_zero


def test_only_lines_of_what_changed_are_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    stock(path, OWN, full(1, "One", 80, 20), full(2, "Two", 60, 30))

    def read(accounts: tuple[Account, ...] = (OWN,)) -> dict[str, Line]:
        rows = queries.rows(reader, accounts, [line.row for line in before])
        before[:] = lines(rows, lambda at: (f"day {at // DAY}", "08:00"), before)
        assert before == lines(
            queries.rows(reader, accounts), lambda at: (f"day {at // DAY}", "08:00")
        )
        return {line.row.id: line for line in before}

    before: list[Line] = []
    with Reader(path) as reader:
        first = read()
        stock(path, OWN, replace(full(2, "Two", 70, 30), version=1), full(3, "Three", 1, 1))
        second = read()
        assert second["i1"] is first["i1"], "taken over"
        assert second["i2"].cells["opens"].second == "70 of 200"
        assert set(second) == {"i1", "i2", "i3"}
        renamed = read((replace(OWN, name="Another name"),))
        assert {line.cells["account"].text for line in renamed.values()} == {"Another name"}
        assert read(()) == {}


def test_what_is_not_told_is_a_dash_and_never_0(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    stock(path, OTHER, issue(1, "One", sent=50, opens=Count(70)))
    (line,) = listed(path)
    for column in ("delivered", "clicks", "ctor", "unsubscribes", "bounces", "complaints"):
        assert line.cells[column].text == "–", column
        assert not line.cells[column].is_zero
        assert line.cells[column].tip, "why it is not known"
    assert line.cells["opens"].text == "–"
    assert line.cells["opens"].second == "70 times"
    assert spoken(line, "clicks") == "Clicks: not known"


def test_uncertain_figures_say_so(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    stock(
        path, OTHER,
        issue(1, "Mixed", sent=50, delivered=50, openers=Count(20), clickers=Count(5)),
        issue(2, "Blocked pictures", sent=50, delivered=50, openers=told(4), clickers=told(6)),
    )  # fmt: skip
    blocked, mixed = listed(path)
    assert mixed.cells["opens"].uncertain
    assert "does not tell people" in mixed.cells["opens"].tip
    assert spoken(mixed, "opens") == "Opens: 40.0 %, 20 of 50, uncertain"
    assert blocked.cells["ctor"].uncertain
    assert "more clicked than are known to have opened" in blocked.cells["ctor"].tip
    assert not blocked.cells["opens"].uncertain


def test_figures_of_the_first_days_say_that_they_grow(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    stock(path, OWN, full(1, "Old", 80, 20), full(99, "New", 8, 2))
    new, old = listed(path)
    assert new.cells["date"].second == "still coming in"
    assert "still grows" in new.cells["opens"].tip
    assert old.cells["date"].second == "08:00"


def test_every_column_but_the_sparkline_sorts_and_what_is_unknown_comes_last(
    tmp_path: Path,
) -> None:
    path = tmp_path / "one.db"
    stock(path, OWN, full(1, "b", 80, 20), full(2, "a", 60, 30))
    stock(path, OTHER, issue(3, "c"))
    all_lines = listed(path)
    assert set(sortable()) == set(LIST) - {"first_days"}
    for column in sortable():
        for descending in (True, False):
            shown = arranged(all_lines, Filter(), column, descending=descending)
            assert sorted(line.key for line in shown) == sorted(line.key for line in all_lines)
            if column not in ("date", "subject", "account"):
                assert shown[-1].row.subject == "c", column
    opens = arranged(all_lines, Filter(), "opens", descending=True)
    assert [line.row.subject for line in opens] == ["b", "a", "c"]


def test_a_filter_by_rate_leaves_out_what_is_not_known(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    stock(path, OWN, full(1, "b", 80, 20), full(2, "a", 60, 30), issue(3, "c"))
    which = Filter(bounds=(Bounds(Rate.OPENS, least=0.35),))
    shown = arranged(listed(path), which, "date", descending=True)
    assert [line.row.subject for line in shown] == ["b"]


def points(name: str, dimension: Dimension, *told_: tuple[int, Figures]) -> IssueDetail:
    made = tuple(SeriesPoint(dimension, str(at), figures) for at, figures in told_)
    return IssueDetail(name, None, made, frozenset((dimension,)), START)


def sparks(path: Path) -> dict[str, Spark]:
    with Reader(path) as reader:
        rows = queries.rows(reader, (OWN, OTHER))
        parts = list(first_days(reader, rows))
    return {key[1]: spark for part in parts for key, spark in part.items()}


def test_sparklines_add_up_people_from_the_hour_of_sending(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    sent = START + DAY
    stock(
        path, OWN, full(1, "One", 80, 20),
        points(
            "i1", Dimension.HOUR,
            (sent, Figures(opens=told(30, 9))),
            (sent + 3 * HOUR, Figures(opens=told(5))),
            (sent + 4 * HOUR, Figures(opens=told(0))),
            (sent + 71 * HOUR, Figures(opens=told(2))),
            (sent + 72 * HOUR, Figures(opens=told(1000))),
        ),
    )  # fmt: skip
    spark = sparks(path)["i1"]
    assert len(spark) == 18, "steps of four hours for three days"
    assert (spark[0], spark[1], spark[17]) == (35, 0, 2)
    assert sum(value or 0 for value in spark) == 37


def test_a_sparkline_of_an_issue_sent_amid_an_hour_keeps_its_first_minutes(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    record = full(1, "One", 80, 20)
    late = type(record)(**{
        **{name: getattr(record, name) for name in record.__slots__},
        "sent_at": START + DAY + 40 * 60_000,
    })  # fmt: skip
    stock(path, OWN, late, points("i1", Dimension.HOUR, (START + DAY, Figures(opens=told(7)))))
    assert sparks(path)["i1"][0] == 7


def test_days_are_drawn_where_no_hours_are_told_and_nothing_where_nothing_is(
    tmp_path: Path,
) -> None:
    path = tmp_path / "one.db"
    stock(
        path, OTHER, issue(1, "Days", opens=Count(9)), issue(2, "Nothing"),
        points("i1", Dimension.DAY, (START + DAY, Figures(opens=Count(6))),
               (START + 2 * DAY, Figures(opens=Count(3)))),
    )  # fmt: skip
    found = sparks(path)
    assert found["i1"] == (6, 3, 0, 0, 0, 0, 0)
    assert found["i2"] == ()


def test_steps_that_have_not_come_yet_are_not_drawn_as_0(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    sent = START + 99 * DAY  # a day before the figures held
    stock(
        path, OWN, full(99, "New", 80, 20),
        points("i99", Dimension.HOUR, (sent, Figures(opens=told(7)))),
    )  # fmt: skip
    assert sparks(path)["i99"] == (7, 0, 0, 0, 0, 0, *[None] * 12)


NOW = 1_800_000_000_000


def fresh(*statuses: Status, ends: dict[str, tuple[str, str]] | None = None) -> tuple[str, str]:
    accounts = [OWN, OTHER][: max(1, len(statuses))]
    found = freshness(
        accounts, {each.account: each for each in statuses}, ends or {}, NOW, lambda _: "14:03"
    )
    return found.words, found.help


def synced(account: Account, ago_ms: int, state: str = "current", message: str = "") -> Status:
    return Status(account.id, state, message, synced_at=NOW - ago_ms, as_of=NOW - ago_ms)


def test_freshness_is_told_in_words() -> None:
    assert fresh(synced(OWN, 5 * 60_000)) == ("Figures of 14:03, synced 5 minutes ago", "")
    assert fresh(synced(OWN, 60_000, "offline"))[0] == "Offline: figures of 14:03"
    assert fresh()[0] == "No figures yet"
    assert fresh(Status(OWN.id, "offline"))[0] == "Offline: no figures yet"
    assert ago(59_999) == "just now"
    assert ago(60_000) == "1 minute ago"
    assert ago(50 * 3_600_000) == "2 days ago"


def test_of_several_accounts_the_oldest_figures_are_told() -> None:
    words, _ = fresh(synced(OWN, 60_000), synced(OTHER, 3 * 3_600_000))
    assert words == "Lists · Figures of 14:03, synced 3 hours ago"


def test_what_the_writer_must_mend_is_told_also_when_it_is_of_this_session_only() -> None:
    _, needed = fresh(synced(OWN, 60_000, "refused", "The key was refused."))
    assert needed == "The Letter: The key was refused."
    _, needed = fresh(synced(OWN, 60_000), ends={OWN.id: ("refused", "There is no key.")})
    assert needed == "The Letter: There is no key."
    _, needed = fresh(synced(OWN, 60_000, "refused", "Old."), ends={OWN.id: ("current", "")})
    assert needed == "", "it was mended meanwhile"
