"""A writer at work: a draft, an account at a fake, and what the fake has of the draft."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from app.engagement.http import Client, Patience
from app.engagement.model import Account
from app.handover import engine
from app.handover.history import History
from app.handover.letter import letter_of
from app.handover.model import Choice, Field, Handed, Letter, Plan
from app.handover.opening import handover
from tests.engagement.providers.fake_buttondown import KEY as BUTTONDOWN_KEY
from tests.engagement.providers.fake_listmonk import KEY as LISTMONK_KEY
from tests.handover.fakes import ghost as ghost_fake
from tests.handover.fakes.buttondown import Buttondown
from tests.handover.fakes.ghost import Ghost
from tests.handover.fakes.listmonk import Listmonk
from tests.handover.fakes.server import Fake, running

_T = TypeVar("_T")
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 60
QUICK = Patience(connect=1, silence=0.5, whole=2, attempts=2, first=0.001)
DRAFT = """\
---
subject: A quiet week
preheader: Three links and a picture
---

# A quiet week

First words, and [a link](https://example.com/a).

Second words.
"""


@dataclass
class Desk:
    """``drafts`` gives what the platform has, newest last, in fields of ours."""

    fake: Fake
    provider: str
    key: str
    folder: Path
    drafts: Callable[[], list[dict[Field, str]]]
    edit: Callable[[Field, str], None]
    send: Callable[[], None]
    delete: Callable[[], object]
    text: str = DRAFT
    publication: str = ""

    @property
    def draft(self) -> Path:
        return self.folder / "issue.md"

    @property
    def account(self) -> Account:
        return Account("a1", self.provider, "Letter", self.fake.url, self.publication)

    def plan(self, choice: Choice = Choice.ASK) -> Plan:
        return self._run(lambda desk: desk.plan(self.letter(), choice))

    def hand_over(self, choice: Choice = Choice.ASK) -> Handed:
        async def both(desk: engine.Handover) -> Handed:
            return await desk.carry_out(await desk.plan(self.letter(), choice))

        return self._run(both)

    def carry_out(self, plan: Plan) -> Handed:
        return self._run(lambda desk: desk.carry_out(plan))

    def letter(self) -> Letter:
        return letter_of(self.draft, self.text, self.provider)

    def picture(self, name: str = "cat.png", content: bytes = PNG) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(content)

    def _run(self, what: Callable[[engine.Handover], Awaitable[_T]]) -> _T:
        async def run() -> _T:
            async with handover(self.account, self.key, history) as desk:
                return await what(desk)

        history = History(self.folder / "history.sqlite3")
        try:
            return asyncio.run(run())
        finally:
            history.close()


@contextmanager
def buttondown(folder: Path) -> Iterator[Desk]:
    fake = Buttondown()
    names = {Field.SUBJECT: "subject", Field.PREVIEW: "description", Field.BODY: "body",
             Field.SLUG: "slug", Field.COVER: "image"}  # fmt: skip

    def drafts() -> list[dict[Field, str]]:
        return [
            {ours: each[theirs] or "" for ours, theirs in names.items()} for each in fake.emails
        ]

    def edit(name: Field, text: str) -> None:
        fake.emails[-1][names[name]] = text

    with running(fake):
        yield Desk(fake, "buttondown", BUTTONDOWN_KEY, folder, drafts, edit,
                   lambda: fake.emails[-1].update(status="sent"), fake.emails.pop)  # fmt: skip
    assert fake.broken == []


@contextmanager
def ghost(folder: Path) -> Iterator[Desk]:
    fake = Ghost()
    names = {Field.TITLE: "title", Field.SUBJECT: "email_subject", Field.PREVIEW: "custom_excerpt",
             Field.BODY: "html", Field.SLUG: "slug", Field.COVER: "feature_image"}  # fmt: skip

    def drafts() -> list[dict[Field, str]]:
        return [{ours: each[theirs] or "" for ours, theirs in names.items()} for each in fake.posts]

    def edit(name: Field, text: str) -> None:
        fake.seconds += 1
        post = fake.posts[-1]
        if name is Field.BODY:
            post["lexical"] = ghost_fake.lexical([ghost_fake.paragraph(text)], post["lexical"])
            post["html"] = ghost_fake.rendered(post["lexical"])
        else:
            post[names[name]] = text
        post["updated_at"] = fake.now

    def send() -> None:
        fake.seconds += 1
        fake.posts[-1].update(status="sent", updated_at=fake.now)

    with running(fake):
        yield Desk(fake, "ghost", ghost_fake.KEY, folder, drafts, edit, send, fake.posts.pop)


@contextmanager
def listmonk(folder: Path) -> Iterator[Desk]:
    fake = Listmonk()
    names = {Field.SUBJECT: "subject", Field.BODY: "body", Field.TEXT: "altbody",
             Field.SLUG: "archive_slug"}  # fmt: skip

    def drafts() -> list[dict[Field, str]]:
        return [
            {ours: each[theirs] or "" for ours, theirs in names.items()} for each in fake.campaigns
        ]

    def edit(name: Field, text: str) -> None:
        fake.campaigns[-1][names[name]] = text

    with running(fake):
        send = lambda: fake.campaigns[-1].update(status="running")  # noqa: E731
        yield Desk(fake, "listmonk", LISTMONK_KEY, folder, drafts, edit, send, fake.campaigns.pop)


DESKS = {"buttondown": buttondown, "ghost": ghost, "listmonk": listmonk}


def impatient(monkeypatch: Any) -> None:
    """Clients that wait for nothing."""
    make = Client.__init__

    def quick(self: Client, base: str, headers: Any, **more: Any) -> None:
        make(self, base, headers, **{"patience": QUICK, **more})

    monkeypatch.setattr(Client, "__init__", quick)
