"""A listmonk with state, for writing, as its source (6.2) has it: what a change does not mention is
kept, lists and media apart, which it empties.
"""

import re
from typing import Any

from tests.engagement.providers.fake_listmonk import KEY
from tests.handover.fakes.server import Asked, Fake, Said

_KEPT = ("name", "subject", "body", "altbody", "content_type", "tags", "archive_slug", "send_at",
         "template_id", "headers", "messenger")  # fmt: skip
_STRING = re.compile(r"`[^`]*`|\"(?:[^\"\\]|\\.)*\"")
_KNOWN = re.compile(
    r"(?:Safe `[^`]*`|Safe \"(?:[^\"\\]|\\.)*\"|\"\{\{\""
    r"|\.Subscriber\.\w+(?: \| default \"[^\"]*\")?"
    r"|UnsubscribeURL|TrackView|MessageURL)\Z",
    re.DOTALL,
)
BARE = {"id": 7, "name": "Bare", "type": "campaign", "is_default": False,
        "body": '{{ template "content" . }}{{ TrackView }}'}  # fmt: skip
DEFAULT = {"id": 1, "name": "Default", "type": "campaign", "is_default": True,
           "body": '<html><body class="x">{{ template "content" . }}</body></html>'}  # fmt: skip


class Listmonk(Fake):
    now = "2026-11-23T07:00:00.000000Z"

    def __init__(self) -> None:
        super().__init__()
        self.campaigns: list[dict[str, Any]] = []
        self.media: list[dict[str, Any]] = []
        self.lists = {1: "Readers"}
        self.templates = [DEFAULT, BARE]
        self.permissions = {"get", "manage", "media", "lists", "templates"}

    def answer(self, asked: Asked) -> Said:
        if asked.headers.get("authorization") != f"token {KEY}":
            return Said({"message": "invalid API credentials"}, 403)
        path = asked.path.removeprefix("/api/").split("/")
        needed = {"campaigns": "manage" if asked.writes else "get"}.get(path[0], path[0])
        if needed not in self.permissions:
            return Said({"message": "permission denied"}, 403)
        if path == ["campaigns"]:
            return self._create(asked) if asked.method == "POST" else self._list(asked)
        if path[0] == "campaigns" and len(path) == 2:
            return self._campaign(asked, path[1])
        if path == ["media"]:
            return self._upload(asked) if asked.method == "POST" else self._files(asked)
        if path == ["lists"]:
            lists = [{"id": ident, "name": name} for ident, name in self.lists.items()]
            return _page(lists) if lists else Said({"data": []})
        if path == ["templates"]:
            return Said({"data": self.templates})
        return Said({"message": "not found"}, 404)

    def _create(self, asked: Asked) -> Said:
        body = asked.json
        problem = self._problem(body)
        if problem:
            return problem
        campaign = {
            "id": len(self.campaigns) + 1, "altbody": None, "archive_slug": None, "send_at": None,
            "template_id": 1, "headers": [], "messenger": "email", "attribs": {}, "media": [],
            "tags": [], "created_at": self.now, "updated_at": self.now,
            **{name: body[name] for name in _KEPT if name in body}, "status": "draft",
            "lists": [{"id": each, "name": self.lists[each]} for each in body["lists"]],
        }  # fmt: skip
        self.campaigns.append(campaign)
        return Said({"data": campaign})

    def _campaign(self, asked: Asked, ident: str) -> Said:
        campaign = self.campaign(ident)
        if not campaign:
            return Said({"message": "campaign not found"}, 400)
        if asked.method == "PUT":
            if campaign["status"] not in ("draft", "paused", "scheduled"):
                return Said({"message": "cannot update"}, 400)
            body = asked.json
            problem = self._problem({**campaign, "lists": [], **body})
            if problem:
                return problem
            campaign.update({name: body[name] for name in _KEPT if name in body})
            campaign["attribs"] = body.get("attribs") or {}
            campaign["lists"] = [{"id": each, "name": self.lists[each]} for each in body["lists"]]
            campaign["media"] = [{"id": each, "filename": "x"} for each in body.get("media", [])]
            campaign["updated_at"] = self.now
        return Said({"data": campaign})

    def _problem(self, body: dict[str, Any]) -> Said | None:
        if not body.get("lists"):
            return Said({"message": "invalid lists"}, 400)
        for text in (body["body"], body["subject"], body.get("altbody") or ""):
            if not compiles(text):
                return Said({"message": "error compiling message"}, 400)
        return None

    def _list(self, asked: Asked) -> Said:
        tags = set(asked.query.get("tag", []))
        found = [each for each in reversed(self.campaigns) if tags <= set(each["tags"])]
        return _page([{**each, "body": ""} for each in found])

    def _upload(self, asked: Asked) -> Said:
        name, content = asked.form()["file"]
        assert content
        if any(each["filename"] == name for each in self.media):
            name = f"again-{name}"
        file = {"id": len(self.media) + 1, "filename": name, "url": f"/uploads/{name}"}
        self.media.append(file)
        return Said({"data": file})

    def _files(self, asked: Asked) -> Said:
        return _page([each for each in self.media if asked.one("query") in each["filename"]])

    def campaign(self, ident: str) -> dict[str, Any]:
        return next((each for each in self.campaigns if str(each["id"]) == ident), {})


def compiles(text: str) -> bool:
    """Whether Go could run it as a template: roughly, but never more forgiving."""
    at = 0
    while (start := text.find("{{", at)) >= 0:
        end = start + 2
        while not text.startswith("}}", end):
            string = _STRING.match(text, end)
            end = string.end() if string else end + 1
            if end >= len(text):
                return False
        if not _KNOWN.match(text[start + 2 : end].strip()):
            return False
        at = end + 2
    return True


def _page(found: list[dict[str, Any]]) -> Said:
    return Said({"data": {"results": found, "total": len(found), "page": 1, "per_page": 50}})
