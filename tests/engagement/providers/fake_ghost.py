"""A Ghost with state, from the shapes that Ghost 6.65's Admin API was seen to answer with."""

import base64
import hashlib
import hmac
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any

from tests.engagement.providers.fake import Asked, Platform, Said

SECRET = "0f" * 32
STAFF = f"{'a' * 24}:{SECRET}"
INTEGRATION = f"{'b' * 24}:{SECRET}"
_ROOT = "/ghost/api/admin"


@dataclass
class Post:
    number: int
    title: str
    email: dict[str, Any] | None
    clicks: int = 0
    links: dict[str, int] = field(default_factory=dict)
    html: str = "<p>Hello</p>"

    @property
    def id(self) -> str:
        return f"{self.number:024x}"


class Ghost(Platform):
    most = 100

    def __init__(self) -> None:
        super().__init__()
        self.posts: list[Post] = []
        self.clock = time.time

    def send(self, title: str, clicks: int = 0, links: dict[str, int] | None = None,
             **more: Any) -> Post:  # fmt: skip
        email = {
            "id": f"{len(self.posts):024x}", "status": "submitted", "recipient_filter": "all",
            "email_count": 10, "delivered_count": 9, "opened_count": 4, "failed_count": 1,
            "subject": f"{title} (subject)", "track_opens": True, "track_clicks": True,
            "feedback_enabled": False, "submitted_at": "2026-02-01T07:00:00.000Z",
            "newsletter_id": "n1", **more,
        }  # fmt: skip
        post = Post(len(self.posts) + 1, title, email, clicks, links or {})
        self.posts.append(post)
        return post

    def publish(self, title: str) -> Post:
        post = Post(len(self.posts) + 1, title, None)
        self.posts.append(post)
        return post

    def answer(self, asked: Asked) -> Said:
        path = asked.path.removeprefix(_ROOT)
        if path == "/site/":
            return Said({"site": {"title": "My site", "url": self.url, "version": "6.65"}})
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        if scheme != "Ghost":
            return _error(403, "NoPermissionError", "Authorization failed", None)
        kind = self._kind(token)
        if kind is None:
            return _error(400, "BadRequestError", "Invalid token", "INVALID_JWT")
        if path == "/posts/":
            return self._page(asked, "posts", [self._shown(post, asked) for post in self.posts])
        if path.startswith("/posts/"):
            for post in self.posts:
                if path == f"/posts/{post.id}/":
                    html = {"html": post.html} if asked.one("formats") == "html" else {}
                    return Said({"posts": [{"id": post.id, **html}]})
            return _error(404, "NotFoundError", "Resource not found error", None)
        if path == "/newsletters/":
            return self._page(asked, "newsletters", [{"id": "n1", "name": "Weekly"}])
        if path == "/links/":
            if kind != "staff":
                return _error(403, "NoPermissionError", "You do not have permission", None)
            return self._page(asked, "links", self._links(asked))
        return _error(404, "NotFoundError", "Resource not found", None)

    def _kind(self, token: str) -> str | None:
        try:
            head, claims, signature = token.split(".")
            known = json.loads(_decoded(head))
            said = json.loads(_decoded(claims))
        except ValueError:
            return None
        right = hmac.digest(bytes.fromhex(SECRET), f"{head}.{claims}".encode(), hashlib.sha256)
        kinds = {key.split(":")[0]: kind for key, kind in ((STAFF, "staff"), (INTEGRATION, "int"))}
        now = self.clock()
        is_good = (
            known["alg"] == "HS256"
            and hmac.compare_digest(_decoded(signature), right)
            and said["aud"] == "/admin/"
            and said["exp"] - said["iat"] <= 300
            and said["iat"] - 5 <= now < said["exp"]
        )
        return kinds.get(known["kid"]) if is_good else None

    def _shown(self, post: Post, asked: Asked) -> dict[str, Any]:
        included = asked.one("include").split(",")
        columns = asked.one("fields").split(",")
        every = {
            "clicks": post.clicks,
            "positive_feedback": 0,
            "negative_feedback": 0,
            "signups": 2,
        }
        # As Ghost 6.65 does: "fields" takes away what it does not name, counts by their columns.
        counts = {
            name: value
            for name, value in every.items()
            if f"count.{name}" in included and (columns == [""] or f"count__{name}" in columns)
        }
        return {
            "id": post.id, "title": post.title, "url": f"https://site.example/{post.number}/",
            "published_at": "2026-02-01T07:00:00.000Z", "email": post.email,
            **({"count": counts} if counts else {}),
        }  # fmt: skip

    def _links(self, asked: Asked) -> list[dict[str, Any]]:
        wanted = re.fullmatch(r"post_id:'([0-9a-f]+)'", asked.one("filter"))
        return [
            {
                "post_id": post.id,
                "link": {"link_id": f"l{at}", "from": f"{self.url}/r/{at}", "to": to,
                         "edited": False},
                "count": {"clicks": clicks},
            }
            for post in self.posts
            if wanted is None or wanted[1] == post.id
            for at, (to, clicks) in enumerate(post.links.items())
        ]  # fmt: skip

    def _page(self, asked: Asked, name: str, found: list[dict[str, Any]]) -> Said:
        most = min(int(asked.one("limit", "15")), self.most)
        number = int(asked.one("page", "1"))
        shown = found[(number - 1) * most : number * most]
        pages = max(1, -(-len(found) // most))
        pagination = {
            "page": number, "limit": most, "pages": pages, "total": len(found),
            "next": number + 1 if number < pages else None, "prev": number - 1 or None,
        }  # fmt: skip
        answer = {name: shown, "meta": {"pagination": pagination}}
        return Said(answer, headers={"Content-Version": "v6.65"})


def _error(status: int, kind: str, message: str, code: str | None) -> Said:
    error = {
        "message": message, "context": None, "type": kind, "details": None, "property": None,
        "help": None, "code": code, "id": "0", "ghostErrorCode": None,
    }  # fmt: skip
    return Said({"errors": [error]}, status)


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
