"""Tells a tracking server what was sent and what became of it, through its API alone."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

import httpx

from app import publish
from app.demo import visitors
from app.demo.history import Event, Sent, history
from app.demo.letters import Letter, letters
from app.markup import Document

SEED = 20
BATCH = 5_000
"""Events in one request; the server takes twice as many."""


def world(
    now: int,
    samples: Sequence[tuple[str, str]],
    site: str,
    weeks: int,
    seed: int = SEED,
) -> list[tuple[Sent, str]]:
    """All issues with their HTML, oldest first.

    Args:
        now: Milliseconds UTC.
        samples: Subject and text of the newest issues, the newest last.
        site: Where the demo's own pages are.
        weeks: How many issues, one a week.
        seed: The same gives the same.
    """
    sent = letters(seed, now, weeks, samples, site)
    texts = [publish.render_email(Document.from_text(each.markdown)) for each in sent]
    links = [text.count('href="http') for text in texts]
    return list(zip(history(seed, now, sent, links), texts, strict=True))


def tell(http: httpx.Client, whole: Sequence[tuple[Sent, str]], site: str) -> Iterator[str]:
    """Register each issue with its recipients and events, the newest first; yields their ids. The
    newest have a page of ``site`` as their archive page.
    """
    for (sent, html), page in zip_longest(reversed(whole), visitors.PAGES[: len(whole)]):
        issue = _post(http, "/v1/issues", _issue(sent.letter, html, len(sent.readers)))["issue"]
        if page is not None:
            known = visitors.register(http, issue["id"], site + page)
            visitors.visit(http, known, f"{SEED}:{page}")
        path = f"/v1/issues/{issue['id']}"
        people = [{"external_id": each.id, "email": each.email} for each in sent.readers]
        _post(http, f"{path}/recipients", {"recipients": people})
        # A reader's events together: they are judged together, once.
        for start in range(0, len(sent.events), BATCH):
            batch = [_event(each) for each in sent.events[start : start + BATCH]]
            _post(http, f"{path}/events", {"events": batch})
        yield issue["id"]


def _issue(letter: Letter, html: str, recipients: int) -> dict[str, Any]:
    return {
        "html": html,
        "subject": letter.subject,
        "external_id": letter.id,
        "mode": "aggregate" if letter.is_aggregate else "individual",
        "recipient_count": recipients,
        "sent_at": _moment(letter.sent_at),
    }


def _event(event: Event) -> Event:
    return {**event, "at": _moment(event["at"])}


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")


def _post(http: httpx.Client, path: str, body: Mapping[str, object]) -> dict[str, Any]:
    answer = http.post(path, json=body)
    answer.raise_for_status()
    made: dict[str, Any] = answer.json()
    return made
