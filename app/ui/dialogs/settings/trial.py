"""Tests of what links are checked with: in a thread, told in words, and cancelled at will."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QObject, Signal

from app.engagement.providers import Tested
from app.engagement.secrets import SecretError
from app.linkcheck.reputation.settings import ABOUT, Keys, Service, read_name_servers
from app.linkcheck.tried import Tried
from app.ui.apart import Apart
from app.ui.means import check_server, service_keys
from app.ui.settings import Settings


class Trial(QObject):
    """A test; ``tested`` follows, unless it is cancelled.

    ``work`` is run in a thread of its own; ``context`` is the translation's.
    """

    tested = Signal(object)
    """`Tested`."""

    def __init__(self, work: Callable[[], Tried], context: str) -> None:
        super().__init__()
        self._work = work
        self._context = context
        self._apart: Apart[Tried] | None = None

    def begin(self) -> None:
        """Ask."""
        self._apart = Apart(self._work, self._tell, "test of a service")

    def cancel(self) -> None:
        """Nothing is heard of it any more."""
        if self._apart is not None:
            self._apart.cancel()

    def _tell(self, tried: Tried | None) -> None:
        if tried is None:
            tried = Tried(lacks=(self.tr("The test could not be made."),))
        works, lacks = (tuple(map(self._translated, each)) for each in (tried.works, tried.lacks))
        self.tested.emit(Tested(not lacks, works, lacks))

    def _translated(self, words: str) -> str:
        return QCoreApplication.translate(self._context, words)


def try_a_service(service: Service, typed: str, servers: str) -> Tried:
    """Try a service with a key that is not kept yet, else with the one that is; for any thread.

    ``servers`` is the text of the name servers.
    """
    from app.linkcheck.reputation.trying import try_service

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


def try_the_server(settings: Settings, typed: str) -> Tried:
    """Try the server that is chosen, perhaps with a key that is not kept yet; for any thread."""
    from app.linkcheck.trying_server import try_server

    server, trouble = check_server(replace(settings, check_where="server"), typed)
    return asyncio.run(try_server(server)) if server is not None else Tried(lacks=(trouble,))
