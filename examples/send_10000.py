"""10,000 recipients at the tracking server's pace, everything on this machine.

    python examples/send_10000.py [HOW_MANY]

Starts a tracking server with an empty store and an SMTP server that plays five receiving domains:
one greylists, one has many dead mailboxes, one blocks. Prints the pace as it changes, and at the
end what the server's report says beside what really happened.
"""

import asyncio
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from examples.receiving_world import Receiver, recipients, started
from examples.reference_sender import Sender, SmtpPool, TrackingServer, print_pace

_HTML = '<p>Hello! <a href="https://example.com/story">The story</a></p>'
_PACE = {"start": 1_200, "most": 60_000, "window": 1}
"""A window of one second and a fast start: a real sender takes a minute, and starts slowly."""


def main() -> None:
    """Run it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        server = subprocess.Popen(
            [sys.executable, "-m", "app", "server", "--port", str(port), "--log-level", "ERROR"],
            env={**os.environ, "SENDOFF_DATA_DIR": folder},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            asyncio.run(_send(f"http://127.0.0.1:{port}", _first_key(server), count))
        finally:
            server.terminate()
            server.wait(20)


async def _send(url: str, key: str, count: int) -> None:
    receiver = Receiver()
    controller = started(receiver, _free_port())
    async with httpx.AsyncClient(
        base_url=url, headers={"authorization": f"Bearer {key}"}, trust_env=False
    ) as http:
        (await http.post("/v1/publications", json={"name": "Example"})).raise_for_status()
        pool = SmtpPool("127.0.0.1", controller.port)
        began = time.monotonic()
        async with TrackingServer(url, key, **_PACE) as tracking:
            sender = Sender(
                tracking, pool, "news@sender.example", retry_after=1.0, watch=print_pace
            )
            done = await sender.send("Example", _HTML, recipients(count))
            seconds = time.monotonic() - began
        await pool.aclose()
        controller.stop()
        print(f"\n{count} recipients in {seconds:.0f} s: {dict(done)}")
        report = await _report(http, tracking.issue)
    figures = report["issue"]["figures"]
    print(f"the receiving side took {sum(receiver.taken.values())}")
    names = ("sent", "delivered", "deferred", "hard_bounces", "soft_bounces")
    print("the report says", {name: figures[name] for name in names})


async def _report(http: httpx.AsyncClient, issue: str) -> Any:
    """The report, once everything is counted."""
    while True:
        report = (await http.get(f"/v1/issues/{issue}/report")).json()
        if not report["freshness"]["waiting"]:
            return report
        await asyncio.sleep(0.2)


def _first_key(server: "subprocess.Popen[str]") -> str:
    for line in server.stdout or ():
        if found := re.search(r"sendoff_\w+", line):
            return found[0]
    raise SystemExit("the server did not start")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
