"""For platforms without a feed of changes: the whole list of issues is read, and only of those
whose figures changed the rest is asked for.

What was seen of an issue is kept as a mark, ``issue/ID``: a fingerprint of its record. It is set
with the last page of the issue, so that a sync that was cut off reads that issue again.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any
from urllib.parse import quote

from app.engagement import fields
from app.engagement.errors import BadAnswerError, ForbiddenError
from app.engagement.fields import FieldError
from app.engagement.http import Answer, Client, Query
from app.engagement.model import Gone, IssueRecord, Page, Tombstone
from app.engagement.providers import Marks
from app.speech import mark, say

_PREFIX = "issue/"
_WITHOUT = "-"
"""After a fingerprint: the key was not allowed to read the rest."""

_UNSTEADY = mark(
    "An issue's events changed while they were read; they are read again at the next sync."
)

MOST_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a platform's list of issues.

    Attributes:
        ids: All issues on the page, also those whose record could not be read.
    """

    ids: frozenset[str]
    issues: tuple[IssueRecord, ...]
    problems: tuple[str, ...] = ()
    server_time: int | None = None
    whole: int | None = None


class UnsteadyError(Exception):
    """The platform changed its list while it was read: it is to be read again at the next sync."""


async def changed(
    pages: AsyncIterator[Listed],
    since: Marks,
    rest: Callable[[IssueRecord], AsyncIterator[Page]],
    is_gone: Callable[[str], Awaitable[bool]],
) -> AsyncIterator[Page]:
    """What changed since the marks.

    Args:
        pages: The whole list.
        since: Marks of the last sync.
        rest: Links, splits and events of an issue; may raise ForbiddenError or UnsteadyError.
        is_gone: Asks the platform whether an issue that is no longer listed was deleted.

    Raises:
        HttpError: as from the client.
    """
    seen: set[str] = set()
    allowed = True
    async for listed in pages:
        if listed.ids and listed.ids <= seen:
            raise BadAnswerError(say("The server's list of issues goes in a circle."))
        seen |= listed.ids
        fresh = tuple(issue for issue in listed.issues if _is_news(issue, since))
        # Also where nothing is new: of when the figures are is told by every page.
        yield Page(
            records=fresh,
            problems=listed.problems,
            server_time=listed.server_time,
            done=len(seen),
            whole=listed.whole,
        )
        for issue in listed.issues:
            mark, known = fingerprint(issue), since.get(_PREFIX + issue.id)
            if known == mark or (known == mark + _WITHOUT and not allowed):
                continue
            try:
                if allowed:
                    async for page in _marked(rest(issue), _PREFIX + issue.id, mark):
                        yield page
                    continue
            except ForbiddenError:
                allowed = False
            except UnsteadyError:
                yield Page(problems=(say(_UNSTEADY),))
                continue
            if known != mark + _WITHOUT:
                yield Page(marks={_PREFIX + issue.id: mark + _WITHOUT})
    missing = {mark.removeprefix(_PREFIX) for mark in since if mark.startswith(_PREFIX)} - seen
    for issue_id in sorted(missing):
        if await is_gone(issue_id):
            yield Page(records=(Tombstone(Gone.ISSUE, issue_id),), marks={_PREFIX + issue_id: ""})


async def numbered(
    ask: Callable[[int], Awaitable[tuple[Answer, Mapping[str, Any]]]],
    take: Callable[[Mapping[str, Any]], tuple[list[Any], int]],
    reading: Callable[[int | None], Callable[[Mapping[str, Any]], IssueRecord | None]],
    a_page: int,
) -> AsyncIterator[Listed]:
    """A list in numbered pages that tells how many there are in all.

    Args:
        ask: For a page by its number, from 1.
        take: The items of an answer, and the number of all. May raise FieldError.
        reading: What reads one item, at the server's time of the answer.
        a_page: How many a page holds.

    Raises:
        HttpError: as from the client.
    """
    for number in range(1, MOST_PAGES):
        answer, whole = await ask(number)
        try:
            found, total = take(whole)
        except FieldError as error:
            raise BadAnswerError(say("The answer cannot be read: {error}.", error=error)) from None
        yield listed(found, reading(answer.server_time), answer.server_time, total)
        if number * a_page >= total:
            return


def listed(
    items: list[Any],
    issue: Callable[[Mapping[str, Any]], IssueRecord | None],
    server_time: int | None,
    whole: int | None,
) -> Listed:
    """A page of issues; one that cannot be read is left out and told.

    Args:
        items: As answered, each with an ``id``.
        issue: The record of one; None for what is no issue that was sent. May raise FieldError.
    """
    ids, issues, problems = set(), [], []
    for each in items:
        try:
            found = fields.mapping(each, "issue")
            ids.add(fields.text(found, "id"))
            record = issue(found)
            if record is not None:
                issues.append(record)
        except FieldError as error:
            problems.append(say("An issue was left out: {error}.", error=error))
    return Listed(frozenset(ids), tuple(issues), tuple(problems), server_time, whole)


async def read(
    through: Client, path: str, query: Query | None = None
) -> tuple[Answer, Mapping[str, Any]]:
    """An answer that has to be a JSON object. Raises HttpError."""
    answer = await through.get(path, query)
    try:
        return answer, fields.mapping(answer.data)
    except FieldError as error:
        raise BadAnswerError(say("The answer cannot be read: {error}.", error=error)) from None


def in_path(text: str) -> str:
    """A platform's id as a part of a path, whatever it holds."""
    return quote(text, safe="")


def fingerprint(issue: IssueRecord) -> str:
    """Changes with anything that is known of an issue but the time at which it held."""
    figures = replace(issue.figures, other={})
    told = (replace(issue, as_of=None, figures=figures), sorted(issue.figures.other.items()))
    return blake2b(repr(told).encode(), digest_size=12).hexdigest()


def _is_news(issue: IssueRecord, since: Marks) -> bool:
    known = since.get(_PREFIX + issue.id, "")
    return known.removesuffix(_WITHOUT) != fingerprint(issue)


async def _marked(pages: AsyncIterator[Page], name: str, mark: str) -> AsyncIterator[Page]:
    """The pages, the last of them with the mark."""
    last = Page()
    async for page in pages:
        if last.records or last.problems:
            yield last
        last = page
    yield replace(last, marks={**last.marks, name: mark})
