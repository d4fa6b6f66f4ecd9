"""Draft campaigns at listmonk 6: https://listmonk.app/docs/apis/campaigns/.

A new campaign is a draft; only another request (``PUT …/status``), which is not made here, sends
it. The body is HTML and a template of Go (``html/template``), which drops comments: those for
Outlook are written as text that listmonk takes for safe. The marker is one of the campaign's tags,
which only the people who send see.
"""

import json
import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import urljoin

from app.engagement import fields as reading
from app.engagement.errors import (
    BadAnswerError,
    ForbiddenError,
    NotFoundError,
    StatusError,
)
from app.engagement.fields import FieldError
from app.engagement.http import Client, Query, Upload
from app.engagement.model import Account
from app.engagement.providers.listing import MOST_PAGES, in_path, read
from app.handover.model import Field, Fields, HandoverError, Letter, Picture, Remote
from app.handover.platforms import revision
from app.preflight import Platform as Sender
from app.preflight.rules.merge import is_known, tags_in

_TAG = "sendoff-"
_A_PAGE = 50
_LARGEST_BODY = 8 << 20
_CODE = re.compile(r"<(pre|code)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
_BODY = re.compile(r"<body\b[^>]*>(.*)</body>", re.DOTALL | re.IGNORECASE)
_SPECIAL = re.compile(
    r"(?P<comment><!--.*?-->)|(?P<code><(?P<name>pre|code)\b.*?</(?P=name)>)|\{\{.*?\}\}|\{\{",
    re.DOTALL | re.IGNORECASE,
)
_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_BRACES = re.compile(r"(\{\{.*?\}\})", re.DOTALL)
_CONTENT = re.compile(r"\{\{-?\s*template\s+\"content\"\s+\.\s*-?\}\}")
_LITERAL = '{{ "{{" }}'
_NAMES = {Field.SUBJECT: "subject", Field.BODY: "body", Field.TEXT: "altbody",
          Field.SLUG: "archive_slug"}  # fmt: skip


def platform(account: Account, through: Client) -> "Listmonk":
    """The account, written through the client."""
    return Listmonk(account.url, account.publication, through)


class Listmonk:
    """Draft campaigns of one installation, to one of its lists."""

    name = "listmonk"
    keeps_markdown = False
    largest_picture = 5_000_000
    """By its own default (``upload.max_file_size``)."""
    pictures = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
    key_help = (
        "Give the API user's role campaigns:get, campaigns:manage, lists:get and, for pictures, "
        "media:get and media:manage; not campaigns:send, which Sendoff never needs."
    )

    def __init__(self, root: str, mailing_list: str, through: Client) -> None:
        self._root = root
        self._list = mailing_list
        self._client = through
        self._bare: int | None = None
        self._knows_frame = False

    async def fields(self, letter: Letter) -> Fields:
        """Subject, HTML, the plain-text part, and the archive's slug where the draft names one."""
        html = letter.html if await self._frame() else _inside(letter.html)
        told = {
            Field.SUBJECT: letter.subject,
            Field.BODY: as_template(html),
            Field.TEXT: text_as_template(letter.text, html),
            Field.SLUG: letter.slug,
        }
        return {name: text for name, text in told.items() if text or name is Field.BODY}

    async def find(self, marker: str, since: int) -> Remote | None:  # noqa: ARG002 - a tag is enough
        """The campaign with the marker among its tags."""
        tag = _TAG + marker
        # Documented as "tags", read as "tag" (listmonk 6.2).
        query: Query = {"tag": tag, "tags": tag, "no_body": "true", "per_page": _A_PAGE,
                        "order_by": "created_at", "order": "DESC"}  # fmt: skip
        for number in range(1, MOST_PAGES):
            _, whole = await read(self._client, "/campaigns", {**query, "page": number})
            try:
                data = reading.mapping(whole.get("data"), "data")
                found = [reading.mapping(each) for each in reading.items(data, "results")]
                total = reading.optional_whole(data, "total") or 0
            except FieldError as error:
                raise BadAnswerError(f"The answer cannot be read: {error}.") from None
            for each in found:
                if tag in _texts(each.get("tags")):
                    return await self.read(reading.text(each, "id"))
            if not found or number * _A_PAGE >= total:
                break
        return None

    async def read(self, remote_id: str) -> Remote | None:
        """The campaign; None for one that was deleted."""
        try:
            _, whole = await read(self._client, f"/campaigns/{in_path(remote_id)}")
        except NotFoundError:
            return None
        except StatusError as error:
            if error.status == 400:  # what listmonk 6.2 answers where there is no such campaign
                return None
            raise
        return self._remote(whole)

    async def create(self, marker: str, fields: Fields) -> Remote:
        """Make a draft."""
        campaign: dict[str, Any] = {
            "name": fields[Field.SUBJECT],
            "type": "regular",
            "lists": [await self._mailing_list()],
            "tags": [_TAG + marker],
        }
        if await self._frame():
            campaign["template_id"] = self._bare
        return await self._write("POST", "/campaigns", {**campaign, **_campaign(fields)})

    async def change(self, remote: Remote, fields: Fields) -> Remote:
        """Change a draft; what is not mentioned but these four stays."""
        body = {**remote.own, **_campaign(fields)}
        return await self._write("PUT", f"/campaigns/{in_path(remote.id)}", body)

    async def find_picture(self, picture: Picture) -> str | None:
        """The address of a file whose name has the content's digest."""
        name = _file_name(picture)
        try:
            _, whole = await read(self._client, "/media", {"query": name, "per_page": _A_PAGE})
        except ForbiddenError:
            return None
        try:
            data = reading.mapping(whole.get("data"), "data")
            for each in reading.items(data, "results"):
                file = reading.mapping(each)
                if reading.text(file, "filename", "") == name:
                    return self._absolute(reading.text(file, "url"))
        except FieldError as error:
            raise BadAnswerError(f"The answer cannot be read: {error}.") from None
        return None

    async def put_picture(self, picture: Picture, content: bytes) -> str:
        """Put a file online."""
        upload = Upload("file", _file_name(picture), content, picture.media)
        try:
            answer = await self._client.write("POST", "/media", upload)
            data = reading.mapping(reading.mapping(answer.data).get("data"), "data")
            return self._absolute(reading.text(data, "url"))
        except StatusError as error:
            raise HandoverError(
                f"listmonk did not take the picture “{picture.name}” ({error.status}). Its "
                "settings say which files it takes."
            ) from None
        except FieldError:
            raise BadAnswerError("The answer cannot be read.") from None

    async def _write(self, method: str, path: str, body: Mapping[str, Any]) -> Remote:
        try:
            answer = await self._client.write(method, path, body)
        except StatusError as error:
            raise HandoverError(
                f"listmonk did not take the draft ({error.status}). Is there a merge tag in it "
                "that listmonk does not know, or one that is not closed?"
            ) from None
        try:
            return self._remote(reading.mapping(answer.data))
        except FieldError:
            raise BadAnswerError("The answer cannot be read.") from None

    async def _mailing_list(self) -> int:
        """The list that the campaign is for: the account's, or the only one."""
        _, whole = await read(self._client, "/lists", {"minimal": "true", "per_page": "all"})
        try:
            data = whole.get("data")
            # Without any list it is an empty array instead of a page.
            found = reading.items(reading.mapping(data), "results") if data else []
            lists = [reading.mapping(each) for each in found]
            names = {reading.whole(each, "id"): reading.text(each, "name") for each in lists}
        except FieldError as error:
            raise BadAnswerError(f"The answer cannot be read: {error}.") from None
        if self._list:
            if self._list.isdecimal() and int(self._list) in names:
                return int(self._list)
            raise HandoverError(f"listmonk has no list {self._list}, which the account is for.")
        if len(names) != 1:
            told = ", ".join(f"{ident} ({name})" for ident, name in sorted(names.items()))
            raise HandoverError(
                "A campaign is for one of listmonk's lists: choose it in the account. There are: "
                f"{told or 'none'}."
            )
        return next(iter(names))

    async def _frame(self) -> int | None:
        """The id of a template that shows nothing but the content; None where there is none."""
        if not self._knows_frame:
            self._bare = await self._bare_template()
            self._knows_frame = True
        return self._bare

    async def _bare_template(self) -> int | None:
        try:
            _, whole = await read(self._client, "/templates")
            for each in reading.items(whole, "data"):
                found = reading.mapping(each)
                body = reading.text(found, "body", "", _LARGEST_BODY)
                if (
                    found.get("type") == "campaign"
                    and _CONTENT.search(body)
                    and not _ACTION.sub("", body).strip()
                ):
                    return reading.whole(found, "id")
        except (ForbiddenError, FieldError):
            return None  # then the content goes into listmonk's own frame
        return None

    def _absolute(self, address: str) -> str:
        return urljoin(self._root + "/", address)

    def _remote(self, whole: Mapping[str, Any]) -> Remote:
        try:
            data = reading.mapping(whole.get("data"), "data")
            ident = reading.text(data, "id")
            fields = {
                name: reading.text(data, called, "", _LARGEST_BODY)
                for name, called in _NAMES.items()
            }
            lists = [reading.mapping(each) for each in reading.items(data, "lists")]
            media = [reading.mapping(each) for each in reading.items(data, "media")]
            own = {
                # A change that does not mention these empties them.
                "lists": [reading.whole(each, "id") for each in lists],
                "media": [reading.whole(each, "id") for each in media],
                "attribs": reading.mapping(data.get("attribs") or {}, "attribs"),
                "tags": _texts(data.get("tags")),
            }
            status = reading.text(data, "status")
            changed = reading.text(data, "updated_at", "")
        except FieldError as error:
            raise BadAnswerError(f"The answer cannot be read: {error}.") from None
        return Remote(
            id=ident,
            revision=revision(changed, fields),
            url=f"{self._root}/admin/campaigns/{ident}",
            is_draft=status == "draft",
            state=status,
            fields=fields,
            own=own,
        )


def as_template(html: str) -> str:
    """HTML as a template of Go that makes the same of it.

    Comments become safe text. Only listmonk's own tags are run; all other braces, and those in
    code, are shown.
    """
    pieces, at = [], 0
    while found := _SPECIAL.search(html, at):
        pieces.append(html[at : found.start()])
        at = found.end()
        if found["comment"]:
            pieces.append(f"{{{{ Safe {_go_text(found[0])} }}}}")
        elif found["code"]:
            pieces.append(found[0].replace("{{", _LITERAL))
        elif _is_tag(found[0]):
            pieces.append(unescape(found[0]))  # Go reads it before the page is HTML
        else:
            pieces.append(_LITERAL)
            at = found.start() + 2
    return "".join(pieces) + html[at:]


def _is_tag(action: str) -> bool:
    found = next(iter(tags_in(unescape(action))), None)
    return (
        found is not None
        and (found.start, found.end) == (0, len(unescape(action)))
        and is_known(found, Sender.LISTMONK)
    )


def _go_text(text: str) -> str:
    """A string of Go (its specification, "String literals")."""
    return f"`{text}`" if "`" not in text else json.dumps(text, ensure_ascii=False)


def text_as_template(text: str, html: str) -> str:
    """The plain-text part as a template; what are tags outside of code in the HTML are tags.

    listmonk runs it as a template of HTML, if it holds any braces, where ``<`` opens an element
    and what is none ends the send: so everything but the tags is written as safe text.
    """
    if "{{" not in text:
        return text
    shown = _CODE.sub("", html)
    tags = {unescape(tag) for tag in _ACTION.findall(shown) if _is_tag(tag)}
    pieces, plain = [], ""
    for each in _BRACES.split(text):
        if each in tags:
            pieces += [plain, each]
            plain = ""
        else:
            plain += each
    pieces.append(plain)
    return "".join(
        each if at % 2 else f"{{{{ Safe {_go_text(each)} }}}}"
        for at, each in enumerate(pieces)
        if each
    )


def _inside(html: str) -> str:
    """What a page shows, for a frame of the platform's own."""
    found = _BODY.search(html)
    return found[1].strip() if found else html


def _campaign(fields: Fields) -> dict[str, Any]:
    told = {_NAMES[name]: text for name, text in fields.items()}
    return {**told, "content_type": "html", "status": "draft"}


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _file_name(picture: Picture) -> str:
    return f"{picture.digest[:20]}-{picture.name}"
