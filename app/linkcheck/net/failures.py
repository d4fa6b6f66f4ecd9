"""How a request can fail before there is an answer to judge."""

from enum import Enum, auto

from app.linkcheck.verdict import Reason


class Again(Enum):
    """Whether a second look can change what was found."""

    NEVER = auto()  # a fact: asking again only costs time
    LATER = auto()  # may have been a passing trouble
    FRESH = auto()  # may have been the connection: once more on a new one


class FailureError(Exception):
    """A request that got no answer, with the reason that the writer is told.

    ``evidence`` is what was observed, in words ("the connection was closed before any answer");
    ``retry_after`` the seconds after which the host may be asked again, where that is known.
    """

    def __init__(
        self,
        reason: Reason,
        evidence: str,
        again: Again = Again.NEVER,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(evidence)
        self.reason = reason
        self.evidence = evidence
        self.again = again
        self.retry_after = retry_after


def lost(evidence: str) -> FailureError:
    """The connection ended before there was an answer."""
    return FailureError(Reason.CONNECTION_LOST, evidence, Again.LATER)


def not_http(evidence: str) -> FailureError:
    """Something answered, in another protocol."""
    return FailureError(Reason.NOT_HTTP, evidence, Again.FRESH)


def broken(evidence: str) -> FailureError:
    """HTTP was meant, and is so wrong that browsers give up too."""
    return FailureError(Reason.BROKEN_SERVER, evidence, Again.FRESH)
