"""Which mail programs the readers of an account open its issues with."""

from collections import Counter
from collections.abc import Mapping

from app.engagement.model import Count, Dimension
from app.engagement.store.reader import Reader

NEWEST = 8
"""Issues that are looked at: readers change their programs."""


def programs(reader: Reader, account: str) -> Mapping[str, int]:
    """How often each program was seen with the newest issues; empty where it is not told.

    Privacy proxies count, for each is one program's; other machines do not. Recipients are added
    over issues, so only the shares mean something.
    """
    seen: Counter[str] = Counter()
    for issue in reader.issues(account)[:NEWEST]:
        for point in reader.detail(issue).points:
            if point.dimension is Dimension.CLIENT and point.key:
                figures = point.figures
                seen[point.key] += _readers(figures.openers) or _readers(figures.opens)
    return +seen


def _readers(count: Count) -> int:
    if count.human is None and count.privacy_proxy is None:
        return count.all or 0
    return (count.human or 0) + (count.privacy_proxy or 0)
