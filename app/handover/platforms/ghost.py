"""Drafts at Ghost 6, by its Admin API: https://docs.ghost.org/admin-api/posts/overview.

The body is one HTML card of a Lexical document, which Ghost keeps as it is; ``source=html`` would
turn it into blocks of its own, and lose what it has none for. The marker is a comment at the end of
the card. A change names the ``updated_at`` that it is of, so that Ghost itself refuses it (409)
where the post was edited, published or sent meanwhile.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.engagement import fields as reading
from app.engagement.errors import BadAnswerError, NotFoundError, RefusedError, StatusError
from app.engagement.fields import FieldError
from app.engagement.http import Client, Query, Upload
from app.engagement.model import Account
from app.engagement.providers.listing import MOST_PAGES, in_path, read
from app.handover.model import (
    ChangedMeanwhileError,
    Field,
    Fields,
    HandoverError,
    Letter,
    Picture,
    Remote,
)
from app.handover.platforms import revision

_MARK = re.compile(r"\s*<!--\s*sendoff ([0-9a-f]+)\s*-->\s*\Z")
_A_PAGE = 15
_LARGEST_BODY = 8 << 20
_LONGEST = {Field.SUBJECT: 300, Field.PREVIEW: 300, Field.TITLE: 255, Field.SLUG: 191}
"""Characters (Ghost's Admin API schema; the title's is the database's)."""
_CALLED = {Field.SUBJECT: "subjects", Field.PREVIEW: "preview texts", Field.TITLE: "titles",
           Field.SLUG: "slugs"}  # fmt: skip
_NAMES = {
    Field.TITLE: "title",
    Field.SUBJECT: "email_subject",
    Field.PREVIEW: "custom_excerpt",
    Field.SLUG: "slug",
    Field.CANONICAL_URL: "canonical_url",
    Field.COVER: "feature_image",
}


def platform(account: Account, through: Client) -> "Ghost":
    """The account, written through the client."""
    return Ghost(account.url, through)


class Ghost:
    """Draft posts of one site."""

    name = "Ghost"
    keeps_markdown = False
    # Not documented: a site's web server limits it, and no mail should load more.
    largest_picture = 10_000_000
    pictures = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
    key_help = (
        "Use the Admin API key of a custom integration, or the staff access token of somebody who "
        "may edit posts."
    )

    def __init__(self, site: str, through: Client) -> None:
        self._site = site
        self._client = through

    async def fields(self, letter: Letter) -> Fields:
        """Title, subject, preview text, the body without its title, and the front matter's."""
        told = {
            Field.TITLE: letter.title,
            Field.SUBJECT: letter.subject,
            Field.PREVIEW: letter.preview,
            Field.BODY: letter.fragment.strip(),
            Field.SLUG: letter.slug,
            Field.CANONICAL_URL: letter.canonical_url,
            Field.COVER: letter.cover,
        }
        for name, most in _LONGEST.items():
            if len(told[name]) > most:
                raise HandoverError(
                    f"Ghost takes {_CALLED[name]} of {most} characters at most; this has "
                    f"{len(told[name])}."
                )
        return {name: text for name, text in told.items() if text or name is Field.BODY}

    async def find(self, marker: str, since: int) -> Remote | None:
        """The post whose card has the marker."""
        day = datetime.fromtimestamp(since / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
        query: Query = {
            "filter": f"created_at:>'{day}'",
            "order": "created_at desc",
            "formats": "lexical,html",
            "limit": _A_PAGE,
        }
        for number in range(1, MOST_PAGES):
            whole = await self._read("/posts/", {**query, "page": number})
            posts = _posts(whole)
            for post in posts:
                remote = self._remote(post)
                if remote.own["marker"] == marker:
                    return remote
            if len(posts) < _A_PAGE:
                break
        return None

    async def read(self, remote_id: str) -> Remote | None:
        """The post; None for one that was deleted."""
        try:
            whole = await self._read(f"/posts/{in_path(remote_id)}/", {"formats": "lexical,html"})
        except NotFoundError:
            return None
        return self._only(whole)

    async def create(self, marker: str, fields: Fields) -> Remote:
        """Make a draft."""
        return await self._write("POST", "/posts/", _post(fields, marker))

    async def change(self, remote: Remote, fields: Fields) -> Remote:
        """Change a draft, if it is still as ``remote`` says."""
        post = _post(fields, str(remote.own["marker"]))
        if remote.fields.get(Field.BODY) == fields.get(Field.BODY):
            del post["lexical"]  # what the writer made of it at Ghost stays as it is
        post["updated_at"] = remote.own["updated_at"]
        return await self._write("PUT", f"/posts/{in_path(remote.id)}/", post)

    async def find_picture(self, picture: Picture) -> str | None:  # noqa: ARG002 - see below
        """None: Ghost has no list of images."""
        return None

    async def put_picture(self, picture: Picture, content: bytes) -> str:
        """Put an image online."""
        texts = {"purpose": "image", "ref": picture.digest}
        upload = Upload("file", picture.name, content, picture.media, texts)
        try:
            answer = await self._client.write("POST", "/images/upload/", upload)
            (image,) = reading.items(reading.mapping(answer.data), "images")
            return reading.text(reading.mapping(image), "url")
        except StatusError as error:
            raise _refused(error) or HandoverError(
                f"Ghost did not take the picture “{picture.name}” ({error.status})."
            ) from None
        except ValueError:
            raise BadAnswerError("The answer cannot be read.") from None

    async def _read(self, path: str, query: Query) -> Mapping[str, Any]:
        try:
            return (await read(self._client, path, query))[1]
        except StatusError as error:
            raise _refused(error) or error from None

    async def _write(self, method: str, path: str, post: Mapping[str, Any]) -> Remote:
        query = {"formats": "lexical,html"}
        try:
            answer = await self._client.write(method, path, {"posts": [post]}, query=query)
        except StatusError as error:
            if error.status == 409:
                raise ChangedMeanwhileError(
                    "The post was edited there just now. Look again at what will change."
                ) from None
            raise _refused(error) or HandoverError(
                f"Ghost did not take the draft ({error.status})."
            ) from None
        try:
            return self._only(reading.mapping(answer.data))
        except FieldError:
            raise BadAnswerError("The answer cannot be read.") from None

    def _only(self, whole: Mapping[str, Any]) -> Remote:
        posts = _posts(whole)
        if len(posts) != 1:
            raise BadAnswerError("The answer cannot be read.")
        return self._remote(posts[0])

    def _remote(self, post: Mapping[str, Any]) -> Remote:
        try:
            ident = reading.name(post, "id")
            fields = {name: reading.text(post, called, "") for name, called in _NAMES.items()}
            html = reading.text(post, "html", "", _LARGEST_BODY)
            body, marker = _card(reading.text(post, "lexical", "", _LARGEST_BODY), html)
            status = reading.text(post, "status")
            changed = reading.text(post, "updated_at", "")
        except FieldError as error:
            raise BadAnswerError(f"The answer cannot be read: {error}.") from None
        fields[Field.BODY] = body
        return Remote(
            id=ident,
            revision=revision(changed, fields),
            url=f"{self._site}/ghost/#/editor/post/{ident}",
            is_draft=status == "draft",
            state=status,
            fields=fields,
            own={"updated_at": changed, "marker": marker},
        )


def _posts(whole: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    try:
        return [reading.mapping(each, "post") for each in reading.items(whole, "posts")]
    except FieldError as error:
        raise BadAnswerError(f"The answer cannot be read: {error}.") from None


def _post(fields: Fields, marker: str) -> dict[str, Any]:
    """A draft: with no newsletter, no audience and no time in it, nothing can be sent."""
    post: dict[str, Any] = {
        called: fields[name] for name, called in _NAMES.items() if name in fields
    }
    card = {
        "type": "html",
        "version": 1,
        "html": f"{fields[Field.BODY]}\n<!-- sendoff {marker} -->",
    }
    root = {"children": [card], "direction": None, "format": "", "indent": 0, "type": "root",
            "version": 1}  # fmt: skip
    return {**post, "lexical": json.dumps({"root": root}, ensure_ascii=False), "status": "draft"}


def _card(lexical: str, html: str) -> tuple[str, str]:
    """The body and the marker: of our card where it is alone, else all that Ghost makes HTML of."""
    try:
        children = json.loads(lexical)["root"]["children"]
        cards = [str(each.get("html")) for each in children if each.get("type") == "html"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return html, ""
    marked = ((card, found) for card in cards if (found := _MARK.search(card)))
    card, mark = next(marked, ("", None))
    if mark is None:
        return html, ""
    return (card[: mark.start()] if len(children) == 1 else html), mark[1]


def _refused(error: StatusError) -> RefusedError | None:
    """A token that Ghost does not take is 400 there, not only 401."""
    if error.code not in ("INVALID_JWT", "INVALID_API_KEY", "UnauthorizedError"):
        return None
    return RefusedError(
        "Ghost does not take the key. It may have been revoked, or be of another site; or the "
        "clock of this computer is off by minutes."
    )
