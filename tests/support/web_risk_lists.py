"""The lists of Web Risk's Update API, as a server has them: versions, differences, full hashes."""

import base64
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from typing import Any

from tests.support.reputation_servers import Request, b64


def full_hash(expression: str) -> bytes:
    return sha256(expression.encode()).digest()


def rice(values: Sequence[int], parameter: int) -> dict[str, Any]:
    """Ascending integers, encoded as the interface does."""
    bits: list[int] = []
    for before, value in pairwise(values):
        quotient, rest = divmod(value - before, 1 << parameter)
        bits += [1] * quotient + [0] + [rest >> place & 1 for place in range(parameter)]
    data = bytearray((len(bits) + 7) // 8)
    for place, bit in enumerate(bits):
        data[place // 8] |= bit << place % 8
    return {
        "firstValue": str(values[0]),
        "riceParameter": parameter,
        "entryCount": len(values) - 1,
        "encodedData": b64(bytes(data)),
    }


def stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Lists:
    """Answers ``computeDiff`` and ``hashes:search`` for any list; call it with a `Request`.

    ``dangerous`` are expressions with what they are listed for; `publish` makes a new version of a
    list from prefixes.
    """

    def __init__(self, now: float, *, compressed: bool = False) -> None:
        self.now = now
        self.compressed = compressed
        self.versions: dict[str, list[list[bytes]]] = {}
        self.dangerous: dict[str, list[str]] = {}
        self.expires = 300.0
        self.negative_expires = 600.0
        self.next: float | None = 1800.0
        self.spoil_checksum = 0
        self.failure: tuple[int, Any] | None = None

    def publish(self, threat: str, prefixes: Iterable[bytes]) -> None:
        self.versions.setdefault(threat, [[]]).append(sorted(set(prefixes)))

    def __call__(self, request: Request) -> tuple[int, Any]:
        if self.failure is not None:
            return self.failure
        if request.path == "/v1/threatLists:computeDiff":
            return 200, self._difference(request)
        if request.path == "/v1/hashes:search":
            return 200, self._search(request)
        return 404, {}

    def _difference(self, request: Request) -> dict[str, Any]:
        versions = self.versions.get(request.query["threatType"][0], [[]])
        token = request.query["versionToken"][0]
        old = versions[int(base64.b64decode(token))] if token else []
        new = versions[-1]
        keep = set(new)
        answer: dict[str, Any] = {
            "responseType": "DIFF" if token else "RESET",
            "newVersionToken": b64(str(len(versions) - 1).encode()),
            "checksum": {"sha256": b64(sha256(b"".join(new)).digest())},
        }
        if self.next is not None:
            answer["recommendedNextDiff"] = stamp(self.now + self.next)
        if self.spoil_checksum:
            self.spoil_checksum -= 1
            answer["checksum"] = {"sha256": b64(bytes(32))}
        removed = [place for place, each in enumerate(old) if each not in keep]
        added = sorted(keep - set(old))
        if removed:
            answer["removals"] = (
                {"riceIndices": rice(removed, 3)}
                if self.compressed
                else {"rawIndices": {"indices": removed}}
            )
        if added:
            answer["additions"] = self._additions(added)
        return answer

    def _additions(self, added: list[bytes]) -> dict[str, Any]:
        additions: dict[str, Any] = {}
        by_size: dict[int, list[bytes]] = {}
        for each in added:
            by_size.setdefault(len(each), []).append(each)
        if self.compressed and 4 in by_size:
            values = sorted(int.from_bytes(each, "little") for each in by_size.pop(4))
            additions["riceHashes"] = rice(values, 28)
        if by_size:
            additions["rawHashes"] = [
                {"prefixSize": size, "rawHashes": b64(b"".join(group))}
                for size, group in by_size.items()
            ]
        return additions

    def _search(self, request: Request) -> dict[str, Any]:
        prefix = base64.urlsafe_b64decode(request.query["hashPrefix"][0])
        threats = [
            {"threatTypes": words, "hash": b64(full_hash(expression)),
             "expireTime": stamp(self.now + self.expires)}
            for expression, words in self.dangerous.items()
            if full_hash(expression).startswith(prefix)
        ]  # fmt: skip
        answer: dict[str, Any] = {"negativeExpireTime": stamp(self.now + self.negative_expires)}
        return answer | ({"threats": threats} if threats else {})
