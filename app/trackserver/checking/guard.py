"""What the server never asks for, whoever wants it: besides private addresses, which
`app.linkcheck` refuses itself when it connects.
"""

from collections.abc import Callable

from app.linkcheck.net.failures import FailureError
from app.linkcheck.rules.deeds import COUNTS, deed_of
from app.linkcheck.urls import WebUrl
from app.linkcheck.verdict import Reason


class Guard:
    """Looks at a link and at every redirect of it before it is followed.

    Args:
        ports: To which links may lead; empty for any.
        own_hosts: This server's own names, where opening a link counts or unsubscribes.
    """

    def __init__(
        self, ports: frozenset[int], own_hosts: Callable[[], frozenset[str]] = frozenset
    ) -> None:
        self._ports = ports
        self._own_hosts = own_hosts

    def __call__(self, url: WebUrl) -> FailureError | None:
        """Why it is not asked for; None where it may be."""
        why = self._why(url)
        return None if why is None else FailureError(Reason.NOT_CHECKABLE, why)

    def _why(self, url: WebUrl) -> str | None:
        if url.has_credentials:
            return "it carries a user name or a password"
        if self._ports and url.port not in self._ports:
            return f"the server asks no site on port {url.port}"
        if url.host in self._own_hosts():
            return COUNTS
        if url.host.endswith(".onion"):
            return "it leads into the Tor network"  # RFC 7686: no resolver is asked for it
        return deed_of(url)
