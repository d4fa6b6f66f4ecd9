"""What every store has besides its tables: who it is, and the keys that sign its links."""

import secrets
from collections.abc import Sequence

from sqlalchemy import Connection, select

from app.trackserver.store.database import Database
from app.trackserver.store.schema import server, signing_key
from app.trackserver.tokens import Keyring


def set_up(database: Database, now: int) -> bool:
    """Bring the schema to this version and make what is missing; True for a new store."""
    database.migrate()
    with database.writing() as connection:
        made = connection.execute(
            database.insert(server)
            .values(
                id=1,
                epoch=secrets.token_hex(8),
                hash_key=secrets.token_bytes(32),
                made_at=now,
            )
            .on_conflict_do_nothing()
            .returning(server.c.id)
        ).first()
        connection.execute(
            database.insert(signing_key)
            .values(kid=1, secret=secrets.token_bytes(32), made_at=now)
            .on_conflict_do_nothing()
        )
    return made is not None


def keyring(connection: Connection) -> Keyring:
    """The keys that sign and verify links."""
    rows = connection.execute(select(signing_key).order_by(signing_key.c.made_at)).all()
    return ring([(row.kid, row.secret, row.retired_at is not None) for row in rows])


def ring(keys: Sequence[tuple[int, bytes, bool]]) -> Keyring:
    """A keyring of (id, secret, retired), oldest first; the newest that is not retired signs."""
    signing = [kid for kid, _, retired in keys if not retired] or [kid for kid, _, _ in keys]
    return Keyring({kid: secret for kid, secret, _ in keys}, signing[-1])
