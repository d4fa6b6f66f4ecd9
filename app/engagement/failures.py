"""What an answer, or the lack of one, means for the writer."""

import ssl

from app.engagement import decode
from app.engagement.errors import (
    BadAnswerError,
    FailingError,
    ForbiddenError,
    HttpError,
    InsecureError,
    LimitedError,
    NotFoundError,
    NotTheServerError,
    OfflineError,
    RefusedError,
    StatusError,
)
from app.speech import say


def no_connection(error: BaseException) -> HttpError:
    """Why no connection came about."""
    reason: BaseException | None = error
    while reason is not None:
        if isinstance(reason, ssl.SSLCertVerificationError):
            return InsecureError(
                say("The server's certificate is not good: {value}.", value=_certificate(reason))
            )
        if isinstance(reason, ssl.SSLError):
            return InsecureError(
                say("No safe connection to the server can be made: its encryption may be too old.")
            )
        reason = reason.__cause__ or reason.__context__
    return OfflineError(say("The server cannot be reached. Are you online?"))


def _certificate(error: ssl.SSLCertVerificationError) -> str:
    # https://www.openssl.org/docs/man3.0/man3/X509_STORE_CTX_get_error.html
    words = {10: "it has expired", 18: "nobody vouches for it", 19: "nobody known vouches for it",
             20: "nobody known vouches for it", 62: "it belongs to another host",
             64: "it belongs to another host"}  # fmt: skip
    return words.get(error.verify_code, "it cannot be verified")


def code(body: decode.Inflater) -> str:
    """The error document's own word: ``code``, or that of the first of its ``errors``."""
    try:
        found = decode.read_json(body.whole())
    except BadAnswerError:
        return ""
    errors = found.get("errors") if isinstance(found, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else found
    if not isinstance(first, dict):
        return ""
    word = first.get("code") or first.get("type")
    return word[:100] if isinstance(word, str) else ""


def failure(status: int, word: str, wait: float, *, writing: bool) -> HttpError:
    """An answer with a status of 400 and more; ``wait`` are seconds."""
    if status == 401:
        return RefusedError(say("The server does not take the key. It may have been revoked."))
    if status == 403:
        what = "write" if writing else "read"
        return ForbiddenError(say("The key is not allowed to {what} this.", what=what))
    if status == 404:
        return NotFoundError(say("The server has no such thing, or no more."))
    if status == 429:
        return LimitedError(say("The server asks for a pause."), wait=wait)
    if status == 511:
        return NotTheServerError(say("The network wants you to log in first."))
    if status >= 500:
        return FailingError(
            say("The server has a problem of its own ({status}).", status=status), wait=wait
        )
    return StatusError(
        say("The server answered with an error ({status}).", status=status), status, word
    )
