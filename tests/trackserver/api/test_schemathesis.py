"""The description and the server agree: schemathesis finds nothing, with every check it has.

It runs as a program of its own: its pytest plugin stays out, and so does its way of patching.
"""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.trackserver.store.database import Database
from tests.trackserver.serving import serving

SECONDS = int(os.environ.get("SENDOFF_SCHEMATHESIS_SECONDS", "30"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("schemathesis") is None, reason="schemathesis is not installed"
    ),
]


def test_nothing_is_found(database: Database, tmp_path: Path) -> None:
    with serving(database, tmp_path / "server", workers=1) as served:
        # Something to find: the description's examples name this subscriber.
        owner = served.http.post("/v1/publications", json={"name": "A letter"}).json()["id"]
        body = {"html": "<a href='https://example.com/'>x</a>", "subject": "One",
                "publication": owner,
                "recipients": [{"external_id": "4711", "email": "reader@example.com"}]}  # fmt: skip
        assert served.http.post("/v1/issues", json=body).status_code == 201
        done = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"), "run",
                f"{served.url}/openapi.json",
                "--checks", "all",
                "--phases", "examples,coverage,fuzzing,stateful",
                "--max-time", str(SECONDS),
                "--continue-on-failure",
                "--no-color",
                "-H", f"Authorization: Bearer {served.key}",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=SECONDS + 200,
            check=False,
        )  # fmt: skip
    told = done.stdout[-8000:]
    assert done.returncode == 0, told
    generated = re.search(r"(\d+) generated, (\d+) passed", told)
    assert generated, told
    assert int(generated[2]) > 1000, "the phases have run"
