"""The reference sender against a real server and a real SMTP server: the whole loop, smaller."""

import asyncio
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.trackserver.store.database import Database
from examples.receiving_world import WORLD, Domain, Receiver, recipients, started
from examples.reference_sender import (
    Bucket,
    Mail,
    Outcome,
    Pace,
    Queue,
    Sender,
    SmtpPool,
    TrackingServer,
    judged,
)
from tests.support.patience import PATIENCE
from tests.trackserver.serving import Served, free_port, serving

HTML = '<p>Hello <a href="https://example.com/story">the story</a></p>'


def send(served: Served, receiver: Receiver, addresses: list[str]) -> tuple[Sender, list[Pace]]:
    paces: list[Pace] = []

    async def run() -> Sender:
        pool = SmtpPool("127.0.0.1", controller.port)
        async with TrackingServer(
            served.url, served.key, start=6_000, most=60_000, window=1
        ) as tracking:
            sender = Sender(
                tracking,
                pool,
                "news@sender.example",
                retry_after=0.2,
                watch=lambda _, pace: paces.append(pace),
            )
            await sender.send("Issue", HTML, addresses)
        await pool.aclose()
        return sender

    served.http.post("/v1/publications", json={"name": "A letter"}).raise_for_status()
    controller = started(receiver, free_port())
    try:
        return asyncio.run(run()), paces
    finally:
        controller.stop()


class EnoughError(Exception):
    """The sender was told to stop."""


def test_the_whole_loop(database: Database, tmp_path: Path) -> None:
    receiver = Receiver()
    addresses = recipients(300)
    with serving(database, tmp_path / "server", workers=1) as served:
        sender, paces = send(served, receiver, addresses)
        (issue,) = served.http.get("/v1/issues").json()["issues"]
        report = served.http.get(f"/v1/issues/{issue['id']}/report").json()
        while report["freshness"]["waiting"]:
            report = served.http.get(f"/v1/issues/{issue['id']}/report").json()
    assert sum(sender.done.values()) == 300
    assert sum(receiver.taken.values()) == sender.done["delivered"]
    figures = report["issue"]["figures"]
    assert figures["sent"] == 300
    assert figures["delivered"] == sender.done["delivered"]
    assert figures["hard_bounces"] == sender.done["hard_bounce"] > 0
    assert figures["soft_bounces"] == sender.done["soft_bounce"]
    assert figures["deferred"] == sender.deferrals > 0
    # It asked, and was never faster than it was told.
    assert len(paces) >= 2
    assert paces[0].state == "starting"
    # What arrived is personal and tracked.
    assert b"%sendoff_recipient%" not in receiver.sample
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in receiver.sample
    assert b"https://example.com/story" not in receiver.sample


def test_a_bad_list_is_stopped_early(database: Database, tmp_path: Path) -> None:
    """Half of the mailboxes are dead: the server pauses long before the list is through."""
    world = (Domain("large.example", 1.0, bounces=0.5),)
    receiver = Receiver(world)
    addresses = recipients(2_000, world)

    with serving(database, tmp_path / "server", workers=1) as served:
        served.http.post("/v1/publications", json={"name": "A letter"}).raise_for_status()
        controller = started(receiver, free_port())

        def watch(_: Sender, pace: Pace) -> None:
            # All mails are of one domain: it is that domain which is paused.
            if pace.domains.get("large.example") == 0 or pace.state == "paused":
                raise EnoughError

        async def run() -> None:
            pool = SmtpPool("127.0.0.1", controller.port)
            options = {"start": 6_000, "most": 60_000, "window": 1}
            try:
                async with TrackingServer(served.url, served.key, **options) as tracking:
                    sender = Sender(tracking, pool, "news@sender.example", watch=watch)
                    await sender.send("Issue", HTML, addresses)
            finally:
                await pool.aclose()

        try:
            with pytest.raises(EnoughError):
                asyncio.run(run())
        finally:
            controller.stop()
    assert 200 <= sum(receiver.attempts.values()) < 1_500


def test_who_stops_in_the_midst_of_a_mail_leaves_no_connection_open() -> None:
    asyncio.run(asyncio.wait_for(_stopped_in_the_midst(), PATIENCE))


async def _stopped_in_the_midst() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        await reader.readline()
        begun.set()
        await reader.read()
        ended.set()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        pool = SmtpPool("127.0.0.1", server.sockets[0].getsockname()[1], size=1)
        mail = pool.send(EmailMessage(), "news@sender.example", "one@large.example")
        sending = asyncio.create_task(mail)
        await begun.wait()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await ended.wait()
        await pool.aclose()


@pytest.mark.parametrize(
    ("code", "message", "outcome"),
    [
        (451, "4.7.1 Try again later", Outcome("deferred", "4.7.1")),
        (421, "Too many connections", Outcome("deferred", "421")),
        (550, "5.1.1 No such mailbox", Outcome("hard_bounce", "5.1.1")),
        (550, "No", Outcome("hard_bounce", "550")),
        (550, "5.7.1 Message refused", Outcome("soft_bounce", "5.7.1")),
    ],
)
def test_refusals(code: int, message: str, outcome: Outcome) -> None:
    assert judged(code, message) == outcome


def mails(queue: Queue, *addresses: str) -> None:
    for address in addresses:
        queue.put(Mail(address, "", ""))


def test_a_limited_domain_does_not_hold_up_the_rest() -> None:
    queue = Queue()
    mails(
        queue, *(f"r{n}@slow.example" for n in range(50)), *(f"r{n}@ok.example" for n in range(50))
    )
    queue.obey(Pace("steady", 1000, {"slow.example": 0}, (), 1))
    taken = [mail.domain for _ in range(10) for mail in queue.take(0, 0.1)]
    assert taken == ["ok.example"] * 50


def test_a_pause_stops_everything() -> None:
    queue = Queue(overall=Bucket(0, 0))
    mails(queue, "a@ok.example")
    queue.obey(Pace("paused", 0, {}, (), 1))
    assert list(queue.take(0, 60)) == []


def test_after_an_idle_time_no_burst_follows() -> None:
    queue = Queue()
    mails(queue, *(f"r{n}@ok.example" for n in range(500)))
    queue.obey(Pace("steady", 100, {}, (), 1))
    assert len(list(queue.take(0, 3600))) <= 10


def test_a_deferred_mail_waits_its_time() -> None:
    queue = Queue()
    queue.put(Mail("a@ok.example", "", "", not_before=10))
    queue.obey(Pace("steady", 100, {}, (), 1))
    assert list(queue.take(9, 1)) == []
    assert len(list(queue.take(10, 1))) == 1


def test_the_world_adds_up() -> None:
    assert sum(domain.share for domain in WORLD) == pytest.approx(1)
