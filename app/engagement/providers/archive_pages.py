"""An issue's archive pages on our own tracking server: each one's funnel as a point of the issue.

A page is asked about only where the issue's report names it.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.engagement import fields
from app.engagement.fields import FieldError
from app.engagement.model import Count, Dimension, Figures, SeriesPoint

MOST_PAGES = 20
_MOST_DAYS = 400
"""The server's limit; what is viewed later hardly belongs to the issue."""
_STEPS = {
    "views": "page_views",
    "visits": "page_visits",
    "readers": "page_readers",
    "sign_ups": "page_sign_ups",
}


_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")


def named(report: Mapping[str, Any]) -> tuple[str, ...]:
    """The pages that an issue's report names.

    Raises:
        FieldError: one cannot stand in a path.
    """
    found = fields.items(report, "pages")[:MOST_PAGES]
    for each in found:
        if not isinstance(each, str) or not _ID.fullmatch(each):
            raise FieldError("pages has what is not an id")
    return tuple(found)


def days(sent_at: int | None, as_of: int) -> dict[str, str]:
    """Which days of a funnel are wanted: from the sending on, as far as the server goes."""
    today = datetime.fromtimestamp(as_of / 1000, UTC).date()
    span = timedelta(days=_MOST_DAYS - 1)
    if sent_at is None:
        first = today - span
    else:
        first = min(datetime.fromtimestamp(sent_at / 1000, UTC).date(), today)
    return {"since": first.isoformat(), "until": min(today, first + span).isoformat()}


def point(name: str, data: Mapping[str, Any]) -> SeriesPoint:
    """A page's funnel: its steps, and the mail's clicks on links to it.

    Raises:
        FieldError: it is not a funnel.
    """
    total = fields.mapping(data.get("total"), "total")
    other = {ours: fields.whole(total, theirs) for theirs, ours in _STEPS.items()}
    mail = data.get("mail")
    clicks = Count()
    if mail is not None:
        told = fields.mapping(fields.mapping(mail, "mail").get("clicks_to_page"), "clicks_to_page")
        clicks = Count(
            *(fields.whole(told, each) for each in ("all", "human", "privacy_proxy", "machine"))
        )
    return SeriesPoint(Dimension.ARCHIVE, name, Figures(clicks=clicks, other=other))
