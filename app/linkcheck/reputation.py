"""The seam for services that know dangerous sites.

Every link that has a host which can be looked up is put to every service, dead or alive, and so is
every hop of its redirects. A flag wins over any other verdict; a service that fails leaves the
verdict as it is, with the note ``reputation_unknown``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from app.linkcheck.sentences import sentence
from app.linkcheck.verdict import Note, Reason, Verdict


class ReputationError(Exception):
    """A service could not be asked, or gave no usable answer."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A service's warning: ``reason`` is one of the ``block`` reasons, ``threat`` its own term."""

    reason: Reason
    threat: str | None = None


class ReputationService(Protocol):
    """One service, for instance Google Web Risk or a DNS block list."""

    async def look_up(self, url: str) -> Flag | None:
        """The flag on this URL or its host, None when there is none.

        A service on the Internet has to pass over hosts that only exist in a private network.
        Raises `ReputationError` when the service cannot tell; never takes longer than its own
        time limit.
        """


async def with_reputation(
    verdict: Verdict, url: str, services: Sequence[ReputationService]
) -> Verdict:
    """The verdict after every service was asked about the link and its hops."""
    import asyncio  # here, since the window imports this module before its first frame

    hops = dict.fromkeys(hop.url for hop in verdict.redirects if hop.url != url)
    asked = [url, *hops]
    answers = await asyncio.gather(
        *(service.look_up(each) for each in asked for service in services),
        return_exceptions=True,
    )
    targets = [each for each in asked for _ in services]
    return _merged(verdict, url, zip(targets, answers, strict=True))


def _merged(
    verdict: Verdict, url: str, answers: Iterable[tuple[str, Flag | BaseException | None]]
) -> Verdict:
    unknown = False
    for target, answer in answers:
        if isinstance(answer, ReputationError):
            unknown = True
        elif isinstance(answer, BaseException):
            raise answer
        elif answer is not None:
            hop = target if target != url else None
            detail = sentence(answer.reason)
            return replace(
                verdict, reason=answer.reason, detail=detail, threat=answer.threat, hop=hop
            )
    if not unknown or Note.REPUTATION_UNKNOWN in verdict.notes:
        return verdict
    return replace(verdict, notes=(*verdict.notes, Note.REPUTATION_UNKNOWN))
