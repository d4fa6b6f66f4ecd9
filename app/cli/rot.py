"""``sendoff rot``: links of sent issues and drafts that died since."""

import argparse
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from app.cli import UsageError
from app.cli.output import forgive_unprintable, print_json, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.cli.main import Subparsers
    from app.linkrot.listing import DeadLink, Group, Overview
    from app.linkrot.model import Written
    from app.linkrot.store import RotStore
    from app.ui.settings import Settings

EXAMPLES = """\
examples:
  sendoff rot                      what died, as far as is known; asks nobody
  sendoff rot --check              first look at every page that is due, gently; Ctrl-C ends it
  sendoff rot --check --archive    and ask the archive for copies of what died
  sendoff rot --json

Issues are those that `sendoff sync` fetched, drafts those of the folder chosen in the app. A page
is called dead only after failures on two days or more, so a first --check calls nothing dead.

exit status: 0 nothing died; 1 something did; 2 unusable arguments or files; 3 there is no network
"""
PACE, HOST_PACE = 1.0, 15.0
"""Seconds between two requests, and to the same host: somebody waits for it."""


def add_parser(subparsers: "Subparsers") -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "rot",
        help="list links of sent issues and drafts that died since",
        description="List the links of sent issues and drafts that died since, with archived "
        "copies where they are known.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--check", action="store_true", help="look at the pages that are due")
    add("--archive", action="store_true",
        help="ask the archive for copies of what died; sends these pages' addresses and the days "
        "of the issues")  # fmt: skip
    add("--drafts", metavar="FOLDER", help="the folder of drafts (default: the app's)")
    add("--json", action="store_true", help="one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """List, after a round where that is wanted."""
    import asyncio
    from pathlib import Path

    from app.linkrot.listing import overview
    from app.linkrot.service import Letters
    from app.linkrot.store import RotStore, RotStoreError
    from app.ui.settings import Store

    settings = Store().load()
    folder = Path(arguments.drafts) if arguments.drafts else settings.folder
    if arguments.drafts and not folder.is_dir():
        raise UsageError(f"--drafts: {folder} is no folder")
    is_complete = True
    try:
        with RotStore() as store:
            written = Letters(folder, allow_private=settings.allow_private).read()
            if arguments.check:
                is_complete = asyncio.run(_check(store, written, settings))
            if arguments.archive:
                asyncio.run(_find_copies(store, written, settings.archive))
            found = overview(store, written)
    except RotStoreError as error:
        raise UsageError(str(error)) from None
    if arguments.json:
        _print_json(found)
    else:
        forgive_unprintable()
        _print_list(found)
    if not is_complete:
        print("sendoff: the network is away; the rest was not looked at", file=sys.stderr)
        return 3
    return 1 if found.groups else 0


async def _check(store: "RotStore", written: "Sequence[Written]", settings: "Settings") -> bool:
    """Look at all that is due; whether there was a network."""
    import asyncio
    import time

    from app.cli.progress import Progress
    from app.linkrot.asking import CheckerAsks
    from app.linkrot.planning import next_turn
    from app.linkrot.rounds import Terms, look
    from app.linkrot.sources import pages

    asks = CheckerAsks(*_checker(settings))
    progress = Progress(shown=sys.stderr.isatty())
    try:
        wanted = set(pages(written))
        store.want(wanted, time.time())
        progress.total = sum(page.due <= time.time() for page in store.pages().values()
                             if page.url in wanted)  # fmt: skip
        done = 0
        while True:
            turn = next_turn(store, time.time(), pace=PACE, host_pace=HOST_PACE)
            if turn.url:
                if await look(store, asks, turn.url, Terms()) is None:
                    return False
                done += 1
                progress.show(done)
            elif store.due(time.time()):
                await asyncio.sleep(min(turn.wait, HOST_PACE))
            else:
                return True
    finally:
        progress.clear()
        await asks.aclose()


def _checker(settings: "Settings") -> "tuple[Any, Any]":
    """Limits, and what checks: from here, or the server that the app's settings name."""
    from app.linkcheck.remote import remote_checker
    from app.linkcheck.settings import CheckSettings
    from app.linkrot.asking import from_here
    from app.ui.means import LOCAL, check_server

    limits = CheckSettings(
        timeout=settings.check_timeout,
        allow_private=settings.allow_private,
        trust_placeholders=True,
    )
    if settings.check_where == LOCAL:
        return limits, from_here
    server, trouble = check_server(settings)
    if server is None:
        raise UsageError(trouble or "the server that checks links cannot be asked")
    return limits, lambda _settings, _gates: remote_checker(server, limits)


async def _find_copies(store: "RotStore", written: "Sequence[Written]", base: str) -> None:
    """Ask the archive for what is not known yet, one after the other."""
    import asyncio

    from app.linkrot.archive import PACE as ARCHIVE_PACE
    from app.linkrot.archive import Archive, ArchiveError
    from app.linkrot.listing import nearest_to, overview

    archive = Archive(store, base)
    try:
        for group in overview(store, written).groups:
            for dead in group.links:
                if dead.copy is not None:
                    continue
                if archive.wait() <= ARCHIVE_PACE:
                    await asyncio.sleep(archive.wait())
                await archive.find(dead.link.page, nearest_to(group.letter, dead.page))
    except ArchiveError as error:
        print(f"sendoff: {error}", file=sys.stderr)
    finally:
        await archive.aclose()


def _print_list(found: "Overview") -> None:
    from app.linkcheck.sentences import title
    from app.linkcheck.verdict import Reason

    for group in found.groups:
        print(_named(group))
        for dead in group.links:
            page = dead.page
            since = _day(page.failed)
            when = f"died {since}" if page.alive else f"was dead when first looked at, {since}"
            when += ", before it was sent" if dead.was_sent_dead else ""
            print(f"  {title(Reason(page.reason))}, {when}: {printable(dead.link.url)}")
            if dead.copy is not None and dead.copy.url:
                print(f"    copy of {_day(dead.copy.taken)}: {printable(dead.copy.url)}")
        print()
    print(f"{found.links} dead; {found.looked} of {found.pages} pages in {found.letters} letters"
          " looked at")  # fmt: skip


def _named(group: "Group") -> str:
    letter = group.letter
    if letter.account:
        return f"{printable(letter.title) or 'Without a subject'} (sent {_day(letter.at)})"
    return f"{printable(letter.title)} ({printable(letter.id)})"


def _print_json(found: "Overview") -> None:
    letters = [
        {
            "kind": group.letter.kind.value,
            "account": group.letter.account or None,
            "id": group.letter.id,
            "title": group.letter.title,
            "at": _moment(group.letter.at),
            "draft": group.letter.draft or None,
            "links": [_link(dead) for dead in group.links],
        }
        for group in found.groups
    ]
    summary = {
        "letters": found.letters,
        "pages": found.pages,
        "looked": found.looked,
        "dead": found.links,
    }
    print_json({"version": 1, "letters": letters, "summary": summary})


def _link(dead: "DeadLink") -> dict[str, Any]:
    page, copy = dead.page, dead.copy
    return {
        "url": dead.link.url,
        "text": dead.link.text,
        "standing": page.standing.value,
        "reason": page.reason,
        "http_status": page.http_status,
        "dead_since": _moment(page.failed),
        "last_alive": _moment(page.alive),
        "checked_at": _moment(page.looked),
        "copy": None
        if copy is None or not copy.url
        else {"url": copy.url, "taken_at": _moment(copy.taken)},
    }


def _day(at: float | None) -> str:
    return "–" if at is None else datetime.fromtimestamp(at, UTC).date().isoformat()


def _moment(at: float | None) -> str | None:
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
