"""Runs declared endpoints: limits, key, validation, handler, answer, one line in the log."""

import inspect
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy.exc import DataError, SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.trackserver.api import keys
from app.trackserver.api.keys import Key
from app.trackserver.ingest.inbox_writer import NotKept
from app.trackserver.services import Services
from app.trackserver.store.database import is_away, is_overtaken
from app.trackserver.web.bridge import BodyTooSlow
from app.trackserver.web.endpoints import Answer, Endpoint, Request
from app.trackserver.web.limits import Allowance, Buckets
from app.trackserver.web.logs import where
from app.trackserver.web.metrics import Metrics
from app.trackserver.web.problems import MEDIA_TYPE, Problem
from app.trackserver.web.proxies import bucket_of, client_finder
from app.trackserver.web.reading import read_body, read_json, read_query

_log = logging.getLogger(__name__)

_TRIES = 4
SECURITY = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Answerer:
    """Answers every declared endpoint of a server."""

    def __init__(
        self, services: Services, metrics: Metrics, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._services = services
        self._metrics = metrics
        limits = services.settings.limits
        self._by_key = Buckets(limits.key_rate, limits.key_burst, clock)
        self._by_address = Buckets(limits.address_rate, limits.address_burst, clock)
        self._client = client_finder(services.settings.proxies)
        self._security = dict(SECURITY)
        if services.settings.base.startswith("https:"):
            self._security["strict-transport-security"] = "max-age=31536000"

    def route(self, path: str, endpoints: Mapping[str, Endpoint]) -> "_Route":
        """An ASGI application for the endpoints of one path, by their methods."""
        return _Route(self, path, endpoints)

    async def answer(
        self, endpoints: Mapping[str, Endpoint], path: str, scope: Scope, receive: Receive
    ) -> Response:
        """The answer to one request; never raises."""
        began = time.perf_counter()
        http = HttpRequest(scope, receive)
        headers = {name.decode("latin-1"): _text(value) for name, value in scope["headers"]}
        host, port = scope["client"]
        request = Request(
            services=self._services,
            id=secrets.token_hex(8),
            address=self._client(f"[{host}]:{port}", _all(scope, b"x-forwarded-for")),
            headers=headers,
            path=http.path_params,
        )
        method = scope["method"]
        allowances: list[Allowance] = []
        try:
            if not endpoints or any(one.limited for one in endpoints.values()):
                self._limit(self._by_address, bucket_of(request.address), allowances)
            endpoint = _chosen(endpoints, method)
            response = await self._respond(
                endpoint, request, scope["query_string"], receive, allowances
            )
        except Exception as error:  # noqa: BLE001 - every error is told as a problem
            response = _told(self._problem(error, request), request.id)
        for name, value in self._security.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("cache-control", "no-store")
        response.headers["x-request-id"] = request.id
        if allowances:
            tightest = min(allowances, key=lambda allowance: allowance.remaining)
            response.headers.update(tightest.headers)
        seconds = time.perf_counter() - began
        self._metrics.request(method, path, response.status_code, seconds)
        _log.info(
            "request",
            extra={
                "request": request.id,
                "method": method,
                "path": path,
                "status": response.status_code,
                "ms": round(seconds * 1000, 1),
                "key": request.key.id if request.key else None,
                **request.notes,
            },
        )
        return response

    async def _respond(
        self,
        endpoint: Endpoint,
        request: Request,
        query: bytes,
        receive: Receive,
        allowances: list[Allowance],
    ) -> Response:
        if endpoint.scope is not None:
            request.key = await run_in_threadpool(self._authenticate, request)
            self._limit(self._by_key, request.key.id, allowances)
            if not request.key.may(endpoint.scope):
                raise Problem(403, detail=f"This needs a key with the scope “{endpoint.scope}”.")
        if any("\0" in value for value in request.path.values()):
            raise Problem(404)
        request.query = read_query(endpoint.query, _text(query))
        if endpoint.body is not None:
            limit = endpoint.limit or self._services.settings.limits.body
            body = await read_body(receive, limit, request.headers.get("content-length"))
            sent_as = request.headers.get("content-type", "")
            media = (endpoint.media, *endpoint.also)
            is_raw = endpoint.body is bytes
            request.body = body if is_raw else read_json(endpoint.body, media, sent_as, body)
        handler: Any = endpoint.handler
        if inspect.iscoroutinefunction(handler):
            given = await handler(request)
        else:
            given = await run_in_threadpool(_insistently, handler, request)
        return _answered(endpoint, given)

    def _limit(self, buckets: Buckets, caller: object, allowances: list[Allowance]) -> None:
        allowance = buckets.take(caller)
        if allowance is None:
            return
        allowances.append(allowance)
        if allowance.wait:
            raise Problem(429, detail="Too many requests; Retry-After tells when to go on.")

    def _authenticate(self, request: Request) -> Key:
        kind, _, text = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not text:
            raise _unknown_key("Send the key as “Authorization: Bearer …”.")
        now = self._services.clock()
        database = self._services.database
        if not keys.is_well_formed(text.strip()):
            raise _unknown_key("This is not a key of ours.")
        with database.reading() as connection:
            found = keys.find(connection, text.strip(), now)
        if found is None:
            raise _unknown_key("The key is unknown, expired or revoked.")
        key, stale = found
        if stale:
            self._note_use(key, now)
        return key

    def _note_use(self, key: Key, now: int) -> None:
        try:
            with self._services.database.writing() as connection:
                keys.note_use(connection, key.id, now)
        except SQLAlchemyError as error:
            # A full disk keeps nobody from reading.
            _log.warning("no use noted", extra={"key": key.id, "error": type(error).__name__})

    def _problem(self, error: Exception, request: Request) -> Problem:
        if isinstance(error, Problem):
            return error
        if isinstance(error, BodyTooSlow):
            return Problem(408, detail="The body took too long.", headers={"connection": "close"})
        if isinstance(error, DataError):
            return Problem(422, detail="A value is out of the range that can be stored.")
        if isinstance(error, SQLAlchemyError | NotKept) or is_away(error):
            _log.warning("no store", extra={"request": request.id, "error": type(error).__name__})
            return Problem(
                503, detail="The store does not answer; try again.", headers={"retry-after": "5"}
            )
        # The message of an error may hold what a client sent, so only its place is told.
        _log.error(
            "error",
            extra={"request": request.id, "error": type(error).__name__, "where": where(error)},
        )
        return Problem(500, detail="This is our mistake; the log has it under this instance.")


class _Route:
    def __init__(self, answerer: Answerer, path: str, endpoints: Mapping[str, Endpoint]) -> None:
        self._answerer = answerer
        self._path = path
        self._endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answerer.answer(self._endpoints, self._path, scope, receive)
        await response(scope, receive, send)


def _chosen(endpoints: Mapping[str, Endpoint], method: str) -> Endpoint:
    if not endpoints:
        raise Problem(404, detail="There is nothing here.")
    endpoint = endpoints.get("GET" if method == "HEAD" else method)
    if endpoint is None:
        allowed = sorted({*endpoints, *(["HEAD"] if "GET" in endpoints else []), "OPTIONS"})
        allow = {"allow": ", ".join(allowed)}
        if method == "OPTIONS":
            raise _Options(204, headers=allow)
        raise Problem(405, detail=f"This path takes {allow['allow']}.", headers=allow)
    return endpoint


class _Options(Problem):
    """Not a problem: the answer to OPTIONS."""


def _insistently(handler: Callable[[Request], object], request: Request) -> object:
    """Again where another transaction came between: nothing of ours was done."""
    for _ in range(_TRIES):
        try:
            return handler(request)
        except Exception as error:
            if not is_overtaken(error):
                raise
    return handler(request)


def _told(problem: Problem, request_id: str) -> Response:
    if isinstance(problem, _Options):
        return Response(status_code=204, headers=problem.headers)
    return Response(
        problem.document(request_id), problem.status, headers=problem.headers, media_type=MEDIA_TYPE
    )


def _answered(endpoint: Endpoint, given: object) -> Response:
    if isinstance(given, Response):
        return given
    answer = given if isinstance(given, Answer) else Answer(_struct(given))
    status = answer.status or _status(endpoint, answer.body)
    headers = dict(answer.headers)
    if answer.body is None:
        return Response(status_code=status, headers=headers)
    return Response(
        msgspec.json.encode(answer.body), status, headers=headers, media_type="application/json"
    )


def _struct(given: object) -> msgspec.Struct | None:
    if given is None or isinstance(given, msgspec.Struct):
        return given
    raise TypeError(f"A handler gave {type(given).__name__}")


def _status(endpoint: Endpoint, body: msgspec.Struct | None) -> int:
    for status, shape in endpoint.answers.items():
        if (body is None and shape is None) or (
            isinstance(shape, type) and isinstance(body, shape)
        ):
            return status
    raise TypeError(f"{endpoint.name} declares no answer of type {type(body).__name__}")


def _unknown_key(detail: str) -> Problem:
    return Problem(401, detail=detail, headers={"www-authenticate": "Bearer"})


def _all(scope: Scope, name: bytes) -> str:
    """Every line of a header, in their order."""
    return ",".join(_text(value) for given, value in scope["headers"] if given == name)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
