"""What is going on, what was set aside, whether the figures are right."""

import argparse

import msgspec
from sqlalchemy import Connection, delete, func, select

from app.trackserver.admin.desk import AdminError, Desk, Table, moment
from app.trackserver.inbox import Kind
from app.trackserver.store.schema import (
    event,
    inbox,
    issue,
    publication,
    server,
    set_aside,
    subscriber,
)
from app.trackserver.words import Dimension, Metric
from app.trackserver.work.aside import retry
from app.trackserver.work.recount import compare, repair
from app.trackserver.work.retention import Retention, retain, retention
from app.trackserver.work.retention import set_retention as store_retention


def status(desk: Desk, _arguments: argparse.Namespace) -> Table:
    """``status``"""
    with desk.database.reading() as connection:
        found = connection.execute(select(server)).one_or_none()
        counts = {
            "publications": _count(connection, publication),
            "issues": _count(connection, issue),
            "subscribers": _count(connection, subscriber),
            "events": _count(connection, event),
            "batches waiting": _count(connection, inbox),
            "set aside": _count(connection, set_aside),
        }
    facts = {
        "store": "SQLite" if desk.database.is_sqlite else "PostgreSQL",
        "epoch": found.epoch if found else "",
        "made": moment(found.made_at) if found else "never started",
        **counts,
    }
    return Table(("what", "value"), list(facts.items()), facts=facts)


def _count(connection: Connection, table: object) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]


def list_aside(desk: Desk, arguments: argparse.Namespace) -> Table:
    """``aside list``"""
    if arguments.summary:
        return _summary(desk)
    query = select(set_aside).order_by(set_aside.c.id.desc()).limit(arguments.limit)
    with desk.database.reading() as connection:
        rows = connection.execute(query).all()
    columns = ("id", "what", "since", "bytes", "error")
    return Table(
        columns,
        [
            (row.id, Kind(row.kind).name.lower(), moment(row.at), len(row.body), row.error)
            for row in rows
        ],
        said="" if rows else "Nothing is set aside.",
    )


def _summary(desk: Desk) -> Table:
    query = (
        select(set_aside.c.kind, set_aside.c.error, func.count(), func.max(set_aside.c.at))
        .group_by(set_aside.c.kind, set_aside.c.error)
        .order_by(func.count().desc(), set_aside.c.error)
    )
    with desk.database.reading() as connection:
        rows = connection.execute(query).all()
    columns = ("items", "what", "last", "error")
    return Table(
        columns,
        [(n, Kind(kind).name.lower(), moment(at), error) for kind, error, n, at in rows],
        said="" if rows else "Nothing is set aside.",
    )


def show_aside(desk: Desk, arguments: argparse.Namespace) -> Table:
    """``aside show``: the only command that prints what a vendor sent, addresses and all."""
    query = select(set_aside).where(set_aside.c.id == arguments.id)
    with desk.database.reading() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise AdminError(f"nothing is set aside under {arguments.id}")
    try:
        body = repr(msgspec.msgpack.decode(row.body))
    except msgspec.DecodeError:
        body = repr(bytes(row.body))
    return Table(said=f"{row.error}\n\n{body}", facts={"error": row.error, "body": body})


def retry_aside(desk: Desk, arguments: argparse.Namespace) -> Table:
    """``aside retry``"""
    with desk.database.writing() as connection:
        n = retry(connection, arguments.id or None)
    return Table(said=f"{n} back in the inbox.", facts={"retried": n})


def drop_aside(desk: Desk, arguments: argparse.Namespace) -> Table:
    """``aside drop``"""
    query = delete(set_aside)
    if arguments.id:
        query = query.where(set_aside.c.id.in_(arguments.id))
    elif arguments.error:
        query = query.where(set_aside.c.error == arguments.error)
    else:
        raise AdminError("say which: ids, or --error TEXT for all with this error")
    with desk.database.writing() as connection:
        n = connection.execute(query).rowcount
    return Table(said=f"{n} deleted.", facts={"deleted": n})


def show_retention(desk: Desk, arguments: argparse.Namespace) -> Table:
    """``retention show``"""
    with desk.database.reading() as connection:
        found = retention(connection, arguments.retention)
    facts: dict[str, object] = {"address_days": found.address_days, "event_days": found.event_days}
    said = (
        f"Full addresses are kept for {found.address_days} days, then a shortened one.\n"
        f"Events are kept for {found.event_days} days after sending, then only figures."
    )
    return Table(said=said, facts=facts)


def set_retention(desk: Desk, arguments: argparse.Namespace) -> Table:
    """``retention set``"""
    with desk.database.writing() as connection:
        now = retention(connection, arguments.retention)
        wanted = Retention(
            now.address_days if arguments.addresses is None else arguments.addresses,
            now.event_days if arguments.events is None else arguments.events,
        )
        if wanted == now:
            raise AdminError("nothing to change: say --addresses DAYS or --events DAYS")
        store_retention(connection, desk.database, wanted)
    return show_retention(desk, arguments)


def apply_retention(desk: Desk, arguments: argparse.Namespace) -> Table:
    """``retention run``: what the server does by itself every hour."""
    retain(desk.database, desk.now, arguments.retention)
    return Table(said="Whatever has been kept long enough is deleted.")


def recount(desk: Desk, arguments: argparse.Namespace) -> Table:
    """``recount``"""
    query = select(issue.c.id, issue.c.public_id).order_by(issue.c.id)
    if arguments.issue:
        query = query.where(issue.c.public_id.in_(arguments.issue))
    with desk.database.reading() as connection:
        issues = connection.execute(query).all()
    if len(issues) < len(set(arguments.issue)):
        raise AdminError("there is no such issue")
    rows: list[tuple[object, ...]] = []
    for number, public_id in issues:
        transaction = desk.database.writing if arguments.repair else desk.database.reading
        work = repair if arguments.repair else compare
        with transaction() as connection:
            for one in work(connection, desk.database, number):
                dimension, key, metric, _ = one.figure
                what = f"{Metric(metric).name.lower()} by {Dimension(dimension).name.lower()}"
                rows.append((public_id, what, key, one.stored, one.counted))
    columns = ("issue", "figure", "key", "stored", "counted")
    checked = f"{len(issues)} issue{'s' * (len(issues) != 1)} recounted"
    if not rows:
        return Table(said=f"{checked}: every figure is right.", facts={"issues": len(issues)})
    now = "repaired" if arguments.repair else "not repaired (--repair does it)"
    said = f"{checked}; these figures were wrong and are {now}:"
    return Table(columns, rows, said, failed=not arguments.repair)
