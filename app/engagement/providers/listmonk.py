"""listmonk 6: https://listmonk.app/docs/apis/campaigns/.

The key is ``USER:TOKEN`` of an API user. listmonk counts every view and click, and only where the
template and the links ask for it: a 0 is not known to be one, and is kept as None. Its counts by
link and by time are of people where it tracks individuals, else of views and clicks; which of both
is seen by comparing their sum with the totals. It tells neither machines from people, nor what was
delivered, nor unsubscribes or kinds of bounces by campaign.
"""

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from app.engagement import fields
from app.engagement.errors import BadAnswerError, ForbiddenError, HttpError, NotFoundError
from app.engagement.fields import FieldError
from app.engagement.http import Client
from app.engagement.model import (
    UNTOLD,
    Account,
    Count,
    Dimension,
    Figures,
    IssueDetail,
    IssueRecord,
    LinkRecord,
    Page,
    SeriesPoint,
)
from app.engagement.providers import MOST_TEXT, IssueText, Marks, Tested, listing
from app.engagement.providers.listing import Listed, in_path, read
from app.speech import say

STARTED = ("running", "paused", "finished", "cancelled")
_A_PAGE = 50
_MOST_LINKS = 50
"""listmonk tells no more of an issue."""
_DAY = 86_400_000


_TRACKED = re.compile(r"{{\s*TrackLink\s+[\"`]([^\"`]*)[\"`]\s*\.?\s*}}|@TrackLink")
"""How a body asks for a link to be tracked: https://listmonk.app/docs/templating/."""


def client(account: Account, key: str) -> Client:
    """A client that sends the API user's name and token."""
    headers = {"Authorization": f"token {key.strip()}"}
    return Client(account.url + "/api", lambda: headers)


def provider(account: Account, through: Client) -> "Listmonk":
    """The account, read through the client."""
    return Listmonk(through, account.publication)


class Listmonk:
    """Reads the campaigns of an installation, or those to one of its lists."""

    def __init__(self, through: Client, mailing_list: str) -> None:
        self._client = through
        self._list = mailing_list

    async def test(self) -> Tested:
        """What works and what the key may not do."""
        try:
            _, answer = await read(self._client, "/campaigns", _campaigns(1))
            data = fields.mapping(answer.get("data"), "data")
            total = fields.whole(data, "total")
            found = fields.items(data, "results")
        except ForbiddenError:
            return Tested(False, lacks=(say("The API user may not read campaigns: give "
"its role campaigns:get (or "
"campaigns:get_all)."),))  # fmt: skip
        except HttpError as error:
            return Tested(False, lacks=(str(error),))
        except FieldError:
            return Tested(False, lacks=(say("What answered is not listmonk."),))
        works, lacks = [say("Campaigns and their totals can be read: {total}.", total=total)], []
        ident = found[0].get("id") if found and isinstance(found[0], dict) else 1
        try:
            await read(self._client, "/campaigns/analytics/links", _period(str(ident), 0, _DAY))
            works.append(say("Clicks of links and the course of time can be read."))
        except ForbiddenError:
            lacks.append(
                say(
                    "Clicks of links and the course of time cannot be read: give the API "
                    "user's role campaigns:get_analytics."
                )
            )
        except HttpError as error:
            lacks.append(f"Clicks of links cannot be read now. {error}")
        return Tested(True, tuple(works), tuple(lacks), await self._lists())

    def pages(self, since: Marks) -> AsyncIterator[Page]:
        """Campaigns whose totals changed, with their links and days."""
        return listing.changed(self._listed(), since, self._rest, self._is_gone)

    async def text(self, issue: str) -> IssueText:
        """The campaign's own body, without its template."""
        _, whole = await read(self._client, f"/campaigns/{in_path(issue)}")
        try:
            data = fields.mapping(whole.get("data"), "data")
            body = fields.text(data, "body", "", MOST_TEXT)
            kind = fields.text(data, "content_type", "")
        except FieldError:
            raise BadAnswerError(say("The issue's text cannot be read.")) from None
        return IssueText(_TRACKED.sub(r"\1", body), is_markdown=kind in ("markdown", "plain"))

    async def _lists(self) -> tuple[tuple[str, str], ...]:
        try:
            _, answer = await read(self._client, "/lists", {"minimal": "true", "per_page": "all"})
            data = fields.mapping(answer.get("data"), "data")
            found = [fields.mapping(each) for each in fields.items(data, "results")]
            return tuple((fields.text(each, "id"), fields.text(each, "name")) for each in found)
        except (HttpError, FieldError):
            return ()

    def _listed(self) -> AsyncIterator[Listed]:
        return listing.numbered(
            lambda number: read(self._client, "/campaigns", _campaigns(number)),
            _page,
            self._reading,
            _A_PAGE,
        )

    def _reading(self, as_of: int | None) -> Callable[[Mapping[str, Any]], IssueRecord | None]:
        return lambda campaign: _issue(campaign, as_of, self._list)

    async def _is_gone(self, issue: str) -> bool:
        try:
            await read(self._client, f"/campaigns/{in_path(issue)}", {"no_body": "true"})
        except NotFoundError:
            return True
        return False

    async def _rest(self, issue: IssueRecord) -> AsyncIterator[Page]:
        views, clicks = issue.figures.opens.all, issue.figures.clicks.all
        if issue.sent_at is None or issue.as_of is None or not (views or clicks):
            yield Page()
            return
        period = _period(issue.id, issue.sent_at - _DAY, issue.as_of + 2 * _DAY)
        days = {
            "opens": await self._course("views", period) if views else [],
            "clicks": await self._course("clicks", period) if clicks else [],
        }
        links = await self._get("links", period) if clicks else []
        try:
            points = _points({"opens": views or 0, "clicks": clicks or 0}, days)
            counted = _links(links, clicks or 0)
        except FieldError as error:
            raise BadAnswerError(say("The answer cannot be read: {error}.", error=error)) from None
        dimensions = frozenset((Dimension.DAY,))
        yield Page((IssueDetail(issue.id, counted, points, dimensions, issue.as_of),))

    async def _course(self, what: str, period: Mapping[str, str]) -> list[tuple[int, int]]:
        """Days (their starts) and counts. listmonk tells hours for short periods: added up."""
        found: dict[int, int] = {}
        try:
            for each in await self._get(what, period):
                point = fields.mapping(each, "point")
                at = fields.moment(point, "timestamp")
                day = at - at % _DAY
                found[day] = found.get(day, 0) + fields.whole(point, "count")
        except FieldError as error:
            raise BadAnswerError(say("The answer cannot be read: {error}.", error=error)) from None
        return sorted(found.items())

    async def _get(self, what: str, period: Mapping[str, str]) -> list[Any]:
        _, whole = await read(self._client, f"/campaigns/analytics/{what}", period)
        try:
            return fields.items(whole, "data")
        except FieldError as error:
            raise BadAnswerError(say("The answer cannot be read: {error}.", error=error)) from None


def _campaigns(page: int) -> dict[str, str | int]:
    return {
        "no_body": "true",
        "order_by": "created_at",
        "order": "ASC",
        "per_page": _A_PAGE,
        "page": page,
    }


def _period(issue: str, start: int, end: int) -> dict[str, str]:
    return {"id": issue, "from": _date(start), "to": _date(end)}


def _date(moment: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment)).date().isoformat()


def _issue(campaign: Mapping[str, Any], as_of: int | None, mailing_list: str) -> IssueRecord | None:
    """None for what was not begun to be sent, or not to the list."""
    if campaign.get("status") not in STARTED or campaign.get("started_at") is None:
        return None
    lists = [fields.mapping(each, "list") for each in fields.items(campaign, "lists")]
    if mailing_list and mailing_list not in [fields.text(each, "id") for each in lists]:
        return None
    bounces = fields.optional_whole(campaign, "bounces")
    return IssueRecord(
        id=fields.text(campaign, "id"),
        subject=fields.text(campaign, "subject"),
        sent_at=fields.moment(campaign, "started_at"),
        figures=Figures(
            sent=fields.optional_whole(campaign, "sent"),
            opens=Count(fields.optional_whole(campaign, "views") or None),
            clicks=Count(fields.optional_whole(campaign, "clicks") or None),
            other={} if bounces is None else {"bounces": bounces},
        ),
        as_of=as_of,
        recipients=fields.optional_whole(campaign, "to_send"),
    )


def _page(whole: Mapping[str, Any]) -> tuple[list[Any], int]:
    data = fields.mapping(whole.get("data"), "data")
    return fields.items(data, "results"), fields.whole(data, "total")


def _points(
    totals: Mapping[str, int], days: Mapping[str, Sequence[tuple[int, int]]]
) -> tuple[SeriesPoint, ...]:
    """Days of views and clicks, as far as it is certain that views and clicks were counted. Of
    those, listmonk leaves out the days that had none.
    """
    told: dict[int, dict[str, Count]] = {}
    rest = {}
    for what, total in totals.items():
        if total and sum(count for _, count in days[what]) >= total:
            rest[what] = Count(0)
            for day, count in days[what]:
                told.setdefault(day, {})[what] = Count(count)
    return tuple(
        SeriesPoint(
            Dimension.DAY,
            str(day),
            Figures(opens=each.get("opens", UNTOLD), clicks=each.get("clicks", UNTOLD)),
        )
        for day, each in sorted((day, {**rest, **found}) for day, found in told.items())
    )


def _links(found: Sequence[object], clicks: int) -> tuple[LinkRecord, ...]:
    """The links with their counts: of clicks, of people, or of neither where that is uncertain."""
    each = [fields.mapping(link, "link") for link in found]
    counts = [fields.whole(link, "count") for link in each]
    are_clicks = sum(counts) >= clicks
    are_people = not are_clicks and len(counts) < _MOST_LINKS
    return tuple(
        LinkRecord(
            number,
            fields.text(link, "url"),
            clicks=Count(count) if are_clicks else UNTOLD,
            clickers=Count(count) if are_people else UNTOLD,
        )
        for number, (link, count) in enumerate(zip(each, counts, strict=True))
    )
