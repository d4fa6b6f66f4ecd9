"""Webhooks of the sending vendors."""

import argparse

import msgspec
from sqlalchemy import select

from app.trackserver.admin.desk import AdminError, Desk, Table, moment, publication_named, value
from app.trackserver.store.schema import publication
from app.trackserver.vendors import keys as vendor_keys
from app.trackserver.vendors import webhooks
from app.trackserver.vendors.keys import Keys
from app.trackserver.vendors.signing import public_key, svix_secret
from app.trackserver.words import Source

VENDORS = tuple(source.name.lower() for source in vendor_keys.VENDORS)


def add_webhook(desk: Desk, arguments: argparse.Namespace) -> Table:
    """``webhooks add``"""
    source = Source[arguments.vendor.upper()]
    keys = Keys(
        secrets=tuple(value(text) for text in arguments.secret),
        logins=tuple(value(text) for text in arguments.login),
        topics=tuple(arguments.topic),
        window=arguments.window,
    )
    _check(source, keys)
    with desk.database.writing() as connection:
        owner = publication_named(connection, arguments.publication).id
        number, secret = webhooks.make(connection, owner, source, keys, desk.now)
    path = f"/w/{secret}"
    said = (
        f"Enter this address at the vendor (webhook {number}; it is shown only now):\n\n"
        f"  https://YOUR-SERVER{path}\n"
    )
    return Table(said=said, facts={"id": number, "path": path})


def list_webhooks(desk: Desk, _arguments: argparse.Namespace) -> Table:
    """``webhooks list``"""
    with desk.database.reading() as connection:
        rows = webhooks.listed(connection)
        names: dict[int, str] = dict(
            connection.execute(select(publication.c.id, publication.c.public_id)).all()
        )
    columns = ("id", "vendor", "publication", "proof", "made", "state")
    return Table(
        columns,
        [
            (
                row.id,
                Source(row.source).name.lower(),
                names[row.publication_id],
                _proof(vendor_keys.read_keys(row.proof)),
                moment(row.made_at),
                "in force" if row.revoked_at is None else f"revoked {moment(row.revoked_at)}",
            )
            for row in rows
        ],
    )


def change_webhook(desk: Desk, arguments: argparse.Namespace) -> Table:
    """``webhooks change``: keys come and go, so that none is missing while a vendor changes its."""
    secrets = [value(text) for text in arguments.secret]
    logins = [value(text) for text in arguments.login]

    def change(keys: Keys) -> Keys:
        changed = Keys(
            secrets=_changed(keys.secrets, secrets, arguments.drop_oldest_secret),
            logins=_changed(keys.logins, logins, arguments.drop_oldest_login),
            topics=(*keys.topics, *arguments.topic),
            window=keys.window if arguments.window is None else arguments.window,
        )
        if changed == keys:
            raise AdminError("nothing to change")
        return changed

    with desk.database.writing() as connection:
        found = [row for row in webhooks.listed(connection) if row.id == arguments.id]
        changed = webhooks.change_keys(connection, arguments.id, change)
        if changed is None:
            raise AdminError(f"there is no webhook {arguments.id} in force")
        _check(Source(found[0].source), changed)
    return Table(said=f"Webhook {arguments.id} now has {_proof(changed)}.")


def _changed(now: tuple[str, ...], added: list[str], drop_oldest: bool) -> tuple[str, ...]:
    return (*(now[1:] if drop_oldest else now), *(text for text in added if text not in now))


def revoke_webhook(desk: Desk, arguments: argparse.Namespace) -> Table:
    """``webhooks revoke``"""
    with desk.database.writing() as connection:
        if not webhooks.revoke(connection, arguments.id, desk.now):
            raise AdminError(f"there is no webhook {arguments.id} in force")
    return Table(said=f"Webhook {arguments.id} answers 404 within ten seconds.")


def _check(source: Source, keys: Keys) -> None:
    """Raises AdminError for keys that could never verify anything."""
    if (why := vendor_keys.missing(source, keys)) is not None:
        option = "--topic" if source is Source.SES else "--secret"
        raise AdminError(f"{option} is missing: {why}")
    readers = {Source.SENDGRID: public_key, Source.RESEND: svix_secret}
    for secret in keys.secrets:
        try:
            if source in readers:
                readers[source](secret)
        except ValueError as error:
            raise AdminError(f"--secret: {error}") from None
    if any(":" not in login for login in keys.logins):
        raise AdminError("--login: NAME:PASSWORD")
    if any(not topic.startswith("arn:") for topic in keys.topics):
        raise AdminError(
            "--topic: the topic's ARN, such as arn:aws:sns:eu-west-1:123456789012:name"
        )


def _proof(keys: Keys) -> str:
    """How many of each, and never what they are."""
    counted = {
        name: len(part)
        for name, part in msgspec.structs.asdict(keys).items()
        if isinstance(part, tuple) and part
    }
    words = [f"{n} {name[:-1] if n == 1 else name}" for name, n in counted.items()]
    return ", ".join(words) or "the path alone"
