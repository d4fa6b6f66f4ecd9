"""``sendoff preflight``: what readers would stumble over in a draft."""

import argparse
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import UsageError

if TYPE_CHECKING:
    from app.cli.main import Subparsers
    from app.preflight import Finding, Platform
    from app.proof import Proof

EXAMPLES = """\
examples:
  sendoff preflight issue-12.md
  sendoff preflight issue-12.md --platform buttondown
  sendoff preflight issue-12.md --mute link.generic-text --mute 'subject.*'
  sendoff preflight issue-12.md --json > findings.json

No server is asked: links have the verdicts that `sendoff check` and the app found. What blocks the
send cannot be muted.

exit status:
  0  nothing that must be mended
  1  at least one finding is an error, or blocks the send
  2  unusable arguments or input
"""
CLEAN, TO_MEND = 0, 1
PLATFORMS = ("buttondown", "ghost", "listmonk")


def add_parser(subparsers: "Subparsers") -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "preflight",
        help="look a draft over before it is sent",
        description="Look a draft over before it is sent.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("file", metavar="FILE", help="a draft, or - for standard input")
    add("--json", action="store_true", help="one JSON object instead of a list")
    add("--platform", choices=PLATFORMS, help="who sends the issue, if not as said in the app")
    add(
        "--mute",
        metavar="RULE",
        action="append",
        default=[],
        help="leave out a rule, or those of a pattern such as 'subject.*'; may be given again",
    )


def run(arguments: argparse.Namespace) -> int:
    """Look the draft over; the exit status tells whether something must be mended."""
    from app.cli.inputs import read_text
    from app.lines import line_starts
    from app.preflight import Severity, finding_object, worst
    from app.preflight.muting import heard

    muted = _muted_ids(arguments.mute)
    text = read_text(arguments.file)
    found = heard(findings(text, arguments), muted | _kept_mutes(arguments.file))
    if arguments.json:
        from app.cli.output import print_json

        starts = line_starts(text)
        objects = [finding_object(each, starts) for each in found]
        print_json({"version": 1, "file": arguments.file, "findings": objects})
    else:
        from app.cli.output import forgive_unprintable
        from app.cli.preflight_list import print_findings

        forgive_unprintable()
        print_findings(arguments.file, found)
    return TO_MEND if worst(found) in (Severity.ERROR, Severity.BLOCK) else CLEAN


def findings(text: str, arguments: argparse.Namespace) -> "list[Finding]":
    """All findings in a text, with the links' verdicts as they are known."""
    from app.markup import Document
    from app.preflight import Preflight, Setting, take
    from app.preflight.mailed import MailedDraft
    from app.proof import Proof

    document = Document.from_text(text)
    proof = Proof(document)
    _learn(proof)
    draft = None if arguments.file == "-" else Path(arguments.file).resolve()
    folder = draft.parent if draft is not None else None
    setting = Setting(platform=_platform(arguments.platform, folder), folder=folder)
    mailed = MailedDraft()
    mailed.follow(document.lines, draft)
    return Preflight(setting).run(take(document, proof), mailed.html())


def _platform(named: str | None, folder: Path | None) -> "Platform | None":
    """Who sends the issue: as named, or else as the writer said in the app."""
    from app.preflight import Platform
    from app.ui.preflight import sending

    if named is not None:
        return Platform(named)
    return sending.load(folder).platform if folder is not None else None


def _learn(proof: "Proof") -> None:
    """What the app and ``sendoff check`` found out about the links."""
    wanted = sorted(proof.wanted())
    if not wanted:
        return
    from app.cli.checking import Store

    with Store(use_cache=True) as store:
        proof.learn(store.known(wanted, stale=True).items())


def _kept_mutes(name: str) -> frozenset[str]:
    """The rules that the writer muted for the draft or its publication."""
    if name == "-":
        return frozenset()
    from app.preflight.muting import Mutes, mutes_file

    path = mutes_file()
    if not path.exists():
        return frozenset()
    mutes = Mutes(path)
    try:
        return frozenset(each.rule for each in mutes.of(Path(name).resolve()))
    finally:
        mutes.close()


def _muted_ids(patterns: Sequence[str]) -> frozenset[str]:
    """The rules that are left out.

    Raises:
        UsageError: a pattern fits no rule, so that it is probably mistyped.
    """
    from app.preflight.rules import RULES

    muted: set[str] = set()
    for pattern in patterns:
        fitting = {rule.id for rule in RULES if fnmatchcase(rule.id, pattern)}
        if not fitting:
            raise UsageError(f"--mute {pattern}: there is no such rule")
        muted |= fitting
    return frozenset(muted)
