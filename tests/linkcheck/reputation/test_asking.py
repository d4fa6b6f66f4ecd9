"""What several services say of one link, together."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.linkcheck.reputation import with_reputation
from app.linkcheck.reputation.service import Flag, Remark, ReputationError
from app.linkcheck.verdict import Note, Reason, Redirect, Status, Verdict

LINK, HOP = "https://a.net/", "https://b.net/"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
FINE = Verdict(Reason.OK, redirects=(Redirect(301, HOP),))


@dataclass
class Says:
    """Says this of a page, and nothing of any other."""

    what: Flag | Remark | ReputationError
    page: str = LINK

    async def look_up(self, url: str) -> Flag | Remark | None:
        if url != self.page:
            return None
        if isinstance(self.what, ReputationError):
            raise self.what
        return self.what

    async def aclose(self) -> None:
        """Nothing is open."""


def told(*services: Says, verdict: Verdict = FINE) -> Verdict:
    return asyncio.run(with_reputation(verdict, LINK, services))


def test_all_services_that_flag_a_link_are_named() -> None:
    found = told(
        Says(Flag(Reason.WEB_RISK, "MALWARE", NOON + timedelta(hours=2))),
        Says(Flag(Reason.SURBL, "phishing", NOON)),
        Says(Flag(Reason.WEB_RISK, "MALWARE")),  # its lists and its look-up are one
        Says(Flag(Reason.SPAMHAUS), HOP),
    )
    assert (found.status, found.reason, found.threat) == (Status.BLOCK, Reason.WEB_RISK, "MALWARE")
    assert found.also == (Reason.SURBL, Reason.SPAMHAUS)
    assert found.hop is None
    assert found.retry_at == NOON  # until the first runs out


def test_one_flag_alone_names_nobody_else() -> None:
    found = told(Says(ReputationError("away")), Says(Flag(Reason.SURBL), HOP))
    assert (found.reason, found.hop, found.also) == (Reason.SURBL, HOP, ())


def test_a_remark_and_a_failure_stay_notes() -> None:
    found = told(Says(Remark(Note.ABUSED_SITE)), Says(ReputationError("away")))
    assert found.status is Status.SAFE
    assert found.notes == (Note.ABUSED_SITE, Note.REPUTATION_UNKNOWN)
    assert found.also == ()
