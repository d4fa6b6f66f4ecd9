"""Our own tracking server: what changed by its feed, then each changed issue's report and events.

Marks: ``changes`` is the feed's cursor, ``events:ID`` an issue's; ``issue:ID`` stands while an
issue's report and events are still to be fetched, so that a sync can end anywhere.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from app.engagement import decode, fields
from app.engagement.errors import BadAnswerError, HttpError, NotFoundError, StatusError
from app.engagement.fields import FieldError
from app.engagement.http import Client
from app.engagement.model import (
    NONE_ELSE,
    UNTOLD,
    Account,
    Count,
    Dimension,
    Figures,
    Gone,
    IssueDetail,
    IssueRecord,
    LinkRecord,
    Mode,
    Page,
    Record,
    SeriesPoint,
    Tombstone,
)
from app.engagement.providers import (
    MOST_TEXT,
    HistoryLostError,
    IssueText,
    Marks,
    Tested,
    archive_pages,
    sendoff_events,
)
from app.engagement.providers.side_by_side import in_order
from app.speech import say

ISSUES_A_PAGE = 200
EVENTS_A_PAGE = 2000
_PLAIN = (
    "sent", "delivered", "deferred", "rejected", "hard_bounces", "soft_bounces", "complaints",
)  # fmt: skip
_BY_CLASS = ("unsubscribes", "opens", "clicks", "openers", "clickers", "inferred_openers")
_PEOPLE = ("openers", "clickers", "inferred_openers")
_BLIND = {Mode.AGGREGATE: _PEOPLE, Mode.NONE: (*_PEOPLE, "opens", "clicks")}
"""What nobody can know of an issue that is tracked so little: never 0."""
_CLASSES = ("all", "human", "privacy_proxy", "machine")
_NOBODY = Count(0, 0, 0, 0)
_KNOWN = frozenset((*_PLAIN, *_BY_CLASS, "key"))
_SPLITS = {
    "hours": Dimension.HOUR,
    "clients": Dimension.CLIENT,
    "systems": Dimension.SYSTEM,
    "devices": Dimension.DEVICE,
    "domains": Dimension.DOMAIN,
    "proxies": Dimension.PROXY,
    "reasons": Dimension.REASON,
}
_GONE = {each.value: each for each in Gone}
_MODES = {each.value: each for each in Mode}


def client(account: Account, key: str) -> Client:
    """A client that sends the key as a bearer token (RFC 6750)."""
    headers = {"authorization": f"Bearer {key}"}
    return Client(account.url, lambda: headers)


class Sendoff:
    """A publication on a tracking server."""

    def __init__(self, account: Account, through: Client) -> None:
        self._client = through
        self._query = {"publication": account.publication} if account.publication else {}

    async def test(self) -> Tested:
        """Which publications the key sees, and whether it may read one."""
        try:
            answer = await self._client.get("/v1/publications")
            data = fields.mapping(answer.data)
            found = [fields.mapping(each) for each in fields.items(data, "publications")]
            known = tuple((fields.text(each, "id"), fields.text(each, "name")) for each in found)
            if not known:
                return Tested(False, (say("The server takes the key."),),
                              (say("There is no publication on this server yet."),))  # fmt: skip
            chosen = self._query.get("publication", "")
            if len(known) > 1 and not chosen:
                lacks = say("The key serves several publications: choose one for this account.")
                return Tested(False, (say("The server takes the key."),), (lacks,), known)
            await self._client.get("/v1/changes", {**self._query, "limit": 1})
            name = dict(known).get(chosen, known[0][1])
        except NotFoundError:
            return Tested(False, (), (say("The server has no such publication."),))
        except HttpError as error:
            return Tested(False, (), (str(error),))
        except FieldError:
            return Tested(False, (), (say("What answered is not a tracking server."),))
        return Tested(
            True, (say("The key may read the issues of “{name}”.", name=name),), (), known
        )

    async def pages(self, since: Marks) -> AsyncIterator[Page]:
        """The feed to its end, then the issues that it named or that were left from before."""
        todo = [name.removeprefix("issue:") for name in since if name.startswith("issue:")]
        events = {name: cursor for name, cursor in since.items() if name.startswith("events:")}
        failed: BadAnswerError | None = None
        try:
            async for page in self._changes(since.get("changes", "")):
                for name, value in page.marks.items():
                    issue = name.removeprefix("issue:")
                    if issue == name:
                        continue
                    todo = [each for each in todo if each != issue]
                    # What the feed tells last changed last: fetched first.
                    todo[:0] = [issue] if value else []
                yield page
        except BadAnswerError as error:
            # What is known to have changed before can be fetched all the same.
            failed = error
        issues = in_order(
            self._issue(issue, events.get(f"events:{issue}", ""), number, len(todo))
            for number, issue in enumerate(todo)
        )
        async with aclosing(issues):
            async for page in issues:
                yield page
        if failed is not None:
            raise failed

    async def text(self, issue: str) -> IssueText:
        """The HTML as its sender gave it, without tracked links and pixel."""
        data, _ = await self._get(f"/v1/issues/{issue}/text", {}, "")
        try:
            return IssueText(fields.text(fields.mapping(data), "html", "", MOST_TEXT))
        except FieldError:
            raise BadAnswerError(say("The issue's text cannot be read.")) from None

    async def _changes(self, cursor: str) -> AsyncIterator[Page]:
        more = True
        while more:
            query: dict[str, str | int] = {**self._query, "limit": ISSUES_A_PAGE}
            try:
                data, server_time = await self._get("/v1/changes", query, cursor)
                page, after, more = _changes_page(fields.mapping(data), server_time)
            except FieldError as error:
                raise BadAnswerError(
                    say("The list of changes cannot be read: {error}.", error=error)
                ) from None
            if more and after == cursor:
                raise BadAnswerError(say("The list of changes leads in a circle."))
            cursor = after
            yield page

    async def _issue(
        self, issue: str, cursor: str, done: int, whole: int
    ) -> AsyncGenerator[Page, None]:
        """One issue's report and events; what cannot be read is told and left for the next time."""
        try:
            data, server_time = await self._get(f"/v1/issues/{issue}/report", {}, "")
            told = fields.mapping(data)
            record, detail = _report(issue, told)
            detail = await self._with_archive(told, record, detail)
            yield Page((record, detail), server_time=server_time, done=done, whole=whole)
            more = True
            while more:
                data, server_time = await self._get(
                    f"/v1/issues/{issue}/events", {"limit": EVENTS_A_PAGE}, cursor,
                    sendoff_events.read,
                )  # fmt: skip
                page, after, more = sendoff_events.page(issue, data, server_time)
                if more and after == cursor:
                    raise FieldError("its events lead in a circle")
                cursor = after
                yield replace(page, done=done, whole=whole)
        except NotFoundError:
            # Deleted meanwhile. The feed tells of that, too, and then this issue is done with.
            yield Page(done=done, whole=whole)
        except (FieldError, BadAnswerError) as error:
            words = say("An issue's figures could not be read ({error}).", error=error)
            yield Page(problems=(words,), done=done, whole=whole)

    async def _with_archive(
        self, data: Mapping[str, Any], record: IssueRecord, detail: IssueDetail
    ) -> IssueDetail:
        """With the funnels of the archive pages that the report names; else without a request."""
        if "pages" not in data:
            return detail
        points = []
        asked = archive_pages.days(record.sent_at, _as_of(data))
        for page in archive_pages.named(data):
            try:
                funnel, _ = await self._get(f"/v1/pages/{page}/funnel", asked, "")
            except NotFoundError:  # forgotten meanwhile
                continue
            points.append(archive_pages.point(page, fields.mapping(funnel, "funnel")))
        return replace(
            detail,
            points=(*detail.points, *points),
            dimensions=detail.dimensions | {Dimension.ARCHIVE},
        )

    async def _get(
        self,
        path: str,
        query: Mapping[str, str | int],
        cursor: str,
        read: Callable[[bytes], Any] = decode.read_json,
    ) -> tuple[Any, int | None]:
        asked = {**query, "cursor": cursor} if cursor else query
        try:
            answer = await self._client.get(path, asked, read)
        except StatusError as error:
            # 409 is a cursor of another feed, 410 one from before a restore.
            if error.status == 410 or (error.status == 409 and error.code == "unknown_cursor"):
                raise HistoryLostError from None
            raise
        return answer.data, answer.server_time


def provider(account: Account, through: Client) -> Sendoff:
    """The account, read through a client."""
    return Sendoff(account, through)


def _changes_page(data: Mapping[str, Any], server_time: int | None) -> tuple[Page, str, bool]:
    records: list[Record] = []
    problems: list[str] = []
    cursor = fields.text(data, "cursor")
    marks = {"changes": cursor}
    as_of = _as_of(data)
    for each in fields.items(data, "issues"):
        holder = fields.mapping(each, "issue")
        name = fields.name(holder, "id")
        marks[f"issue:{name}"] = "1"
        try:
            records.append(_issue_record(holder, as_of))
        except FieldError as error:
            # Its report tells the same, and is asked for until it can be read.
            problems.append(say("An issue could not be read ({error}).", error=error))
    for each in fields.items(data, "deleted"):
        holder = fields.mapping(each, "deleted")
        kind = _GONE.get(fields.text(holder, "kind"))
        name = fields.name(holder, "id")
        if kind is None:
            continue
        records.append(Tombstone(kind, name))
        if kind is Gone.ISSUE:
            marks[f"issue:{name}"] = ""
            marks[f"events:{name}"] = ""
    page = Page(
        tuple(records), marks, fields.text(data, "epoch"), server_time or as_of, tuple(problems)
    )
    return page, cursor, fields.yes(data, "more")


def _report(issue: str, data: Mapping[str, Any]) -> tuple[IssueRecord, IssueDetail]:
    as_of = _as_of(data)
    record = _issue_record(fields.mapping(data.get("issue"), "issue"), as_of)
    if record.id != issue:
        raise FieldError("the report is another issue's")
    points = tuple(
        _point(dimension, fields.mapping(each, name), record.mode)
        for name, dimension in _SPLITS.items()
        for each in fields.items(data, name)
    )
    links = tuple(
        _link(fields.mapping(each, "link"), record.mode) for each in fields.items(data, "links")
    )
    told = frozenset(dimension for name, dimension in _SPLITS.items() if name in data)
    return record, IssueDetail(issue, links, points, told, as_of, record.version)


def _issue_record(data: Mapping[str, Any], as_of: int | None) -> IssueRecord:
    mode = _MODES.get(fields.text(data, "mode", ""), Mode.UNKNOWN)
    return IssueRecord(
        id=fields.name(data, "id"),
        subject=fields.text(data, "subject", ""),
        sent_at=fields.optional_moment(data, "sent_at"),
        figures=_told(_figures(fields.mapping(data.get("figures"), "figures"), mode)),
        as_of=as_of,
        version=fields.whole(data, "version"),
        mode=mode,
        url=fields.text(data, "archive_url", ""),
        recipients=fields.optional_whole(data, "recipients"),
        external_id=fields.text(data, "external_id", ""),
    )


def _link(data: Mapping[str, Any], mode: Mode) -> LinkRecord:
    return LinkRecord(
        number=fields.whole(data, "number"),
        url=fields.text(data, "url"),
        text=fields.text(data, "text", ""),
        clicks=_count(data, "clicks"),
        clickers=UNTOLD if mode in _BLIND else _count(data, "clickers"),
    )


def _point(dimension: Dimension, data: Mapping[str, Any], mode: Mode) -> SeriesPoint:
    key = (
        str(fields.moment(data, "key")) if dimension is Dimension.HOUR else fields.text(data, "key")
    )
    return SeriesPoint(dimension, key, _figures(data, mode))


def _figures(data: Mapping[str, Any], mode: Mode) -> Figures:
    """Figures of a total or a split, where what is left out is zero, except for what the issue's
    mode does not look at.
    """
    known: dict[str, Any] = {name: fields.optional_whole(data, name) or 0 for name in _PLAIN}
    blind = _BLIND.get(mode, ())
    known.update((name, _count(data, name)) for name in _BY_CLASS if name not in blind)
    other = {
        name: fields.whole(data, name)
        for name, value in data.items()
        if name not in _KNOWN and type(value) is int
    }
    return Figures(**known, other=other or NONE_ELSE)


def _told(figures: Figures) -> Figures:
    """An issue's totals. Where no vendor reports deliveries, none of these is known: never 0."""
    if figures.sent or figures.delivered:
        return figures
    known: dict[str, Any] = {name: getattr(figures, name) or None for name in _PLAIN}
    return replace(figures, **known)


def _count(data: Mapping[str, Any], name: str) -> Count:
    found = data.get(name)
    if found is None:
        return _NOBODY
    holder = fields.mapping(found, name)
    told = [fields.optional_whole(holder, each) or 0 for each in _CLASSES]
    return Count(*told) if any(told) else _NOBODY


def _as_of(data: Mapping[str, Any]) -> int:
    return fields.moment(fields.mapping(data.get("freshness"), "freshness"), "as_of")
