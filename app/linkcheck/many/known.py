"""What is known of links without asking: where earlier checks and the writer's word meet."""

from collections.abc import Iterable, Mapping

from app.linkcheck.rules.hosts import judge_listed
from app.linkcheck.urls import parse
from app.linkcheck.verdict import Status, Verdict

OVERRULING = frozenset({Status.SAFE, Status.BLOCK})
"""What a check may say against the writer's own word: that it works, or that it is dangerous."""


def combined(
    urls: Iterable[str], found: Mapping[str, Verdict], accepted: Mapping[str, Verdict]
) -> dict[str, Verdict]:
    """All that is known without a network: earlier checks, the writer's word, listed hosts."""
    known = dict(found)
    for url in urls:
        if url not in known and (parsed := parse(url)) and (listed := judge_listed(parsed)):
            known[url] = listed
    for url, verdict in accepted.items():
        if url not in known or known[url].status not in OVERRULING:
            known[url] = verdict
    return known
