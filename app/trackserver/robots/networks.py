"""Addresses as they may be kept: the network, and a keyed hash of the whole.

Both run for each hit, of whose addresses most come once: what is remembered is less than those.
"""

from functools import lru_cache
from hashlib import blake2b
from ipaddress import IPv4Address, IPv6Address, ip_address

_OCTETS = frozenset(map(str, range(256)))
_HIGHEST = (1 << 63) - 1


def network_of(address: str) -> str | None:
    """The /24 of an IPv4 address, the /48 of an IPv6 address; None for what is neither."""
    head, _, last = address.rpartition(".")
    if last in _OCTETS and (found := _of_octets(head)):
        return found
    return _of_any(address)


@lru_cache(maxsize=10_000)
def _of_octets(head: str) -> str | None:
    """The network of an IPv4 address by its first three numbers; None where they are not that."""
    parts = head.split(".")
    if len(parts) == 3 and all(part in _OCTETS for part in parts):
        return f"{head}.0/24"
    return None


@lru_cache(maxsize=10_000)
def _of_any(address: str) -> str | None:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if isinstance(found, IPv4Address):
        return f"{IPv4Address(int(found) >> 8 << 8)}/24"
    return f"{IPv6Address(int(found) >> 80 << 80)}/48"


def hash_of(address: str, key: bytes) -> int:
    """A number for an address that nobody can turn back without the server's key."""
    digest = _keyed(key).copy()
    digest.update(address.encode())
    return int.from_bytes(digest.digest(), "big") & _HIGHEST


@lru_cache(maxsize=16)
def _keyed(key: bytes) -> blake2b:
    return blake2b(digest_size=8, key=key)
