"""A tracking server's truth, small and quick: it changes by a seed and answers like the real one.

``tests/engagement/sync/test_fake.py`` holds its answers to the real server's declared shapes.
"""

import copy
import json
import random
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

START = 1_780_000_000_000
HOUR = 3_600_000
ADDRESS = "reader@private.example"
"""Stands in details of events: it may never be logged."""

AGENTS = ("human", "privacy_proxy", "machine")


def moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat()


@dataclass
class TruthIssue:
    id: str
    subject: str
    seq: int
    links: list[str]
    events: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def counted(self, kind: str, where: dict[str, Any] | None = None) -> dict[str, int]:
        found = Counter(
            event["agent"]
            for event in self.events.values()
            if event["type"] == kind
            and all(event.get(name) == value for name, value in (where or {}).items())
        )
        return {"all": found.total(), **{agent: found[agent] for agent in AGENTS}}

    def people(self, kind: str) -> dict[str, int]:
        best: dict[str, int] = {}
        for event in self.events.values():
            if event["type"] == kind and event.get("subscriber"):
                rank = AGENTS.index(event["agent"])
                who = event["subscriber"]
                best[who] = min(rank, best.get(who, 9))
        found = Counter(AGENTS[rank] for rank in best.values())
        return {"all": found.total(), **{agent: found[agent] for agent in AGENTS}}

    def figures(self) -> dict[str, Any]:
        kinds = Counter(event["type"] for event in self.events.values())
        return {
            "sent": 2**53, "delivered": kinds["delivered"], "deferred": 0, "rejected": 0,
            "hard_bounces": kinds["hard_bounce"], "soft_bounces": 0, "complaints": 0,
            "unsubscribes": self.counted("unsubscribed"), "opens": self.counted("opened"),
            "clicks": self.counted("clicked"), "openers": self.people("opened"),
            "clickers": self.people("clicked"),
            "inferred_openers": {"all": 0, "human": 0, "privacy_proxy": 0, "machine": 0},
        }  # fmt: skip


@dataclass
class Truth:
    """The server's store; ``chance`` makes what happens."""

    chance: random.Random
    epoch: str = "epoch-1"
    seq: int = 0
    issues: dict[str, TruthIssue] = field(default_factory=dict)
    deleted: list[tuple[int, str, str]] = field(default_factory=list)
    made: int = 0
    now: int = START
    issues_a_page: int = 3
    events_a_page: int = 7
    people_known: list[str] = field(default_factory=lambda: [f"sub_{n}" for n in range(1, 10)])

    def next(self) -> int:
        self.seq += 1
        self.now += 1000
        return self.seq

    def add_issue(self) -> None:
        self.made += 1
        name = f"iss_{self.epoch.replace('-', '')}x{self.made}"
        links = [f"https://example.com/{n}" for n in range(1, 4)]
        self.issues[name] = TruthIssue(name, f"Issue {self.made}", self.next(), links)
        self.add_events(name, self.chance.randint(0, 20))

    def add_events(self, name: str, n: int) -> None:
        issue, seq = self.issues[name], self.next()
        for _ in range(n):
            kind = self.chance.choice(
                ("delivered", "opened", "opened", "clicked", "hard_bounce", "unsubscribed")
            )
            # Ids are an issue's and a type's own; late ones are dated days back.
            key = f"evt_{self.chance.randint(1, 60)}"
            event = {
                "id": key, "type": kind, "agent": self.chance.choice(AGENTS), "version": seq,
                "at": moment(self.now - self.chance.choice((0, 1, 72)) * HOUR),
                "subscriber": self.chance.choice(self.people_known), "domain": "example.com",
                "rules": 1, "client": "Thunderbird", "detail": {"note": ADDRESS},
            }  # fmt: skip
            if kind == "clicked":
                event["link"] = self.chance.randint(1, 3)
            issue.events[key, kind] = event
        issue.seq = seq

    def judge_again(self, name: str) -> None:
        issue, seq = self.issues[name], self.next()
        for event in list(issue.events.values()):
            if self.chance.random() < 0.3:
                event["agent"], event["version"] = "machine", seq
        issue.seq = seq

    def edit(self, name: str) -> None:
        self.issues[name].subject += " (edited)"
        self.issues[name].seq = self.next()

    def delete_issue(self, name: str) -> None:
        del self.issues[name]
        self.deleted.append((self.next(), "issue", name))

    def erase(self, who: str) -> None:
        for issue in self.issues.values():
            kept = {k: e for k, e in issue.events.items() if e.get("subscriber") != who}
            if len(kept) < len(issue.events):
                issue.events = kept
                issue.seq = self.next()
        self.deleted.append((self.next(), "subscriber", who))
        # Should they come again, it is as somebody else.
        self.people_known = [f"{each}z" if each == who else each for each in self.people_known]

    def backup(self) -> dict[str, Any]:
        return copy.deepcopy({"issues": self.issues, "seq": self.seq, "deleted": self.deleted})

    def restore(self, backup: dict[str, Any]) -> None:
        held = copy.deepcopy(backup)
        for name, value in held.items():
            setattr(self, name, value)
        self.epoch = f"epoch-{int(self.epoch.partition('-')[2]) + 1}"

    def happen(self) -> None:
        """One thing, as the seed has it."""
        if not self.issues or self.chance.random() < 0.2:
            self.add_issue()
            return
        name = self.chance.choice(sorted(self.issues))
        what = self.chance.random()
        if what < 0.6:
            self.add_events(name, self.chance.randint(1, 10))
        elif what < 0.75:
            self.judge_again(name)
        elif what < 0.85:
            self.edit(name)
        elif what < 0.93:
            self.erase(self.chance.choice(self.people_known))
        else:
            self.delete_issue(name)

    # Answers

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, Any]:
        cursor = query.get("cursor", "")
        parts = path.strip("/").split("/")
        if parts == ["v1", "publications"]:
            row = {"id": "pub_a", "name": "A letter", "mode": "individual", "canary": False,
                   "registered_at": moment(START)}  # fmt: skip
            return 200, {"publications": [row]}
        place = self.place(cursor)
        if isinstance(place, int):
            return place, {"status": place, "title": "No", "code": "full_resync"}
        if parts == ["v1", "changes"]:
            return 200, self.changes(place)
        if parts[:2] == ["v1", "issues"] and len(parts) == 4 and parts[2] in self.issues:
            issue = self.issues[parts[2]]
            return 200, self.report(issue) if parts[3] == "report" else self.events(issue, place)
        return 404, {"status": 404, "title": "Not Found"}

    def place(self, cursor: str) -> list[Any] | int:
        if not cursor:
            return [0, ""]
        epoch, *place = json.loads(urlsafe_b64decode(cursor + "=="))
        return place if epoch == self.epoch else 410

    def cursor(self, seq: int, name: str) -> str:
        raw = json.dumps([self.epoch, seq, name]).encode()
        return urlsafe_b64encode(raw).decode().rstrip("=")

    def changes(self, place: list[Any]) -> dict[str, Any]:
        both: list[tuple[int, str, Any]] = [(i.seq, i.id, i) for i in self.issues.values()]
        both += [(seq, name, {"kind": kind, "id": name}) for seq, kind, name in self.deleted]
        behind = sorted(
            (each for each in both if list(each[:2]) > place), key=lambda each: each[:2]
        )
        page, more = behind[: self.issues_a_page], len(behind) > self.issues_a_page
        after = page[-1][:2] if page else place
        return {
            "epoch": self.epoch,
            "issues": [self.shown(each) for *_, each in page if isinstance(each, TruthIssue)],
            "deleted": [each for *_, each in page if isinstance(each, dict)],
            "cursor": self.cursor(after[0], after[1]),
            "more": more,
            "freshness": {"as_of": moment(self.now), "waiting": 0},
        }

    def events(self, issue: TruthIssue, place: list[Any]) -> dict[str, Any]:
        keyed = sorted(
            ((e["version"], f"{e['id']} {e['type']}", e) for e in issue.events.values()),
            key=lambda each: each[:2],
        )
        behind = [each for each in keyed if list(each[:2]) > place]
        page, more = behind[: self.events_a_page], len(behind) > self.events_a_page
        after = page[-1][:2] if page else place
        return {
            "epoch": self.epoch,
            "events": [event for *_, event in page],
            "cursor": self.cursor(after[0], after[1]),
            "more": more,
        }

    def shown(self, issue: TruthIssue) -> dict[str, Any]:
        return {
            "id": issue.id, "publication": "pub_a", "external_id": None, "subject": issue.subject,
            "mode": "individual", "sent_at": moment(START), "registered_at": moment(START),
            "archive_url": None, "recipients": 100, "version": issue.seq,
            "figures": issue.figures(), "rates": {},
        }  # fmt: skip

    def report(self, issue: TruthIssue) -> dict[str, Any]:
        hours = Counter(
            event["at"][:13] for event in issue.events.values() if event["type"] == "opened"
        )
        links = [
            {"number": n, "url": url, "text": "Read", "clickers": {}, "revoked": False,
             "clicks": issue.counted("clicked", {"link": n})}
            for n, url in enumerate(issue.links, 1)
        ]  # fmt: skip
        return {
            "issue": self.shown(issue),
            "hours": [{"key": f"{hour}:00:00+00:00", "opens": {"all": n, "human": n}}
                      for hour, n in sorted(hours.items())],
            "links": links, "clients": [], "systems": [], "devices": [], "domains": [],
            "proxies": [], "reasons": [], "pages": [],
            "freshness": {"as_of": moment(self.now), "waiting": 0},
        }  # fmt: skip
