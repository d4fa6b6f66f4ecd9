"""Backup and restore, of a store that may be in use."""

import argparse
import contextlib
import os
import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select, text, update
from sqlalchemy.engine import URL

from app.trackserver.admin.desk import AdminError, Desk, Table
from app.trackserver.store.database import Database
from app.trackserver.store.schema import publication, server

_PAGES = 2000
_PAUSE = 0.01
_ASIDE = "sendoff_before_restore"


def backup(desk: Desk, arguments: argparse.Namespace) -> Table:
    """``backup``: written beside its name first, so that no half backup ever bears it."""
    target = Path(arguments.file)
    if target.exists() and not arguments.overwrite:
        raise AdminError(f"{target} exists already (--overwrite replaces it)")
    part = target.with_name(f".{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        if desk.database.is_sqlite:
            _copy_sqlite(_path(desk.database), part)
            _check_sqlite(part)
        else:
            _run_tool(desk.database.url, "pg_dump", "--format=custom", f"--file={part}")
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(target)
    except OSError as error:
        raise AdminError(f"{target}: {error.strerror or error}") from None
    finally:
        part.unlink(missing_ok=True)
    size = target.stat().st_size
    said = f"{target}  {size:,} bytes. It holds readers' data and the signing keys: keep it safe."
    return Table(said=said, facts={"file": str(target), "bytes": size})


def restore(desk: Desk, arguments: argparse.Namespace) -> Table:
    """``restore``: what is there now is replaced; clients that sync notice it by the new epoch."""
    source = Path(arguments.file)
    if not source.is_file():
        raise AdminError(f"{source}: there is no such file")
    if _holds_something(desk.database) and not arguments.replace:
        raise AdminError("the store holds data; --replace replaces it with the backup")
    if desk.database.is_sqlite:
        _check_sqlite(source)
        desk.database.close()
        _copy_sqlite(source, _path(desk.database))
    else:
        _restore_postgresql(desk.database, source)
    desk.database.migrate()
    epoch = new_epoch(desk.database)
    return Table(
        said=f"Restored. The epoch is now {epoch}: clients fetch everything anew. "
        "Restart the server, or it goes on with the links it remembers.",
        facts={"epoch": epoch},
    )


def _restore_postgresql(database: Database, source: Path) -> None:
    """The tables that are there step aside until the backup is in; they come back if it fails.

    Not ``pg_restore --clean``: it cannot drop the keys of a partition.
    """
    _run_tool(database.url, "pg_restore", "--list", str(source))
    with database.writing() as connection:
        connection.execute(text(f"ALTER SCHEMA public RENAME TO {_ASIDE}"))
        connection.execute(text("CREATE SCHEMA public"))
    try:
        _run_tool(
            database.url, "pg_restore", "--no-owner", "--single-transaction",
            f"--dbname={database.url.database}", str(source),
        )  # fmt: skip
    except BaseException:
        with database.writing() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text(f"ALTER SCHEMA {_ASIDE} RENAME TO public"))
        raise
    with database.writing() as connection:
        connection.execute(text(f"DROP SCHEMA {_ASIDE} CASCADE"))


def new_epoch(database: Database) -> str:
    """Tell every client that history is another one now."""
    epoch = secrets.token_hex(8)
    with database.writing() as connection:
        connection.execute(update(server).values(epoch=epoch))
    return epoch


def _holds_something(database: Database) -> bool:
    database.migrate()
    with database.reading() as connection:
        return connection.execute(select(publication.c.id).limit(1)).first() is not None


def _path(database: Database) -> Path:
    if not database.url.database or database.url.database == ":memory:":
        raise AdminError("a store in memory has no file")
    return Path(database.url.database)


def _copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's online backup: consistent, while others read and write."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            contextlib.closing(
                sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)
            ) as a,
            contextlib.closing(sqlite3.connect(target, timeout=30)) as b,
        ):
            a.backup(b, pages=_PAGES, sleep=_PAUSE)
            b.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise AdminError(f"the copy did not succeed: {error}") from None


def _check_sqlite(path: Path) -> None:
    """Raises AdminError for what is no sound store of ours."""
    try:
        with contextlib.closing(
            sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        ) as one:
            sound = one.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            one.execute("SELECT epoch FROM server").fetchone()
    except sqlite3.Error as error:
        raise AdminError(f"{path} is no backup of an SQLite store: {error}") from None
    if not sound:
        raise AdminError(f"{path} is damaged")


def _run_tool(url: URL, tool: str, *arguments: str) -> None:
    """A program of PostgreSQL's; its password is never an argument, which others could see."""
    program = shutil.which(tool, path=os.environ.get("SENDOFF_POSTGRES_BIN"))
    program = program or shutil.which(tool)
    if program is None:
        raise AdminError(f"{tool} is not installed; it comes with PostgreSQL's client programs")
    done = subprocess.run(
        [program, *arguments],
        env={**os.environ, **_connection(url)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AdminError(f"{tool} failed: {done.stderr.strip()[-2000:]}")


def _connection(url: URL) -> Mapping[str, str]:
    """What libpq reads: the variables for a URL."""
    query = {
        name: value if isinstance(value, str) else value[0] for name, value in url.query.items()
    }
    given = {
        "PGHOST": query.get("host") or url.host,
        "PGPORT": query.get("port") or (str(url.port) if url.port else None),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": query.get("sslmode"),
    }
    return {name: str(value) for name, value in given.items() if value}
