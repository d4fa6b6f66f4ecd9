"""A Buttondown with state: newsletters' emails and events, paging, permissions, rate limits and
versions as its own description has them.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.engagement.providers.fake import Asked, Platform, Said

KEY = "11111111-2222-3333-4444-555555555555"
_TYPES = (
    "bounced", "clicked", "complained", "delivered",
    "opened", "rejected", "replied", "unsubscribed",
)  # fmt: skip
_EMAILS_A_PAGE = 3


def type_id(prefix: str, number: int) -> str:
    return f"{prefix}_0{number:025d}"


@dataclass
class Email:
    number: int
    subject: str
    analytics: dict[str, Any] | None
    status: str = "sent"
    body: str = "Hello"

    @property
    def id(self) -> str:
        return type_id("em", self.number)

    def shown(self, *, with_body: bool, modern: bool) -> dict[str, Any]:
        day = f"2026-01-{self.number % 28 + 1:02d}T07:00:00Z"
        shown: dict[str, Any] = {
            "id": self.id if modern else str(uuid.UUID(int=self.number)),
            "creation_date": day,
            "modification_date": day,
            "publish_date": day,
            "absolute_url": f"https://buttondown.com/letter/archive/{self.number}/",
            "analytics": self.analytics,
            "attachments": [],
            "callouts": [],
            "canonical_url": "",
            "commenting_mode": "disabled",
            "description": "",
            "archival_mode": "enabled",
            "email_type": "public",
            "featured": False,
            "filters": {"filters": [], "groups": [], "predicate": "and"},
            "image": "",
            "metadata": {},
            "related_email_ids": [],
            "secondary_id": self.number,
            "should_trigger_pay_per_email_billing": False,
            "slug": f"issue-{self.number}",
            "source": "app",
            "status": self.status,
            "subject": self.subject,
            "suppression_reason": None,
            "template": None,
        }
        if with_body:
            shown["body"] = self.body
        return shown


@dataclass
class Event:
    number: int
    email: Email
    type: str
    at: str
    subscriber: int | None = 1
    metadata: dict[str, str] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        return {
            "id": type_id("ext_evt", self.number),
            "creation_date": self.at,
            "subscriber_id": None if self.subscriber is None else type_id("sub", self.subscriber),
            "email_id": self.email.id,
            "automation_id": None,
            "event_type": self.type,
            "metadata": self.metadata,
        }


class Buttondown(Platform):
    def __init__(self) -> None:
        super().__init__()
        self.emails: list[Email] = []
        self.events: list[Event] = []
        self.access = {"email_access", "subscriber_access", "administrivia_access"}
        self.limited = 0
        self.said: list[tuple[str, Said]] = []

    def send(self, subject: str, **figures: Any) -> Email:
        analytics = {
            "recipients": 0, "deliveries": 0, "opens": 0, "clicks": 0, "temporary_failures": 0,
            "permanent_failures": 0, "unsubscriptions": 0, "complaints": 0, "survey_responses": 0,
            "webmentions": 0, "page_views_lifetime": 0, "page_views_30": 0, "page_views_7": 0,
            "subscriptions": 0, "paid_subscriptions": 0, "replies": 0, "comments": 0,
            "social_mentions": 0, "temporary_failure_breakdown": [],
            "permanent_failure_breakdown": [], **figures,
        }  # fmt: skip
        email = Email(len(self.emails) + 1, subject, analytics)
        self.emails.append(email)
        return email

    def happen(self, email: Email, kind: str, at: str, **more: Any) -> Event:
        event = Event(len(self.events) + 1, email, kind, at, **more)
        self.events.append(event)
        return event

    def answer(self, asked: Asked) -> Said:
        said = self._answer(asked)
        self.said.append((asked.path, said))
        return said

    def _answer(self, asked: Asked) -> Said:
        if asked.headers.get("authorization") != f"Token {KEY}":
            return _error(401, "authentication_required", "Invalid token.")
        if asked.headers.get("buttondown-context", type_id("news", 1)) != type_id("news", 1):
            return _error(401, "authentication_invalid", "No such newsletter.")
        if self.limited:
            self.limited -= 1
            limits = {"X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "0", "Retry-After": "1"}
            return Said({"detail": "Too many requests"}, 429, limits)
        path = asked.path.strip("/").split("/")
        if path == ["emails"]:
            return self._emails(asked)
        if path[0] == "emails" and len(path) == 2:
            return self._email(asked, path[1])
        if path == ["events"]:
            return self._events(asked)
        if path == ["newsletters"]:
            return self._newsletters()
        return _error(404, "not_found", "Not found.")

    def _emails(self, asked: Asked) -> Said:
        if "email_access" not in self.access:
            return _error(403, "permission_denied", "The key lacks email_access.")
        status = asked.query.get("status")
        found = [each for each in self.emails if not status or each.status in status]
        found.sort(key=lambda each: each.number)
        modern = asked.headers.get("x-api-version", "2025-01-01") >= "2026-01-01"
        with_body = "body" not in asked.query.get("excluded_fields", [])
        shown = [each.shown(with_body=with_body, modern=modern) for each in found]
        return self._page(asked, shown, _EMAILS_A_PAGE)

    def _email(self, _asked: Asked, ident: str) -> Said:
        for email in self.emails:
            if email.id == ident:
                return Said(email.shown(with_body=True, modern=True))
        return _error(404, "not_found", "Not found.")

    def _events(self, asked: Asked) -> Said:
        if "subscriber_access" not in self.access:
            return _error(403, "permission_denied", "The key lacks subscriber_access.")
        kind, size = asked.one("event_type"), int(asked.one("page_size", "500"))
        if (kind and kind not in _TYPES) or not 1 <= size <= 5000:
            detail = [{"type": "enum", "loc": ["query", "event_type"], "msg": "Not known."}]
            return Said({"detail": detail}, 422)
        found = [
            each
            for each in self.events
            if asked.one("email_id", each.email.id) == each.email.id
            and (not kind or kind == each.type)
        ]
        newest_first = asked.one("ordering", "-creation_date") == "-creation_date"
        found.sort(key=lambda each: (each.at, each.number), reverse=newest_first)
        return self._page(asked, [each.shown() for each in found], min(size, self.events_a_page))

    events_a_page = 5000

    def _newsletters(self) -> Said:
        if "administrivia_access" not in self.access:
            return _error(403, "permission_denied", "The key lacks administrivia_access.")
        newsletter = {
            "id": type_id("news", 1), "creation_date": "2025-01-01T00:00:00Z", "api_key": KEY,
            "description": "", "name": "The Letter", "username": "letter",
        }  # fmt: skip
        return Said({"results": [newsletter], "next": None, "previous": None, "count": 1})

    def _page(self, asked: Asked, found: list[dict[str, Any]], size: int) -> Said:
        number = int(asked.one("page", "1"))
        start = (number - 1) * size
        more = start + size < len(found)
        return Said(
            {
                "results": found[start : start + size],
                "next": f"https://elsewhere.invalid{asked.path}?page={number + 1}"
                if more
                else None,
                "previous": None,
                "count": len(found),
            },
            headers={"X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "599"},
        )


def _error(status: int, code: str, detail: str) -> Said:
    return Said({"code": code, "detail": detail, "metadata": {}}, status)
