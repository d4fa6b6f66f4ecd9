"""The list of issues: sorted, filtered, paged; one issue changed and deleted; reads that cost
little when nothing changed.
"""

import gzip
from typing import Any

import pytest
from sqlalchemy import insert

from app.trackserver import reports
from app.trackserver.inbox import Hit, Kind
from app.trackserver.ingest.batches import packed
from app.trackserver.store.schema import issue, rollup
from app.trackserver.words import Dimension, Metric
from tests.trackserver.api.conftest import Api

DAY = 86_400_000
START = 1_780_000_000_000


def add_issue(api: Api, number: int, **figures: Any) -> str:
    """An issue with these totals: openers and clickers as (human, proxy, machine)."""
    made = api.register(subject=f"Letter {number}", external_id=f"em_{number}")["issue"]["id"]
    rows = []
    with api.database.writing() as connection:
        where = issue.c.public_id == made
        connection.execute(issue.update().where(where).values(sent_at=START + number * DAY))
        key = connection.execute(issue.select().where(where)).one().id
        for name, value in figures.items():
            counts = value if isinstance(value, tuple) else (value, 0, 0)
            rows += [
                {"issue_id": key, "dimension": int(Dimension.TOTAL), "key": "",
                 "metric": int(Metric[name.upper()]), "agent": agent, "n": n}
                for agent, n in enumerate(counts) if n
            ]  # fmt: skip
        if rows:
            connection.execute(insert(rollup), rows)
    return str(made)


@pytest.fixture
def ids(api: Api) -> list[str]:
    return [
        add_issue(api, 0, delivered=100, openers=(10, 80, 0), clickers=(5, 0, 1)),
        add_issue(api, 1, delivered=1000, openers=(300, 0, 0), clickers=(1, 0, 300)),
        add_issue(api, 2, sent=200, hard_bounce=100, openers=(50, 0, 0)),
        add_issue(api, 3),
        add_issue(api, 4, delivered=10, openers=(11, 0, 0)),
    ]


def order(api: Api, ids: list[str], **query: Any) -> list[int]:
    found: list[int] = []
    cursor = None
    while True:
        page = api.get("/v1/issues", limit=2, **query, **({"cursor": cursor} if cursor else {}))
        found += [ids.index(each["id"]) for each in page["issues"]]
        cursor = page["cursor"]
        if cursor is None:
            return found


def test_sorted_by_any_column_over_all_pages(api: Api, ids: list[str]) -> None:
    assert order(api, ids) == [4, 3, 2, 1, 0]
    assert order(api, ids, sort="sent_at") == [0, 1, 2, 3, 4]
    assert order(api, ids, sort="-open_rate") == [2, 1, 0, 4, 3]
    assert order(api, ids, sort="-open_rate", agent="all") == [0, 2, 1, 4, 3]
    assert order(api, ids, sort="-open_rate", agent="privacy_proxy")[0] == 0
    assert order(api, ids, sort="-click_rate", agent="all")[:2] == [1, 0]
    assert order(api, ids, sort="open_rate") == [3, 4, 0, 1, 2]


def test_filtered(api: Api, ids: list[str]) -> None:
    assert order(api, ids, open_rate_min=0.3) == [2, 1]
    assert order(api, ids, open_rate_max=0.3) == [1, 0]
    assert order(api, ids, open_rate_min=0.3, open_rate_max=0.3) == [1]
    assert order(api, ids, click_rate_min=0.05, agent="human") == [0]
    assert order(api, ids, text="LETTER 3") == [3]
    assert order(api, ids, text="100%") == []
    assert order(api, ids, external_id="em_2") == [2]
    day = "2026-05-30T20:26:40Z"  # START + 2 days
    assert order(api, ids, sent_from=day) == [4, 3, 2]
    assert order(api, ids, sent_before=day) == [1, 0]


@pytest.mark.parametrize("moment", ["0.5", "1780000000", "2026-05-30", "2026-05-30T20:26:40"])
def test_a_moment_that_is_none_is_refused(api: Api, moment: str) -> None:
    api.json("GET", "/v1/issues", 400, params={"sent_from": moment})


def test_text_is_found_in_any_case_of_any_script(api: Api) -> None:
    api.register(subject="\u00dcBER \u00c4PFEL")
    assert len(api.get("/v1/issues", text="\u00fcber \u00e4pfel")["issues"]) == 1


def test_the_rates_of_the_list_are_those_of_the_report(api: Api, ids: list[str]) -> None:
    for each in api.get("/v1/issues")["issues"]:
        rate = each["rates"]["open"]
        place = ids.index(each["id"])
        if place in (3, 4):
            assert rate is None, "nothing that it could be divided by"
            continue
        assert rate["denominator"]["all"] == [100, 1000, 100][place]
        assert rate["of"] == ["delivered", "delivered", "sent"][place]
        assert rate["numerator"] == each["figures"]["openers"]


def test_a_cursor_is_for_its_list_alone(api: Api, ids: list[str]) -> None:
    cursor = api.get("/v1/issues", limit=1)["cursor"]
    problem = api.json("GET", "/v1/issues", 409, params={"cursor": cursor, "sort": "sent_at"})
    assert problem["code"] == "unknown_cursor"
    api.json("GET", "/v1/issues", 409, params={"cursor": "x" + cursor})


def test_what_did_not_change_is_not_sent_again(api: Api, ids: list[str]) -> None:
    for path in ("/v1/issues", f"/v1/issues/{ids[0]}", f"/v1/issues/{ids[0]}/report"):
        first = api.http.get(path)
        assert first.status_code == 200
        again = api.http.get(path, headers={"if-none-match": first.headers["etag"]})
        assert again.status_code == 304, "also when it is later and fresher"
        assert again.content == b""
    api.json("PATCH", f"/v1/issues/{ids[0]}", json={"subject": "New"})
    changed = api.http.get(
        f"/v1/issues/{ids[0]}/report", headers={"if-none-match": first.headers["etag"]}
    )
    assert changed.status_code == 200


def test_long_answers_are_zipped_for_who_takes_it(api: Api, ids: list[str]) -> None:
    request = api.http.build_request("GET", "/v1/issues", headers={"accept-encoding": "gzip"})
    answer = api.http.send(request, stream=True)
    raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert b"Letter 3" in gzip.decompress(raw)
    plain = api.http.get("/v1/issues", headers={"accept-encoding": "gzip;q=0"})
    assert "content-encoding" not in plain.headers


def test_a_deleted_issue_leaves_only_its_links(api: Api) -> None:
    made = api.register(external_id="em_1", merge_tag="%id%")
    api.visit(made["links"][0]["tracked_url"])
    api.work()
    cursor = api.get("/v1/changes")["cursor"]
    path = f"/v1/issues/{made['issue']['id']}"
    api.json("DELETE", path, 204)
    api.json("GET", path, 404)
    api.json("DELETE", path, 404)
    changes = api.get("/v1/changes", cursor=cursor)
    assert changes["deleted"] == [{"kind": "issue", "id": made["issue"]["id"]}]
    assert changes["issues"] == []
    assert api.visit(made["links"][0]["tracked_url"]).status_code == 302
    api.work()
    again = api.register(external_id="em_1")
    assert again["issue"]["id"] != made["issue"]["id"]
    assert again["issue"]["figures"]["clicks"]["all"] == 0


def test_changes_that_mean_nothing_change_nothing(api: Api) -> None:
    made = api.register()["issue"]
    assert api.json("PATCH", f"/v1/issues/{made['id']}", json={})["version"] == made["version"]
    after = api.json("PATCH", f"/v1/issues/{made['id']}", json={"sent_at": "2026-05-28T20:26:40Z"})
    assert after["sent_at"] == "2026-05-28T20:26:40Z"
    assert after["version"] > made["version"]


@pytest.mark.parametrize(
    ("figures", "recipients", "expected"),
    [
        (reports.Figures(delivered=10, openers=reports.plain(5)), None, (10, "delivered")),
        (reports.Figures(delivered=4, openers=reports.plain(5)), 8, (8, "recipients")),
        (reports.Figures(sent=9, hard_bounces=2, openers=reports.plain(5)), 8, (7, "sent")),
        (reports.Figures(openers=reports.plain(5)), 4, None),
        (reports.Figures(), None, None),
    ],
)
def test_no_rate_without_an_honest_denominator(
    figures: reports.Figures, recipients: int | None, expected: object
) -> None:
    assert reports.denominator(figures, recipients) == expected


def test_what_this_machines_disk_keeps_for_the_store_is_not_counted_yet(api: Api) -> None:
    made = api.register()["issue"]["id"]
    assert api.report(made)["freshness"]["waiting"] == 0
    hit = packed(Kind.HITS, [Hit(START, "nothing", "", "")])
    api.served.services.inbox.spill.add([hit])
    for path in ("/v1/issues", "/v1/changes", f"/v1/issues/{made}/report"):
        told = api.get(path)["freshness"]
        # Both for the moment in which it is brought to the store.
        assert told["waiting"] in (1, 2)
