"""Reads the answer of ``threatLists:computeDiff``.

Source: https://cloud.google.com/web-risk/docs/update-api and the messages of webrisk.proto, in
protobuf's JSON: bytes are base64, 64-bit integers are strings, what is zero may be left out.
"""

import base64
from collections.abc import Iterator
from itertools import chain
from typing import Any

from app.linkcheck.reputation.webrisk.api import ThreatType, expiry
from app.linkcheck.reputation.webrisk.prefixes import Difference
from app.linkcheck.reputation.webrisk.rice import decode

_SHORTEST, _LONGEST = 4, 32


def read_difference(answer: dict[str, Any], threat: ThreatType, default_next: float) -> Difference:
    """The difference in an answer; its entries are decoded as they are used.

    Raises:
        ValueError: it is none; also later, from the iterators.
    """
    kind = answer.get("responseType")
    if kind not in ("DIFF", "RESET"):
        raise ValueError("neither a difference nor a new list")
    additions, removals = _part(answer, "additions"), _part(answer, "removals")
    checksum = _bytes(_part(answer, "checksum").get("sha256", ""))
    following = expiry(answer.get("recommendedNextDiff"))
    return Difference(
        threat=threat,
        is_reset=kind == "RESET",
        removals=_indices(removals),
        additions=chain(_raw_hashes(additions), _rice_hashes(additions)),
        token=str(answer.get("newVersionToken", "")),
        checksum=checksum or None,
        next=default_next if following is None else following,
    )


def _indices(removals: dict[str, Any]) -> Iterator[int]:
    for index in _part(removals, "rawIndices").get("indices", ()):
        yield int(index)
    if "riceIndices" in removals:
        yield from _rice(removals["riceIndices"])


def _raw_hashes(additions: dict[str, Any]) -> Iterator[bytes]:
    for group in additions.get("rawHashes", ()):
        size, joined = int(group.get("prefixSize", 0)), _bytes(group.get("rawHashes", ""))
        if not _SHORTEST <= size <= _LONGEST or len(joined) % size:
            raise ValueError("hashes of an impossible size")
        for start in range(0, len(joined), size):
            yield joined[start : start + size]


def _rice_hashes(additions: dict[str, Any]) -> Iterator[bytes]:
    if "riceHashes" in additions:
        for value in _rice(additions["riceHashes"]):
            if value >> 32:
                raise ValueError("a hash of more than four bytes")
            # As the reference client has it: the lowest byte is the first of the hash.
            yield value.to_bytes(4, "little")


def _rice(coded: dict[str, Any]) -> Iterator[int]:
    return decode(
        int(coded.get("firstValue", 0)),
        int(coded.get("riceParameter", 0)),
        int(coded.get("entryCount", 0)),
        _bytes(coded.get("encodedData", "")),
    )


def _part(answer: dict[str, Any], name: str) -> dict[str, Any]:
    part = answer.get(name, {})
    if not isinstance(part, dict):
        raise ValueError(f"{name} is no object")
    return part


def _bytes(text: object) -> bytes:
    """Base64 in either alphabet, padded or not."""
    plain = str(text).replace("-", "+").replace("_", "/").rstrip("=")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
