"""Who may see what: scopes, publications, keys."""

from typing import Any

import pytest

from app.trackserver.api.keys import Scope
from tests.trackserver.api.conftest import HTML, Api


def as_key(api: Api, key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def second(api: Api) -> tuple[str, str]:
    """Another publication and a key that may do everything there."""
    other = api.json("POST", "/v1/publications", 201, json={"name": "Another"})["id"]
    made = api.json(
        "POST", "/v1/keys", 201,
        json={"name": "all", "scopes": [str(scope) for scope in Scope], "publication": other},
    )  # fmt: skip
    return other, made["secret"]


def test_lists_hold_only_the_keys_own(api: Api) -> None:
    made = api.register(external_id="em_1")
    other, key = second(api)
    headers = as_key(api, key)
    assert api.json("GET", "/v1/issues", headers=headers)["issues"] == []
    assert api.json("GET", "/v1/changes", headers=headers)["issues"] == []
    found = api.json("GET", "/v1/publications", headers=headers)["publications"]
    assert [each["id"] for each in found] == [other]
    assert len(api.json("GET", "/v1/keys", headers=headers)["keys"]) == 1
    for path in ("/v1/issues", "/v1/changes", "/v1/domains"):
        api.json("GET", path, 404, headers=headers, params={"publication": api.publication})
    body = {"html": HTML, "subject": "x", "external_id": "em_1"}
    theirs = api.json("POST", "/v1/issues", 201, json=body, headers=headers)
    assert theirs["issue"]["id"] != made["issue"]["id"], "ids are each publication's own"
    api.json(
        "POST", "/v1/issues", 404, json=body | {"publication": api.publication}, headers=headers
    )
    api.json("POST", "/v1/publications", 403, json={"name": "x"}, headers=headers)
    api.json(
        "POST", "/v1/keys", 404, headers=headers,
        json={"name": "x", "scopes": ["read"], "publication": api.publication},
    )  # fmt: skip


def test_a_domain_belongs_to_one_publication(api: Api) -> None:
    other, key = second(api)
    headers = as_key(api, key)
    api.json("POST", "/v1/domains", 201, json={"host": "t.example.com"}, headers=headers)
    problem = api.json(
        "POST", "/v1/domains", 409, json={"host": "t.example.com", "publication": api.publication}
    )
    assert problem["title"] == "Domain in use"
    found = api.json("GET", "/v1/domains", params={"publication": other})["domains"]
    assert [(each["host"], each["main"]) for each in found] == [("t.example.com", True)]
    api.json("DELETE", "/v1/domains/t.example.com", 204, headers=headers)
    assert api.get("/v1/domains", publication=other)["domains"] == []


@pytest.mark.parametrize(
    "host",
    ["", "example", "127.0.0.1", "1.2.3", "-a.example", "a_b.example", "EXAMPLE.com", "a.example.",
     "a.example:80", "a.example/x", "b\u00fccher.example", "a..example", "x" * 64 + ".example",
     "0x7f.1", "[::1]"],
)  # fmt: skip
def test_what_is_no_host_is_no_domain(api: Api, host: str) -> None:
    answer = api.http.post("/v1/domains", json={"host": host})
    assert answer.status_code in (409, 422)


def test_a_revoked_key_ends_at_once(api: Api) -> None:
    made = api.json("POST", "/v1/keys", 201, json={"name": "x", "scopes": ["read"]})
    headers = as_key(api, made["secret"])
    api.json("GET", "/v1/issues", 200 if made else 0, headers=headers)
    assert made["secret"].startswith(made["key"]["prefix"])
    api.json("DELETE", f"/v1/keys/{made['key']['id']}", 204)
    api.json("GET", "/v1/issues", 401, headers=headers)
    shown = [each for each in api.get("/v1/keys")["keys"] if each["id"] == made["key"]["id"]]
    assert shown[0]["revoked_at"]
    assert made["secret"] not in str(api.get("/v1/keys"))


def test_each_scope_opens_only_its_doors(api: Api) -> None:
    keys = {
        scope: api.json("POST", "/v1/keys", 201, json={"name": "x", "scopes": [scope]})["secret"]
        for scope in ("read", "write", "reputation", "link-check")
    }
    body = {"html": HTML, "subject": "x"}

    def status(method: str, path: str, scope: str, **options: Any) -> int:
        headers = as_key(api, keys[scope])
        return api.http.request(method, path, headers=headers, **options).status_code

    assert status("GET", "/v1/issues", "read") == 200
    assert status("POST", "/v1/issues", "read", json=body) == 403
    assert status("POST", "/v1/issues", "write", json=body) == 201
    assert status("GET", "/v1/keys", "write") == 403
    assert status("GET", "/v1/issues", "reputation") == 403
    assert status("POST", "/v1/reputation", "reputation", json={}) == 200
    assert status("POST", "/v1/reputation", "link-check", json={}) == 403


def test_several_publications_and_none_named(api: Api) -> None:
    second(api)
    problem = api.json("GET", "/v1/issues", 409)
    assert problem["code"] == "which_publication"
