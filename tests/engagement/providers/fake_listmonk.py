"""A listmonk with state, from its documented shapes (campaigns, analytics, lists).

It keeps each view and click, and counts them as listmonk does: totals in the list, and by link and
day either all or, where it tracks individuals, each person once.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.engagement.providers.fake import Asked, Platform, Said

KEY = "desk:s3cret-token"
_ROOT = "/api"
_MOST = 50


@dataclass
class Campaign:
    id: int
    subject: str
    status: str = "finished"
    lists: tuple[int, ...] = (1,)
    views: list[tuple[str, int]] = field(default_factory=list)
    """Time and subscriber."""
    clicks: list[tuple[str, int, str]] = field(default_factory=list)
    """Time, subscriber, link."""
    body: str = "Hello"

    def shown(self) -> dict[str, Any]:
        has_begun = self.status not in ("draft", "scheduled")
        return {
            "id": self.id, "uuid": f"00000000-0000-0000-0000-{self.id:012d}", "name": self.subject,
            "subject": self.subject, "from_email": "a@example.com", "status": self.status,
            "type": "regular", "content_type": "markdown", "tags": [], "template_id": 1,
            "messenger": "email", "send_at": None, "to_send": 10, "sent": 9,
            "started_at": "2026-03-01T07:00:00.000000Z" if has_begun else None,
            "views": len(self.views), "clicks": len(self.clicks), "bounces": 1,
            "lists": [{"id": ident, "name": f"List {ident}"} for ident in self.lists],
            "created_at": f"2026-02-{self.id % 28 + 1:02d}T00:00:00Z",
            "updated_at": "2026-03-01T07:00:00Z",
        }  # fmt: skip


class Listmonk(Platform):
    def __init__(self) -> None:
        super().__init__()
        self.campaigns: list[Campaign] = []
        self.individual = False
        self.permissions = {"campaigns:get", "campaigns:get_analytics", "lists:get_all"}

    def add(self, subject: str, **more: Any) -> Campaign:
        campaign = Campaign(len(self.campaigns) + 1, subject, **more)
        self.campaigns.append(campaign)
        return campaign

    def answer(self, asked: Asked) -> Said:
        if asked.headers.get("authorization") != f"token {KEY}":
            return Said({"message": "invalid API credentials"}, 401)
        path = asked.path.removeprefix(_ROOT).strip("/").split("/")
        if path[:2] == ["campaigns", "analytics"]:
            return self._if("campaigns:get_analytics", lambda: self._analytics(path[2], asked))
        if path == ["campaigns"]:
            shown = [each.shown() for each in self.campaigns]
            return self._if("campaigns:get", lambda: self._page(asked, shown))
        if path[0] == "campaigns":
            return self._one(path[1], asked)
        if path == ["lists"]:
            lists = [{"id": 1, "name": "List 1"}, {"id": 2, "name": "List 2"}]
            return self._if("lists:get_all", lambda: self._page(asked, lists))
        return Said({"message": "not found"}, 404)

    def _if(self, permission: str, answer: Any) -> Said:
        if permission not in self.permissions:
            return Said({"message": f"permission denied: {permission}"}, 403)
        said = answer()
        assert isinstance(said, Said)
        return said

    def _one(self, ident: str, asked: Asked) -> Said:
        for each in self.campaigns:
            if str(each.id) == ident:
                body = {} if asked.one("no_body") else {"body": each.body}
                return Said({"data": {**each.shown(), **body}})
        return Said({"message": "campaign not found"}, 404)

    def _page(self, asked: Asked, found: list[dict[str, Any]]) -> Said:
        size = asked.one("per_page", "20")
        most = len(found) or 1 if size == "all" else min(int(size), _MOST)
        number = int(asked.one("page", "1"))
        shown = found[(number - 1) * most : number * most]
        page = {
            "results": shown,
            "query": "",
            "total": len(found),
            "per_page": most,
            "page": number,
        }
        return Said({"data": page})

    def _analytics(self, kind: str, asked: Asked) -> Said:
        start, end = asked.one("from"), asked.one("to")
        if not (10 <= len(start) <= 30 and 10 <= len(end) <= 30):
            return Said({"message": "invalid from or to"}, 400)
        found: list[dict[str, Any]] = []
        for campaign in self.campaigns:
            if str(campaign.id) not in asked.query.get("id", []):
                continue
            if kind == "links":
                found += self._links(campaign)
            else:
                hits = campaign.views if kind == "views" else [hit[:2] for hit in campaign.clicks]
                found += self._course(campaign, hits)
        return Said({"data": found})

    def _links(self, campaign: Campaign) -> list[dict[str, Any]]:
        people: dict[str, list[int]] = {}
        for _, subscriber, url in campaign.clicks:
            people.setdefault(url, []).append(subscriber)
        counts = {url: len(set(who) if self.individual else who) for url, who in people.items()}
        best = sorted(counts.items(), key=lambda each: -each[1])[:50]
        return [{"url": url, "count": count} for url, count in best]

    def _course(self, campaign: Campaign, hits: list[tuple[str, int]]) -> list[dict[str, Any]]:
        days: dict[str, int] = {}
        seen: set[int] = set()
        for at, subscriber in hits:
            if self.individual and subscriber in seen:
                continue
            seen.add(subscriber)
            days[at[:10]] = days.get(at[:10], 0) + 1
        return [
            {"campaign_id": campaign.id, "count": count, "timestamp": f"{day}T00:00:00Z"}
            for day, count in days.items()
        ]
