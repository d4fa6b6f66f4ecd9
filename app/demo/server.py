"""The demo's tracking server, in a process of its own: it serves, and is told two years of issues.

    python -m app.demo.server FOLDER SITE DRAFTS WEEKS

The first line on standard output is JSON, ``{"url": …, "publication": …, "key": …}``; each further
one says how many issues have been told. It ends when standard input does, so that it never outlives
who started it.
"""

import contextlib
import json
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from app.demo.samples import samples
from app.demo.telling import tell, world
from app.demo.tracking import NAME
from app.trackserver.serve import Process
from app.trackserver.services import wall_clock
from app.trackserver.settings import Limits, Settings, embedded

_PATIENCE = 5.0
"""Seconds until hits go to a file of their own, as if the store were away: it is only busy."""


def main(arguments: Sequence[str]) -> None:
    """Serve until standard input ends."""
    folder, site, drafts, weeks = arguments
    with contextlib.suppress(AttributeError, OSError):
        os.nice(5)  # not there on Windows; the window comes first
    logging.basicConfig(level=logging.ERROR)
    port = _free_port()
    # Under another name than the site's: links to a tracking server's own host are left alone.
    settings = Settings(
        embedded(Path(folder)),
        Path(folder),
        port=port,
        address=f"http://localhost:{port}",
        limits=Limits(store_seconds=_PATIENCE),
    )
    process = Process(settings)
    key = process.prepare()
    ended = threading.Event()
    threading.Thread(target=_until_alone, args=(process, ended), daemon=True).start()

    def tell_all() -> None:
        try:
            _tell(f"http://127.0.0.1:{port}", key, site, Path(drafts), int(weeks))
        except httpx.HTTPError:
            if not ended.is_set():  # else nobody wants to hear the rest
                raise

    def started(_services: object) -> None:
        threading.Thread(target=tell_all, daemon=True).start()

    process.serve(started)


def _tell(url: str, key: str | None, site: str, drafts: Path, weeks: int) -> None:
    headers = {"authorization": f"Bearer {key}"}
    with httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False) as http:
        made = http.post("/v1/publications", json={"name": NAME}).raise_for_status().json()
        reading = {"name": "demo", "scopes": ["read"], "publication": made["id"]}
        own = http.post("/v1/keys", json=reading).raise_for_status().json()
        _say({"url": url, "publication": made["id"], "key": own["secret"]})
        whole = world(wall_clock(), samples(drafts), site, weeks)
        for number, issue in enumerate(tell(http, whole, site), 1):
            if number == len(whole):
                _wait_until_counted(http, issue)
            _say({"told": number, "of": len(whole)})


def _wait_until_counted(http: httpx.Client, issue: str) -> None:
    while http.get(f"/v1/issues/{issue}/report").raise_for_status().json()["freshness"]["waiting"]:
        time.sleep(0.2)


def _say(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def _until_alone(process: Process, ended: threading.Event) -> None:
    sys.stdin.buffer.read()
    ended.set()
    process.stop()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


if __name__ == "__main__":
    main(sys.argv[1:])
