"""Tracking domains: the hosts of a publication's tracked links, and leave to certify them.

A domain's DNS has to lead to the proxy before this server. A proxy that fetches certificates when a
host is first asked for (Caddy's ``on_demand_tls { ask … }``) asks ``/v1/domains/ask?domain=HOST``
first: 200 for a domain that is registered here, 404 for any other.
"""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta
from sqlalchemy import Connection, Row, delete, select, update

from app.linkcheck.urls import parse
from app.trackserver.api.access import moment, publication_of
from app.trackserver.api.fields import Host, PublicationId
from app.trackserver.api.keys import Key, Scope
from app.trackserver.store.database import Database
from app.trackserver.store.schema import domain, publication
from app.trackserver.web.endpoints import Answer, Request, endpoint
from app.trackserver.web.problems import Problem, ProblemDocument

_Main = Annotated[bool, Meta(description="Issues registered from now on use it.")]


class Domain(msgspec.Struct, frozen=True):
    """A host that is certified and serves a publication's links."""

    host: Host
    publication: str
    main: _Main
    registered_at: datetime


class Domains(msgspec.Struct, frozen=True):
    """The domains of a publication, the main one first."""

    domains: list[Domain]


class NewDomain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A host to register."""

    host: Host
    publication: PublicationId | None = None
    main: _Main = True


class Whose(msgspec.Struct, frozen=True):
    """Of which publication."""

    publication: PublicationId | None = None


class Asked(msgspec.Struct, frozen=True):
    """The host that a client wants to reach."""

    domain: Annotated[str, Meta(max_length=300)]


class Certifiable(msgspec.Struct, frozen=True):
    """Yes."""

    host: str


def is_host(text: str) -> bool:
    """Whether a browser reads ``text`` as the name of a host, and as nothing else."""
    parsed = parse(f"https://{text}/")
    return parsed is not None and parsed.host == text and not parsed.is_address


def add(
    connection: Connection, database: Database, host: str, owner: int, main: bool, now: int
) -> Row[Any]:
    """Store a domain, or change whether it is the main one. Raises Problem 409."""
    if not is_host(host):
        raise Problem(409, "Not a host name", f"{host} is no host name that browsers reach.")
    if main:
        connection.execute(
            update(domain).where(domain.c.publication_id == owner).values(main=False)
        )
    connection.execute(
        database.insert(domain)
        .values(host=host, publication_id=owner, main=main, made_at=now)
        .on_conflict_do_nothing()
    )
    of_ours = (domain.c.host == host) & (domain.c.publication_id == owner)
    connection.execute(update(domain).where(of_ours).values(main=main))
    row = connection.execute(select(domain).where(of_ours)).one_or_none()
    if row is None:
        raise Problem(409, "Domain in use", "Another publication has this domain.")
    return row


def remove(connection: Connection, key: Key, host: str) -> bool:
    """Delete a domain; links of mails that were sent with it stop working."""
    query = delete(domain).where(domain.c.host == host)
    if key.publication_id is not None:
        query = query.where(domain.c.publication_id == key.publication_id)
    return bool(connection.execute(query).rowcount)


def base_of(connection: Connection, owner: int, wanted: str | None, fallback: str) -> str:
    """Scheme and host of a publication's links.

    Args:
        wanted: The host to use; None for the main one.
        fallback: The server's own address, where the publication has no domain.
    """
    query = select(domain.c.host).where(domain.c.publication_id == owner)
    query = query.where(domain.c.host == wanted if wanted else domain.c.main)
    host = connection.execute(query).scalars().first()
    if host is None and wanted:
        raise Problem(409, "Unknown domain", f"{wanted} is no tracking domain of the publication.")
    return f"https://{host}" if host else fallback


def hosts_of(connection: Connection, owner: int, fallback: str) -> set[str]:
    """Every host whose links are tracked already."""
    query = select(domain.c.host).where(domain.c.publication_id == owner)
    return {*connection.execute(query).scalars(), urlsplit(fallback).hostname or ""}


_EXAMPLE = Domain("mail.example.com", "pub_mzxw6ytboi4dcmrt", True, moment(1_780_000_000_000))


@endpoint(
    "GET",
    "/v1/domains",
    scope=Scope.READ,
    summary="The tracking domains of a publication",
    query=Whose,
    answers={200: Domains, 409: ProblemDocument},
    example=Domains([_EXAMPLE]),
)
def list_domains(request: Request) -> Domains:
    """The main one first."""
    query: Whose = request.query
    with request.services.database.reading() as connection:
        owner = publication_of(connection, request.caller(), query.publication)
        rows = connection.execute(
            select(domain)
            .where(domain.c.publication_id == owner.id)
            .order_by(domain.c.main.desc(), domain.c.host)
        )
        return Domains([_shown(row, owner.public_id) for row in rows])


@endpoint(
    "POST",
    "/v1/domains",
    scope=Scope.ADMIN,
    summary="Add a tracking domain, or make it the main one",
    body=NewDomain,
    answers={201: Domain, 409: ProblemDocument},
    example=_EXAMPLE,
    body_example=NewDomain("mail.example.com"),
)
def add_domain(request: Request) -> Answer:
    """Its DNS must lead to this server's proxy, which must have a certificate for it."""
    body: NewDomain = request.body
    services = request.services
    with services.database.writing() as connection:
        owner = publication_of(connection, request.caller(), body.publication)
        row = add(connection, services.database, body.host, owner.id, body.main, services.clock())
        return Answer(_shown(row, owner.public_id))


@endpoint(
    "DELETE",
    "/v1/domains/{host}",
    scope=Scope.ADMIN,
    summary="Remove a tracking domain",
    answers={204: None},
)
def remove_domain(request: Request) -> None:
    """Links in mails that were sent with it stop working once its DNS leads elsewhere."""
    with request.services.database.writing() as connection:
        if not remove(connection, request.caller(), request.path["host"]):
            raise Problem(404, detail="There is no such domain.")


@endpoint(
    "GET",
    "/v1/domains/ask",
    scope=None,
    summary="Whether a certificate may be fetched for a host",
    query=Asked,
    answers={200: Certifiable, 404: ProblemDocument},
    example=Certifiable("mail.example.com"),
)
def ask_domain(request: Request) -> Certifiable:
    """For ACME clients that fetch certificates on demand; 404 means no."""
    query: Asked = request.query
    host = query.domain.lower().rstrip(".")
    with request.services.database.reading() as connection:
        found = connection.execute(
            select(domain.c.host)
            .join(publication, publication.c.id == domain.c.publication_id)
            .where(domain.c.host == host)
        ).first()
    own = urlsplit(request.services.settings.base).hostname
    if found is None and host != own:
        raise Problem(404, detail="This host is not served here.")
    return Certifiable(host)


def _shown(row: Row[Any], owner: str) -> Domain:
    return Domain(row.host, owner, row.main, moment(row.made_at))


ENDPOINTS = (list_domains, add_domain, remove_domain, ask_domain)
