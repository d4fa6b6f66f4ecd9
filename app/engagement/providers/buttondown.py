"""Buttondown: https://docs.buttondown.com/api-introduction, API version 2026-04-01.

One list call tells the figures of all issues; the events of an issue are read anew when its figures
changed, as the API has neither a cursor nor a date filter for them. They are read in ascending
order, where nothing that comes meanwhile moves what was read.

Buttondown tells neither machines from people, nor whether an issue was tracked: tracking is off
unless the writer switched it on, and an issue that was not tracked says 0 for ever. So a 0 of opens
or clicks is not known to be one, and is kept as None.
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.engagement import fields
from app.engagement.errors import BadAnswerError, ForbiddenError, HttpError, NotFoundError
from app.engagement.fields import FieldError
from app.engagement.http import Answer, Client
from app.engagement.model import (
    UNTOLD,
    Account,
    Count,
    Dimension,
    EventRecord,
    Figures,
    IssueDetail,
    IssueRecord,
    LinkRecord,
    Mode,
    Page,
    SeriesPoint,
)
from app.engagement.providers import MOST_TEXT, IssueText, Marks, Tested, listing
from app.engagement.providers.listing import Listed, UnsteadyError, in_path, read
from app.speech import say

ADDRESS = "https://api.buttondown.com/v1"
VERSION = "2026-04-01"
SENT = ("sent", "in_flight", "throttled", "resending")
_EVENTS = 1000
"""Events a page; the API allows 5000, which may be a body of several megabytes."""

_HOUR = 3_600_000
_OTHER = (
    "survey_responses", "webmentions", "page_views_lifetime", "page_views_30", "page_views_7",
    "subscriptions", "paid_subscriptions", "replies", "comments", "social_mentions",
)  # fmt: skip


def client(account: Account, key: str) -> Client:
    """A client that sends the key, the API's version and, where there is one, the newsletter."""
    headers = {"Authorization": f"Token {key}", "X-API-Version": VERSION}
    if account.publication:
        headers["Buttondown-Context"] = account.publication
    return Client(account.url, lambda: headers)


def provider(_account: Account, through: Client) -> "Buttondown":
    """The account, read through the client."""
    return Buttondown(through)


class Buttondown:
    """Reads the issues of one newsletter."""

    def __init__(self, through: Client) -> None:
        self._client = through

    async def test(self) -> Tested:
        """What works and what the key may not do."""
        try:
            _, whole = await read(self._client, "/emails", _emails(1))
            count = fields.whole(whole, "count")
        except ForbiddenError:
            return Tested(
                False,
                (say("Buttondown takes the key."),),
                (say("The key may not read issues: give it email access “read”."),),
            )
        except HttpError as error:
            return Tested(False, lacks=(str(error),))
        except FieldError:
            return Tested(False, lacks=(say("What answered is not Buttondown."),))
        works = [say("Issues and their figures can be read: {count} sent.", count=count)]
        lacks = []
        try:
            await read(self._client, "/events", {"page_size": 1})
            works.append(say("Events can be read: clicks by link and by hour."))
        except HttpError as error:
            lacks.append(f"Events cannot be read, so no link shows its clicks. {error}")
        return Tested(True, tuple(works), tuple(lacks), await self._newsletters())

    def pages(self, since: Marks) -> AsyncIterator[Page]:
        """Issues whose figures changed, with their links and events."""
        return listing.changed(self._listed(), since, self._rest, self._is_gone)

    async def text(self, issue: str) -> IssueText:
        """The body, without the newsletter's template: Markdown, which may be all HTML."""
        _, email = await read(self._client, f"/emails/{in_path(issue)}")
        try:
            return IssueText(fields.text(email, "body", "", MOST_TEXT), is_markdown=True)
        except FieldError:
            raise BadAnswerError(say("The issue's text cannot be read.")) from None

    async def _newsletters(self) -> tuple[tuple[str, str], ...]:
        """Ids and names; none where the key may not see them. The answer holds keys: not kept."""
        try:
            _, whole = await read(self._client, "/newsletters")
            found = [fields.mapping(each) for each in fields.items(whole, "results")]
            return tuple((fields.text(each, "id"), fields.text(each, "name")) for each in found)
        except (HttpError, FieldError):
            return ()

    async def _listed(self) -> AsyncIterator[Listed]:
        for number in range(1, listing.MOST_PAGES):
            answer, whole = await read(self._client, "/emails", _emails(number))
            at = answer.server_time
            yield listing.listed(_items(whole), _reading(at), at, _count(whole))
            if not whole.get("next"):
                return

    async def _is_gone(self, issue: str) -> bool:
        try:
            _, email = await read(self._client, f"/emails/{in_path(issue)}")
        except NotFoundError:
            return True
        return email.get("status") not in SENT

    async def _rest(self, issue: IssueRecord) -> AsyncIterator[Page]:
        """The issue's events, then the links and hours that they make."""
        tally = _Tally()
        as_of = issue.as_of
        for kind, figure in _kinds(issue.figures):
            if not figure:
                continue
            async for answer, found in self._events(issue.id, kind):
                as_of = answer.server_time or as_of
                events, problems = [], []
                for event in found:
                    try:
                        events.append(tally.record(issue.id, event))
                    except FieldError as error:
                        problems.append(say("An event was left out: {error}.", error=error))
                yield Page(tuple(events), server_time=as_of, problems=tuple(problems))
        yield Page(records=(tally.detail(issue, as_of),))

    async def _events(
        self, issue: str, kind: str
    ) -> AsyncIterator[tuple[Answer, list[Mapping[str, Any]]]]:
        seen: set[str] = set()
        for number in range(1, listing.MOST_PAGES):
            query: dict[str, str | int] = {
                "email_id": issue,
                "event_type": kind,
                "ordering": "creation_date",
                "page_size": _EVENTS,
                "page": number,
            }
            answer, whole = await read(self._client, "/events", query)
            found: list[Mapping[str, Any]] = []
            for each in _items(whole):
                event = each if isinstance(each, dict) else {}
                ident = str(event.get("id"))
                if ident not in seen:
                    seen.add(ident)
                    found.append(event)
            yield answer, found
            if not whole.get("next"):
                if len(seen) < (_count(whole) or 0):
                    raise UnsteadyError
                return
            if not found:
                raise UnsteadyError


@dataclass(slots=True)
class _Link:
    number: int
    clicks: int = 0
    clickers: set[str] = field(default_factory=set)
    is_anonymous: bool = False


class _Tally:
    """Counts an issue's events by link, hour, client and system."""

    def __init__(self) -> None:
        self._links: dict[str, _Link] = {}
        self._hits: dict[tuple[Dimension, str, str], int] = {}

    def record(self, issue: str, event: Mapping[str, Any]) -> EventRecord:
        """Count an event; the record of it."""
        kind, at = fields.text(event, "event_type"), fields.moment(event, "creation_date")
        more = fields.mapping(event.get("metadata") or {}, "metadata")
        subscriber = fields.text(event, "subscriber_id", "")
        browser, system = fields.text(more, "browser", ""), fields.text(more, "os", "")
        if kind in ("opened", "clicked"):
            self._add(Dimension.HOUR, str(at - at % _HOUR), kind)
            self._add(Dimension.CLIENT, browser, kind)
            self._add(Dimension.SYSTEM, system, kind)
        code = fields.text(more, "code", "", 200)
        return EventRecord(
            issue=issue,
            id=fields.text(event, "id"),
            type=kind,
            at=at,
            subscriber=subscriber,
            link=self._link(fields.text(more, "url", ""), subscriber)
            if kind == "clicked"
            else None,
            client=browser,
            system=system,
            detail=json.dumps({"code": code}) if code else "",
        )

    def detail(self, issue: IssueRecord, as_of: int | None) -> IssueDetail:
        """Everything that was counted."""
        links = tuple(
            LinkRecord(
                link.number,
                url,
                clicks=Count(link.clicks),
                clickers=UNTOLD if link.is_anonymous else Count(len(link.clickers)),
            )
            for url, link in self._links.items()
        )
        keys = dict.fromkeys((dimension, key) for dimension, key, _ in self._hits)
        points = tuple(
            SeriesPoint(
                dimension,
                key,
                Figures(
                    opens=self._count(issue.figures.openers, dimension, key, "opened"),
                    clicks=self._count(issue.figures.clickers, dimension, key, "clicked"),
                ),
            )
            for dimension, key in keys
        )
        dimensions = frozenset((Dimension.HOUR, Dimension.CLIENT, Dimension.SYSTEM))
        return IssueDetail(issue.id, links, points, dimensions, as_of)

    def _add(self, dimension: Dimension, key: str, kind: str) -> None:
        if key:
            hit = (dimension, key, kind)
            self._hits[hit] = self._hits.get(hit, 0) + 1

    def _count(self, told: Count, dimension: Dimension, key: str, kind: str) -> Count:
        if told.all is None:
            return UNTOLD
        return Count(self._hits.get((dimension, key, kind), 0))

    def _link(self, url: str, subscriber: str) -> int | None:
        if not url:
            return None
        link = self._links.setdefault(url, _Link(len(self._links)))
        link.clicks += 1
        if subscriber:
            link.clickers.add(subscriber)
        else:
            link.is_anonymous = True
        return link.number


def _emails(page: int) -> dict[str, str | int | tuple[str, ...]]:
    return {
        "status": SENT,
        "ordering": "creation_date",
        "excluded_fields": "body",
        "page": page,
    }


def _reading(as_of: int | None) -> Callable[[Mapping[str, Any]], IssueRecord]:
    return lambda email: _issue(email, as_of)


def _issue(email: Mapping[str, Any], as_of: int | None) -> IssueRecord:
    analytics = email.get("analytics")
    figures = Figures() if analytics is None else _figures(fields.mapping(analytics, "analytics"))
    tracked = figures.openers.all is not None or figures.clickers.all is not None
    return IssueRecord(
        id=fields.text(email, "id"),
        subject=fields.text(email, "subject"),
        sent_at=fields.optional_moment(email, "publish_date"),
        figures=figures,
        as_of=as_of,
        mode=Mode.INDIVIDUAL if tracked else Mode.UNKNOWN,
        url=fields.text(email, "absolute_url", ""),
        recipients=figures.sent,
    )


def _figures(analytics: Mapping[str, Any]) -> Figures:
    def told(name: str) -> int | None:
        return fields.optional_whole(analytics, name)

    other = {name: value for name in _OTHER if (value := told(name)) is not None}
    return Figures(
        sent=told("recipients"),
        delivered=told("deliveries"),
        hard_bounces=told("permanent_failures"),
        soft_bounces=told("temporary_failures"),
        complaints=told("complaints"),
        unsubscribes=Count(told("unsubscriptions")),
        openers=Count(told("opens") or None),
        clickers=Count(told("clicks") or None),
        other=other,
    )


def _kinds(figures: Figures) -> tuple[tuple[str, int | None], ...]:
    bounces = (figures.hard_bounces or 0) + (figures.soft_bounces or 0)
    return (
        ("opened", figures.openers.all),
        ("clicked", figures.clickers.all),
        ("unsubscribed", figures.unsubscribes.all),
        ("complained", figures.complaints),
        ("bounced", bounces),
    )


def _items(whole: Mapping[str, Any]) -> list[Any]:
    try:
        return fields.items(whole, "results")
    except FieldError as error:
        raise BadAnswerError(say("The answer cannot be read: {error}.", error=error)) from None


def _count(whole: Mapping[str, Any]) -> int | None:
    try:
        return fields.optional_whole(whole, "count")
    except FieldError:
        return None
