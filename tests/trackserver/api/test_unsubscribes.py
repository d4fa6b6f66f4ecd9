"""The list of who unsubscribed: whatever told it, and however little is tracked."""

from typing import Any

from tests.trackserver.api.conftest import Api


def leave(api: Api, url: str) -> None:
    path = "/" + url.split("/", 3)[3]
    assert api.http.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200


def report(api: Api, issue: str, **who: str) -> None:
    events = [{"type": "unsubscribed", "at": "2026-09-21T14:13:20Z", **who}]
    api.json("POST", f"/v1/issues/{issue}/events", 202, json={"events": events})


def page(api: Api, **query: Any) -> Any:
    api.work()
    return api.get("/v1/unsubscribes", publication=api.publication, **query)


def test_whoever_tells_it_the_sender_learns_who_left(api: Api) -> None:
    named = api.register(recipients=[{"external_id": "a", "email": "ann@example.com"}])
    silent = api.register(recipients=[{"external_id": "b", "consent": False}])
    aggregate = api.register(mode="aggregate", merge_tag="%id%")
    untracked = api.register(mode="none", merge_tag="%id%")
    leave(api, named["recipients"][0]["list_unsubscribe"].strip("<>"))
    leave(api, silent["recipients"][0]["list_unsubscribe"].strip("<>"))
    leave(api, aggregate["unsubscribe_url"].replace("%id%", "c"))
    leave(api, untracked["unsubscribe_url"].replace("%id%", "d"))
    # As a vendor or sender tells it: by its id, and by an address that is known from an upload.
    report(api, aggregate["issue"]["id"], subscriber="e")
    report(api, aggregate["issue"]["id"], email="Ann@Example.com")
    # In an aggregate issue nothing else is known by name.
    events = [{"type": "delivered", "at": "2026-09-21T14:13:20Z", "subscriber": "f"}]
    api.json("POST", f"/v1/issues/{aggregate['issue']['id']}/events", 202, json={"events": events})
    found = page(api)
    assert sorted(each["external_id"] for each in found["unsubscribes"]) == [
        "a", "a", "b", "c", "d", "e"
    ]  # fmt: skip
    assert not found["more"]
    assert "example.com" not in str(found)
    issues = {each["external_id"]: each["issue"] for each in found["unsubscribes"]}
    assert issues["e"] == aggregate["issue"]["id"]


def test_each_comes_once_and_then_nothing(api: Api) -> None:
    made = api.register(merge_tag="%id%")
    other = api.register(merge_tag="%id%", mode="aggregate")
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for number in range(7):
        leave(api, (made, other)[number % 2]["unsubscribe_url"].replace("%id%", f"r{number}"))
        if number % 3 == 2:
            more = True
            while more:
                found = page(api, limit=2, **cursor)
                seen += [each["external_id"] for each in found["unsubscribes"]]
                cursor, more = {"after": found["cursor"]}, found["more"]
    seen += [each["external_id"] for each in page(api, **cursor)["unsubscribes"]]
    assert sorted(seen) == [f"r{number}" for number in range(7)]
    last = page(api, **cursor)["cursor"]
    assert page(api, after=last)["unsubscribes"] == []
    api.json("GET", "/v1/changes", 409, params={"cursor": last, "publication": api.publication})
