"""Another text for a registered issue: the numbers of its links stay, handed-out tokens hold."""

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from app.trackserver.api.texts import kept_numbers
from app.trackserver.mail.rewrite import Link
from app.trackserver.store.schema import issue
from tests.trackserver.api.conftest import HTML, Api

ONE, TWO = "https://example.com/one", "https://example.com/two?a=1&b=2"
CHANGED = (
    "<body><a href='https://example.com/new'>New</a> <a href='https://example.com/one'>One</a>"
    "<p>and <a href='https://example.com/other'>Other</a></p></body>"
)


def put(api: Api, made: Any, status: int = 200, **fields: Any) -> Any:
    return api.json("PUT", f"/v1/issues/{made['issue']['id']}/content", status, json=fields)


def numbers(answer: Any) -> dict[str, int]:
    return {link["url"]: link["number"] for link in answer["links"]}


def test_links_that_stay_keep_their_numbers_and_all_tokens_hold(api: Api) -> None:
    made = api.register(external_id="em_1", recipients=[{"external_id": "a"}])
    value = made["recipients"][0]["value"]
    out = put(api, made, html=CHANGED, subject="Another")
    assert numbers(out) == {
        "https://example.com/new": 3, ONE: 1, "https://example.com/other": 4,
    }  # fmt: skip
    assert out["issue"]["subject"] == "Another"
    assert out["issue"]["external_id"] == "em_1"
    assert out["issue"]["version"] > made["issue"]["version"]
    assert out["pixel_url"] == made["pixel_url"]
    # A test mail of the text of before: its links lead on, what they are clicked counts.
    old = {link["url"]: link["tracked_url"] for link in made["links"]}
    for url in (ONE, TWO):
        answer = api.visit(old[url].replace(made["placeholder"], value))
        assert answer.headers["location"] == url
    new = {link["url"]: link["tracked_url"] for link in out["links"]}
    assert api.visit(new["https://example.com/new"]).headers["location"].endswith("/new")
    report = api.report(made["issue"]["id"])
    assert [(each["number"], each["clicks"]["all"]) for each in report["links"]] == [
        (1, 1), (2, 1), (3, 1), (4, 0)
    ]  # fmt: skip
    copy = api.get(f"/v1/issues/{made['issue']['id']}/recipients/{made['recipients'][0]['id']}")
    assert "Other" in copy["html"]
    assert re.sub(r"http://127[^'\"]+", "@", copy["html"]).count("@") == 4


def test_a_link_that_comes_back_has_its_old_number(api: Api) -> None:
    made = api.register()
    assert TWO not in numbers(put(api, made, html=CHANGED))
    assert [link["number"] for link in api.report(made["issue"]["id"])["links"]] == [1, 3, 4]
    back = put(api, made, html=HTML)
    assert numbers(back) == numbers(made)
    assert back["html"] == made["html"]
    assert [link["number"] for link in api.report(made["issue"]["id"])["links"]] == [1, 2]


def test_what_was_sent_is_not_replaced_unless_forced(api: Api) -> None:
    made = api.register(sent_at="2026-01-01T00:00:00Z")
    problem = put(api, made, 409, html=CHANGED)
    assert problem["code"] == "issue_sent"
    assert "force" in problem["detail"]
    assert numbers(put(api, made, html=CHANGED, force=True))[ONE] == 1
    later = api.register(sent_at="2100-01-01T00:00:00Z")
    put(api, later, html=CHANGED)


def test_a_registration_after_that_is_told_how_to_replace(api: Api) -> None:
    made = api.register(external_id="em_1")
    put(api, made, html=CHANGED)
    body = {"html": HTML, "subject": "One", "publication": api.publication, "external_id": "em_1"}
    problem = api.json("POST", "/v1/issues", 409, json=body)
    assert f"PUT /v1/issues/{made['issue']['id']}/content" in problem["detail"]


def test_mode_and_canary_stay(api: Api) -> None:
    untracked = api.register(mode="none")
    assert put(api, untracked, html=CHANGED)["html"] == CHANGED
    api.json("PATCH", f"/v1/publications/{api.publication}", json={"canary": True})
    made = api.register()
    (hidden,) = re.findall(r'<a href="([^"]+)" style="display:none"', made["html"])
    assert hidden in put(api, made, html=CHANGED)["html"]


def test_the_link_numbers_of_an_issue_are_bounded(api: Api) -> None:
    made = api.register(html="")
    many = "".join(f"<a href='http://e.example/{n}'>x</a>" for n in range(5_100))
    put(api, made, html=many)
    problem = put(api, made, 409, html=many.replace("e.example", "f.example"))
    assert problem["code"] == "too_many_links"
    assert numbers(put(api, made, html="")) == {}


def test_a_deleted_issue_has_no_content(api: Api) -> None:
    made = api.register()
    with api.database.writing() as connection:
        connection.execute(
            update(issue).where(issue.c.public_id == made["issue"]["id"]).values(deleted_at=1)
        )
    put(api, made, 404, html=HTML)


LINKS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy")), max_size=12)


@given(old=LINKS, new=LINKS)
def test_numbers_are_kept_once_each_and_wherever_they_can(
    old: list[tuple[str, str]], new: list[tuple[str, str]]
) -> None:
    stored = [(number, url, text) for number, (url, text) in enumerate(old, 1)]
    kept = kept_numbers(stored, [Link(0, url, text) for url, text in new])
    used = [number for number in kept if number is not None]
    assert len(used) == len(set(used))
    for number, (url, _) in zip(kept, new, strict=True):
        assert number is None or old[number - 1][0] == url
    for url in "abc":
        wanted = sum(each[0] == url for each in new)
        there = sum(each[0] == url for each in old)
        got = sum(number is not None for number, each in zip(kept, new, strict=True)
                  if each[0] == url)  # fmt: skip
        assert got == min(wanted, there)
    if old == new:
        assert kept == list(range(1, len(old) + 1))
