"""What ``sendoff handover`` says: of the links, of what will change there, and of what was done."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.cli.output import forgive_unprintable, print_json, printable
from app.drafts.diff import hunks
from app.handover.gate import Hold
from app.handover.merging import NAMES
from app.handover.model import Action, Changed, Choice, Field, Step
from app.lines import split_lines

if TYPE_CHECKING:
    from app.handover.gate import GateVerdict
    from app.handover.model import Conflict, Handed, Plan, Progress

_WIDE = 72
_MOST_LINES = 12
_LONG = (Field.BODY, Field.TEXT)
_DEEDS = {
    Choice.MERGE: "--on-conflict merge   join both",
    Choice.COPY: "--on-conflict copy    make a second draft, and leave that one",
    Choice.THEIRS: "--on-conflict theirs  leave the draft there as it is",
}
_HOLDS = {
    Hold.BLOCK: "is flagged as dangerous",
    Hold.PENDING: "was not looked at",
    Hold.OLD: "was not looked at lately",
}


class Report:
    """Gathers what is to be said; as text it is said at once, as JSON in the end."""

    def __init__(self, file: str, *, as_json: bool) -> None:
        self._as_json = as_json
        self._whole: dict[str, object] = {
            "version": 1, "file": file, "account": None, "action": None, "changes": [],
            "uploads": [], "notes": [], "conflict": None, "held": [], "handed": None, "error": None,
        }  # fmt: skip
        if not as_json:
            forgive_unprintable()

    def gate(self, verdict: "GateVerdict", *, will_check: bool) -> bool:
        """What the links are like; whether they hold the issue.

        Args:
            verdict: The gate's.
            will_check: Those that are not known well enough will be looked at before.
        """
        self._whole["held"] = [
            {"url": each.state.url, "hold": each.hold.value, "reason": each.state.verdict.reason}
            for each in verdict.held
        ]
        holding = [each for each in verdict.held if each.hold is Hold.BLOCK or not will_check]
        for each in holding:
            self._say(f"■ {printable(each.state.url)} {_HOLDS[each.hold]}.")
        left = len(verdict.held) - len(holding)
        if left:
            self._say(f"{left} {'link is' if left == 1 else 'links are'} looked at first.")
        for warned in verdict.warned:
            self._say(f"▲ {printable(warned.url)} is broken ({warned.verdict.reason}).")
        return bool(holding)

    def plan(self, plan: "Plan") -> None:
        """What would change."""
        self._whole |= {
            "account": plan.account.name,
            "action": plan.action.value,
            "changes": [_object(each) for each in plan.changes],
            "uploads": [each.name for each in plan.uploads],
            "notes": list(plan.notes),
            "conflict": plan.conflict and _conflict(plan.conflict),
        }
        words = {
            Action.CREATE: "A draft is made at",
            Action.CHANGE: "The draft is changed at",
            Action.NOTHING: "Nothing is to be changed at",
        }
        if plan.conflict is not None:
            self._ask(plan.conflict)
            return
        self._say(f"{words[plan.action]} “{printable(plan.account.name)}”.")
        for note in plan.notes:
            self._say(f"  {printable(note)}")
        for picture in plan.uploads:
            self._say(f"  picture: {printable(picture.name)} ({picture.size / 1000:.0f} kB)")
        for each in plan.changes:
            if plan.action is Action.CREATE and each.field in _LONG:
                continue
            self._changed(each)
        if plan.action is Action.CREATE:
            text = [word for word in plan.letter.text.split() if any(map(str.isalnum, word))]
            self._say(f"  text: {len(text)} words, “{_short(' '.join(text[:12]))} …”")

    def ask(self, conflict: "Conflict") -> "Choice | None":
        """What is to become of edits made there, asked on a terminal; None for nothing."""
        if self._as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
            return None
        words = [choice.value for choice in conflict.choices]
        answer = input(f"{', '.join(words)}, or nothing? ").strip().casefold()
        return Choice(answer) if answer in words else None

    def tell(self, progress: "Progress") -> None:
        """How far it is, on a terminal."""
        if self._as_json or not sys.stderr.isatty():
            return
        how_far = f" {progress.done + 1} of {progress.whole}" if progress.whole else ""
        words = {
            Step.LOOKING: "Looking",
            Step.PICTURES: f"Picture{how_far}",
            Step.WRITING: "Writing",
            Step.READING_BACK: "Reading back",
        }
        print(f"\r\033[K{words[progress.step]} …", end="", file=sys.stderr, flush=True)
        if progress.step is Step.READING_BACK:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def done(self, plan: "Plan", handed: "Handed | None", *, is_held: bool) -> int:
        """What came of it; the exit status."""
        if handed is not None:
            self._whole["handed"] = {"remote_id": handed.remote_id, "url": handed.url}
            self._say(f"It is a draft there: {printable(handed.url)}")
        elif is_held:
            self._say("Not handed over: links hold it. Mend them, or say --override URL REASON.")
        if self._as_json:
            print_json(self._whole)
        return int(is_held or plan.conflict is not None)

    def failed(self, why: str, status: int) -> int:
        """It could not be done."""
        if self._as_json:
            print_json({**self._whole, "error": why})
        print(f"sendoff: {printable(why)}", file=sys.stderr)
        return status

    def _changed(self, change: Changed) -> None:
        name = NAMES[change.field]
        if change.field in _LONG:
            self._say(f"  {name}:")
            before = split_lines(change.before or "")
            for line in _differences(before, split_lines(change.after)):
                self._say(f"    {line}")
        elif change.before:
            self._say(f"  {name}: {_short(change.before)} → {_short(change.after)}")
        else:
            self._say(f"  {name}: {_short(change.after)}")

    def _ask(self, conflict: "Conflict") -> None:
        self._say(f"Nothing was done: it was edited there since. {conflict.why_not}".rstrip())
        for each in conflict.edited:
            self._changed(each)
        self._say("Say what becomes of that:")
        for choice in conflict.choices:
            self._say(f"  {_DEEDS[choice]}")

    def _say(self, line: str) -> None:
        if not self._as_json:
            print(line)


def _differences(before: list[str], after: list[str]) -> list[str]:
    lines = []
    for hunk in hunks(before, after):
        lines += [f"- {_short(line)}" for line in before[hunk.old_first : hunk.old_end]]
        lines += [f"+ {_short(line)}" for line in after[hunk.new_first : hunk.new_end]]
    lines = [line for line in lines if len(line) > len("+ ")]
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], f"… and {len(lines) - _MOST_LINES} lines more"]
    return lines


def _short(text: str) -> str:
    line = printable(" ".join(text.split()))
    return line if len(line) <= _WIDE else f"{line[: _WIDE - 1]}…"


def _object(change: Changed) -> Mapping[str, object]:
    return {"field": change.field.value, "before": change.before, "after": change.after}


def _conflict(conflict: "Conflict") -> Mapping[str, object]:
    return {
        "edited": [_object(each) for each in conflict.edited],
        "choices": [each.value for each in conflict.choices],
        "why_not": conflict.why_not,
    }
