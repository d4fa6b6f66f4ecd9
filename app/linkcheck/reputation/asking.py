"""From a link's verdict to the verdict after every service was asked."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from app.linkcheck.reputation.service import Flag, Remark, ReputationError, ReputationService
from app.linkcheck.sentences import sentence
from app.linkcheck.verdict import Note, Reason, Verdict

log = logging.getLogger(__name__)

_Asked = tuple[str, Flag | Remark | BaseException | None]


async def with_reputation(
    verdict: Verdict, url: str, services: Sequence[ReputationService]
) -> Verdict:
    """The verdict after every service was asked about the link and its hops, all at once."""
    import asyncio  # here, since the window imports this module before its first frame

    hops = dict.fromkeys(hop.url for hop in verdict.redirects if hop.url != url)
    asked = [url, *hops]
    answers = await asyncio.gather(
        *(service.look_up(each) for each in asked for service in services),
        return_exceptions=True,
    )
    targets = [each for each in asked for _ in services]
    return _merged(verdict, url, list(zip(targets, answers, strict=True)))


def flagged(
    verdict: Verdict, flag: Flag, hop: str | None = None, others: Sequence[Flag] = ()
) -> Verdict:
    """The verdict of a link that is flagged, or (``hop``) a redirect of it, perhaps by others, too.

    It holds until the first of the flags runs out.
    """
    also = dict.fromkeys(each.reason for each in others if each.reason is not flag.reason)
    ends = [each.until for each in (flag, *others) if each.until is not None]
    return replace(
        verdict,
        reason=flag.reason,
        detail=sentence(flag.reason),
        threat=flag.threat,
        hop=hop,
        also=tuple(also),
        retry_at=min(ends, default=None),
    )


def _merged(verdict: Verdict, url: str, answers: Sequence[_Asked]) -> Verdict:
    notes = [note for note in verdict.notes if note not in _OF_SERVICES]
    threat, hop, detail = verdict.threat, verdict.hop, verdict.detail
    flags = [(target, answer) for target, answer in answers if isinstance(answer, Flag)]
    if flags:
        (target, first), *others = flags
        where = target if target != url else None
        return flagged(verdict, first, where, [flag for _, flag in others])
    for target, answer in answers:
        where = target if target != url else None
        if isinstance(answer, Remark):
            if answer.note not in notes:
                notes.append(answer.note)
                threat, hop = answer.threat, where
                if verdict.reason is Reason.OK:
                    detail = sentence(answer.note)
        elif isinstance(answer, BaseException):
            if not isinstance(answer, ReputationError):
                # Whatever is wrong with a service, it makes no link worse.
                log.error("A reputation service failed: %s", type(answer).__name__)
            if Note.REPUTATION_UNKNOWN not in notes:
                notes.append(Note.REPUTATION_UNKNOWN)
    if tuple(notes) == verdict.notes:
        return verdict
    return replace(verdict, notes=tuple(notes), detail=detail, threat=threat, hop=hop)


_OF_SERVICES = frozenset({Note.REPUTATION_UNKNOWN, Note.ABUSED_SITE})
"""Notes that an earlier round of questions may have left on a verdict."""
