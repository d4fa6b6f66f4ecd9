"""From the bytes of an answer to JSON, with bounds on both."""

import json
import re
import zlib
from typing import Any

from app.engagement.errors import BadAnswerError
from app.speech import say

LARGEST_BODY = 16 << 20
"""Bytes after decompression."""
_DEEPEST = 100
_MORE_THAN_JSON = "The answer holds something that JSON does not have."


class Inflater:
    """Puts a body together as it comes, unpacked, and stops where it grows too large.

    Args:
        encoding: The answer's Content-Encoding.
        largest: Bytes after decompression.
    """

    def __init__(self, encoding: str, largest: int = LARGEST_BODY) -> None:
        self._largest = largest
        self._size = 0
        self._parts: list[bytes] = []
        self._unzip: Any = None
        word = encoding.strip().lower()
        if word in ("gzip", "x-gzip"):
            self._unzip = zlib.decompressobj(wbits=31)
        elif word not in ("", "identity"):
            raise BadAnswerError(say("The answer is packed in a way that was not asked for."))

    def feed(self, data: bytes) -> None:
        """Take the next bytes. Raises BadAnswerError for too many, or broken ones."""
        if self._unzip is not None:
            try:
                # One byte more than is allowed shows a bomb without unpacking it.
                data = self._unzip.decompress(data, self._largest - self._size + 1)
            except zlib.error:
                raise BadAnswerError(say("The packed answer is broken.")) from None
        self._size += len(data)
        if self._size > self._largest:
            raise BadAnswerError(
                say("The answer is larger than {value} MB.", value=self._largest >> 20)
            )
        self._parts.append(data)

    def whole(self) -> bytes:
        """The body. Raises BadAnswerError where it was cut off."""
        if self._unzip is not None and not self._unzip.eof:
            raise BadAnswerError(say("The packed answer was cut off."))
        return b"".join(self._parts)


def read_json(body: bytes) -> Any:
    """The JSON in ``body``: valid UTF-8 (a mark at its start is passed over), no name twice, no
    NaN, not nested too deep. Raises BadAnswerError.
    """
    try:
        found = json.loads(
            body.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_refuse
        )
    except (ValueError, RecursionError):
        raise BadAnswerError(say("The answer is not the JSON that it should be.")) from None
    # Brackets in texts only look like nesting; they are taken out where there are many.
    if _depth(body) > _DEEPEST and _depth(_TEXT.sub(b"", body)) > _DEEPEST:
        raise BadAnswerError(say("The answer is nested too deep."))
    return found


def _depth(body: bytes) -> int:
    """How deep brackets nest, those in texts counted like the others."""
    deepest = depth = 0
    for sign in body.translate(None, _NO_BRACKETS):
        depth += 1 if sign in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"')
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _refuse(_word: str) -> Any:
    raise ValueError(_MORE_THAN_JSON)
