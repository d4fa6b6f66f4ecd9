"""Reputation, from what was seen."""

from typing import Any

import pytest
from sqlalchemy import insert

from app.trackserver.robots.sightings import What
from app.trackserver.store.schema import issue, robot, robot_sighting
from app.trackserver.words import Reason
from tests.trackserver.api.conftest import CHROME, Api
from tests.trackserver.api.test_access import as_key, second

SEEN = {
    "reasons": int(Reason.LINK_BURST),
    "first_at": 1_780_000_000_000,
    "last_at": 1_780_000_000_000,
}


@pytest.fixture
def tables(api: Api) -> None:
    rows: list[dict[str, Any]] = [
        {"kind": int(What.NETWORK), "key": "192.0.2.0/24", "machines": 800, "humans": 2},
        {"kind": int(What.NETWORK), "key": "198.51.100.0/24", "machines": 1, "humans": 0},
        {"kind": int(What.NETWORK), "key": "203.0.113.0/24", "machines": 40, "humans": 9000},
        {"kind": int(What.USER_AGENT), "key": "=cmd|x", "machines": 3, "humans": 0},
    ]
    with api.database.writing() as connection:
        connection.execute(insert(robot), [row | SEEN for row in rows])


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ({}, "person"),
        ({"address": "192.0.2.200", "user_agent": CHROME}, "robot"),
        ({"address": "::ffff:192.0.2.1"}, "robot"),
        ({"address": "198.51.100.7"}, "person"),
        ({"address": "203.0.113.7"}, "person"),
        ({"address": "100.64.0.1", "user_agent": CHROME, "email_domain": "example.com"}, "person"),
        ({"user_agent": "curl/8.5.0"}, "robot"),
        ({"user_agent": ""}, "robot"),
        ({"user_agent": "Mozilla/5.0"}, "person"),
    ],
)
def test_a_verdict_is_as_sure_as_what_was_seen(
    api: Api, question: dict[str, str], verdict: str
) -> None:
    found = api.json("POST", "/v1/reputation", json=question)
    assert found["verdict"] == verdict, found
    if verdict == "robot":
        assert any(finding["reasons"] for finding in found["findings"])


@pytest.mark.usefixtures("tables")
def test_a_key_of_one_publication_learns_no_numbers_of_others(api: Api) -> None:
    question = {"address": "192.0.2.7"}
    all_of_them = api.json("POST", "/v1/reputation", json=question)["findings"][0]
    headers = as_key(api, second(api)[1])
    own = api.json("POST", "/v1/reputation", json=question, headers=headers)["findings"][0]
    assert (all_of_them["machines"], all_of_them["humans"]) == (800, 2)
    assert (own["machines"], own["humans"]) == (0, 0)
    assert own["score"] == all_of_them["score"]


def test_what_cannot_be_read_is_named(api: Api) -> None:
    found = api.json("POST", "/v1/reputation", json={"address": "nonsense"})
    assert (found["unreadable"], found["verdict"]) == (["address"], "person")


@pytest.mark.usefixtures("tables")
def test_the_tables_page_by_page_and_as_csv(api: Api) -> None:
    first = api.get("/v1/robots", limit=2)
    rest = api.get("/v1/robots", limit=2, after=first["after"])
    keys = [each["key"] for each in first["robots"] + rest["robots"]]
    assert keys == ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"]
    assert rest["after"] is None
    text = api.http.get("/v1/robots.csv", params={"what": "user_agent"}).text
    assert text.splitlines()[1].startswith("user_agent,'=cmd|x,3,0,link_burst,2026-05-28T")


@pytest.mark.usefixtures("tables")
def test_a_key_of_one_publication_exports_only_what_its_own_issues_brought(api: Api) -> None:
    made = api.register()["issue"]["id"]
    other, key = second(api)
    headers = as_key(api, key)
    theirs = api.json("POST", "/v1/issues", 201, json={"html": "", "subject": ""}, headers=headers)
    with api.database.reading() as connection:
        numbers = {row.public_id: row.id for row in connection.execute(issue.select())}
    sighting = {"kind": int(What.DOMAIN), "machines": 5, "humans": 1} | SEEN
    with api.database.writing() as connection:
        connection.execute(
            insert(robot_sighting),
            [
                sighting | {"issue_id": numbers[made], "key": "secret.example"},
                sighting | {"issue_id": numbers[theirs["issue"]["id"]], "key": "own.example"},
            ],
        )
    found = api.json("GET", "/v1/robots", params={"what": "domain"}, headers=headers)["robots"]
    assert [each["key"] for each in found] == ["own.example"]
    assert other
