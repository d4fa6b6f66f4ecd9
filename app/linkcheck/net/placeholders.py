"""Name systems that give out addresses of their own instead of the sites'.

Some VPNs and proxies answer every name with a placeholder (198.18.0.0/15, 100.64.0.0/10) and find
out from the connection which site was meant: such an address is the way to the site, and no
private network. Whether that is so here is asked of the name system itself: several well-known
names that have nothing to do with one another cannot all be in one of these ranges otherwise.

Filters and ad blockers answer the names they block with 0.0.0.0: that says nothing of the site.
"""

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from app.linkcheck.net.resolver import NoSuchHostError, Resolver, ResolverFailedError

_RANGES = (ip_network("198.18.0.0/15"), ip_network("100.64.0.0/10"))
_WELL_KNOWN = ("detectportal.firefox.com", "captive.apple.com", "connectivitycheck.gstatic.com")
_ENOUGH = 2
_PATIENCE = 5.0
_BELIEVED_FOR = 60.0


def is_placeholder(address: str) -> bool:
    """Whether an address (as resolvers give it) is of a range that placeholders are taken from."""
    plain = ip_address(address.partition("%")[0])
    return any(plain in network for network in _RANGES if plain.version == network.version)


def is_blocked(addresses: Sequence[str]) -> bool:
    """Whether this is the answer that filters give for a name they block."""
    return all(ip_address(address.partition("%")[0]).is_unspecified for address in addresses)


class Placeholders:
    """Finds out whether the network's name system deals in placeholders; for one event loop."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._inquiry: asyncio.Task[bool] | None = None
        self._believed_until = 0.0

    async def in_use(self) -> bool:
        """Whether it does, as of this minute: well-known names are looked up, nobody is asked."""
        now = asyncio.get_running_loop().time()
        if self._inquiry is None or (self._inquiry.done() and now >= self._believed_until):
            self._inquiry = asyncio.create_task(self._inquire())
            self._believed_until = now + _BELIEVED_FOR
        return await asyncio.shield(self._inquiry)

    async def aclose(self) -> None:
        """Give up an inquiry under way."""
        if self._inquiry is not None and not self._inquiry.done():
            self._inquiry.cancel()
            await asyncio.wait([self._inquiry])

    async def _inquire(self) -> bool:
        answers = await asyncio.gather(*map(self._look_up, _WELL_KNOWN))
        found = [addresses for addresses in answers if addresses]
        return len(found) >= _ENOUGH and all(
            is_placeholder(address) for addresses in found for address in addresses
        )

    async def _look_up(self, name: str) -> tuple[str, ...]:
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self._resolver.resolve(name, 80)
        except (NoSuchHostError, ResolverFailedError, TimeoutError):
            return ()
