"""An issue's way: registered, opened, clicked, reported."""

import re

import pytest
from sqlalchemy import select

from app.trackserver.mail.rewrite import RECIPIENT_PLACEHOLDER
from app.trackserver.store.schema import issue, subscriber, subscriber_key
from app.trackserver.work.recount import compare
from tests.trackserver.api.conftest import APPLE_PROXY, HTML, Api


def test_a_platforms_merge_tag_brings_its_own_ids(api: Api) -> None:
    made = api.register(merge_tag="{{ subscriber.id }}")
    assert made["placeholder"] is None
    assert [link["url"] for link in made["links"]] == [
        "https://example.com/one", "https://example.com/two?a=1&b=2"
    ]  # fmt: skip
    assert made["html"].count("{{ subscriber.id }}") == 3
    mail = made["html"].replace("{{ subscriber.id }}", "reader-7")
    pixel, first = (
        re.findall(r'"(http://127[^"]+)"', mail)[-1],
        re.findall(r'"(http[^"]+)"', mail)[0],
    )
    api.visit(pixel)
    api.visit(pixel.replace("reader-7", "reader-8"), APPLE_PROXY)
    answer = api.visit(first)
    assert answer.status_code == 302
    assert answer.headers["location"] == "https://example.com/one"
    report = api.report(made["issue"]["id"])
    assert report["issue"]["figures"]["openers"] == {
        "all": 2, "human": 1, "privacy_proxy": 1, "machine": 0
    }  # fmt: skip
    assert report["links"][0]["clickers"]["human"] == 1
    assert report["proxies"][0]["key"] == "apple"
    events = api.get(f"/v1/issues/{made['issue']['id']}/events")["events"]
    assert {event["external_id"] for event in events} == {"reader-7", "reader-8"}


def test_uploaded_recipients_get_a_value_each(api: Api) -> None:
    people = [
        {"external_id": "a", "email": "Ann@Example.com"},
        {"email": "bob@example.org", "consent": False},
    ]
    made = api.register(recipients=people)
    assert made["placeholder"] == RECIPIENT_PLACEHOLDER
    assert made["issue"]["recipients"] == 2
    ann, bob = made["recipients"]
    assert ann["external_id"] == "a"
    for person in (ann, bob):
        mail = made["html"].replace(RECIPIENT_PLACEHOLDER, person["value"])
        assert api.visit(re.findall(r'"(http[^"]+)"', mail)[0]).status_code == 302
    report = api.report(made["issue"]["id"])
    figures = report["issue"]["figures"]
    assert figures["clicks"]["all"] == 2
    assert figures["clickers"]["all"] == 1, "Bob did not consent: only in totals"
    assert {split["key"] for split in report["domains"]} == {"example.com"}
    (event,) = [
        event
        for event in api.get(f"/v1/issues/{made['issue']['id']}/events")["events"]
        if "subscriber" in event
    ]
    assert event["subscriber"] == ann["id"]


def test_no_address_is_stored(api: Api) -> None:
    api.register(recipients=[{"email": "Ann@Example.com"}])
    with api.database.reading() as connection:
        rows = [
            *connection.execute(subscriber.select()),
            *connection.execute(subscriber_key.select()),
        ]
    assert "ann" not in str(rows).lower()
    assert "example.com" in str(rows)


def test_unsubscribing_by_one_click_names_the_recipient(api: Api) -> None:
    made = api.register(recipients=[{"external_id": "a"}])
    header = made["recipients"][0]["list_unsubscribe"]
    url = re.fullmatch(r"<(.+)>", header)
    assert url
    path = "/" + url[1].split("/", 3)[3]
    assert api.visit(url[1]).status_code == 200
    answer = api.http.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200, answer.text
    figures = api.report(made["issue"]["id"])["issue"]["figures"]
    assert figures["unsubscribes"]["all"] == 1
    assert made["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_aggregate_mode_names_nobody(api: Api) -> None:
    made = api.register(mode="aggregate", merge_tag="%id%")
    assert "%id%" not in made["html"]
    api.visit(made["pixel_url"])
    api.visit(made["links"][0]["tracked_url"] + "/smuggled")
    figures = api.report(made["issue"]["id"])["issue"]["figures"]
    assert figures["opens"]["all"] == figures["clicks"]["all"] == 1
    assert figures["openers"]["all"] == figures["clickers"]["all"] == 0


@pytest.mark.parametrize("fields", [{"mode": "none"}, {"do_not_track": True}])
def test_without_tracking_the_html_stays_as_it_is(api: Api, fields: dict[str, object]) -> None:
    made = api.register(**fields)
    assert made["html"] == HTML
    assert made["links"] == []
    assert made["pixel_url"] is None


def test_links_that_the_sender_excepts_stay(api: Api) -> None:
    made = api.register(do_not_track_urls=["https://example.com/one"])
    assert '<a href="https://example.com/one">' in made["html"]
    assert [link["url"] for link in made["links"]] == ["https://example.com/two?a=1&b=2"]


def test_the_same_request_twice_is_one_issue(api: Api) -> None:
    first = api.register(external_id="em_1")
    assert api.register(external_id="em_1") == first
    body = {"html": HTML, "subject": "x", "publication": api.publication}
    headers = {"idempotency-key": "abc"}
    one = api.json("POST", "/v1/issues", 201, json=body, headers=headers)
    assert api.json("POST", "/v1/issues", 201, json=body, headers=headers) == one
    other = api.json("POST", "/v1/issues", 422, json=body | {"subject": "y"}, headers=headers)
    assert other["code"] == "idempotency_key_in_use"
    assert len(api.get("/v1/issues")["issues"]) == 2


def test_another_text_under_the_same_external_id_is_refused(api: Api) -> None:
    first = api.register(external_id="em_1")
    body = {"html": "other", "subject": "x", "publication": api.publication, "external_id": "em_1"}
    problem = api.json("POST", "/v1/issues", 409, json=body)
    assert problem["code"] == "issue_exists"
    assert problem["issue"] == first["issue"]["id"]


def test_the_publications_main_domain_carries_the_links(api: Api) -> None:
    for host in ("one.example.com", "two.example.com"):
        api.json("POST", "/v1/domains", 201, json={"host": host, "publication": api.publication})
    made = api.register()
    assert made["pixel_url"].startswith("https://two.example.com/i/")
    made = api.register(domain="one.example.com")
    assert made["pixel_url"].startswith("https://one.example.com/i/")
    again = api.register(html=made["html"])
    assert again["links"] == [], "what is tracked already is not tracked twice"
    problem = api.json(
        "POST", "/v1/issues", 409,
        json={"html": "", "subject": "", "publication": api.publication, "domain": "x.example"},
    )  # fmt: skip
    assert problem["title"] == "Unknown domain"
    assert api.get("/v1/domains/ask", domain="ONE.example.com") == {"host": "one.example.com"}
    api.json("GET", "/v1/domains/ask", 404, params={"domain": "x.example.com"})


def test_the_numbers_of_links_stay_whatever_becomes_ours_later(api: Api) -> None:
    first = api.register(external_id="em_1", html='<a href="https://a.example/">a</a>' + HTML)
    api.json("POST", "/v1/domains", 201, json={"host": "a.example"})
    assert api.register(
        external_id="em_1", html='<a href="https://a.example/">a</a>' + HTML
    )["links"] == first["links"]  # fmt: skip


def test_a_batch_again_changes_nothing(api: Api) -> None:
    made = api.register()
    path = f"/v1/issues/{made['issue']['id']}/recipients"
    people = {
        "recipients": [{"external_id": str(n), "email": f"r{n}@example.com"} for n in range(700)]
    }
    first = api.json("POST", path, json=people)
    assert api.json("POST", path, json=people) == first
    assert len({each["value"] for each in first["recipients"]}) == 700
    # By the address alone, and by the id alone: the same people.
    by_mail = api.json("POST", path, json={"recipients": [{"email": "R7@example.com"}]})
    by_id = api.json("POST", path, json={"recipients": [{"external_id": "7"}]})
    assert by_mail["recipients"][0]["id"] == by_id["recipients"][0]["id"]
    assert api.get(f"/v1/issues/{made['issue']['id']}")["recipients"] == 700
    api.json("POST", path, 409, json={"recipients": [{}]})


def test_somebody_named_twice_and_differently_in_a_batch_is_one(api: Api) -> None:
    made = api.register(
        recipients=[
            {"external_id": "a"},
            {"external_id": "a", "email": "a@example.com"},
            {"email": "A@example.com "[:-1]},
            {"external_id": "b", "email": "a@example.com"},
        ]
    )
    ids = [each["id"] for each in made["recipients"]]
    assert ids[0] == ids[1] == ids[2]


def test_one_recipients_copy_is_what_the_sender_would_make(api: Api) -> None:
    html = HTML.replace("</p>", '<a href="%sendoff_unsubscribe%">Leave</a></p>')
    made = api.register(html=html, recipients=[{"external_id": "a"}, {"external_id": "b"}])
    path = f"/v1/issues/{made['issue']['id']}/recipients"
    for person in made["recipients"]:
        copy = api.get(f"{path}/{person['id']}")
        assert RECIPIENT_PLACEHOLDER not in copy["html"]
        assert copy["headers"]["List-Unsubscribe"] == person["list_unsubscribe"]
        assert person["list_unsubscribe"].strip("<>") in copy["html"]
        mine = made["html"].replace(RECIPIENT_PLACEHOLDER, person["value"])
        assert re.sub(r"/u/[^\"]+", "", copy["html"]) == re.sub(r"/u/[^\"]+", "", mine)
    other = api.register(subject="Two", recipients=[{"external_id": "c"}])["recipients"][0]
    api.json("GET", f"{path}/{other['id']}", 404)
    api.json("GET", f"{path}/nobody", 404)


def test_who_unsubscribes_is_known_however_little_is_tracked(api: Api) -> None:
    """Or the sender could not take them off the list."""
    aggregate = api.register(mode="aggregate", merge_tag="%id%")
    silent = api.register(recipients=[{"external_id": "b", "consent": False}])
    for url in (
        aggregate["unsubscribe_url"].replace("%id%", "a"),
        silent["recipients"][0]["list_unsubscribe"].strip("<>"),
    ):
        path = "/" + url.split("/", 3)[3]
        assert api.http.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    api.visit(aggregate["pixel_url"] + "/a")
    api.visit(aggregate["unsubscribe_url"].replace("%id%", "c"))
    api.work()
    for made, who in ((aggregate, "a"), (silent, "b")):
        events = api.get(f"/v1/issues/{made['issue']['id']}/events")["events"]
        named = [each for each in events if "subscriber" in each]
        assert [(each["type"], each["external_id"]) for each in named] == [("unsubscribed", who)]
        with api.database.reading() as connection:
            (number,) = connection.execute(
                select(issue.c.id).where(issue.c.public_id == made["issue"]["id"])
            ).scalars()
            assert compare(connection, api.database, number) == []
