"""Drafts at Buttondown: https://docs.buttondown.com/api-emails-introduction, version 2026-04-01.

Each request for a draft says ``"status": "draft"``: without it a new email may be sent at once. The
marker stands in the email's metadata, which readers never see, and is the idempotency key as well.
"""

import json
import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

from app.engagement import fields as reading
from app.engagement.errors import BadAnswerError, NotFoundError, StatusError
from app.engagement.fields import FieldError
from app.engagement.http import Client, Query, Upload
from app.engagement.model import Account
from app.engagement.providers.listing import MOST_PAGES, in_path, read
from app.handover.model import Field, Fields, HandoverError, Letter, Picture, Remote
from app.handover.platforms import revision

_MARK = "sendoff"
"""The name in the metadata of emails and images."""
_MODE = "<!-- buttondown-editor-mode: plaintext -->"
_ANY_MODE = re.compile(r"\A\s*<!--\s*buttondown-editor-mode:\s*plaintext\s*-->")
_SLUG = re.compile(r"[a-zA-Z0-9_-]{1,100}")
_LONGEST = 2000
_LARGEST_BODY = 8 << 20
"""Characters of a body that are taken."""
_NAMES = {
    Field.SUBJECT: "subject",
    Field.PREVIEW: "description",
    Field.BODY: "body",
    Field.SLUG: "slug",
    Field.CANONICAL_URL: "canonical_url",
    Field.COVER: "image",
}
_WORDS = {
    "body_contains_frontmatter": "It takes the text for front matter: does it begin with ---?",
    "body_invalid": "It does not take the text as it is.",
    "canonical_url_invalid": "It does not take the canonical address.",
    "email_duplicate": "It has an email with this subject and text already.",
    "slug_invalid": "The slug is not free, or has signs that it does not take.",
    "subject_invalid": "It does not take the subject.",
    "sending_requires_confirmation": "It took this for a send; nothing was sent.",
}


def platform(_account: Account, through: Client) -> "Buttondown":
    """The account, written through the client."""
    return Buttondown(through)


class Buttondown:
    """Drafts of one newsletter."""

    name = "Buttondown"
    keeps_markdown = True
    # Neither is documented; SVG is refused, and no mail should load more.
    largest_picture = 10_000_000
    pictures = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
    key_help = (
        "Make an API key with email access “write” and administrivia access “write” (for images), "
        "and sending access “none”: Sendoff never sends."
    )

    def __init__(self, through: Client) -> None:
        self._client = through

    async def fields(self, letter: Letter) -> Fields:
        """Subject, preview text, Markdown, and what the front matter says besides."""
        if len(letter.subject) > _LONGEST:
            raise HandoverError(f"Buttondown takes subjects of {_LONGEST} characters at most.")
        if letter.slug and not _SLUG.fullmatch(letter.slug):
            raise HandoverError(
                f"Buttondown does not take the slug “{letter.slug}”: letters a to z, digits, - and "
                "_ are allowed, 100 at most."
            )
        told = {
            Field.SUBJECT: letter.subject,
            Field.PREVIEW: letter.preview,
            Field.BODY: letter.markdown,
            Field.SLUG: letter.slug,
            Field.CANONICAL_URL: letter.canonical_url,
            Field.COVER: letter.cover,
        }
        return {name: text for name, text in told.items() if text or name is Field.BODY}

    async def find(self, marker: str, since: int) -> Remote | None:
        """The email whose metadata has the marker."""
        day = datetime.fromtimestamp(since / 1000, UTC).date().isoformat()
        query = {"creation_date__start": day, "ordering": "-creation_date",
                 "excluded_fields": ["body", "analytics"]}  # fmt: skip
        async for email in self._all("/emails", query):
            if _mark(email) == marker:
                return await self.read(reading.text(email, "id"))
        return None

    async def read(self, remote_id: str) -> Remote | None:
        """The email; None for one that was deleted."""
        try:
            _, email = await read(self._client, f"/emails/{in_path(remote_id)}")
        except NotFoundError:
            return None
        return None if email.get("status") == "deleted" else _remote(email)

    async def create(self, marker: str, fields: Fields) -> Remote:
        """Make a draft; the same marker makes the same draft."""
        body = {**_body(fields), "metadata": {_MARK: marker}}
        return await self._write("POST", "/emails", body, {"X-Idempotency-Key": marker})

    async def change(self, remote: Remote, fields: Fields) -> Remote:
        """Change a draft."""
        # By the API's description these two are emptied where a change does not mention them.
        kept = {"metadata": remote.own["metadata"], "image": remote.own["image"]}
        body = {**kept, **_body(fields)}
        return await self._write("PATCH", f"/emails/{in_path(remote.id)}", body, {})

    async def find_picture(self, picture: Picture) -> str | None:
        """The address of an image whose metadata has the content's digest."""
        async for image in self._all("/images", {"page_size": 1000}):
            if _mark(image) == picture.digest:
                return reading.text(image, "image")
        return None

    async def put_picture(self, picture: Picture, content: bytes) -> str:
        """Put an image online."""
        texts = {"metadata": json.dumps({_MARK: picture.digest})}
        upload = Upload("image", picture.name, content, picture.media, texts)
        try:
            answer = await self._client.write("POST", "/images", upload)
            return reading.text(reading.mapping(answer.data), "image")
        except StatusError as error:
            raise HandoverError(
                f"Buttondown did not take the picture “{picture.name}” ({error.status})."
            ) from None
        except FieldError:
            raise BadAnswerError("The answer cannot be read.") from None

    async def _write(
        self, method: str, path: str, body: Mapping[str, Any], headers: Mapping[str, str]
    ) -> Remote:
        try:
            answer = await self._client.write(method, path, body, headers=headers)
        except StatusError as error:
            raise HandoverError(
                f"Buttondown did not take the draft ({error.status}). "
                f"{_WORDS.get(error.code, '')}".strip()
            ) from None
        try:
            return _remote(reading.mapping(answer.data))
        except FieldError:
            raise BadAnswerError("The answer cannot be read.") from None

    async def _all(self, path: str, query: Query) -> AsyncIterator[Mapping[str, Any]]:
        for number in range(1, MOST_PAGES):
            _, whole = await read(self._client, path, {**query, "page": number})
            try:
                for each in reading.items(whole, "results"):
                    yield reading.mapping(each)
            except FieldError:
                raise BadAnswerError("The answer cannot be read.") from None
            if not whole.get("next"):
                return


def _body(fields: Fields) -> dict[str, Any]:
    told = {_NAMES[name]: text for name, text in fields.items()}
    if Field.BODY in fields:
        told["body"] = _MODE + fields[Field.BODY]
    return {**told, "status": "draft"}


def _mark(holder: Mapping[str, Any]) -> str:
    metadata = holder.get("metadata")
    mark = metadata.get(_MARK) if isinstance(metadata, dict) else None
    return mark if isinstance(mark, str) else ""


def _remote(email: Mapping[str, Any]) -> Remote:
    try:
        fields = {
            name: reading.text(email, called, "", _LARGEST_BODY) for name, called in _NAMES.items()
        }
        fields[Field.BODY] = _ANY_MODE.sub("", fields[Field.BODY])
        ident = reading.name(email, "id")
        metadata = reading.mapping(email.get("metadata") or {}, "metadata")
        status = reading.text(email, "status")
        changed = reading.text(email, "modification_date", "")
    except FieldError as error:
        raise BadAnswerError(f"The answer cannot be read: {error}.") from None
    return Remote(
        id=ident,
        revision=revision(changed, fields),
        url=f"https://buttondown.com/emails/{ident}",
        is_draft=status == "draft",
        state=status.replace("_", " "),
        fields=fields,
        own={"metadata": dict(metadata), "image": fields[Field.COVER]},
    )
