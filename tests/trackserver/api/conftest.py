"""The real server with a publication, and the worker at hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.trackserver.store.database import Database
from app.trackserver.work.worker import Worker
from tests.trackserver.serving import Served, serving

HTML = (
    '<html><body><p>Hi <a href="https://example.com/one">One</a> and '
    '<a href="https://example.com/two?a=1&amp;b=2">Two</a></p></body></html>'
)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Safari/537.36"
)
APPLE_PROXY = "Mozilla/5.0"


@dataclass
class Api:
    """Talks to the server as a client would."""

    served: Served
    database: Database
    publication: str

    @property
    def http(self) -> httpx.Client:
        return self.served.http

    def json(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        answer = self.http.request(method, path, **options)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def get(self, path: str, **query: Any) -> Any:
        return self.json("GET", path, params=query)

    def register(self, **fields: Any) -> Any:
        body = {"html": HTML, "subject": "One", "publication": self.publication, **fields}
        return self.json("POST", "/v1/issues", 201, json=body)

    def visit(self, url: str, agent: str = CHROME) -> httpx.Response:
        """Fetch a tracked URL as a reader's program would."""
        path = "/" + url.split("/", 3)[3]
        return self.http.get(path, headers={"user-agent": agent, "authorization": ""})

    def work(self) -> None:
        """Work off everything that was taken in."""
        worker = Worker(self.database, self.served.services.clock)
        while worker.step():
            pass

    def report(self, issue: str) -> Any:
        self.work()
        return self.get(f"/v1/issues/{issue}/report")


@pytest.fixture
def api(database: Database, tmp_path: Path) -> Iterator[Api]:
    with serving(database, tmp_path / "server") as served:
        found = served.http.get("/v1/publications").json()["publications"]
        if not found:
            body = {"name": "A letter"}
            found = [served.http.post("/v1/publications", json=body).json()]
        yield Api(served, database, found[0]["id"])
