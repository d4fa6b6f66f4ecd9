"""Keys through the API: made, listed, revoked by a key with the scope ``admin``."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from sqlalchemy import Connection, Row, select

from app.trackserver.api import keys
from app.trackserver.api.access import milliseconds, moment, optional_moment, publication_of
from app.trackserver.api.fields import Moment, Name, PublicationId
from app.trackserver.api.keys import Scope
from app.trackserver.store.schema import api_key, publication
from app.trackserver.web.endpoints import Answer, Request, endpoint
from app.trackserver.web.problems import Problem, ProblemDocument


class ApiKey(msgspec.Struct, frozen=True):
    """A key, told by its first characters; ``publication`` is null where it serves them all."""

    id: int
    prefix: str
    name: str
    scopes: list[Scope]
    publication: str | None
    made_at: datetime
    used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None


class ApiKeys(msgspec.Struct, frozen=True):
    """The keys that the caller may see."""

    keys: list[ApiKey]


class MadeKey(msgspec.Struct, frozen=True):
    """A new key. ``secret`` is shown this once and never again."""

    key: ApiKey
    secret: str


class NewKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a key may do and for how long."""

    name: Name
    scopes: Annotated[list[Scope], Meta(min_length=1, max_length=5)]
    publication: PublicationId | None = None
    expires_at: Moment | None = None


_EXAMPLE = ApiKey(
    7, "sendoff_3kZq9XbA", "The app on my laptop", [Scope.READ], "pub_mzxw6ytboi4dcmrt",
    moment(1_780_000_000_000), None, None, None,
)  # fmt: skip


@endpoint(
    "GET",
    "/v1/keys",
    scope=Scope.ADMIN,
    summary="The keys that the caller may see",
    answers={200: ApiKeys},
    example=ApiKeys([_EXAMPLE]),
)
def list_keys(request: Request) -> ApiKeys:
    """Oldest first, those that ended too."""
    with request.services.database.reading() as connection:
        rows = keys.listed(connection, request.caller().publication_id)
        names = _publications(connection)
        return ApiKeys([_shown(row, names) for row in rows])


@endpoint(
    "POST",
    "/v1/keys",
    scope=Scope.ADMIN,
    summary="Make a key",
    body=NewKey,
    answers={201: MadeKey, 404: ProblemDocument},
    example=MadeKey(_EXAMPLE, "sendoff_3kZq9XbA…"),
    body_example=NewKey("The app on my laptop", [Scope.READ]),
)
def make_key(request: Request) -> Answer:
    """A key of one publication makes keys of that one; one of the server of any, or of all."""
    body: NewKey = request.body
    caller, now = request.caller(), request.services.clock()
    with request.services.database.writing() as connection:
        owner = caller.publication_id
        if body.publication is not None:
            owner = publication_of(connection, caller, body.publication).id
        number, secret = keys.make(
            connection,
            name=body.name,
            scopes=set(body.scopes),
            publication_id=owner,
            now=now,
            expires_at=milliseconds(body.expires_at) if body.expires_at else None,
        )
        row = connection.execute(select(api_key).where(api_key.c.id == number)).one()
        return Answer(MadeKey(_shown(row, _publications(connection)), secret))


@endpoint(
    "DELETE",
    "/v1/keys/{id}",
    scope=Scope.ADMIN,
    summary="Revoke a key",
    answers={204: None, 409: ProblemDocument},
)
def revoke_key(request: Request) -> None:
    """At once and everywhere; it stays in the list with the time of its end."""
    text = request.path["id"]
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
    caller = request.caller()
    if number == caller.id:
        raise Problem(409, "Your own key", "Revoke it with another key, or on the server.")
    with request.services.database.writing() as connection:
        now = request.services.clock()
        if not keys.revoke(connection, number, caller.publication_id, now):
            raise Problem(404, detail="There is no such key.")


def _publications(connection: Connection) -> dict[int, str]:
    return {row.id: row.public_id for row in connection.execute(select(publication))}


def _shown(row: Row[Any], publications: dict[int, str]) -> ApiKey:
    return ApiKey(
        row.id,
        row.prefix,
        row.name,
        [Scope(word) for word in row.scopes.split()],
        publications.get(row.publication_id),
        moment(row.made_at),
        optional_moment(row.used_at),
        optional_moment(row.expires_at),
        optional_moment(row.revoked_at),
    )


ENDPOINTS = (list_keys, make_key, revoke_key)
