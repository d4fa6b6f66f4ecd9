"""The link checker as the app uses it: a thread of its own, told what is wanted.

`LinkService` is what the window holds; every method returns at once and may be called from any
thread. The work is done by a `Desk` in a daemon thread with its own event loop, made when the first
link is wanted: nothing heavy is imported in the window's thread.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.linkcheck.many.known import combined
from app.linkcheck.many.states import NetworkState, Priority
from app.linkcheck.settings import CheckSettings
from app.linkcheck.store.accepted import AcceptedLinks, accepted_verdict
from app.linkcheck.store.cache import CacheNotice, VerdictCache
from app.linkcheck.verdict import Verdict
from app.paths import data_dir

if TYPE_CHECKING:
    from app.linkcheck.many.checker import PageChecker
    from app.linkcheck.many.desk import Desk
    from app.linkcheck.many.gates import HostGates
    from app.linkcheck.many.network import Network
    from app.linkcheck.remote import CheckServer
    from app.linkcheck.reputation import ReputationService

    MakeFetcher = Callable[[CheckSettings, HostGates], PageChecker]

log = logging.getLogger(__name__)

_STOPPING = 0.9


class LinkService:
    """Checks links in the background.

    Args:
        cache_path: the file of the verdict cache.
        settings: limits of the checks.
        on_verdicts: hears verdicts in batches, at most one every 50 ms, in the service's thread.
        on_state: hears when the network goes or comes, in the service's thread.
        accepted_path: the file of the links checked by hand; None is the app's own.
        server: checks the links instead of this computer, or before it (see `remote.Mode`).
        on_trouble: hears, in words for the writer, why that server gives no verdicts; "" when it
            does again.
        make_fetcher, network, reputation: stand-ins for what reaches out.
    """

    def __init__(
        self,
        cache_path: Path,
        settings: CheckSettings,
        on_verdicts: Callable[[list[tuple[str, Verdict]]], None],
        on_state: Callable[[NetworkState], None],
        *,
        accepted_path: Path | None = None,
        server: "CheckServer | None" = None,
        on_trouble: Callable[[str], None] = lambda _: None,
        make_fetcher: "MakeFetcher | None" = None,
        network: "Network | None" = None,
        reputation: "Sequence[ReputationService]" = (),
    ) -> None:
        self.settings = settings
        self.cache = VerdictCache(cache_path)
        self.accepted = AcceptedLinks(accepted_path or data_dir() / "accepted.sqlite3")
        self.state = NetworkState.ONLINE
        self._on_verdicts = on_verdicts
        self._on_state = on_state
        self._server = server
        self._on_trouble = on_trouble
        self._make_fetcher = make_fetcher or self._default_fetcher
        self._network = network
        self._reputation = reputation
        self._found: dict[str, Verdict] = {}
        self._lock = threading.Lock()
        self._desk: Desk | None = None
        self._early: list[Callable[[Desk], None]] = []
        self._thread: threading.Thread | None = None
        self._is_stopped = False

    @property
    def limits(self) -> CheckSettings:
        """How much is asked for at once: of sites, or of the server that asks them."""
        if self._server is None:
            return self.settings
        from app.linkcheck.remote import for_server

        return for_server(self.settings)

    @property
    def notice(self) -> CacheNotice | None:
        """What became of the cache's file, if anything did."""
        return self.cache.notice

    def known(self, urls: Iterable[str]) -> dict[str, Verdict]:
        """What is known of these URLs without a network, fresh or not; a few ms for thousands."""
        wanted = list(urls)
        found = {url: each.verdict for url, each in self.cache.get_many(wanted).items()}
        for url in wanted:
            verdict = self._found.get(url)
            if verdict is not None:
                found[url] = verdict
        return combined(wanted, found, self.accepted.verdicts(wanted))

    def want(self, owner: str, urls: Mapping[str, Priority]) -> None:
        """Replace what an owner (a draft) wants; what nobody wants any more is cancelled."""
        wanted = dict(urls)
        self._tell(lambda desk: desk.want(owner, wanted), starts=bool(wanted))

    def assure(
        self,
        owner: str,
        urls: Iterable[str],
        again: Iterable[str],
        on_left: Callable[[int], None],
    ) -> None:
        """Find out all that can be known of these now, reputation included.

        Args:
            owner: wants them from now on, as with `want`.
            urls: the links.
            again: those of them that are asked for whatever is known.
            on_left: hears, in the service's thread, how many are left; at 0 all that was found
                has been told.
        """
        all_, asked = list(urls), list(again)
        self._tell(lambda desk: desk.assure(owner, all_, asked, on_left))

    def relent(self, owner: str) -> None:
        """Go no further with what `assure` began, and want it no more."""
        self._tell(lambda desk: desk.relent(owner), starts=False)

    def typing(self, owner: str, url: str | None) -> None:
        """This URL is being typed: neither it nor a beginning of it is checked before it rests."""
        self._tell(lambda desk: desk.typing(owner, url), starts=url is not None)

    def recheck(self, urls: Iterable[str]) -> None:
        """Check these again at once, whatever is known."""
        again = list(urls)
        self._tell(lambda desk: desk.recheck(again))

    def accept(self, url: str) -> None:
        """The writer has opened this link and found it good; kept for ever."""
        now = datetime.now(UTC)
        self._found[url] = accepted_verdict(url, now)
        self._tell(lambda desk: desk.accept(url, now))

    def withdraw_acceptance(self, url: str) -> None:
        """The writer takes the word back: the link is checked as any other."""
        self._found.pop(url, None)
        self._tell(lambda desk: desk.withdraw_acceptance(url))

    def set_online(self, online: bool) -> None:
        """What the operating system says of the network: a hint to look, no more."""
        self._tell(lambda desk: desk.look_at_network(online), starts=False)

    def use_reputation(self, services: "Sequence[ReputationService]") -> None:
        """Put every link to these services from now on, also those that are known already.

        The ones before are closed first. A flag of theirs stays until the link is asked for anew.
        """
        chosen = tuple(services)
        with self._lock:
            self._reputation = chosen
            if self._is_stopped or self._thread is None:
                return
            if self._desk is None:
                self._early.append(lambda desk: desk.use_reputation(chosen))
            else:
                self._desk.call(lambda desk: desk.use_reputation(chosen))

    def stop(self) -> None:
        """Cancel everything, keep what was found, end the thread; takes less than a second."""
        self._tell(lambda desk: desk.stop(), starts=False)
        with self._lock:
            self._is_stopped = True
            thread = self._thread
        if thread is not None:
            thread.join(_STOPPING)
            if thread.is_alive():
                log.warning("The link checker's thread is slow to end")
                return  # it still uses the files
        self.cache.close()
        self.accepted.close()

    def learned(self, verdicts: list[tuple[str, Verdict]]) -> None:
        """Take verdicts from the desk, in its thread, and pass them on."""
        self._found.update(verdicts)
        if not self._is_stopped:  # who stopped it may be gone before it ends
            self._on_verdicts(verdicts)

    def network_changed(self, state: NetworkState) -> None:
        """Take the network's state from the desk, in its thread, and pass it on."""
        self.state = state
        if not self._is_stopped:
            self._on_state(state)

    def _tell(self, action: "Callable[[Desk], None]", *, starts: bool = True) -> None:
        """Have the desk do something in its own thread, started first if need be."""
        with self._lock:
            if self._is_stopped or (self._thread is None and not starts):
                return
            if self._desk is not None:
                self._desk.call(action)
                return
            self._early.append(action)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="links", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        # Here and not above: asyncio and ssl take long to import, and the window is waiting.
        import asyncio

        asyncio.run(self._work())

    async def _work(self) -> None:
        from app.linkcheck.many.desk import Desk

        desk = Desk(self, self._make_fetcher, self._network, self._reputation)
        with self._lock:
            self._desk = desk
            early, self._early = self._early, []
        for action in early:
            action(desk)
        await desk.run()

    def _default_fetcher(self, settings: CheckSettings, gates: "HostGates") -> "PageChecker":
        if self._server is not None:
            from app.linkcheck.remote import remote_checker

            return remote_checker(self._server, self.settings, self._on_trouble)
        from app.linkcheck.page.fetch import Fetcher
        from app.linkcheck.rules.deeds import refuse_deeds

        return Fetcher(settings, gate=gates, guard=refuse_deeds)
