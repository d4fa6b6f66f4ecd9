"""The description and the server agree: schemathesis finds nothing, with every check it has.

It runs as a program of its own: its pytest plugin stays out, and so does its way of patching. It
is told the ids of things that exist, or nearly every call of it would end in 404.
"""

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.trackserver.api.keys import Scope
from app.trackserver.store.database import Database
from app.trackserver.store.schema import publication
from app.trackserver.vendors.keys import Keys
from app.trackserver.vendors.webhooks import make
from app.trackserver.web.application import endpoints
from app.trackserver.words import Source
from tests.support.patience import PATIENCE
from tests.trackserver.serving import Served, serving

SECONDS = int(os.environ.get("SENDOFF_SCHEMATHESIS_SECONDS", "15"))
SEED = [] if os.environ.get("SENDOFF_EXPLORE") else ["--seed", "8058"]
"""What is green stays green until something changed; exploring is for who has time to look."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        importlib.util.find_spec("schemathesis") is None, reason="schemathesis is not installed"
    ),
]

MANY = 40
SPARED = 3
"""So many of each kind are never deleted."""
READER = 4711
"""The first reader's id; the description's examples name it."""
HTML = "<p><a href='https://example.com/{n}'>One</a> <a href='https://example.com/b'>Two</a></p>"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"


@dataclass
class Seed:
    """Ids of things that exist, by the word before them in a path."""

    ids: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    owner: str = ""
    owner_number: int = 0

    def settings(self) -> str:
        """schemathesis.toml: which ids are tried where."""
        lines = []
        for kind, ids in self.ids.items():
            lines += [
                f"[dictionaries.{kind}]", f"values = {json.dumps(ids[:SPARED])}",
                f"[dictionaries.{kind}_doomed]", f"values = {json.dumps(ids[SPARED:] or ids)}",
            ]  # fmt: skip
        lines += [
            "[dictionaries.owner]", f"values = {json.dumps([self.owner])}",
            "[parameters]",
            '"query.publication" = { dictionary = "owner", probability = 0.7 }',
            '"body.publication" = { dictionary = "owner", probability = 0.7 }',
            '"body.issue" = { dictionary = "issues", probability = 0.7 }',
            '"query.domain" = { dictionary = "domains", probability = 0.7 }',
        ]  # fmt: skip
        # 413: what is too long for its list may be too long to be read at all.
        refusals = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429]
        lines += [
            "[checks.negative_data_rejection]", f"expected-statuses = {refusals}",
        ]  # fmt: skip
        lines += [
            "[dictionaries.readers]", f"values = {json.dumps([str(READER + n) for n in range(3)])}",
            "[[operations]]", 'include-operation-id = "find_subscriber"',
            'parameters."body.external_id" = { dictionary = "readers", probability = 0.8 }',
        ]  # fmt: skip
        for one in endpoints():
            kinds = re.findall(r"/([\w-]+)/\{(\w+)\}", one.path)
            if not kinds:
                continue
            lines += ["[[operations]]", f'include-operation-id = "{one.name}"']
            for kind, name in kinds:
                which = f"{kind}_doomed" if one.method == "DELETE" else kind
                bound = f'{{ dictionary = "{which}", probability = 0.8 }}'
                lines.append(f'parameters."path.{name}" = {bound}')
            if one.body is bytes:
                # Its bodies are the vendor's affair: one that is JSON may well be no event.
                lines.append(
                    'checks.positive_data_acceptance.expected-statuses = ["2xx", "4xx", "502"]'
                )
        return "\n".join(lines) + "\n"


def sown(served: Served) -> Seed:
    """Many of everything: issues with links, recipients and hits, domains, pages, keys."""
    http, seed = served.http, Seed()

    def made(path: str, body: object) -> Any:
        answer = http.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    seed.owner = owner = made("/v1/publications", {"name": "A letter"})["id"]
    seed.ids["publications"].append(owner)
    with served.services.database.writing() as connection:
        seed.owner_number = connection.execute(
            select(publication.c.id).where(publication.c.public_id == owner)
        ).scalar_one()
        seed.ids["w"].append(make(connection, seed.owner_number, Source.POSTMARK, Keys(), 0)[1])
    for n in range(MANY):
        people = [{"external_id": str(READER + n), "email": f"reader{n}@example.com"}]
        issue = http.post(
            "/v1/issues",
            json={"html": HTML.format(n=n), "subject": f"No. {n}", "publication": owner,
                  "external_id": f"no-{n}", "recipients": people},
        ).json()  # fmt: skip
        value = issue["recipients"][0]["value"]
        for url in (issue["pixel_url"], issue["links"][0]["tracked_url"]):
            path = "/" + url.replace(issue["placeholder"], value).split("/", 3)[3]
            http.get(path, headers={"user-agent": CHROME}, follow_redirects=False)
        seed.ids["issues"].append(issue["issue"]["id"])
        seed.ids["subscribers"].append(issue["recipients"][0]["id"])
        host = f"d{n}.example.com"
        made("/v1/domains", {"host": host, "publication": owner})
        seed.ids["domains"].append(host)
        page = {"url": f"https://{host}/", "publication": owner, "issue": issue["issue"]["id"]}
        seed.ids["pages"].append(made("/v1/pages", page)["id"])
        body = {"name": f"No. {n}", "scopes": ["read"], "publication": owner}
        seed.ids["keys"].append(str(made("/v1/keys", body)["key"]["id"]))
    # All of them get the first issues, for one recipient's copy of one issue.
    everybody = [{"external_id": str(READER + n)} for n in range(MANY)]
    for each in seed.ids["issues"][:SPARED]:
        made(f"/v1/issues/{each}/recipients", {"recipients": everybody})
    seed.ids["recipients"] = seed.ids["subscribers"]
    return seed


@pytest.mark.parametrize("whose", ["the server's key", "a publication's key"])
def test_nothing_is_found(database: Database, tmp_path: Path, whose: str) -> None:
    calls = tmp_path / "calls.ndjson"
    with serving(database, tmp_path / "server", workers=1) as served:
        seed = sown(served)
        (tmp_path / "schemathesis.toml").write_text(seed.settings(), encoding="utf-8")
        of_one = whose == "a publication's key"
        key = served.new_key(list(Scope), seed.owner_number) if of_one else served.key
        # What is fixed takes the time that it takes; what goes on for ever is stopped.
        told = run(served, key, calls, "examples,coverage")
        run(served, key, tmp_path / "more.ndjson", "fuzzing,stateful", "--max-time", str(SECONDS))
    generated = re.search(r"(\d+) generated, (\d+) passed", told)
    assert generated, told
    assert int(generated[2]) > 200, "the phases have run"
    if of_one:
        # One that serves several publications has to name one, and often names none that exists.
        untried = {f"{one.method} {one.path}" for one in endpoints()} - successful(calls)
        # Some only work with the server's key or a vendor's body.
        assert len(untried) <= len(endpoints()) // 5, untried


def run(served: Served, key: str, calls: Path, phases: str, *more: str) -> str:
    """Let it look for mistakes; what it says of having found none."""
    done = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            "--config-file", calls.with_name("schemathesis.toml"),
            "run", f"{served.url}/openapi.json",
            "--checks", "all",
            "--phases", phases,
            "--request-timeout", str(PATIENCE),
            *more,
            *SEED,
            "--continue-on-failure",
            "--no-color",
            "--report", "ndjson",
            "--report-ndjson-path", calls,
            "-H", f"Authorization: Bearer {key}",
        ],
        cwd=calls.parent,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8000:]
    return done.stdout[-8000:]


def successful(calls: Path) -> set[str]:
    """The operations that were answered with success at least once."""
    found = set()
    for line in calls.read_text(encoding="utf-8").splitlines():
        recorder = json.loads(line).get("ScenarioFinished", {}).get("recorder", {})
        for number, call in recorder.get("interactions", {}).items():
            answer = call.get("response") or {}
            case = recorder["cases"][number]["value"]
            if 200 <= answer.get("status_code", 0) < 300 and case["method"] != "OPTIONS":
                found.add(f"{case['method']} {case['path']}")
    return found
