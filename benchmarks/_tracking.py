"""A tracking server in processes of their own, for benchmarks."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.trackserver.store.database import Database
from app.trackserver.store.setup import keyring, set_up
from app.trackserver.tokens import Kind, Token

ROOT = Path(__file__).resolve().parent.parent


class Running:
    """A process that serves; ``rss`` is in megabytes, ``cpu`` in seconds."""

    def __init__(self, words: list[str], port: int, folder: Path) -> None:
        self.port = port
        with (folder / "errors").open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, *words],
                cwd=ROOT,
                env={**os.environ, "SENDOFF_DATA_DIR": str(folder)},
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )

    def wait(self, seconds: float = 30) -> "Running":
        """Until it takes connections."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return self
        raise RuntimeError(f"nothing listens on {self.port}")

    def rss(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1000

    def cpu(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def running(words: list[str], folder: Path, port: int | None = None) -> Iterator[Running]:
    """``python WORDS --port PORT`` for the length of the block."""
    port = port or free_port()
    server = Running([*words, "--port", str(port)], port, folder).wait()
    try:
        yield server
    finally:
        server.stop()


def server_words(url: str, *, workers: int = 0) -> list[str]:
    """``sendoff server`` on this database."""
    return [
        "-m", "app", "server", "--database", url, "--workers", str(workers),
        "--log-level", "WARNING",
    ]  # fmt: skip


def pixel_path(url: str) -> str:
    """The path of a pixel of a new store."""
    database = Database(url)
    set_up(database, 0)
    with database.reading() as connection:
        path = f"/i/{keyring(connection).sign(Token(Kind.OPEN, 1, 200_000))}.gif"
    database.close()
    return path
