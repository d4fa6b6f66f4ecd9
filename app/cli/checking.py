"""Finds out about the links of ``sendoff check``: what is kept, and what must be asked."""

import sys
from collections.abc import Iterable, Sequence
from types import TracebackType

from app.linkcheck.sentences import sentence
from app.linkcheck.settings import CheckSettings
from app.linkcheck.verdict import Reason, Verdict
from app.paths import cache_dir, data_dir


class Store:
    """The cache and the links checked by hand, as the app has them; a context manager."""

    def __init__(self, *, use_cache: bool) -> None:
        self._use_cache = use_cache

    def __enter__(self) -> "Store":
        from app.linkcheck.accepted import AcceptedLinks
        from app.linkcheck.cache import VerdictCache

        self._cache = VerdictCache(cache_dir() / "verdicts.sqlite3") if self._use_cache else None
        accepted = data_dir() / "accepted.sqlite3"
        self._accepted = AcceptedLinks(accepted) if accepted.exists() else None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for each in (self._cache, self._accepted):
            if each is not None:
                each.close()

    def known(self, urls: Sequence[str], *, stale: bool) -> dict[str, Verdict]:
        """What need not be asked; ``stale``: results past their life span count, too."""
        from app.linkcheck.service import combined

        cached = self._cache.get_many(urls) if self._cache else {}
        found = {url: each.verdict for url, each in cached.items() if each.fresh or stale}
        return combined(urls, found, self._accepted.verdicts(urls) if self._accepted else {})

    def keep(self, verdicts: dict[str, Verdict]) -> None:
        """Store what was found for the next time."""
        if self._cache:
            self._cache.put_many(verdicts.items())


def offline(urls: Iterable[str]) -> dict[str, Verdict]:
    """What is said of links that nobody may ask."""
    verdict = Verdict(Reason.OFFLINE, detail=sentence(Reason.OFFLINE))
    return dict.fromkeys(urls, verdict)


def check(
    urls: Sequence[str], settings: CheckSettings, *, quiet: bool
) -> tuple[dict[str, Verdict], int, float]:
    """Ask for all these; the verdicts, the requests sent, and the seconds that it took."""
    import asyncio

    return asyncio.run(_check(urls, settings, quiet=quiet))


async def _check(
    urls: Sequence[str], settings: CheckSettings, *, quiet: bool
) -> tuple[dict[str, Verdict], int, float]:
    from app.linkcheck.checker import Checker
    from app.linkcheck.fetch import Fetcher
    from app.linkcheck.gates import HostGates

    found: dict[str, Verdict] = {}
    progress = Progress(len(urls), shown=not quiet and sys.stderr.isatty())

    def hear(url: str, verdict: Verdict) -> None:
        found[url] = verdict
        progress.show(len(found))

    gates = HostGates(settings.concurrency, settings.per_host)
    fetcher = Fetcher(settings, gate=gates)
    checker = Checker(fetcher, settings, gates, hear)
    try:
        summary = await checker.run(urls)
    finally:
        progress.clear()
        await checker.aclose()
        await fetcher.aclose()
    return found, summary.requests, summary.seconds


class Progress:
    """A bar on standard error, for people only."""

    _WIDTH = 30

    def __init__(self, total: int, *, shown: bool) -> None:
        self._total = total
        self._shown = shown
        self._drawn = -1

    def show(self, done: int) -> None:
        """Draw the bar when it has grown."""
        full = done * self._WIDTH // self._total
        if not self._shown or full == self._drawn:
            return
        self._drawn = full
        bar = "█" * full + "░" * (self._WIDTH - full)
        print(f"\r{bar} {done} of {self._total}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Leave the line empty."""
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
