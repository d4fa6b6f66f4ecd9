"""No endpoint lets a key see or change what is another publication's, or do what its scopes do not
allow. The tests go through the registry of endpoints: one that is added is tried, too, and one with
a parameter that is not known here fails them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from app.trackserver.api.keys import Scope
from app.trackserver.web.application import endpoints
from app.trackserver.web.endpoints import Endpoint
from tests.trackserver.api.conftest import Api

PUBLIC = {
    "/b", "/b.js", "/healthz", "/metrics", "/openapi.json", "/readyz", "/v1/domains/ask",
    "/w/{secret}",
}  # fmt: skip
"""What needs no key; everything else does."""
OF_THE_SERVER = {"/v1/reputation", "/v1/robots", "/v1/robots.csv"}
"""Knows no publications."""
SCOPED = [one for one in endpoints() if one.scope is not None]
LOCATED = [one for one in SCOPED if "{" in one.path]
NAMING = ("publication", "issue")
"""Fields by which a body or query names what belongs to a publication."""


@dataclass
class Tenant:
    """A publication with one of everything, and a key for it."""

    ids: dict[str, str]
    secret: str

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.secret}"}


def tenant(api: Api, name: str) -> Tenant:
    owner = api.json("POST", "/v1/publications", 201, json={"name": name})["id"]
    scopes = [str(scope) for scope in Scope]
    body = {"name": name, "scopes": scopes, "publication": owner}
    secret = api.json("POST", "/v1/keys", 201, json=body)["secret"]
    spare = api.json("POST", "/v1/keys", 201, json=body)["key"]["id"]
    made = api.register(publication=owner, recipients=[{"external_id": "a"}], subject=name)
    host = f"{name}.example.com"
    api.json("POST", "/v1/domains", 201, json={"host": host, "publication": owner})
    page = api.json(
        "POST", "/v1/pages", 201,
        json={"url": f"https://{host}/1", "publication": owner, "issue": made["issue"]["id"]},
    )["id"]  # fmt: skip
    path = "/" + made["recipients"][0]["list_unsubscribe"].strip("<>").split("/", 3)[3]
    api.http.post(path, data={"List-Unsubscribe": "One-Click"})
    ids = {
        "publications": owner, "issues": made["issue"]["id"], "keys": str(spare), "pages": page,
        "subscribers": made["recipients"][0]["id"], "domains": host,
    }  # fmt: skip
    return Tenant(ids | {"recipients": ids["subscribers"]}, secret)


@pytest.fixture
def tenants(api: Api) -> tuple[Tenant, Tenant]:
    found = tenant(api, "ours"), tenant(api, "theirs")
    api.work()
    return found


def kinds(one: Endpoint) -> list[str]:
    """What each of the path's parameters is: the word before it."""
    return re.findall(r"/([\w-]+)/\{\w+\}", one.path)


def body_of(one: Endpoint) -> Any:
    if one.body is None:
        return None
    assert one.body_example is not None, f"{one.path}: an example is needed"
    return msgspec.json.decode(msgspec.json.encode(one.body_example))


def swapped(one: Endpoint, ours: Tenant, theirs: Tenant) -> Iterator[str]:
    """The path with our ids, but for one of theirs; each in turn, and all of them."""
    names = kinds(one)
    for foreign in [{place} for place in range(len(names))] + [set(range(len(names)))]:
        values = [
            (theirs if place in foreign else ours).ids[name] for place, name in enumerate(names)
        ]
        yield filled(one, values)


def filled(one: Endpoint, values: list[str]) -> str:
    left = iter(values)
    return re.sub(r"\{\w+\}", lambda _: next(left), one.path)


def everything(api: Api, of: Tenant) -> dict[str, str]:
    """All that the API tells of a publication, but for what changes by itself."""
    told = {}
    for one in SCOPED:
        if one.method == "GET" and one.path not in OF_THE_SERVER:
            answer = api.http.get(
                filled(one, [of.ids[name] for name in kinds(one)]), headers=of.headers
            )
            assert answer.status_code == 200, (one.path, answer.text)
            told[one.path] = re.sub(
                r'"(used_at|as_of|ask_again_seconds)":("[^"]*"|[\d.]+)', "", answer.text
            )
    return told


def test_what_needs_no_key_is_named_here() -> None:
    assert {one.path for one in endpoints() if one.scope is None} == PUBLIC


def test_ids_of_another_publication_are_ids_of_nothing(
    api: Api, tenants: tuple[Tenant, Tenant]
) -> None:
    ours, theirs = tenants
    before = everything(api, theirs)
    for one in LOCATED:
        for path in swapped(one, ours, theirs):
            answer = api.http.request(one.method, path, headers=ours.headers, json=body_of(one))
            assert answer.status_code == 404, (one.method, one.path, answer.text)
            for name in theirs.ids.values():
                assert f'"{name}"' not in answer.text
    api.work()
    assert everything(api, theirs) == before


def test_what_is_named_in_a_query_or_body_is_looked_for_among_ones_own(
    api: Api, tenants: tuple[Tenant, Tenant]
) -> None:
    ours, theirs = tenants
    before = everything(api, theirs)
    tried = 0
    for one in SCOPED:
        path = filled(one, [ours.ids[name] for name in kinds(one)])
        for name in NAMING:
            foreign = {name: theirs.ids[f"{name}s"]}
            query = foreign if name in fields(one.query) else None
            body = body_of(one)
            if name in fields(one.body):
                # Ours is named as well, where both are: one foreign id is enough.
                body = {key: value for key, value in body.items() if key not in NAMING} | foreign
            elif query is None:
                continue
            answer = api.http.request(
                one.method, path, headers=ours.headers, json=body, params=query
            )
            assert answer.status_code == 404, (one.method, one.path, name, answer.text)
            tried += 1
    assert tried >= 8
    api.work()
    assert everything(api, theirs) == before


def fields(shape: Any) -> tuple[str, ...]:
    return getattr(shape, "__struct_fields__", ())


def test_no_answer_names_anything_of_another_publication(
    api: Api, tenants: tuple[Tenant, Tenant]
) -> None:
    ours, theirs = tenants
    told = everything(api, ours)
    assert len(told) >= 15
    foreign = {kind: name for kind, name in theirs.ids.items() if kind != "keys"}
    for path, text in told.items():
        for name in foreign.values():
            assert name not in text, path
    assert f'"id":{theirs.ids["keys"]},' not in told["/v1/keys"]
    # The words by which it was looked for are right.
    for kind in ("issues", "pages", "keys", "domains"):
        assert ours.ids[kind] in told[f"/v1/{kind}"]
    assert ours.ids["subscribers"] in told["/v1/unsubscribes"]


def opened_by(scope: Scope) -> set[Scope]:
    """The scopes that allow what ``scope`` does."""
    return {scope, Scope.ADMIN} if scope in (Scope.READ, Scope.WRITE) else {scope}


def test_each_endpoint_asks_for_its_scope(api: Api) -> None:
    def key(scopes: set[Scope]) -> dict[str, str]:
        body = {"name": "x", "scopes": sorted(scopes)}
        secret = api.json("POST", "/v1/keys", 201, json=body)["secret"]
        return {"authorization": f"Bearer {secret}"}

    exact = {scope: key({scope}) for scope in Scope}
    without = {scope: key(set(Scope) - opened_by(scope)) for scope in Scope}
    for one in SCOPED:
        path = filled(one, ["nothing" for _ in kinds(one)])
        assert one.scope is not None

        def status(headers: dict[str, str], one: Endpoint = one, path: str = path) -> int:
            return api.http.request(
                one.method, path, json=body_of(one), headers=headers
            ).status_code

        assert status({"authorization": ""}) == 401, one.path
        assert status(without[one.scope]) == 403, one.path
        for scope in opened_by(one.scope):
            assert status(exact[scope]) not in (401, 403, 422), (one.method, one.path)
