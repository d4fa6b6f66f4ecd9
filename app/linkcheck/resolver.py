"""From a host name to its addresses, and the difference between "no such host" and "no answer"."""

from typing import Protocol


class NoSuchHostError(Exception):
    """The name system answered: this name has no addresses."""


class ResolverFailedError(Exception):
    """The name system did not answer: nothing is known of the name."""


class Resolver(Protocol):
    """Looks names up."""

    async def resolve(self, host: str, port: int) -> tuple[str, ...]:
        """IP addresses of ``host`` in the system's order of preference.

        Raises `NoSuchHostError` or `ResolverFailedError`.
        """
