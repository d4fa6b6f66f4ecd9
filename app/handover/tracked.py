"""Tracked HTML: the issue registered at one's own tracking server, and the HTML it gives back.

``POST /v1/issues`` makes the issue there, ``PUT /v1/issues/{id}/content`` replaces its text; see
`app.trackserver.api.registering` for what becomes of the HTML. By its marker, the external id that
is kept before the first request, the same draft is one issue however often it is exported.
"""

import contextlib
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.engagement import fields, providers
from app.engagement.errors import BadAnswerError, HttpError, NotFoundError, StatusError
from app.engagement.fields import FieldError
from app.engagement.http import Client
from app.engagement.model import Account
from app.handover.model import Handed, HandoverError, Memory, RefusedKeyError, SentMeanwhileError
from app.handover.reported import tell_reports
from app.publish.export import Issue

PROVIDER = "sendoff"
PLACEHOLDER = "%sendoff_recipient%"
"""In the HTML where no merge tag was given: whoever sends replaces it for each recipient."""
UNSUBSCRIBE = "%sendoff_unsubscribe%"
"""As a link's address: becomes the tracking server's page to unsubscribe."""
TAGS = {
    "Buttondown": "{{ subscriber.id }}",
    "Mailchimp": "*|UNIQID|*",
    "Ghost": "{uuid}",
    "listmonk": "{{ .Subscriber.UUID }}",
}
"""What stands for one subscriber at the platforms that send."""
LARGEST = 2_000_000
"""Characters of HTML that a server takes."""
_LONGEST_ID = 200
_LONGEST_SUBJECT = 998


class OtherTagError(HandoverError):
    """The issue is registered with another merge tag, which cannot be changed there."""


@dataclass(frozen=True, slots=True)
class Tracking:
    """How the issue is tracked.

    Attributes:
        tag: The sending platform's merge tag for a subscriber's id; empty for `PLACEHOLDER`.
    """

    tag: str = ""


@dataclass(frozen=True, slots=True)
class Tracked:
    """What the server gave back.

    Attributes:
        issue: The issue's id there.
        html: To be sent.
        links: How many links are counted.
        is_new: The issue was made; else its text was replaced.
        unsubscribe: What ``List-Unsubscribe`` is to hold.
    """

    issue: str
    html: str = field(repr=False)
    links: int
    is_new: bool
    unsubscribe: str


async def register(
    account: Account,
    key: str | None,
    issue: Issue,
    draft: Path,
    memory: Memory,
    tracking: Tracking = Tracking(),
    *,
    anew: bool = False,
) -> Tracked:
    """Register a draft's issue, or replace the text of the one that it is registered as.

    Args:
        account: A tracking server.
        key: Its key, which may write.
        issue: The draft as it leaves.
        draft: Its file.
        memory: Knows which issue it is there.
        tracking: How it is tracked; of an issue that is registered, this stays as it is.
        anew: Make another issue: the one there was sent, or shall be tracked otherwise.

    Raises:
        SentMeanwhileError: the issue was sent there; readers have its text.
        OtherTagError: it was registered with another merge tag.
        HandoverError, HttpError: it is not registered; says why.
    """
    if account.provider != PROVIDER:
        raise HandoverError(f"“{account.name}” is no tracking server.")
    if not key:
        raise RefusedKeyError.absent(account)
    if len(issue.html) > LARGEST:
        raise HandoverError("The email is too large: a tracking server takes 2 MB of HTML.")
    handed = memory.handed(draft, account.id)
    marker = _marker(issue, handed, anew=anew)
    # Before the first request: an answer that never comes makes no second issue.
    memory.keep(draft, Handed(account.id, PROVIDER, marker, handed.remote_id if handed else ""))
    async with providers.client(account, key) as client:
        tracked = await _registered(client, account, issue, marker, tracking)
    done = Handed(account.id, PROVIDER, marker, tracked.issue, at=int(time.time() * 1000))
    memory.keep(draft, done)
    tell_reports(draft, issue.markdown, done)
    return tracked


async def _registered(
    client: Client, account: Account, issue: Issue, marker: str, tracking: Tracking
) -> Tracked:
    known = await _find(client, account, marker)
    if known is None:
        try:
            return _tracked(await _post(client, account, issue, marker, tracking), is_new=True)
        except StatusError as error:
            if error.code != "issue_exists":
                raise _refused(error) from None
        known = await _find(client, account, marker)  # made by an answer that never came
        if known is None:
            raise HandoverError("The server knows the issue, and does not find it. Try again.")
    if _is_sent(known):
        raise SentMeanwhileError(
            "This draft's issue was sent already: readers have its text, and its figures belong to"
            " it. Register it as another issue to send it again."
        )
    body = {"html": issue.html, "subject": issue.letter.subject[:_LONGEST_SUBJECT]}
    name = _name(known)
    try:
        answer = await client.write("PUT", f"/v1/issues/{name}/content", body)
    except StatusError as error:
        raise _refused(error) from None
    tracked = _tracked(answer.data, is_new=False)
    if not tracked.unsubscribe.endswith(f"/{tracking.tag or PLACEHOLDER}"):
        raise OtherTagError(
            "This draft's issue is registered with another merge tag, and a server keeps the first"
            " one. Register it as another issue to use this one."
        )
    return tracked


async def _find(client: Client, account: Account, marker: str) -> Any:
    """The issue with this external id; None where there is none."""
    query = {"external_id": marker}
    if account.publication:
        query["publication"] = account.publication
    try:
        data = fields.mapping((await client.get("/v1/issues", query)).data)
        found = fields.items(data, "issues")
    except FieldError:
        raise BadAnswerError("What answered is not a tracking server.") from None
    except NotFoundError:
        raise HandoverError("The server has no such publication any more.") from None
    return found[0] if found else None


async def _post(
    client: Client, account: Account, issue: Issue, marker: str, tracking: Tracking
) -> Any:
    body: dict[str, Any] = {
        "html": issue.html,
        "subject": issue.letter.subject[:_LONGEST_SUBJECT],
        "external_id": marker,
    }
    if account.publication:
        body["publication"] = account.publication
    if tracking.tag:
        body["merge_tag"] = tracking.tag
    return (await client.write("POST", "/v1/issues", body)).data


def _tracked(data: Any, *, is_new: bool) -> Tracked:
    try:
        holder = fields.mapping(data)
        return Tracked(
            issue=_name(holder.get("issue")),
            html=fields.text(holder, "html", "", 2 * LARGEST + (4 << 20)),
            links=len(fields.items(holder, "links")),
            is_new=is_new,
            unsubscribe=fields.text(holder, "unsubscribe_url", "", 4000),
        )
    except FieldError:
        raise BadAnswerError("What answered is not a tracking server.") from None


def _name(issue: Any) -> str:
    try:
        return fields.name(fields.mapping(issue, "issue"), "id")
    except FieldError:
        raise BadAnswerError("What answered is not a tracking server.") from None


def _is_sent(issue: Any) -> bool:
    """Whether readers have it: it says so, or somebody has received or opened it."""
    sent_at = issue.get("sent_at")
    if isinstance(sent_at, str):
        with contextlib.suppress(ValueError):
            if datetime.fromisoformat(sent_at) <= datetime.now(UTC):
                return True
    figures = issue.get("figures")
    if not isinstance(figures, dict):
        return False
    counts = [figures.get("sent"), figures.get("delivered")]
    return any(isinstance(each, int) and each > 0 for each in counts)


def _marker(issue: Issue, handed: Handed | None, *, anew: bool) -> str:
    """The external id: the draft's own where it names one, else ours."""
    matter = issue.document.front_matter
    own = (matter.fields.get("external_id", "") if matter else "").strip()
    if own and not anew:
        return own[:_LONGEST_ID]
    if handed is not None and handed.marker and not anew:
        return handed.marker
    return f"draft-{secrets.token_hex(12)}"


def _refused(error: StatusError) -> HttpError | HandoverError:
    if error.code == "issue_sent":
        return SentMeanwhileError(
            "This draft's issue was sent already. Register it as another issue to send it again."
        )
    if error.status == 413:
        return HandoverError("The email is too large for the tracking server.")
    if error.status in (400, 422):
        return HandoverError(
            "The tracking server does not take the issue. A merge tag may hold letters, digits,"
            " blanks and braces, and no quotes or angle brackets."
        )
    return error
