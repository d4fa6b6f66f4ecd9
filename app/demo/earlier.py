"""What the demo's app would know had it looked after its links for the last weeks: the real looks,
at the demo's own site, with the clock and the site set back.
"""

import asyncio
import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from app.demo.site import LOST, PAGES, DemoSite
from app.linkcheck.settings import CheckSettings
from app.linkrot.asking import CheckerAsks, from_here
from app.linkrot.model import DAY
from app.linkrot.rounds import Terms, look
from app.linkrot.store import RotStore, RotStoreError

log = logging.getLogger(__name__)

BEFORE = (-47.0, -33.2)
"""Days at which everything was still there."""
SINCE = (-18.6, -17.4, -14.1, -0.2)
_SLOWEST = 1.0


@contextmanager
def earlier_looks(site: DemoSite, drafts: Path) -> Iterator[None]:
    """Play the looks in a thread, while the app starts."""
    over = Event()

    def play() -> None:
        try:
            asyncio.run(_play(site, _pages(site, drafts), over))
        except RotStoreError as error:
            log.error("The demo has no earlier looks: %s", error)

    thread = Thread(target=play, name="demo-earlier", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        site.shows_lost = False


def _pages(site: DemoSite, drafts: Path) -> list[str]:
    paths = {path for path, page in PAGES.items() if page.delay < _SLOWEST} | set(LOST)
    for draft in drafts.glob("*.md"):
        written = re.findall(rf"{re.escape(site.url)}(/[^)\s#?>\"]*)", draft.read_text("utf-8"))
        paths |= {path for path in written if path not in PAGES}
    return [site.url + path for path in sorted(paths)]


async def _play(site: DemoSite, pages: list[str], over: Event) -> None:
    now = time.time()
    asks = CheckerAsks(CheckSettings(allow_private=True, timeout=5.0), from_here)
    try:
        with RotStore() as store:
            store.want(pages, now + BEFORE[0] * DAY)
            for days in (*BEFORE, *SINCE):
                site.shows_lost = days in BEFORE
                at = now + days * DAY
                terms = Terms(clock=lambda at=at: at)  # type: ignore[misc]
                for page in pages:
                    if over.is_set():
                        return
                    await look(store, asks, page, terms)
    finally:
        await asks.aclose()
