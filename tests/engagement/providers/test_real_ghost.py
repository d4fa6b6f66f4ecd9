"""Ghost for real, where somebody has one running: it is only read, and what is stored is compared
with that Ghost's own answers.

    SENDOFF_TEST_GHOST=http://127.0.0.1:2368 SENDOFF_TEST_GHOST_STAFF=ID:SECRET
    SENDOFF_TEST_GHOST_INTEGRATION=ID:SECRET pytest tests/engagement/providers/test_real_ghost.py
"""

import os
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.engagement.accounts import new
from app.engagement.model import Count
from app.engagement.providers.ghost import token
from app.engagement.sync.state import State
from tests.engagement.providers.reading import Desk

URL = os.environ.get("SENDOFF_TEST_GHOST", "")
STAFF = os.environ.get("SENDOFF_TEST_GHOST_STAFF", "")
INTEGRATION = os.environ.get("SENDOFF_TEST_GHOST_INTEGRATION", "")

pytestmark = pytest.mark.skipif(not (URL and STAFF and INTEGRATION), reason="no Ghost is named")


def desk(key: str, folder: Path) -> Desk:
    return Desk(new("ghost", "Site", URL), key, folder)


def asked(path: str) -> Any:
    """What Ghost says itself, past our client."""
    headers = {
        "Authorization": f"Ghost {token(STAFF, int(time.time()))}",
        "Accept-Version": "v6.0",
    }
    answer = httpx.get(f"{URL}/ghost/api/admin{path}", headers=headers, trust_env=False, timeout=30)
    return answer.raise_for_status().json()


def test_each_kind_of_key_says_what_it_may(tmp_path: Path) -> None:
    staff = desk(STAFF, tmp_path).test()
    assert staff.ok
    assert "Clicks of links can be read" in " ".join(staff.works)
    integration = desk(INTEGRATION, tmp_path).test()
    assert integration.ok
    assert "staff access token" in " ".join(integration.lacks)
    assert not desk(f"{STAFF[:-2]}00", tmp_path).test().ok


@pytest.mark.parametrize("key", [STAFF, INTEGRATION], ids=["staff", "integration"])
def test_what_is_stored_is_what_ghost_says(tmp_path: Path, key: str) -> None:
    reader = desk(key, tmp_path)
    assert reader.sync().state is State.CURRENT
    issues = reader.issues()
    posts = [
        post
        for post in asked("/posts/?include=email,count.clicks&limit=100")["posts"]
        if post["email"]
    ]
    assert posts
    assert set(issues) == {post["id"] for post in posts}
    for post in posts:
        email, figures = post["email"], issues[post["id"]].record.figures
        assert figures.sent == email["email_count"]
        assert figures.delivered == email["delivered_count"]
        assert figures.openers == Count(email["opened_count"] if email["track_opens"] else None)
        assert figures.clickers == Count(post["count"]["clicks"] if email["track_clicks"] else None)
        links = reader.detail(post["id"]).links
        if key == STAFF and email["track_clicks"]:
            told = asked(f"/links/?filter=post_id:'{post['id']}'")["links"]
            assert {(each.url, each.clickers.all) for each in links or ()} == {
                (each["link"]["to"], each["count"]["clicks"]) for each in told
            }
    assert reader.sync().pages == 0, "nothing is new"
