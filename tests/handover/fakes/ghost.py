"""A Ghost with state, for writing, from what Ghost 6.65's Admin API was seen to answer."""

import json
import re
from typing import Any

from tests.engagement.providers.fake_ghost import INTEGRATION
from tests.engagement.providers.fake_ghost import Ghost as Reading
from tests.handover.fakes.server import Asked, Fake, Said

KEY = INTEGRATION
_ROOT = "/ghost/api/admin"
_TAKEN = {
    "title", "slug", "lexical", "html", "feature_image", "status", "updated_at", "custom_excerpt",
    "email_subject", "canonical_url",
}  # fmt: skip


class Ghost(Fake):
    """``now`` is what its clock says; like that of MySQL it knows whole seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.posts: list[dict[str, Any]] = []
        self.images: list[str] = []
        self.may_write = True
        self.seconds = 0
        self._keys = Reading()

    @property
    def now(self) -> str:
        return f"2026-11-23T07:{self.seconds // 60:02d}:{self.seconds % 60:02d}.000Z"

    def answer(self, asked: Asked) -> Said:
        token = asked.headers.get("authorization", "").removeprefix("Ghost ")
        if self._keys._kind(token) is None:
            return _error(400, "BadRequestError", "INVALID_JWT")
        if asked.writes and not self.may_write:
            return _error(403, "NoPermissionError")
        path = asked.path.removeprefix(_ROOT)
        if path == "/images/upload/" and asked.method == "POST":
            return self._upload(asked)
        if path == "/posts/":
            return self._add(asked) if asked.method == "POST" else self._browse(asked)
        post = self.post(path.removeprefix("/posts/").strip("/"))
        if not post:
            return _error(404, "NotFoundError")
        return self._edit(asked, post) if asked.method == "PUT" else _posts([post])

    def _add(self, asked: Asked) -> Said:
        (given,) = asked.json["posts"]
        assert set(given) <= _TAKEN
        post = {
            "id": f"{len(self.posts) + 1:024x}", "title": "", "slug": self._free(given),
            "email_subject": None, "custom_excerpt": None, "canonical_url": None,
            "feature_image": None, "created_at": self.now,
            **{name: value for name, value in given.items() if name != "slug"},
            "updated_at": self.now,
        }  # fmt: skip
        post["html"] = rendered(post["lexical"])
        self.posts.append(post)
        return _posts([post], 201)

    def _edit(self, asked: Asked, post: dict[str, Any]) -> Said:
        (given,) = asked.json["posts"]
        assert set(given) <= _TAKEN
        if given["updated_at"] != post["updated_at"]:
            return _error(409, "UpdateCollisionError", "UPDATE_COLLISION")
        post.update({**given, "updated_at": self.now})
        post["html"] = rendered(post["lexical"])
        return _posts([post])

    def _browse(self, asked: Asked) -> Said:
        number, most = int(asked.one("page", "1")), int(asked.one("limit", "15"))
        assert re.fullmatch(r"created_at:>'[0-9-]{10} [0-9:]{8}'", asked.one("filter"))
        found = list(reversed(self.posts))
        return _posts(found[(number - 1) * most : number * most])

    def _upload(self, asked: Asked) -> Said:
        name, content = asked.form()["file"]
        assert content
        address = f"https://site.example/content/images/2026/11/{len(self.images)}-{name}"
        self.images.append(address)
        return Said({"images": [{"url": address, "ref": None}]}, 201)

    def _free(self, given: dict[str, Any]) -> str:
        wanted = given.get("slug") or re.sub(r"\W+", "-", given["title"].lower())
        taken = {post["slug"] for post in self.posts}
        number, slug = 2, wanted
        while slug in taken:
            number, slug = number + 1, f"{wanted}-{number}"
        return str(slug)

    def post(self, ident: str) -> dict[str, Any]:
        return next((each for each in self.posts if each["id"] == ident), {})


def rendered(lexical: str) -> str:
    """What Ghost makes of HTML cards, and of paragraphs of text."""
    html = []
    for child in json.loads(lexical)["root"]["children"]:
        if child["type"] == "html":
            html.append(f"<!--kg-card-begin: html-->\n{child['html']}\n<!--kg-card-end: html-->")
        else:
            html.append(f"<p>{child['children'][0]['text']}</p>")
    return "\n".join(html)


def paragraph(text: str) -> dict[str, Any]:
    """A block as Ghost's editor makes it."""
    words = {"type": "extended-text", "version": 1, "text": text}
    return {"type": "paragraph", "version": 1, "children": [words]}


def _posts(posts: list[dict[str, Any]], status: int = 200) -> Said:
    return Said({"posts": [dict(post) for post in posts]}, status)


def _error(status: int, kind: str, code: str | None = None) -> Said:
    return Said({"errors": [{"message": "No.", "type": kind, "code": code}]}, status)


def lexical(added: list[dict[str, Any]], before: str) -> str:
    """A post's content with blocks that somebody wrote below it."""
    whole = json.loads(before)
    whole["root"]["children"] += added
    return json.dumps(whole)
