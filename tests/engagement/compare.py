"""Whether the local store equals a server's truth."""

from pathlib import Path
from typing import Any

from app.engagement.providers import sendoff, sendoff_events
from app.engagement.store.encoding import figures_text
from app.engagement.store.reader import Reader
from tests.engagement.truth import Truth


def differences(path: Path, account: str, truth: Truth) -> list[str]:
    """What is not as it should be; nothing where all is well."""
    found: list[str] = []
    with Reader(path) as reader:
        stored = {each.record.id: each for each in reader.issues(account)}
        here = {name for name, each in stored.items() if not each.deleted}
        if here != set(truth.issues):
            found.append(
                f"issues: lost {set(truth.issues) - here}, doubled {here - set(truth.issues)}"
            )
        for name in sorted(here & set(truth.issues)):
            issue, known = truth.issues[name], stored[name]
            report = truth.report(issue)
            record, detail = sendoff._report(name, report)
            kept = reader.detail(known)
            pairs: list[tuple[str, Any, Any]] = [
                ("subject", known.record.subject, issue.subject),
                ("version", known.record.version, issue.seq),
                ("figures", figures_text(known.record.figures), figures_text(record.figures)),
                ("links", kept.links, detail.links),
                ("points", sorted(map(str, kept.points)), sorted(map(str, detail.points))),
                ("events", sorted(map(str, reader.events(known))), _events(truth, name)),
            ]
            found += [f"{name}: {what}: {a} is not {b}" for what, a, b in pairs if a != b]
            # Totals are what a recount of the rows gives.
            counts = reader.event_counts(known)
            opens = sum(n for (kind, _), n in counts.items() if kind == "opened")
            if known.record.figures.opens.all != opens:
                found.append(f"{name}: {known.record.figures.opens.all} opens, {opens} counted")
    return found


def _events(truth: Truth, name: str) -> list[str]:
    events = truth.issues[name].events.values()
    return sorted(str(sendoff_events.record(name, event)) for event in events)
