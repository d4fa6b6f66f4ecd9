"""Who visits the archive pages of the newest issues: told to the tracking server as the script on
such a page does.
"""

import json
import time
from random import Random

import httpx

from app.demo.readers import BROWSERS

PAGES = ("/archive", "/essay")
"""The page of the newest issue, and of the one before: pages of the demo's site."""
_VISITORS = (40, 70)
_READS = 0.55
_SIGNS_UP = 0.2
_PATIENCE = 10.0
_REFERRERS = ("", "", "", "news.example", "forum.example", "search.example")


def register(http: httpx.Client, issue: str, url: str) -> str:
    """Make a page known as the archive page of an issue; its id."""
    answer = http.post("/v1/pages", json={"url": url, "issue": issue})
    made: str = answer.raise_for_status().json()["id"]
    return made


def visit(http: httpx.Client, page: str, seed: str) -> None:
    """Visit it, today: the server counts visits by its own clock. Returns once they are counted, as
    whoever asks for the issue's figures asks for the page's only where those have changed.
    """
    draw = Random(seed)  # noqa: S311 - a made-up world
    visitors = draw.randint(*_VISITORS)
    for number in range(visitors):
        browser = draw.choice(sorted(BROWSERS.values()))
        # Everybody comes from this machine's address: visitors are told apart by their browsers.
        agent = f"{browser} Build/{number}"
        steps = ["view"] * draw.choice((1, 1, 1, 2))
        if draw.random() < _READS:
            steps.append("read")
            if draw.random() < _SIGNS_UP:
                steps.append("sign_up")
        for step in steps:
            told = {"page": page, "step": step, "referrer": draw.choice(_REFERRERS)}
            http.post(
                "/b",
                content=json.dumps(told),
                headers={"content-type": "text/plain", "user-agent": agent},
            ).raise_for_status()
    ends = time.monotonic() + _PATIENCE
    while _visits(http, page) < visitors and time.monotonic() < ends:
        time.sleep(0.1)


def _visits(http: httpx.Client, page: str) -> int:
    answer = http.get(f"/v1/pages/{page}/funnel").raise_for_status()
    visits: int = answer.json()["total"]["visits"]
    return visits
