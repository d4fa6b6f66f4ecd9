"""``POST /w/{secret}``: verified, kept, answered. A worker reads it later."""

from hashlib import sha256

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from app.trackserver.inbox import Delivered, Kind
from app.trackserver.ingest.inbox_writer import NotKept
from app.trackserver.services import Services
from app.trackserver.vendors import fetching, webhooks
from app.trackserver.vendors.refusal import Refused
from app.trackserver.vendors.sns import Certificates
from app.trackserver.vendors.verify import Verified, verify
from app.trackserver.vendors.webhooks import Webhook, Webhooks
from app.trackserver.web.endpoints import Request, endpoint
from app.trackserver.web.problems import Problem, ProblemDocument

# A batch of SendGrid's is up to 768 KB; the others send less.
_LONGEST = 1 << 20
_AGAIN = {"Retry-After": "20"}

_webhooks = Webhooks()
_certificates = Certificates(fetching.fetch)


class Taken(msgspec.Struct):
    """The request is kept, or was before."""

    taken: bool = True


@endpoint(
    "POST",
    "/w/{secret}",
    scope=None,
    summary="Events from a sending vendor",
    body=bytes,
    limit=_LONGEST,
    also=("text/plain",),
    answers={200: Taken, **dict.fromkeys((401, 403, 406, 415, 502), ProblemDocument)},
    example=Taken(),
    tag="webhooks",
    limited=False,
)
def take_webhook(request: Request) -> Taken:
    """Made with ``sendoff server admin webhooks add``, and entered at the vendor.

    The vendor's signature is verified where it signs (401, 403). What is answered with 200 is
    kept. 406: a token came before with another body. 502: what proves it could not be fetched.
    """
    now = request.services.clock()
    webhook = _find(request, now)
    request.notes["webhook"] = webhook.id
    try:
        verified = verify(
            webhook.source, webhook.keys, request.headers, request.body, now, _certificates
        )
        if verified.confirm is not None:
            fetching.fetch(verified.confirm)
        if verified.keep:
            _keep(request.services, webhook, verified, request.body, now)
    except Refused as refused:
        request.notes["refused"] = refused.why
        headers = {"WWW-Authenticate": 'Basic realm="webhook"'} if refused.status == 401 else {}
        raise Problem(refused.status, detail=refused.why, headers=headers) from None
    except (SQLAlchemyError, NotKept):
        raise Problem(503, detail="The store is away; send it again.", headers=_AGAIN) from None
    return Taken()


def _find(request: Request, now: int) -> Webhook:
    try:
        found = _webhooks.find(request.services.database, request.path["secret"], now)
    except SQLAlchemyError:
        raise Problem(503, detail="The store is away; send it again.", headers=_AGAIN) from None
    if found is None:
        raise Problem(404)
    return found


def _keep(services: Services, webhook: Webhook, verified: Verified, body: bytes, now: int) -> None:
    """Durable when this returns; a token is remembered only after, or a crash would lose both."""
    nonce, digest = verified.nonce, sha256(body).digest()
    if nonce is not None:
        before = webhooks.taken_with(services.database, webhook.id, nonce)
        if before == digest:
            return
        if before is not None:
            raise Refused(406, "This token came before, with another body.")
    services.inbox.add_sync(Kind.WEBHOOKS, Delivered(now, webhook.id, body))
    if nonce is not None:
        webhooks.take(services.database, webhook.id, nonce, digest, now)


ENDPOINTS = (take_webhook,)
