"""Problem documents (RFC 9457): how every error is told."""

import re
from collections.abc import Mapping
from http import HTTPStatus

import msgspec

MEDIA_TYPE = "application/problem+json"

_LONGEST = 500
"""Characters of a detail: some quote what was sent, and that may be of any length."""
_CONTROL = re.compile("[\x00-\x1f\x7f]+")


class ProblemDocument(msgspec.Struct):
    """An error, as RFC 9457 writes it."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    """The request's id, as it stands in the log."""


class Problem(Exception):  # noqa: N818 - RFC 9457's word
    """Raised by a handler to answer with an error.

    Args:
        status: The HTTP status, 400 to 599.
        title: What kind of problem it is; the status's own phrase where empty.
        detail: What was wrong with this request, and what the client can do.
        headers: Further headers of the answer.
        extra: Further members of the document.
    """

    def __init__(
        self,
        status: int,
        title: str = "",
        detail: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        **extra: object,
    ) -> None:
        super().__init__(status, title, detail)
        self.status = status
        self.title = title or HTTPStatus(status).phrase
        self.detail = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", detail[:_LONGEST])
        self.headers = dict(headers or {})
        self.extra = extra

    def document(self, instance: str) -> bytes:
        """The answer's body; ``instance`` is the request's id."""
        members = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            **self.extra,
        }
        return msgspec.json.encode(members)
