"""Answers to reads: with an ETag, so that what did not change is not sent again, and gzipped."""

import gzip
import hashlib

import msgspec
from starlette.responses import Response

from app.trackserver.web.endpoints import Request

_WORTH_ZIPPING = 1_000


def cached(request: Request, body: msgspec.Struct, *, same_as: object = None) -> Response:
    """``body`` as JSON, or 304 where the client has it already.

    Args:
        request: May say ``If-None-Match`` and ``Accept-Encoding: gzip``.
        body: What is answered.
        same_as: What makes two answers the same, where that is not the whole of ``body``: how
            fresh a report is changes each time, what it says does not.
    """
    raw = msgspec.json.encode(body)
    identity = raw if same_as is None else msgspec.json.encode(same_as)
    # Weak: the same in meaning, not byte for byte (RFC 9110, 8.8.3).
    tag = f'W/"{hashlib.blake2b(identity, digest_size=12).hexdigest()}"'
    headers = {"etag": tag, "cache-control": "private, no-cache", "vary": "accept-encoding"}
    if _matches(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return packed(request, raw, "application/json", headers)


def packed(request: Request, raw: bytes, media: str, headers: dict[str, str]) -> Response:
    """An answer that is gzipped where that pays and the client takes it."""
    if len(raw) > _WORTH_ZIPPING and _takes_gzip(request.headers.get("accept-encoding", "")):
        raw = gzip.compress(raw, 5, mtime=0)
        headers = {**headers, "content-encoding": "gzip"}
    headers.setdefault("vary", "accept-encoding")
    return Response(raw, headers=headers, media_type=media)


def _matches(wanted: str, tag: str) -> bool:
    given = {each.strip().removeprefix("W/") for each in wanted.split(",")}
    return tag.removeprefix("W/") in given or wanted.strip() == "*"


def _takes_gzip(accepted: str) -> bool:
    for each in accepted.lower().split(","):
        coding, _, parameters = each.partition(";")
        if coding.strip() in ("gzip", "x-gzip"):
            return parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
