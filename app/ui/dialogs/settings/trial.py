"""Tests of what links are checked with: in a thread, told in words, and cancelled at will."""

import asyncio

from PySide6.QtCore import QCoreApplication, QObject, Signal

from app.engagement.providers import Tested
from app.engagement.secrets import SecretError
from app.linkcheck.reputation.settings import ABOUT, Keys, Service, read_name_servers
from app.linkcheck.reputation.trying import Tried, try_service
from app.ui.apart import Apart
from app.ui.means import service_keys


class Trial(QObject):
    """A test of one service; ``tested`` follows, unless it is cancelled.

    ``typed`` is a key that is not kept yet, ``servers`` the text of the name servers.
    """

    tested = Signal(object)
    """`Tested`."""

    def __init__(self, service: Service, typed: str, servers: str) -> None:
        super().__init__()
        self._service = service
        self._typed = typed
        self._servers = servers
        self._apart: Apart[Tried] | None = None

    def begin(self) -> None:
        """Ask."""
        service, typed, servers = self._service, self._typed, self._servers
        self._apart = Apart(lambda: _try(service, typed, servers), self._tell, "service test")

    def cancel(self) -> None:
        """Nothing is heard of it any more."""
        if self._apart is not None:
            self._apart.cancel()

    def _tell(self, tried: Tried | None) -> None:
        if tried is None:
            tried = Tried(lacks=(self.tr("The test could not be made."),))
        works, lacks = (tuple(map(_translated, each)) for each in (tried.works, tried.lacks))
        self.tested.emit(Tested(not lacks, works, lacks))


def _try(service: Service, typed: str, servers: str) -> Tried:
    try:
        if not typed:
            keys = service_keys(frozenset({service}))
        elif ABOUT[service].needs_key:
            keys = Keys(web_risk=typed)
        else:
            keys = Keys(spamhaus=typed)
        return asyncio.run(try_service(service, keys, read_name_servers(servers)))
    except (SecretError, ValueError) as error:
        words = str(error).rstrip(".")
        return Tried(lacks=(f"{words[:1].upper()}{words[1:]}.",))


def _translated(text: str) -> str:
    return QCoreApplication.translate("Reputation", text)
