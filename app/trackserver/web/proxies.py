"""Whose request it is, seen through the proxies that are trusted and no others."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from app.trackserver.settings import Network

Address = IPv4Address | IPv6Address


def address_of(text: str) -> Address | None:
    """An address with or without brackets, port or zone; IPv4 also where IPv6 embeds it."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def client_finder(proxies: Sequence[Network]) -> Callable[[str, str | None], str]:
    """A function of the connection's address and ``X-Forwarded-For`` that gives the client's.

    The header is read from its right end, and only as far as trusted proxies wrote it: the
    right-most address that is no proxy of ours is the client, whatever stands left of it.
    """

    @lru_cache(maxsize=4096)
    def peer(text: str) -> tuple[str, bool]:
        found = address_of(text)
        return ("", False) if found is None else (str(found), trusted(found))

    def trusted(address: Address) -> bool:
        return any(address in network for network in proxies)

    def client(connection: str, forwarded: str | None) -> str:
        address, is_proxy = peer(connection.rpartition(":")[0])
        if not is_proxy or not forwarded:
            return address
        for part in reversed(forwarded.split(",")):
            found = address_of(part)
            if found is None:  # nobody knows what a proxy meant by it
                return address
            address = str(found)
            if not trusted(found):
                return address
        return address

    return client


def bucket_of(address: str) -> str:
    """What shares a limit: an IPv4 address, or the /64 of an IPv6 one - each of its 2^64 addresses
    is the same subscriber's.
    """
    found = address_of(address)
    if isinstance(found, IPv6Address):
        return found.packed[:8].hex()
    return address
