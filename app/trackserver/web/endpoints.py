"""How an endpoint is declared: what it takes, what it answers, who may call it.

The declaration is all there is: requests are validated by it, and /openapi.json is made from it.

    @endpoint("GET", "/v1/issues/{id}", scope=Scope.READ, summary="One issue", answers={200: Issue})
    def issue(request: Request) -> Issue: ...

    ENDPOINTS = (issue,)
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from app.trackserver.api.keys import Key, Scope
from app.trackserver.services import Services
from app.trackserver.web.problems import Problem


@dataclass(slots=True)
class Request:
    """A request that was found valid.

    Attributes:
        key: The caller's key; None only at endpoints without a scope.
        path: The path's parameters by name.
        query: The struct that the endpoint declares, or None.
        body: The struct that the endpoint declares; the raw bytes where it declares ``bytes``.
        headers: Lower-case names.
        address: The client's, seen through the trusted proxies.
        id: What the log and a problem document call this request.
        notes: Further members of its line in the log: never an address, e-mail or token.
    """

    services: Services
    id: str
    address: str
    headers: Mapping[str, str]
    path: Mapping[str, str]
    key: Key | None = None
    query: Any = None
    body: Any = None
    notes: dict[str, object] = field(default_factory=dict)

    @property
    def user_agent(self) -> str:
        """As the client sent it; empty where it sent none."""
        return self.headers.get("user-agent", "")

    def caller(self) -> Key:
        """The key, at an endpoint that has a scope."""
        if self.key is None:
            raise Problem(401)
        return self.key


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with headers, or with another status than the first that is declared."""

    body: msgspec.Struct | None = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


# What a handler gives: a Struct, None (204), an Answer, or a Starlette Response.
Handler = Callable[[Request], Any] | Callable[[Request], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Lines:
    """An answer of many lines, each of them a struct as JSON (https://ndjson.org)."""

    shape: type[msgspec.Struct]
    media: str = "application/x-ndjson"


Shape = type[msgspec.Struct] | Lines | str | None
"""An answer's body: a struct as JSON, lines of them, a media type, or nothing."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method and path with everything that is known of them; see ``endpoint``."""

    method: str
    path: str
    handler: Handler
    summary: str
    description: str
    scope: Scope | None
    query: type[msgspec.Struct] | None
    body: type[msgspec.Struct] | type[bytes] | None
    answers: Mapping[int, Shape]
    limit: int | None
    media: str
    also: tuple[str, ...]
    example: msgspec.Struct | None
    body_example: msgspec.Struct | None
    tag: str
    limited: bool

    @property
    def name(self) -> str:
        """Its operation id."""
        return str(getattr(self.handler, "__name__", self.path))


def endpoint(
    method: str,
    path: str,
    *,
    summary: str,
    scope: str | None,
    query: type[msgspec.Struct] | None = None,
    body: type[msgspec.Struct] | type[bytes] | None = None,
    answers: Mapping[int, Shape] | None = None,
    limit: int | None = None,
    media: str = "application/json",
    also: tuple[str, ...] = (),
    example: msgspec.Struct | None = None,
    body_example: msgspec.Struct | None = None,
    tag: str = "",
    limited: bool = True,
) -> Callable[[Handler], Endpoint]:
    """Declare an endpoint; the decorated function becomes an Endpoint.

    Plain functions run in a thread and may use the database; coroutines run on the event loop and
    must not block it. The docstring is the description.

    Args:
        method: In capitals. HEAD comes with GET by itself.
        path: With parameters in braces, such as ``/v1/issues/{id}``.
        summary: One line.
        scope: What the caller's key must allow; None where anybody may call.
        query: What the query string is validated to; a parameter that it has not is refused.
        body: What the JSON body is validated to, or ``bytes`` for the body as it is.
        answers: Statuses and what they carry; problem documents are added by themselves.
        limit: Longest body in bytes, where it is not the server's.
        media: The body's media type; only checked where ``body`` is a struct.
        also: Further media types that are read as JSON.
        example: Of the first answer.
        body_example: Of the body.
        tag: Under which it stands in the documentation; the module's name where empty.
        limited: Whether the limit of requests from one address holds. Not for vendors' webhooks:
            all of a large sending comes from a few addresses, and some repeat only three times.
    """

    def declare(handler: Handler) -> Endpoint:
        return Endpoint(
            method=method,
            path=path,
            handler=handler,
            summary=summary,
            description=(handler.__doc__ or "").strip(),
            scope=None if scope is None else Scope(scope),
            query=query,
            body=body,
            answers=dict(answers or {204: None}),
            limit=limit,
            media=media,
            also=also,
            example=example,
            body_example=body_example,
            tag=tag or handler.__module__.rpartition(".")[2],
            limited=limited,
        )

    return declare
