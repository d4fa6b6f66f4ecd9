"""Runs the rules over a draft, and over again as it changes: only what changed is judged anew."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from app.linkcheck.verdict import Reason
from app.preflight.finding import WEIGHT, Finding, Remark, Severity, placed
from app.preflight.mail import Mail
from app.preflight.rule import (
    BlockRule,
    DraftRule,
    Fact,
    FrameRule,
    LinkRule,
    MailRule,
    Rule,
    Setting,
)
from app.preflight.rules import RULES
from app.preflight.snapshot import Frame, Part, SeenLink, Snapshot

Said = tuple[Rule, Remark]
_T = TypeVar("_T")


@dataclass(slots=True)
class _Entry:
    """What is known of one block, and what it comes to where the block begins now."""

    content: object
    text: list[Said]
    facts: dict[str, Fact]
    seen: tuple[SeenLink, ...] = ()
    links: list[Said] = field(default_factory=list)
    files: list[Said] = field(default_factory=list)
    start: int = -1
    found: list[Finding] = field(default_factory=list)

    def placed(self, start: int) -> list[Finding]:
        """What was said of the block, which begins on this line."""
        if self.start != start:
            self.start = start
            self.found = list(_placed([*self.text, *self.links, *self.files], start))
        return self.found


@dataclass(slots=True)
class _Judged:
    """What a rule over the whole draft said, and of what."""

    facts: list[tuple[Part, Fact]]
    frame: Frame
    said: list[tuple[Part | None, Remark]]


class Preflight:
    """The findings of one draft. One thread at a time, whichever.

    Attributes:
        asked: How often each rule was asked since the start; for tests and measurements.
    """

    def __init__(self, setting: Setting, rules: Sequence[Rule] = RULES) -> None:
        self._setting = setting
        self._block_rules = [rule for rule in rules if isinstance(rule, BlockRule)]
        links = [rule for rule in rules if isinstance(rule, LinkRule)]
        self._link_rules = [rule for rule in links if not rule.reads_files]
        self._file_rules = [rule for rule in links if rule.reads_files]
        self._frame_rules = [rule for rule in rules if isinstance(rule, FrameRule)]
        self._draft_rules = [rule for rule in rules if isinstance(rule, DraftRule)]
        self._mail_rules = [rule for rule in rules if isinstance(rule, MailRule)]
        self._entries: dict[int, _Entry] = {}
        self._judged: dict[str, _Judged] = {}
        self._frame: tuple[Frame, list[Said]] | None = None
        self.asked: Counter[str] = Counter()

    def run(self, snapshot: Snapshot, mail: str | None = None) -> list[Finding]:
        """All findings, in the order of the text; the worst first where several begin together.

        Args:
            snapshot: The draft.
            mail: Its HTML part, as it would be sent; None leaves the rules over it out.
        """
        entries = [self._entry(part) for part in snapshot.parts]
        self._entries = {
            part.id: entry for part, entry in zip(snapshot.parts, entries, strict=True)
        }
        found: list[Finding] = []
        for entry, start in zip(entries, snapshot.starts, strict=True):
            found += entry.placed(start)
        found.extend(_placed(self._of_frame(snapshot.frame), 0))
        found.extend(self._of_draft(snapshot, entries))
        if mail is not None:
            found.extend(self.of_mail(mail, snapshot))
        return in_order(found)

    def of_mail(self, html: str, snapshot: Snapshot) -> list[Finding]:
        """What the rules over the mail alone find, which takes longer; see `run`."""
        # The same mail may come from other lines than before: they are looked up again.
        mail = Mail(html, snapshot.parts, snapshot.starts)
        said: list[Said] = [
            (rule, remark)
            for rule in self._mail_rules
            for remark in self._ask(rule, rule.check(mail, self._setting))
        ]
        return list(_placed(said, 0))

    def _entry(self, part: Part) -> _Entry:
        entry = self._entries.get(part.id)
        if entry is None or entry.content is not part.content:
            text: list[Said] = [
                (rule, remark)
                for rule in self._block_rules
                for remark in self._ask(rule, rule.check(part, self._setting))
            ]
            facts = {
                rule.id: fact
                for rule in self._draft_rules
                if (fact := rule.gather(part)) is not None
            }
            entry = _Entry(part.content, text, facts)
        if entry.seen is not part.links:
            entry.links = self._of_links(part, part.links, self._link_rules)
            entry.seen, entry.start = part.links, -1
        # Files change without the draft: they are looked at again each time.
        beside = [link for link in part.links if link.verdict.reason is Reason.RELATIVE]
        files = self._of_links(part, beside, self._file_rules) if beside else []
        if files != entry.files:
            entry.files, entry.start = files, -1
        return entry

    def _of_links(
        self, part: Part, links: Iterable[SeenLink], rules: Sequence[LinkRule]
    ) -> list[Said]:
        return [
            (rule, remark)
            for link in links
            for rule in rules
            for remark in self._ask(rule, rule.check(link, part, self._setting))
        ]

    def _of_frame(self, frame: Frame) -> list[Said]:
        if self._frame is None or self._frame[0] != frame:
            said: list[Said] = [
                (rule, remark)
                for rule in self._frame_rules
                for remark in self._ask(rule, rule.check(frame, self._setting))
            ]
            self._frame = frame, said
        return self._frame[1]

    def _of_draft(self, snapshot: Snapshot, entries: Sequence[_Entry]) -> Iterable[Finding]:
        starts = dict(zip(snapshot.parts, snapshot.starts, strict=True))
        facts: dict[str, list[tuple[Part, Fact]]] = {rule.id: [] for rule in self._draft_rules}
        for part, entry in zip(snapshot.parts, entries, strict=True):
            for name, fact in entry.facts.items():
                facts[name].append((part, fact))
        for rule in self._draft_rules:
            for about, remark in self._judge(rule, facts[rule.id], snapshot.frame):
                start = 0 if about is None else starts[about]
                yield placed(rule.id, rule.severity, remark, start)

    def _judge(
        self, rule: DraftRule, facts: list[tuple[Part, Fact]], frame: Frame
    ) -> list[tuple[Part | None, Remark]]:
        """What a rule says of all facts; as before where they are the same of the same blocks."""
        before = self._judged.get(rule.id)
        if before is None or before.facts != facts or before.frame != frame:
            said = list(self._ask(rule, rule.judge(facts, frame, self._setting)))
            before = self._judged[rule.id] = _Judged(facts, frame, said)
        return before.said

    def _ask(self, rule: Rule, said: _T) -> _T:
        self.asked[rule.id] += 1
        return said


def _placed(said: Iterable[Said], start: int) -> Iterable[Finding]:
    return (placed(rule.id, rule.severity, remark, start) for rule, remark in said)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings in the order of the text; the worst first where several begin together."""
    return sorted(
        findings, key=lambda each: (each.line, each.column, -WEIGHT[each.severity], each.rule)
    )


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The highest severity among findings; None without any."""
    return max((each.severity for each in findings), key=WEIGHT.__getitem__, default=None)
