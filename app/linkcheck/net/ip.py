"""Which IP addresses belong to the public internet: everything else is never connected to.

Default deny, in every spelling: an IPv6 address that embeds an IPv4 address (mapped, translated,
NAT64, 6to4, ISATAP) is judged by the embedded one. The standard library's ``is_global`` lets
several of these through. Source: IANA special-purpose address registries (RFC 6890 and updates).
"""

import socket
from functools import lru_cache


def _network(text: str) -> tuple[int, int]:
    """``"10.0.0.0/8"`` as (first bits, how many low bits to drop)."""
    address, _, length = text.partition("/")
    packed = socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)
    drop = len(packed) * 8 - int(length)
    return int.from_bytes(packed, "big") >> drop, drop


def _pack(address: str) -> bytes | None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return socket.inet_pton(family, address)
    except (OSError, ValueError):
        return None


_NOT_PUBLIC_4 = tuple(
    _network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's wire server: public by number only
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_GLOBAL_6 = _network("2000::/3")
_NOT_PUBLIC_6 = tuple(_network(text) for text in ("2001::/23", "2001:db8::/32", "3fff::/20"))
# Prefix -> how many bits stand behind the embedded IPv4 address.
_EMBEDDING_6 = (
    (_network("::ffff:0:0/96"), 0),
    (_network("::ffff:0:0:0/96"), 0),
    (_network("64:ff9b::/96"), 0),
    (_network("2002::/16"), 80),
)
_ISATAP = (0x00005EFE, 0x02005EFE)


@lru_cache(maxsize=4096)
def is_public(address: str) -> bool:
    """Whether ``address`` (a literal as ``inet_pton`` takes it, a scope id allowed) is public.

    What is no address at all is not public.
    """
    packed = _pack(address.partition("%")[0])
    if packed is None:
        return False
    number = int.from_bytes(packed, "big")
    return _is_public_4(number) if len(packed) == 4 else _is_public_6(number)


def _within(number: int, network: tuple[int, int]) -> bool:
    prefix, drop = network
    return number >> drop == prefix


def _is_public_4(number: int) -> bool:
    return not any(_within(number, network) for network in _NOT_PUBLIC_4)


def _is_public_6(number: int) -> bool:
    for network, behind in _EMBEDDING_6:
        if _within(number, network):
            return _is_public_4(number >> behind & 0xFFFFFFFF)
    if not _within(number, _GLOBAL_6):
        return False
    if any(_within(number, network) for network in _NOT_PUBLIC_6):
        return False
    if number >> 32 & 0xFFFFFFFF in _ISATAP:
        return _is_public_4(number & 0xFFFFFFFF)
    return True
