"""Short signed tokens in tracked links and pixels.

``base64url(kid | kind and link | issue | subscriber | tag)``: one byte of key id, three unsigned
LEB128 numbers (kind in the lowest two bits of the first), 16 bytes of BLAKE2b keyed with the
signing key. About 34 characters. A token says which issue, link and subscriber it is for; where
the link leads is looked up, never read from the URL.
"""

from base64 import urlsafe_b64encode
from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from hashlib import blake2b
from hmac import compare_digest

TAG_SIZE = 16
_LONGEST = 1 + 3 * 10 + TAG_SIZE
_LONGEST_TEXT = (_LONGEST * 4 + 2) // 3
# The standard alphabet's own two characters become what is none at all.
_TO_STANDARD = bytes.maketrans(b"-_+/", b"+/**")


class Kind(IntEnum):
    """What a token is for; one kind is never accepted as another."""

    OPEN = 0
    CLICK = 1
    UNSUBSCRIBE = 2


class BadToken(Exception):  # noqa: N818 - reads as what it is
    """Malformed, tampered with, or signed by a key that is not ours."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a tracked URL carries; ``subscriber`` 0 where nobody is named."""

    kind: Kind
    issue: int
    subscriber: int = 0
    link: int = 0


class Keyring:
    """Signs with the newest key, verifies with each.

    Args:
        secrets: The keys by their id, 0 to 255; at least 16 bytes each.
        newest: The id of the key that signs.
    """

    def __init__(self, secrets: Mapping[int, bytes], newest: int) -> None:
        self._keyed = {kid: _keyed(secret) for kid, secret in secrets.items()}
        self._newest = newest

    def sign(self, token: Token) -> str:
        """The token as it stands in a URL."""
        payload = b"".join(
            (
                bytes((self._newest,)),
                _number(token.link << 2 | token.kind),
                _number(token.issue),
                _number(token.subscriber),
            )
        )
        tag = self._keyed[self._newest].copy()
        tag.update(payload)
        return _letters(payload + tag.digest())

    def verify(self, text: str) -> Token:
        """The token that ``text`` is. Raises BadToken for anything we did not sign."""
        payload = self._payload(text)
        first, place = _read(payload, 1)
        issue, place = _read(payload, place)
        subscriber, _ = _read(payload, place)
        return Token(Kind(first & 3), issue, subscriber, first >> 2)

    def is_of_kind(self, text: str, kind: Kind) -> bool:
        """Whether ``text`` is a token of ours of that kind; quicker than reading all of it."""
        try:
            return self._payload(text)[1] & 3 == kind
        except BadToken:
            return False

    def seems_of(self, text: str, issue: int) -> bool:
        """Whether ``text`` begins as the value of a recipient of this issue does, however it goes
        on: a token that was cut or changed on its way, and no platform's own id.
        """
        begins = (bytes((kid,)) + _number(Kind.OPEN) + _number(issue) for kid in self._keyed)
        # Only letters that nothing behind these bytes has a part in.
        return any(text.startswith(_letters(begin)[: len(begin) * 4 // 3]) for begin in begins)

    def _payload(self, text: str) -> bytes:
        """What was signed. Every pixel waits for this, so it is written for speed."""
        if not text.isascii() or len(text) > _LONGEST_TEXT:
            raise BadToken
        encoded = text.encode("ascii").translate(_TO_STANDARD) + b"==="[: -len(text) % 4]
        try:
            raw = a2b_base64(encoded)
        except ValueError:
            raise BadToken from None
        payload = raw[:-TAG_SIZE]
        keyed = self._keyed.get(payload[0]) if payload else None
        if keyed is None:
            raise BadToken
        tag = keyed.copy()
        tag.update(payload)
        # The base64 of one token has no second spelling, or copies of a link would differ.
        if (
            not compare_digest(tag.digest(), raw[-TAG_SIZE:])
            or b2a_base64(raw, newline=False) != encoded
        ):
            raise BadToken
        return payload


def _keyed(secret: bytes) -> blake2b:
    return blake2b(digest_size=TAG_SIZE, key=secret)


def _letters(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _read(payload: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = payload[place]
        value |= (byte & 0x7F) << shift
        place += 1
        if byte < 0x80:
            return value, place
        shift += 7
