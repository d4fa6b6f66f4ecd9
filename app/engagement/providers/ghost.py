"""Ghost's Admin API, version 6: https://docs.ghost.org/admin-api.

The key signs a token for each request (JWT, RFC 7519, HS256). A staff access token may read the
clicks of links; the key of a custom integration may not (403), and sees the totals only.

Opens and clicks are kept only where the issue tracked them. Ghost tells neither machines from
people (a click may be a scanner's), nor unsubscribes or complaints by issue.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from app.engagement import fields
from app.engagement.errors import (
    BadAnswerError,
    ForbiddenError,
    HttpError,
    NotFoundError,
    RefusedError,
    StatusError,
)
from app.engagement.fields import FieldError
from app.engagement.http import Answer, Client, Query
from app.engagement.model import (
    UNTOLD,
    Account,
    Count,
    Figures,
    IssueDetail,
    IssueRecord,
    LinkRecord,
    Page,
)
from app.engagement.providers import MOST_TEXT, IssueText, Marks, Tested, listing
from app.engagement.providers.listing import Listed, in_path
from app.speech import say

API = "/ghost/api/admin"
_LIFETIME = 240
"""Seconds that a token holds; Ghost takes at most 300."""
_A_PAGE = 100
_FEEDBACK = ("positive_feedback", "negative_feedback")
_COUNTS = ("clicks", *_FEEDBACK, "signups")


def client(account: Account, key: str) -> Client:
    """A client that signs each request."""

    def headers() -> Mapping[str, str]:
        return {"Authorization": f"Ghost {token(key, int(time.time()))}", "Accept-Version": "v6.0"}

    return Client(account.url + API, headers)


def provider(account: Account, through: Client) -> "Ghost":
    """The account, read through the client."""
    return Ghost(through, account.publication)


def token(key: str, now: int) -> str:
    """A token for a request at ``now`` (seconds since 1970).

    Args:
        key: ``ID:SECRET``, the secret in hexadecimal digits.

    Raises:
        RefusedError: the key has another form.
    """
    ident, _, secret = key.strip().partition(":")
    try:
        signing = bytes.fromhex(secret)
    except ValueError:
        signing = b""
    if not ident or not signing:
        raise RefusedError(
            say(
                "This is no key of Ghost's Admin API: those are two long words of digits "
                "and letters a to f with a colon between them."
            )
        )
    head = {"alg": "HS256", "kid": ident, "typ": "JWT"}
    claims = {"iat": now, "exp": now + _LIFETIME, "aud": "/admin/"}
    signed = f"{_base64(_json(head))}.{_base64(_json(claims))}"
    return f"{signed}.{_base64(hmac.digest(signing, signed.encode(), hashlib.sha256))}"


class Ghost:
    """Reads the issues of a site, or of one of its newsletters."""

    def __init__(self, through: Client, newsletter: str) -> None:
        self._client = through
        self._newsletter = newsletter

    async def test(self) -> Tested:
        """What works and what the key may not do."""
        try:
            _, found = await _read(self._client, "/site/")
            site = fields.mapping(found.get("site"), "site")
            title = fields.text(site, "title", "")
            works = [
                say(
                    "Ghost {value} answers: “{title}”.",
                    value=fields.text(site, "version"),
                    title=title,
                )
            ]
        except (FieldError, NotFoundError):
            return Tested(False, lacks=(say("What answered is not Ghost."),))
        except HttpError as error:
            return Tested(False, lacks=(str(error),))
        try:
            _, posts = await _read(self._client, "/posts/", _posts(1, most=1))
            works.append(
                say("Issues and their figures can be read. Posts: {value}.", value=_total(posts))
            )
        except HttpError as error:
            return Tested(False, tuple(works), (f"Issues cannot be read. {error}",))
        except FieldError:
            return Tested(
                False, tuple(works), (say("Issues cannot be read: the answer is not known."),)
            )
        lacks = []
        try:
            await _read(self._client, "/links/", {"limit": 1})
            works.append(say("Clicks of links can be read: this is a staff access token."))
        except ForbiddenError:
            lacks.append(
                say(
                    "Clicks of single links cannot be read with an integration's key. "
                    "With the staff access token of your Ghost profile they can."
                )
            )
        except HttpError as error:
            lacks.append(f"Clicks of single links cannot be read now. {error}")
        return Tested(True, tuple(works), tuple(lacks), await self._newsletters())

    def pages(self, since: Marks) -> AsyncIterator[Page]:
        """Issues whose figures changed, with their links where the key may read them."""
        return listing.changed(self._listed(), since, self._links, self._is_gone)

    async def text(self, issue: str) -> IssueText:
        """The post's HTML; the email's frame is not told."""
        query = {"formats": "html", "fields": "id,html"}
        _, whole = await _read(self._client, f"/posts/{in_path(issue)}/", query)
        try:
            (post,) = fields.items(whole, "posts")
            return IssueText(fields.text(fields.mapping(post, "post"), "html", "", MOST_TEXT))
        except (FieldError, ValueError):
            raise BadAnswerError(say("The issue's text cannot be read.")) from None

    async def _newsletters(self) -> tuple[tuple[str, str], ...]:
        try:
            _, whole = await _read(self._client, "/newsletters/", {"limit": _A_PAGE})
            found = [fields.mapping(each) for each in fields.items(whole, "newsletters")]
            return tuple((fields.text(each, "id"), fields.text(each, "name")) for each in found)
        except (HttpError, FieldError):
            return ()

    def _listed(self) -> AsyncIterator[Listed]:
        return listing.numbered(
            lambda number: _read(self._client, "/posts/", _posts(number)),
            lambda whole: (fields.items(whole, "posts"), _total(whole)),
            self._reading,
            _A_PAGE,
        )

    def _reading(self, as_of: int | None) -> Callable[[Mapping[str, Any]], IssueRecord | None]:
        return lambda post: _issue(post, as_of, self._newsletter)

    async def _is_gone(self, issue: str) -> bool:
        try:
            await _read(self._client, f"/posts/{in_path(issue)}/", {"fields": "id"})
        except NotFoundError:
            return True
        return False

    async def _links(self, issue: IssueRecord) -> AsyncIterator[Page]:
        if not (issue.figures.clickers.all and issue.id.isalnum()):
            yield Page()
            return
        query: dict[str, str | int] = {"filter": f"post_id:'{issue.id}'", "limit": _A_PAGE}
        links: list[LinkRecord] = []
        for number in range(1, listing.MOST_PAGES):
            answer, whole = await _read(self._client, "/links/", {**query, "page": number})
            try:
                found = fields.items(whole, "links")
                links += [_link(len(links) + at, each) for at, each in enumerate(found)]
                total = _total(whole, len(found))
            except FieldError as error:
                raise BadAnswerError(
                    say("The answer cannot be read: {error}.", error=error)
                ) from None
            if number * _A_PAGE >= total:
                break
        detail = IssueDetail(issue.id, tuple(links), (), frozenset(), answer.server_time)
        yield Page((detail,), server_time=answer.server_time)


def _posts(page: int, most: int = _A_PAGE) -> dict[str, str | int]:
    # Ghost leaves out each count that is not among the fields, by the name of its column.
    columns = ",".join(f"count__{name}" for name in _COUNTS)
    return {
        "filter": "status:[published,sent]",
        "include": "email,newsletter," + ",".join(f"count.{name}" for name in _COUNTS),
        "fields": f"id,title,url,published_at,{columns}",
        "order": "published_at asc",
        "limit": most,
        "page": page,
    }


def _issue(post: Mapping[str, Any], as_of: int | None, newsletter: str) -> IssueRecord | None:
    """None for a post that was never sent as an email, or by another newsletter."""
    if post.get("email") is None:
        return None
    email = fields.mapping(post["email"], "email")
    if newsletter and fields.text(email, "newsletter_id", "") != newsletter:
        return None
    if fields.text(email, "status", "") == "failed":
        return None
    counts = fields.mapping(post.get("count") or {}, "count")

    def told(holder: Mapping[str, Any], name: str, switch: str) -> int | None:
        is_on = email.get(switch) is True
        return fields.optional_whole(holder, name) if is_on else None

    other = {name: told(counts, name, "feedback_enabled") for name in _FEEDBACK}
    other["signups"] = fields.optional_whole(counts, "signups")
    opened, clicked = (
        told(email, "opened_count", "track_opens"),
        told(counts, "clicks", "track_clicks"),
    )
    return IssueRecord(
        id=fields.text(post, "id"),
        subject=fields.text(email, "subject", "") or fields.text(post, "title", ""),
        sent_at=fields.optional_moment(email, "submitted_at"),
        figures=Figures(
            sent=fields.optional_whole(email, "email_count"),
            delivered=fields.optional_whole(email, "delivered_count"),
            hard_bounces=fields.optional_whole(email, "failed_count"),
            openers=UNTOLD if opened is None else Count(opened),
            clickers=UNTOLD if clicked is None else Count(clicked),
            other={name: value for name, value in other.items() if value is not None},
        ),
        as_of=as_of,
        url=fields.text(post, "url", ""),
        recipients=fields.optional_whole(email, "email_count"),
    )


def _link(number: int, each: object) -> LinkRecord:
    found = fields.mapping(each, "link")
    link = fields.mapping(found.get("link"), "link")
    count = fields.mapping(found.get("count") or {}, "count")
    clickers = fields.optional_whole(count, "clicks")
    return LinkRecord(number, fields.text(link, "to"), clickers=Count(clickers))


def _total(whole: Mapping[str, Any], default: int = 0) -> int:
    meta = whole.get("meta")
    if meta is None:
        return default
    pagination = fields.mapping(fields.mapping(meta, "meta").get("pagination"), "pagination")
    return fields.whole(pagination, "total")


async def _read(
    through: Client, path: str, query: Query | None = None
) -> tuple[Answer, Mapping[str, Any]]:
    """An answer; a token that Ghost does not take is 400 there, not only 401."""
    try:
        return await listing.read(through, path, query)
    except StatusError as error:
        if error.status != 400:
            raise
        raise RefusedError(
            say(
                "Ghost does not take the key. It may have been revoked, or be of another "
                "site; or the clock of this computer is off by minutes."
            )
        ) from None


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
