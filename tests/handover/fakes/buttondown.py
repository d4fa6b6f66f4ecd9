"""A Buttondown with state, for writing; each request must hold to its own OpenAPI file."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs

from tests.engagement.providers.fake_buttondown import KEY, type_id
from tests.handover.fakes.server import Asked, Fake, Said

DESCRIPTION = Path(__file__).parents[4] / "shared" / "buttondown-openapi.json"
VERSION = "2026-04-01"


class Buttondown(Fake):
    """``now`` is what its clock says: it stands still, as a coarse one does."""

    now = "2026-11-23T07:00:00Z"
    a_page = 2

    def __init__(self) -> None:
        super().__init__()
        self.emails: list[dict[str, Any]] = []
        self.images: list[dict[str, Any]] = []
        self.access = {"email_access", "administrivia_access"}
        self.limited = 0
        self.broken: list[str] = []
        self._created: dict[str, str] = {}
        self._check = _checks()

    def answer(self, asked: Asked) -> Said:
        if asked.headers.get("authorization") != f"Token {KEY}":
            return _error(401, "authentication_required")
        if asked.headers.get("x-api-version") != VERSION:
            self.broken.append("no version")
        if self.limited:
            self.limited -= 1
            return Said({"detail": "Too many requests"}, 429, {"Retry-After": "0"})
        path = asked.path.strip("/").split("/")
        needed = "administrivia_access" if path[0] == "images" else "email_access"
        if asked.writes and needed not in self.access:
            return _error(403, "permission_denied")
        if path == ["emails"]:
            return self._create(asked) if asked.method == "POST" else self._list(asked, self.emails)
        if path[0] == "emails" and len(path) == 2:
            return self._email(asked, path[1])
        if path == ["images"]:
            return self._upload(asked) if asked.method == "POST" else self._list(asked, self.images)
        return _error(404, "not_found")

    def _create(self, asked: Asked) -> Said:
        self._hold("EmailInput", asked.json)
        key = asked.headers.get("x-idempotency-key", "")
        if key and key in self._created:
            return Said(self.email(self._created[key]), 201)
        problem = self._problem(asked.json)
        if problem:
            return problem
        email = {
            **_empty(), "id": type_id("em", len(self.emails) + 1), "status": "about_to_send",
            "secondary_id": len(self.emails) + 1, "creation_date": self.now, **asked.json,
            "modification_date": self.now,
        }  # fmt: skip
        self.emails.append(email)
        self._created[key] = email["id"]
        self._hold("Email", email)
        return Said(email, 201)

    def _email(self, asked: Asked, ident: str) -> Said:
        email = self.email(ident)
        if not email:
            return _error(404, "not_found")
        if asked.method == "PATCH":
            self._hold("EmailUpdateInput", asked.json)
            problem = self._problem(asked.json)
            if problem:
                return problem
            if email["status"] != "draft":
                return _error(400, "status_invalid")
            defaults = {"metadata": {}, "image": ""}
            email.update({**defaults, **asked.json, "modification_date": self.now})
        return Said(email)

    def _problem(self, body: dict[str, Any]) -> Said | None:
        if str(body.get("body", "")).partition("-->")[2].startswith("---\n"):
            return _error(400, "body_contains_frontmatter")
        return None

    def _upload(self, asked: Asked) -> Said:
        form = asked.form()
        name, content = form["image"]
        metadata = json.loads(form["metadata"][1])
        ident = type_id("img", len(self.images) + 1)
        image = {"id": ident, "creation_date": self.now, "metadata": metadata,
                 "image": f"https://assets.example/{ident}/{name}"}  # fmt: skip
        assert content
        self.images.append(image)
        self._hold("Image", image)
        return Said(image, 201)

    def _list(self, asked: Asked, held: list[dict[str, Any]]) -> Said:
        since = asked.one("creation_date__start")
        left_out = asked.query.get("excluded_fields", [])
        found = [
            {name: value for name, value in each.items() if name not in left_out}
            for each in reversed(held)
            if each["creation_date"][:10] >= since
        ]
        number = int(asked.one("page", "1"))
        start, end = (number - 1) * self.a_page, number * self.a_page
        more = f"https://elsewhere.invalid/?page={number + 1}" if end < len(found) else None
        page = {"results": found[start:end], "count": len(found), "next": more, "previous": None}
        return Said(page)

    def email(self, ident: str) -> dict[str, Any]:
        return next((each for each in self.emails if each["id"] == ident), {})

    def _hold(self, schema: str, value: Any) -> None:
        if schema in self._check:
            self.broken += [error.message for error in self._check[schema].iter_errors(value)]


def _checks() -> dict[str, Any]:
    if not DESCRIPTION.exists():
        return {}
    whole = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    return {
        name: jsonschema_rs.validator_for(
            {"$ref": f"#/components/schemas/{name}", "components": whole["components"]}
        )
        for name in ("EmailInput", "EmailUpdateInput", "Email", "Image")
    }


def _empty() -> dict[str, Any]:
    return {
        "publish_date": None, "absolute_url": "https://buttondown.com/letter/archive/x/",
        "analytics": None, "attachments": [], "callouts": [], "canonical_url": "",
        "commenting_mode": "disabled", "description": "", "archival_mode": "enabled",
        "email_type": "public", "featured": False, "image": "", "metadata": {},
        "filters": {"filters": [], "groups": [], "predicate": "and"}, "related_email_ids": [],
        "should_trigger_pay_per_email_billing": False, "slug": None, "source": "api",
        "subject": "", "body": "", "suppression_reason": None, "template": None,
    }  # fmt: skip


def _error(status: int, code: str) -> Said:
    return Said({"code": code, "detail": "No.", "metadata": {}}, status)
