"""Is it alive, should it get requests, and what does it count?"""

from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from app.trackserver.web.endpoints import Answer, Request, endpoint
from app.trackserver.web.problems import Problem
from app.trackserver.web.proxies import address_of


class Health(msgspec.Struct):
    """The process answers."""

    status: str


class Readiness(msgspec.Struct):
    """Whether requests should come here.

    Attributes:
        status: ``ready``, or ``stopping`` while the process ends.
        store: ``ok``, or ``away``: pixels and links are answered and kept, the API is not.
        spilled: Hits that wait on this machine's disk for the store.
    """

    status: str
    store: str
    spilled: int


@endpoint(
    "GET", "/healthz", summary="The process is alive", scope=None, answers={200: Health},
    example=Health("ok"),
)  # fmt: skip
def healthz(_request: Request) -> Health:
    """Answers as long as the process does; asks nothing of the store."""
    return Health("ok")


@endpoint(
    "GET", "/readyz", summary="Requests may come here", scope=None,
    answers={200: Readiness, 503: Readiness}, example=Readiness("ready", "ok", 0),
)  # fmt: skip
def readyz(request: Request) -> Answer:
    """503 only while the process stops: while the store is away, pixels and links still work, and
    a balancer must go on sending them.
    """
    services = request.services
    try:
        with services.database.reading() as connection:
            connection.execute(text("SELECT 1"))
        store = "ok" if services.inbox.healthy else "away"
    except SQLAlchemyError:
        store = "away"
    status = "stopping" if services.stopping.is_set() else "ready"
    told = Readiness(status, store, services.inbox.spill.items())
    return Answer(told, 200 if status == "ready" else 503)


@endpoint(
    "GET", "/metrics", summary="Figures for Prometheus", scope=None,
    answers={200: "text/plain"},
)  # fmt: skip
def metrics(request: Request) -> Any:
    """For machines of the networks that the server was told (loopback at first)."""
    insiders = request.services.settings.insiders
    address = address_of(request.address)
    # A proxy that nobody told us to trust: whoever stands behind it looks like one of our own.
    behind = {"forwarded", "x-forwarded-for"} & request.headers.keys()
    if behind and not request.services.settings.proxies:
        address = None
    if address is None or not any(address in network for network in insiders):
        raise Problem(403, detail="Metrics are for the server's own network.")
    return Response(request.services.metrics(), media_type="text/plain; version=0.0.4")


ENDPOINTS = (healthz, readyz, metrics)
