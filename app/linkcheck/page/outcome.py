"""From the last answer to the verdict: reason, notes, suggestion and plain words."""

from datetime import datetime, timedelta

from app.linkcheck.page import redirects
from app.linkcheck.page.answer import Answer
from app.linkcheck.page.words import describe
from app.linkcheck.urls import WebUrl
from app.linkcheck.verdict import Note, Reason, Verdict

SLOW_SECONDS = 2.5
"""From here on an answer is called slow: a reader would wonder whether it comes at all."""

_BY_STATUS = {
    304: Reason.ODD_ANSWER,
    401: Reason.NEEDS_LOGIN,
    402: Reason.PAYWALL,
    403: Reason.REFUSED_ROBOT,
    404: Reason.NOT_FOUND,
    405: Reason.REFUSED_ROBOT,
    406: Reason.REFUSED_ROBOT,
    407: Reason.NEEDS_LOGIN,
    408: Reason.TIMEOUT,
    410: Reason.GONE,
    415: Reason.REFUSED_ROBOT,
    418: Reason.REFUSED_ROBOT,
    421: Reason.ODD_ANSWER,
    426: Reason.ODD_ANSWER,
    429: Reason.RATE_LIMITED,
    451: Reason.LEGAL_BLOCK,
    511: Reason.NEEDS_LOGIN,
}


def judge(start: WebUrl, answer: Answer, now: datetime, seconds: float) -> Verdict:
    """The verdict of the page ``start``, whose check cost ``seconds`` and ended with ``answer``."""
    reason, evidence = _reason(start, answer)
    works = reason is Reason.OK
    notes = tuple(_notes(start, answer)) if works else ()
    suggestion = redirects.suggestion(start, answer.trail, answer.url) if works else None
    wait = answer.retry_after if reason in (Reason.RATE_LIMITED, Reason.SERVER_ERROR) else None
    return Verdict(
        reason=reason,
        notes=notes,
        detail=describe(reason, notes, start, answer, evidence),
        suggestion=suggestion,
        http_status=answer.status,
        method=answer.method,
        final_url=answer.url.href,
        redirects=answer.trail,
        checked_at=now,
        seconds=round(seconds, 3),
        retry_at=None if wait is None else now + timedelta(seconds=wait),
        evidence=evidence or None,
    )


def _reason(start: WebUrl, answer: Answer) -> tuple[Reason, str]:
    if answer.failure is not None:
        return answer.failure.reason, answer.failure.evidence
    if answer.wall is not None:
        return Reason.BOT_WALL, f"{answer.wall.name}: {answer.wall.evidence}"
    if not answer.is_success:
        return _of_status(answer.status or 0), _status_in_words(answer)
    return _of_success(start, answer)


def _status_in_words(answer: Answer) -> str:
    if answer.retry_after is None:
        return f"status {answer.status}"
    seconds = round(answer.retry_after)
    wait = f"{seconds} s" if seconds < 120 else f"{seconds // 60} minutes"
    if seconds >= 7200:
        wait = f"{seconds // 3600} hours"
    return f"status {answer.status}, ask again in {wait}"


def _of_status(status: int) -> Reason:
    known = _BY_STATUS.get(status)
    if known is not None:
        return known
    if 400 <= status < 500:
        return Reason.CLIENT_ERROR
    if 500 <= status < 600:
        return Reason.SERVER_ERROR
    return Reason.ODD_ANSWER


def _of_success(start: WebUrl, answer: Answer) -> tuple[Reason, str]:
    if answer.trail:
        from app.linkcheck.page.pages import is_parking_host
        from app.linkcheck.page.walls import is_login

        if is_login(start, answer.url):
            return Reason.NEEDS_LOGIN, f"redirects to {answer.url.origin}"
        if is_parking_host(answer.url.host) and not is_parking_host(start.host):
            return Reason.PARKED, f"redirects to {answer.url.host}, which sells domains"
    if answer.page is not None and answer.page.is_parked:
        return Reason.PARKED, "the page carries the marks of a parked domain"
    return Reason.OK, ""


def _notes(start: WebUrl, answer: Answer) -> list[Note]:
    notes = redirects.notes(start, answer.trail, answer.url)
    if _is_empty(answer):
        notes.append(Note.EMPTY_PAGE)
    if answer.seconds >= SLOW_SECONDS:
        notes.append(Note.SLOW)
    if _is_soft_404(start, answer):
        notes.append(Note.SOFT_404)
    return notes


def _is_empty(answer: Answer) -> bool:
    if answer.page is not None:
        return answer.page.is_empty
    return answer.status in (204, 205) or (answer.head is not None and answer.head.length == 0)


def _is_soft_404(start: WebUrl, answer: Answer) -> bool:
    if answer.leads_nowhere or (answer.page is not None and answer.page.is_error_page):
        return True
    if not answer.trail:
        return False
    from app.linkcheck.page.pages import is_error_path

    return is_error_path(answer.url) and not is_error_path(start)
