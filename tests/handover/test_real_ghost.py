"""Handing over to a Ghost that runs on this machine: opt-in, as it takes minutes to install.

Set SENDOFF_TEST_GHOST to its address and SENDOFF_TEST_GHOST_KEY to the Admin API key of a custom
integration. The posts that are made are deleted again.
"""

import asyncio
import contextlib
import os
import struct
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.engagement import providers
from app.engagement.errors import StatusError
from app.engagement.model import Account
from app.engagement.providers.ghost import token
from app.handover.history import History
from app.handover.letter import letter_of
from app.handover.model import Action, Choice, Field, Handed, Plan, SentMeanwhileError, Unheard
from app.handover.opening import handover
from tests.handover.desk import DRAFT

URL, KEY = os.environ.get("SENDOFF_TEST_GHOST", ""), os.environ.get("SENDOFF_TEST_GHOST_KEY", "")
pytestmark = pytest.mark.skipif(not (URL and KEY), reason="no Ghost is named to test with")
ACCOUNT = Account("g1", "ghost", "Blog", URL)
TEXT = (
    DRAFT
    + """
![A cat](cat.png)

Dear {first_name, "reader"}, <b style="color:#c00">red</b> & `<i>code</i>` {{ left alone }}.
"""
).replace("{{ left alone }}", "`{{ left alone }}`")


class Blog:
    def __init__(self, folder: Path) -> None:
        self.draft = folder / "issue.md"
        self.file = folder / "history.sqlite3"
        (folder / "cat.png").write_bytes(_png())

    def plan(self, text: str, choice: Choice = Choice.ASK) -> Plan:
        return asyncio.run(self._do(text, choice, carry_out=False))[0]

    def hand_over(self, text: str, choice: Choice = Choice.ASK) -> Handed:
        handed = asyncio.run(self._do(text, choice, carry_out=True))[1]
        assert handed is not None
        return handed

    async def _do(
        self, text: str, choice: Choice, *, carry_out: bool
    ) -> tuple[Plan, Handed | None]:
        with contextlib.closing(History(self.file)) as history:
            async with handover(ACCOUNT, KEY, history) as desk:
                plan = await desk.plan(letter_of(self.draft, text, "ghost"), choice)
                return plan, await desk.carry_out(plan) if carry_out else None

    def post(self, ident: str) -> dict[str, Any]:
        async def read() -> Any:
            async with providers.client(ACCOUNT, KEY) as client:
                return (await client.get(f"/posts/{ident}/", {"formats": "html,lexical"})).data

        found: dict[str, Any] = asyncio.run(read())["posts"][0]
        return found

    def edit(self, ident: str, **fields: Any) -> None:
        async def write() -> None:
            async with providers.client(ACCOUNT, KEY) as client:
                await client.write("PUT", f"/posts/{ident}/", {"posts": [fields]})

        fields.setdefault("updated_at", self.post(ident)["updated_at"])
        asyncio.run(write())


@pytest.fixture
def blog(tmp_path: Path) -> Iterator[Blog]:
    before = set(_ids())
    yield Blog(tmp_path)
    for ident in set(_ids()) - before:
        _ask("DELETE", f"/posts/{ident}/")


def test_what_is_handed_over_stands_there_as_it_was_given(blog: Blog) -> None:
    plan = blog.plan(TEXT)
    handed = blog.hand_over(TEXT)
    post = blog.post(handed.remote_id)
    assert (post["status"], post["newsletter"], post.get("email")) == ("draft", None, None)
    assert post["title"] == post["email_subject"] == "A quiet week"
    assert post["custom_excerpt"] == "Three links and a picture"
    body = plan.fields[Field.BODY].replace(plan.uploads[0].place, _picture(post["html"]))
    assert "%%{first_name" in body
    assert handed.given[Field.BODY] == handed.there[Field.BODY] == body
    assert httpx.get(_picture(post["html"]), trust_env=False).content == _png()
    assert blog.plan(TEXT).action is Action.NOTHING


def test_a_change_an_edit_there_and_a_copy(blog: Blog) -> None:
    first = blog.hand_over(TEXT)
    blog.hand_over(TEXT.replace("Second words", "Other words"))
    assert "Other words" in blog.post(first.remote_id)["html"]
    blog.edit(first.remote_id, custom_excerpt="Theirs")
    plan = blog.plan(TEXT)
    assert plan.conflict is not None
    assert [each.field for each in plan.conflict.edited] == [Field.PREVIEW]
    blog.hand_over(TEXT, Choice.MERGE)
    post = blog.post(first.remote_id)
    assert (post["custom_excerpt"], "Second words" in post["html"]) == ("Theirs", True)
    assert blog.hand_over(TEXT, Choice.COPY).remote_id != first.remote_id


def test_a_draft_that_nobody_heard_of_is_found_by_its_marker(blog: Blog) -> None:
    first = blog.hand_over(TEXT)
    with contextlib.closing(History(blog.file)) as history:
        unheard = Unheard(first.given, first.there)
        history.keep(blog.draft, replace(first, remote_id="", given={}, there={}, unheard=unheard))
    assert blog.plan(TEXT).action is Action.NOTHING
    assert blog.hand_over(TEXT).remote_id == first.remote_id


def test_ghost_refuses_a_change_of_what_was_edited_meanwhile(blog: Blog) -> None:
    first = blog.hand_over(TEXT)
    stale = blog.post(first.remote_id)["updated_at"]
    time.sleep(1.1)  # Ghost's clock knows whole seconds
    blog.edit(first.remote_id, custom_excerpt="Theirs")
    with pytest.raises(StatusError) as caught:
        blog.edit(first.remote_id, custom_excerpt="Late", updated_at=stale)
    assert (caught.value.status, caught.value.code) == (409, "UPDATE_COLLISION")


def test_what_was_published_is_not_touched(blog: Blog) -> None:
    first = blog.hand_over(TEXT)
    blog.edit(first.remote_id, status="published")
    with pytest.raises(SentMeanwhileError):
        blog.hand_over(TEXT.replace("Second", "Third"))


def _picture(html: str) -> str:
    return html.partition('<img src="')[2].partition('"')[0]


def _ids() -> list[str]:
    return [post["id"] for post in _ask("GET", "/posts/?limit=100&fields=id").json()["posts"]]


def _ask(method: str, path: str) -> httpx.Response:
    headers = {"Authorization": f"Ghost {token(KEY, int(time.time()))}"}
    return httpx.request(
        method, f"{URL}/ghost/api/admin{path}", headers=headers, trust_env=False, timeout=30
    )


def _png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = b"".join(b"\0" + b"\xff\0\0" * 8 for _ in range(8))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)
