"""The demo's archive: it answers as the Internet Archive's interface does, for pages that are lost.

https://archive.org/help/wayback_api.php
"""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

AVAILABLE = "/wayback/available"
COPIES = "/web/"
_STAMP = "%Y%m%d%H%M%S"


def available(target: str, site: str, kept: Collection[str]) -> bytes:
    """The JSON for ``/wayback/available?url=…&timestamp=…``.

    Args:
        target: As it was asked for.
        site: The address of the archive, and of the pages that it keeps.
        kept: Their paths.
    """
    asked = parse_qs(urlsplit(target).query)
    page = asked.get("url", [""])[0]
    found: dict[str, object] = {}
    path = page.removeprefix(site) if page.startswith(site) else ""
    if path in kept:
        stamp = _taken(asked.get("timestamp", [""])[0], len(path))
        found["closest"] = {
            "available": True,
            "url": f"{site}{COPIES}{stamp}/{page}",
            "timestamp": stamp,
            "status": "200",
        }
    return json.dumps({"url": page, "archived_snapshots": found}).encode()


def page_of_copy(target: str, site: str) -> str:
    """The path of the page that ``/web/STAMP/URL`` is a copy of; empty for anything else."""
    _, _, page = target.removeprefix(COPIES).partition("/")
    return page.removeprefix(site) if page.startswith(site) else ""


def _taken(wanted: str, days: int) -> str:
    """Archives come by when they do: some days before."""
    try:
        moment = datetime.strptime(wanted, _STAMP)
    except ValueError:
        return "20250101000000"
    return (moment - timedelta(days=days % 9, hours=5, minutes=17)).strftime(_STAMP)
