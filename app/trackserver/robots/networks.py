"""Addresses as they may be kept: the network, and a keyed hash of the whole."""

from functools import lru_cache
from hashlib import blake2b
from ipaddress import IPv4Address, IPv6Address, ip_address

_OCTETS = frozenset(map(str, range(256)))
_HIGHEST = (1 << 63) - 1


@lru_cache(maxsize=100_000)
def network_of(address: str) -> str | None:
    """The /24 of an IPv4 address, the /48 of an IPv6 address; None for what is neither."""
    parts = address.split(".")
    if len(parts) == 4 and all(part in _OCTETS for part in parts):
        return f"{parts[0]}.{parts[1]}.{parts[2]}.0/24"
    try:
        found = ip_address(address)
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if isinstance(found, IPv4Address):
        return f"{IPv4Address(int(found) >> 8 << 8)}/24"
    return f"{IPv6Address(int(found) >> 80 << 80)}/48"


@lru_cache(maxsize=100_000)
def hash_of(address: str, key: bytes) -> int:
    """A number for an address that nobody can turn back without the server's key."""
    digest = blake2b(address.encode(), digest_size=8, key=key).digest()
    return int.from_bytes(digest, "big") & _HIGHEST
