"""A verdict as JSON: what a server that checks for us tells, and how it is read.

The fields are those of `sendoff check --json`, and a published contract. What is read comes from
the network: it is validated here, once.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from app.linkcheck.verdict import Note, Reason, Redirect, Verdict

_LONGEST_URL = 16_384
_LONGEST_TEXT = 4_000
_MOST_HOPS = 64
_TIME = "%Y-%m-%dT%H:%M:%SZ"


class UnreadableVerdictError(ValueError):
    """This is no verdict, or one with words that this version does not know."""


def to_json(verdict: Verdict) -> dict[str, object]:
    """The verdict's members by their published names; times are ISO 8601 in UTC."""
    return {
        "status": verdict.status.value,
        "reason": verdict.reason.value,
        "notes": [note.value for note in verdict.notes],
        "detail": verdict.detail,
        "suggestion": verdict.suggestion,
        "http_status": verdict.http_status,
        "method": verdict.method,
        "final_url": verdict.final_url,
        "redirects": [{"status": hop.status, "url": hop.url} for hop in verdict.redirects],
        "checked_at": _told(verdict.checked_at),
        "retry_at": _told(verdict.retry_at),
        "seconds": verdict.seconds,
        "from_cache": verdict.from_cache,
        "evidence": verdict.evidence,
        "threat": verdict.threat,
        "hop": verdict.hop,
        "also": [reason.value for reason in verdict.also],
    }


def from_json(data: object) -> Verdict:
    """The verdict in a decoded JSON object; notes that are not known are dropped.

    Raises:
        UnreadableVerdictError: where it is none.
    """
    if not isinstance(data, Mapping):
        raise UnreadableVerdictError("no object")
    try:
        reason = Reason(data["reason"])
        notes, hops = data.get("notes", []), data.get("redirects", [])
        also = data.get("also", [])
        if not all(isinstance(each, list) for each in (notes, hops, also)):
            raise UnreadableVerdictError("no list")
        return Verdict(
            reason,
            tuple(Note(note) for note in notes if note in set(Note)),
            detail=_text(data, "detail", _LONGEST_TEXT) or "",
            suggestion=_text(data, "suggestion", _LONGEST_URL),
            http_status=_status(data.get("http_status")),
            method=_text(data, "method", 16),
            final_url=_text(data, "final_url", _LONGEST_URL),
            redirects=tuple(_hop(hop) for hop in hops[:_MOST_HOPS]),
            checked_at=_time(data.get("checked_at")),
            seconds=_seconds(data.get("seconds")),
            from_cache=data.get("from_cache") is True,
            retry_at=_time(data.get("retry_at")),
            evidence=_text(data, "evidence", _LONGEST_TEXT),
            threat=_text(data, "threat", _LONGEST_TEXT),
            hop=_text(data, "hop", _LONGEST_URL),
            also=tuple(Reason(each) for each in also if each in set(Reason)),
        )
    except (KeyError, ValueError, TypeError, OverflowError) as error:
        raise UnreadableVerdictError(type(error).__name__) from None


def _told(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).strftime(_TIME)


def _time(value: object) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise UnreadableVerdictError("no time")
    return datetime.strptime(value, _TIME).replace(tzinfo=UTC)


def _text(data: Mapping[str, object], name: str, longest: int) -> str | None:
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > longest:
        raise UnreadableVerdictError(name)
    return value


def _status(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or not 0 <= value <= 999:
        raise UnreadableVerdictError("http_status")
    return value


def _seconds(value: object) -> float | None:
    if value is None:
        return None
    if not isinstance(value, int | float) or not 0 <= value < 1e6:
        raise UnreadableVerdictError("seconds")
    return float(value)


def _hop(value: object) -> Redirect:
    if not isinstance(value, Mapping):
        raise UnreadableVerdictError("redirects")
    status, url = _status(value.get("status")), _text(value, "url", _LONGEST_URL)
    if status is None or url is None:
        raise UnreadableVerdictError("redirects")
    return Redirect(status, url)
