"""Keys, publications, domains and signing keys."""

import argparse
import secrets

from sqlalchemy import func, select, update

from app.trackserver.admin.desk import AdminError, Desk, Table, moment, publication_named
from app.trackserver.api import domains, keys, publications
from app.trackserver.api.access import next_seq
from app.trackserver.api.keys import Key, Scope
from app.trackserver.store.schema import domain, issue, publication, signing_key
from app.trackserver.web.problems import Problem
from app.trackserver.words import Mode

_EVERYTHING = Key(0, None, frozenset(Scope))
_DAY = 86_400_000
_MOST_KEYS = 256


def add_key(desk: Desk, arguments: argparse.Namespace) -> Table:
    """``keys add``"""
    scopes = _scopes(arguments.scopes)
    with desk.database.writing() as connection:
        owner = arguments.publication and publication_named(connection, arguments.publication).id
        number, text = keys.make(
            connection,
            name=arguments.name,
            scopes=scopes,
            publication_id=owner,
            now=desk.now,
            expires_at=desk.now + arguments.days * _DAY if arguments.days else None,
        )
    said = f"{text}\n\nThis is the only time that key {number} is shown."
    return Table(said=said, facts={"id": number, "key": text})


def _scopes(text: str) -> list[Scope]:
    words = [word for word in text.replace(",", " ").split() if word]
    try:
        return [Scope(word) for word in words]
    except ValueError:
        raise AdminError(f"--scopes: some of {', '.join(Scope)}, with commas between") from None


def list_keys(desk: Desk, _arguments: argparse.Namespace) -> Table:
    """``keys list``"""
    with desk.database.reading() as connection:
        rows = keys.listed(connection, None)
        names = dict(connection.execute(select(publication.c.id, publication.c.public_id)).all())
    columns = ("id", "name", "key", "scopes", "publication", "made", "used", "state")
    return Table(
        columns,
        [
            (
                row.id,
                row.name,
                f"{row.prefix}…",
                row.scopes,
                names.get(row.publication_id, "(all)"),
                moment(row.made_at),
                moment(row.used_at) or "never",
                _state(row.revoked_at, row.expires_at, desk.now),
            )
            for row in rows
        ],
    )


def _state(revoked_at: int | None, expires_at: int | None, now: int) -> str:
    if revoked_at is not None:
        return f"revoked {moment(revoked_at)}"
    if expires_at is None:
        return "valid"
    return f"{'expired' if expires_at <= now else 'expires'} {moment(expires_at)}"


def revoke_key(desk: Desk, arguments: argparse.Namespace) -> Table:
    """``keys revoke``"""
    with desk.database.writing() as connection:
        if not keys.revoke(connection, arguments.id, None, desk.now):
            raise AdminError(f"there is no key {arguments.id}")
    return Table(said=f"Key {arguments.id} is refused from now on.")


def add_publication(desk: Desk, arguments: argparse.Namespace) -> Table:
    """``publications add``"""
    with desk.database.writing() as connection:
        mode = Mode(arguments.mode)
        row = publications.make(connection, arguments.name, mode, arguments.canary, desk.now)
    said = f"{row.public_id}  {row.name}"
    return Table(said=said, facts={"id": row.public_id, "name": row.name, "mode": row.mode})


def list_publications(desk: Desk, _arguments: argparse.Namespace) -> Table:
    """``publications list``"""
    counted = select(issue.c.publication_id, func.count()).group_by(issue.c.publication_id)
    with desk.database.reading() as connection:
        rows = publications.listed(connection, _EVERYTHING)
        issues: dict[int, int] = dict(connection.execute(counted).all())
    columns = ("id", "name", "mode", "canary", "issues", "made")
    return Table(
        columns,
        [
            (row.public_id, row.name, row.mode, "on" if row.canary else "off",
             issues.get(row.id, 0), moment(row.made_at))
            for row in rows
        ],
    )  # fmt: skip


def change_publication(desk: Desk, arguments: argparse.Namespace) -> Table:
    """``publications change``"""
    changes: dict[str, object] = {}
    if arguments.name is not None:
        changes["name"] = arguments.name
    if arguments.mode is not None:
        changes["mode"] = str(Mode(arguments.mode))
    if arguments.canary is not None:
        changes["canary"] = arguments.canary == "on"
    if not changes:
        raise AdminError("nothing to change: say --name, --mode or --canary")
    with desk.database.writing() as connection:
        number = publication_named(connection, arguments.id).id
        connection.execute(update(publication).where(publication.c.id == number).values(**changes))
        next_seq(connection, number)
    return Table(said="Changed; it holds for issues that are registered from now on.")


def add_domain(desk: Desk, arguments: argparse.Namespace) -> Table:
    """``domains add``"""
    host = arguments.host.strip().lower().rstrip(".")
    with desk.database.writing() as connection:
        owner = publication_named(connection, arguments.publication).id
        try:
            domains.add(connection, desk.database, host, owner, not arguments.not_main, desk.now)
        except Problem as problem:
            raise AdminError(problem.detail) from None
    said = f"{host} is registered. Lead its DNS (CNAME or A/AAAA) to the proxy before this server."
    return Table(said=said, facts={"host": host})


def list_domains(desk: Desk, _arguments: argparse.Namespace) -> Table:
    """``domains list``"""
    query = (
        select(domain, publication.c.public_id)
        .join(publication)
        .order_by(publication.c.id, domain.c.main.desc(), domain.c.host)
    )
    with desk.database.reading() as connection:
        rows = connection.execute(query).all()
    columns = ("host", "publication", "main", "made")
    return Table(
        columns,
        [
            (row.host, row.public_id, "yes" if row.main else "no", moment(row.made_at))
            for row in rows
        ],
    )


def remove_domain(desk: Desk, arguments: argparse.Namespace) -> Table:
    """``domains remove``"""
    with desk.database.writing() as connection:
        if not domains.remove(connection, _EVERYTHING, arguments.host):
            raise AdminError(f"there is no domain {arguments.host}")
    return Table(said=f"{arguments.host} is removed. Links in mails sent with it lead nowhere now.")


def rotate_signing_key(desk: Desk, _arguments: argparse.Namespace) -> Table:
    """``signing-keys rotate``"""
    with desk.database.writing() as connection:
        used = set(connection.scalars(select(signing_key.c.kid)))
        free = [kid for kid in range(1, _MOST_KEYS) if kid not in used]
        if not free:
            raise AdminError("255 keys are in use, there is no number left for another")
        connection.execute(
            update(signing_key)
            .where(signing_key.c.retired_at.is_(None))
            .values(retired_at=desk.now)
        )
        connection.execute(
            signing_key.insert().values(
                kid=free[0], secret=secrets.token_bytes(32), made_at=desk.now
            )
        )
    said = f"Key {free[0]} signs from now on. Links in mails that are out stay valid."
    return Table(said=said, facts={"kid": free[0]})


def list_signing_keys(desk: Desk, _arguments: argparse.Namespace) -> Table:
    """``signing-keys list``"""
    with desk.database.reading() as connection:
        rows = connection.execute(select(signing_key).order_by(signing_key.c.made_at)).all()
    columns = ("kid", "made", "state")
    return Table(
        columns,
        [
            (row.kid, moment(row.made_at),
             "signs" if row.retired_at is None else f"only verifies since {moment(row.retired_at)}")
            for row in rows
        ],
    )  # fmt: skip
