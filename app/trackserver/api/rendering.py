"""One recipient's copy of an issue, ready to send: nothing is left to fill in by the sender."""

import msgspec
from sqlalchemy import select

from app.trackserver.api.access import issue_of, subscriber_of
from app.trackserver.api.keys import Scope
from app.trackserver.api.recipients import Recipient, valued
from app.trackserver.api.registering import unsubscribe_headers
from app.trackserver.api.texts import canary_of, text_of
from app.trackserver.mail.rewrite import Address, rewritten, with_unsubscribe
from app.trackserver.store.schema import recipient
from app.trackserver.web.endpoints import Request, endpoint
from app.trackserver.web.problems import Problem
from app.trackserver.words import Mode


class Rendered(msgspec.Struct, frozen=True):
    """The HTML and the headers of one recipient's mail."""

    html: str
    headers: dict[str, str]


@endpoint(
    "GET",
    "/v1/issues/{id}/recipients/{subscriber}",
    scope=Scope.WRITE,
    summary="One recipient's copy of the issue",
    answers={200: Rendered},
    example=Rendered(
        '<a href="https://mail.example.com/l/AQQBAJ0…/AQABAF3…">Read on</a>',
        unsubscribe_headers("https://mail.example.com/u/AQIBAF2…"),
    ),
)
def render_copy(request: Request) -> Rendered:
    """For an uploaded recipient, by the `id` that the upload gave. Many copies are cheaper made by
    the sender, from the HTML of the registration and each recipient's value.
    """
    services, key = request.services, request.caller()
    with services.database.reading() as connection:
        row = issue_of(connection, key, request.path["id"])
        person = subscriber_of(connection, key, request.path["subscriber"])
        here = (recipient.c.issue_id == row.id) & (recipient.c.subscriber_id == person.id)
        if connection.execute(select(recipient.c.issue_id).where(here)).first() is None:
            raise Problem(404, detail="They are no recipient of this issue.")
        html, links = text_of(connection, row.id)
        canary = canary_of(connection, row.id)
    named = Recipient(person.external_id, consent=person.consent)
    (mine,) = valued(services.keyring(), row, [named], [person.id])
    tail = mine.value if row.mode == Mode.INDIVIDUAL else ""
    leave = mine.list_unsubscribe.strip("<>").rpartition("/")[2]
    address = Address(services.keyring(), row.base, row.id, tail, tail, leave)
    if row.mode == Mode.NONE:
        out = with_unsubscribe(html, address)
    else:
        out = rewritten(html, links, address, canary)
    return Rendered(out, unsubscribe_headers(address.unsubscribe()))


ENDPOINTS = (render_copy,)
