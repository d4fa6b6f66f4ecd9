"""Publications: the newsletters that this server tracks."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType
from sqlalchemy import Connection, Row, select, update

from app.trackserver.api.access import moment, new_id, next_seq, publication_of
from app.trackserver.api.fields import ModeWord, Name
from app.trackserver.api.keys import Key, Scope
from app.trackserver.store.schema import publication
from app.trackserver.web.endpoints import Answer, Request, endpoint
from app.trackserver.web.problems import Problem
from app.trackserver.words import Mode

_Canary = Annotated[
    bool,
    Meta(
        description="Add a link that no person sees to each issue: only robots follow it. Off by "
        "default; large mailbox providers frown on hidden content."
    ),
]


class Publication(msgspec.Struct, frozen=True):
    """A publication and how it tracks by default."""

    id: str
    name: str
    mode: ModeWord
    canary: _Canary
    registered_at: datetime


class Publications(msgspec.Struct, frozen=True):
    """The publications that the key may see."""

    publications: list[Publication]


class NewPublication(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a publication is made of."""

    name: Name
    mode: ModeWord = "individual"
    canary: _Canary = False


class PublicationChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What changes; what is left out stays."""

    name: Name | UnsetType = UNSET
    mode: ModeWord | UnsetType = UNSET
    canary: _Canary | UnsetType = UNSET


def make(connection: Connection, name: str, mode: Mode, canary: bool, now: int) -> Row[Any]:
    """Store a new publication; its row."""
    made = publication.insert().values(
        public_id=new_id("pub"), name=name, mode=mode, canary=canary, seq=0, made_at=now
    )
    return connection.execute(made.returning(publication)).one()


def listed(connection: Connection, key: Key) -> list[Row[Any]]:
    """Every publication that the key may see, oldest first."""
    query = select(publication).order_by(publication.c.id)
    if key.publication_id is not None:
        query = query.where(publication.c.id == key.publication_id)
    return list(connection.execute(query))


def shown(row: Row[Any]) -> Publication:
    """A row as it is published."""
    return Publication(row.public_id, row.name, row.mode, row.canary, moment(row.made_at))


_EXAMPLE = Publication(
    "pub_mzxw6ytboi4dcmrt", "The Morning Letter", "individual", False, moment(1_780_000_000_000)
)


@endpoint(
    "GET",
    "/v1/publications",
    scope=Scope.READ,
    summary="The publications that the key may see",
    answers={200: Publications},
    example=Publications([_EXAMPLE]),
)
def list_publications(request: Request) -> Publications:
    """Oldest first."""
    with request.services.database.reading() as connection:
        return Publications([shown(row) for row in listed(connection, request.caller())])


@endpoint(
    "POST",
    "/v1/publications",
    scope=Scope.ADMIN,
    summary="Add a publication",
    body=NewPublication,
    answers={201: Publication},
    example=_EXAMPLE,
    body_example=NewPublication("The Morning Letter"),
)
def add_publication(request: Request) -> Answer:
    """Only with a key of the whole server."""
    if request.caller().publication_id is not None:
        raise Problem(403, detail="This needs a key of the whole server.")
    body: NewPublication = request.body
    with request.services.database.writing() as connection:
        now = request.services.clock()
        return Answer(shown(make(connection, body.name, Mode(body.mode), body.canary, now)))


@endpoint(
    "GET",
    "/v1/publications/{id}",
    scope=Scope.READ,
    summary="One publication",
    answers={200: Publication},
    example=_EXAMPLE,
)
def get_publication(request: Request) -> Publication:
    """A key of one publication finds only that one."""
    with request.services.database.reading() as connection:
        return shown(publication_of(connection, request.caller(), request.path["id"]))


@endpoint(
    "PATCH",
    "/v1/publications/{id}",
    scope=Scope.ADMIN,
    summary="Change a publication",
    body=PublicationChange,
    answers={200: Publication},
    example=_EXAMPLE,
    body_example=PublicationChange(mode="aggregate"),
)
def change_publication(request: Request) -> Publication:
    """Mode and canary apply to issues that are registered from now on."""
    body: PublicationChange = request.body
    with request.services.database.writing() as connection:
        row = publication_of(connection, request.caller(), request.path["id"])
        values = {name: value for name, value in msgspec.structs.asdict(body).items()
                  if value is not UNSET}  # fmt: skip
        if values:
            change = update(publication).where(publication.c.id == row.id).values(**values)
            row = connection.execute(change.returning(publication)).one()
            next_seq(connection, row.id)
        return shown(row)


ENDPOINTS = (list_publications, add_publication, get_publication, change_publication)
