r"""A small sender that lets the tracking server say how fast it may go on.

It shows the whole loop: register the issue, upload its recipients, send over SMTP, report what
became of each mail, ask for the pace, obey it. Use it as a pattern; it keeps its queue in memory
only, which a real sender must not do.

    python examples/reference_sender.py --server http://127.0.0.1:8047 --key sendoff_… \
        --smtp 127.0.0.1:2525 --html issue.html --subject "Issue 12" --from news@example.com \
        recipients.txt
"""

import argparse
import asyncio
import contextlib
import re
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import httpx

BATCH = 10_000
ATTEMPTS = 5
CONNECTIONS = 8
TICK = 0.05
_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True, slots=True)
class Pace:
    """What the server allows; rates in recipients a second.

    Attributes:
        domains: Receiving domains with a limit of their own, besides.
        ask_again: Seconds; nothing changes earlier.
    """

    state: str
    rate: float
    domains: dict[str, float]
    reasons: tuple[str, ...]
    ask_again: float


class TrackingServer:
    """The calls of the API that a sender needs.

    Args:
        url: Where the server is.
        key: A key with the scope ``write``.
        pace: The query of ``GET /v1/issues/{id}/pace``: ``start``, ``most``, ``window``.
    """

    def __init__(self, url: str, key: str, **pace: int) -> None:
        self._http = httpx.AsyncClient(
            base_url=url, headers={"authorization": f"Bearer {key}"}, timeout=60, trust_env=False
        )
        self._pace = pace
        self.issue = ""

    async def __aenter__(self) -> "TrackingServer":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def register(self, subject: str, html: str, recipients: int) -> dict[str, Any]:
        """The issue with tracked links: ``html``, ``headers``, ``placeholder``."""
        body = {"subject": subject, "html": html, "recipient_count": recipients}
        made = await self._post("/v1/issues", body)
        self.issue = made["issue"]["id"]
        return made

    async def values(self, addresses: Sequence[str]) -> list[dict[str, Any]]:
        """What stands for each recipient in their copy."""
        found: list[dict[str, Any]] = []
        for start in range(0, len(addresses), BATCH):
            batch = [{"email": address} for address in addresses[start : start + BATCH]]
            made = await self._post(f"/v1/issues/{self.issue}/recipients", {"recipients": batch})
            found += made["recipients"]
        return found

    async def report(self, events: Sequence[dict[str, Any]]) -> None:
        """Tell what happened; sending the same again does no harm."""
        for start in range(0, len(events), BATCH):
            batch = list(events[start : start + BATCH])
            await self._post(f"/v1/issues/{self.issue}/events", {"events": batch})

    async def pace(self) -> Pace:
        """How fast to go on."""
        answer = await self._http.get(f"/v1/issues/{self.issue}/pace", params=self._pace)
        answer.raise_for_status()
        told = answer.json()
        return Pace(
            told["state"],
            told["recipients_per_minute"] / 60,
            {one["domain"]: one["recipients_per_minute"] / 60 for one in told["domains"]},
            tuple(told["reasons"]),
            told["ask_again_seconds"],
        )

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self._http.post(path, json=body)
        answer.raise_for_status()
        made: dict[str, Any] = answer.json()
        return made


@dataclass(slots=True)
class Mail:
    """One recipient's copy on its way."""

    address: str
    value: str
    list_unsubscribe: str
    attempts: int = 0
    not_before: float = 0.0

    @property
    def domain(self) -> str:
        """The receiving domain."""
        return self.address.rpartition("@")[2].lower()


@dataclass(slots=True)
class Bucket:
    """Allows ``rate`` a second, and after a pause no more than a tenth of a second's worth."""

    rate: float
    left: float = 1.0

    def refill(self, seconds: float) -> None:
        """Time went by."""
        self.left = min(self.left + self.rate * seconds, max(1.0, self.rate / 10))

    @property
    def has_some(self) -> bool:
        """Whether one more may go."""
        return self.rate > 0 and self.left >= 1


@dataclass(slots=True)
class Queue:
    """Mails by receiving domain, taken from each in turn, as far as the pace allows."""

    waiting: dict[str, deque[Mail]] = field(default_factory=dict)
    overall: Bucket = field(default_factory=lambda: Bucket(0))
    limited: dict[str, Bucket] = field(default_factory=dict)

    def put(self, mail: Mail) -> None:
        """To the end of its domain's queue."""
        self.waiting.setdefault(mail.domain, deque()).append(mail)

    def obey(self, pace: Pace) -> None:
        """Take over new limits."""
        self.overall.rate = pace.rate
        self.limited = {
            domain: Bucket(rate, self.limited[domain].left if domain in self.limited else 1.0)
            for domain, rate in pace.domains.items()
        }

    def take(self, now: float, elapsed: float) -> Iterator[Mail]:
        """The mails that may go now."""
        self.overall.refill(elapsed)
        for limit in self.limited.values():
            limit.refill(elapsed)
        domains = [domain for domain, mails in self.waiting.items() if mails]
        while domains and self.overall.has_some:
            for domain in list(domains):
                bucket = self.limited.get(domain)
                mails = self.waiting[domain]
                may = mails and mails[0].not_before <= now and (bucket is None or bucket.has_some)
                if not may or not self.overall.has_some:
                    domains.remove(domain)
                    continue
                self.overall.left -= 1
                if bucket is not None:
                    bucket.left -= 1
                yield mails.popleft()

    def __len__(self) -> int:
        return sum(map(len, self.waiting.values()))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the receiving side answered."""

    type: str
    reason: str = ""


class SmtpPool:
    """A few connections, each used for one mail after another."""

    def __init__(self, host: str, port: int, size: int = CONNECTIONS) -> None:
        self._size = size
        self._free: asyncio.Queue[aiosmtplib.SMTP] = asyncio.Queue()
        for _ in range(size):
            self._free.put_nowait(
                aiosmtplib.SMTP(
                    hostname=host, port=port, use_tls=False, start_tls=False, timeout=30
                )
            )

    async def send(self, message: EmailMessage, sender: str, address: str) -> Outcome:
        """Hand one mail over."""
        smtp = await self._free.get()
        try:
            if not smtp.is_connected:
                await smtp.connect()
            await smtp.sendmail(sender, [address], message.as_bytes())
        except aiosmtplib.SMTPRecipientsRefused as error:
            return judged(error.recipients[0].code, error.recipients[0].message)
        except aiosmtplib.SMTPResponseException as error:
            return judged(error.code, error.message)
        except (aiosmtplib.SMTPException, OSError) as error:
            smtp.close()
            return Outcome("deferred", type(error).__name__)
        except asyncio.CancelledError:
            smtp.close()  # in the midst of a mail nobody says goodbye
            raise
        else:
            return Outcome("delivered")
        finally:
            self._free.put_nowait(smtp)

    async def aclose(self) -> None:
        """Say goodbye by each connection, once it is free."""
        for _ in range(self._size):
            smtp = await self._free.get()
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                if smtp.is_connected:
                    await smtp.quit()
            smtp.close()


def judged(code: int, message: str) -> Outcome:
    """A refusal in the API's words (RFC 5321, 4.2.1; RFC 3463).

    5.7.x is a policy's refusal of this mail and says nothing against the address.
    """
    found = _ENHANCED.search(message)
    reason = found[1] if found else str(code)
    if code < 500:
        return Outcome("deferred", reason)
    return Outcome("soft_bounce" if reason.startswith("5.7.") else "hard_bounce", reason)


class Sender:
    """Sends one issue.

    Args:
        tracking: The server; its issue is registered by ``send``.
        pool: Where the mails go.
        sender: The envelope's and the header's From.
        retry_after: Seconds until a deferred mail is tried again; doubled each time.
        watch: Called whenever the pace was asked for.
    """

    def __init__(
        self,
        tracking: TrackingServer,
        pool: SmtpPool,
        sender: str,
        *,
        retry_after: float = 60.0,
        watch: Callable[["Sender", Pace], None] = lambda _sender, _pace: None,
    ) -> None:
        self._tracking = tracking
        self._pool = pool
        self._from = sender
        self._retry_after = retry_after
        self._watch = watch
        self._queue = Queue()
        self._under_way: set[asyncio.Task[None]] = set()
        self._unreported: list[dict[str, Any]] = []
        self._subject = ""
        self._issue: dict[str, Any] = {}
        self.done: Counter[str] = Counter()
        self.deferrals = 0
        self.shown: tuple[object, ...] = ()

    async def send(self, subject: str, html: str, addresses: Sequence[str]) -> Counter[str]:
        """Send it to everybody; how many ended how."""
        self._subject = subject
        self._issue = await self._tracking.register(subject, html, len(addresses))
        values = await self._tracking.values(addresses)
        for address, value in zip(addresses, values, strict=True):
            self._queue.put(Mail(address, value["value"], value["list_unsubscribe"]))
        try:
            await self._work_off()
        finally:
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._report()
        return self.done

    async def _work_off(self) -> None:
        before = time.monotonic()
        ask_at = 0.0
        while len(self._queue) or self._under_way:
            now = time.monotonic()
            if now >= ask_at:
                await self._report()
                pace = await self._tracking.pace()
                self._queue.obey(pace)
                self._watch(self, pace)
                now = time.monotonic()
                ask_at = now + pace.ask_again
            for mail in self._queue.take(now, now - before):
                task = asyncio.create_task(self._deliver(mail))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)
            before = now
            await asyncio.sleep(TICK)

    async def _deliver(self, mail: Mail) -> None:
        if mail.attempts == 0:
            self._happened(mail, Outcome("sent"))
        mail.attempts += 1
        outcome = await self._pool.send(self._message(mail), self._from, mail.address)
        if outcome.type == "deferred":
            self.deferrals += 1
            self._happened(mail, outcome)
            if mail.attempts < ATTEMPTS:
                mail.not_before = time.monotonic() + self._retry_after * 2 ** (mail.attempts - 1)
                self._queue.put(mail)
                return
            outcome = Outcome("soft_bounce", outcome.reason)
        self._happened(mail, outcome)
        self.done[outcome.type] += 1

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._from
        message["To"] = mail.address
        message["Subject"] = self._subject
        message["List-Unsubscribe"] = mail.list_unsubscribe
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        html = self._issue["html"].replace(self._issue["placeholder"], mail.value)
        message.set_content("This issue is made for readers that show HTML.")
        message.add_alternative(html, subtype="html")
        return message

    def _happened(self, mail: Mail, outcome: Outcome) -> None:
        event = {
            "type": outcome.type,
            "at": datetime.now(UTC).isoformat(),
            "email": mail.address,
            "id": f"{mail.address}:{outcome.type}:{mail.attempts}",
        }
        if outcome.reason:
            event["reason"] = outcome.reason
        self._unreported.append(event)

    async def _report(self) -> None:
        events, self._unreported = self._unreported, []
        if events:
            await self._tracking.report(events)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Send an issue at the tracking server's pace.")
    parser.add_argument("recipients", type=Path, help="a file with an address on each line")
    for name in ("server", "key", "smtp", "html", "subject", "from"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    addresses = arguments.recipients.read_text(encoding="utf-8").split()
    html = Path(arguments.html).read_text(encoding="utf-8")
    asyncio.run(_send(arguments, html, addresses))


async def _send(arguments: argparse.Namespace, html: str, addresses: Sequence[str]) -> None:
    host, _, port = arguments.smtp.rpartition(":")
    pool = SmtpPool(host, int(port))
    async with TrackingServer(arguments.server, arguments.key) as tracking:
        sender = Sender(tracking, pool, vars(arguments)["from"], watch=print_pace)
        print(dict(await sender.send(arguments.subject, html, addresses)))
    await pool.aclose()


def print_pace(sender: Sender, pace: Pace) -> None:
    """A line about how it is going, whenever the pace changed."""
    if (pace.state, pace.rate, pace.domains) == sender.shown:
        return
    sender.shown = pace.state, pace.rate, pace.domains
    slow = ", ".join(f"{domain} {rate * 60:.0f}" for domain, rate in pace.domains.items())
    print(
        f"{pace.state:<12} {pace.rate * 60:>8.0f} a minute"
        f"  done {sum(sender.done.values()):>6}  deferred {sender.deferrals:>5}"
        f"  {', '.join(pace.reasons)}{'  | ' + slow if slow else ''}",
        flush=True,
    )


if __name__ == "__main__":
    main()
