"""What only a look at all recipients of an issue shows: scanners that many of them share.

Pure functions of an issue's hits, whatever their order. Hits through privacy proxies are left out
by the caller: those fetch for whoever uses the same mail service.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable

import msgspec

from app.trackserver.words import Reason

DOMAINS = 10
DOMAINS_WINDOW = 10 * 60_000
SHARED_WINDOW = 15 * 60_000

MANY_DOMAINS, SHARED = int(Reason.MANY_DOMAINS), int(Reason.SHARED_SCANNER)


class Seen(msgspec.Struct, array_like=True, frozen=True, order=True, gc=False):
    """As much of a hit as is needed here; ``id`` is the event's number."""

    at: int
    id: int
    subscriber: int
    address_hash: int
    user_agent: int = 0
    domain: str = ""


def shared_reasons(hits: Iterable[Seen], scans: Iterable[Seen]) -> dict[int, int]:
    """The reasons in ``classify.ACROSS`` for each hit that has one, by the event's number.

    Args:
        hits: Those that may have one, proven ones among them.
        scans: Those that a rule of behaviour proved to be a scanner's.
    """
    by_address: defaultdict[int, list[Seen]] = defaultdict(list)
    for hit in hits:
        by_address[hit.address_hash].append(hit)
    scans_of: defaultdict[tuple[int, int], list[Seen]] = defaultdict(list)
    for scan in scans:
        scans_of[scan.address_hash, scan.user_agent].append(scan)
    found: defaultdict[int, int] = defaultdict(int)
    for of_address in by_address.values():
        of_address.sort()
        for number in _crowded(of_address):
            found[number] |= MANY_DOMAINS
        by_agent: defaultdict[int, list[Seen]] = defaultdict(list)
        for hit in of_address:
            by_agent[hit.user_agent].append(hit)
        for agent, of_client in by_agent.items():
            if scanned := scans_of.get((of_address[0].address_hash, agent)):
                for number in _near(sorted(scanned), of_client):
                    found[number] |= SHARED
    return dict(found)


def _crowded(hits: list[Seen]) -> set[int]:
    """The hits in some ten minutes in which readers of so many domains came from one address."""
    found: set[int] = set()
    window: deque[Seen] = deque()
    domains: Counter[str] = Counter()
    unmarked = 0
    for hit in hits:
        if not hit.domain:
            continue
        window.append(hit)
        unmarked += 1
        domains[hit.domain] += 1
        while hit.at - window[0].at > DOMAINS_WINDOW:
            gone = window.popleft()
            domains[gone.domain] -= 1
            if not domains[gone.domain]:
                del domains[gone.domain]
        unmarked = min(unmarked, len(window))
        if len(domains) >= DOMAINS:
            found.update(window[place].id for place in range(-unmarked, 0))
            unmarked = 0
    return found


def _near(scans: list[Seen], hits: list[Seen]) -> set[int]:
    """The hits within a quarter of an hour of a scan of another recipient's copy.

    Before it, too: whichever came first, it is the same scanner.
    """
    found: set[int] = set()
    first = 0
    for hit in hits:
        while first < len(scans) and hit.at - scans[first].at > SHARED_WINDOW:
            first += 1
        for place in range(first, len(scans)):
            if scans[place].at - hit.at > SHARED_WINDOW:
                break
            if scans[place].subscriber != hit.subscriber:
                found.add(hit.id)
                break
    return found
