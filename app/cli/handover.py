"""``sendoff handover``: give an issue to the platform that sends it, as a draft."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import UsageError, reputation

if TYPE_CHECKING:
    from app.cli.handover_report import Report
    from app.cli.main import Subparsers
    from app.engagement.model import Account
    from app.handover.engine import Handover
    from app.handover.gate import GateVerdict
    from app.handover.gatekeeper import Gatekeeper
    from app.handover.history import History
    from app.handover.model import Choice, Handed, Letter, Plan

EXAMPLES = """\
examples:
  sendoff handover issue-12.md --account "The Morning Letter" --dry-run
  sendoff handover issue-12.md --account "The Morning Letter"
  sendoff handover issue-12.md --account Blog --on-conflict copy --json
  sendoff handover issue-12.md --account Blog --override https://example.com/new "online at 9"

It becomes a draft: nothing is sent, ever. First the links are checked that were not looked at
within the last hour, then pictures of the draft's folder are put online. Handed over again, the
same draft is changed. Where it was edited at the platform since, nothing is done until
--on-conflict says what becomes of that: both versions joined (merge), a second draft (copy), or
theirs left alone (theirs).

exit status: 0 handed over, or with --dry-run: could be; 1 not, and why; 2 unusable arguments or
input; 3 the platform cannot be reached
"""
DONE, NOT_DONE, UNREACHABLE = 0, 1, 3


def add_parser(subparsers: "Subparsers") -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "handover",
        help="give an issue to its platform, as a draft",
        description="Give an issue to the platform that sends it, as a draft; nothing is sent.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("file", metavar="FILE", help="a draft")
    add("--account", metavar="NAME", help="where to (default: the only one that takes drafts)")
    add("--dry-run", action="store_true", help="show what would be done, and ask no link")
    add("--json", action="store_true", help="one JSON object instead of a list")
    add(
        "--on-conflict",
        choices=("ask", "theirs", "copy", "merge"),
        default="ask",
        help="what becomes of edits made at the platform since (default: ask)",
    )
    add(
        "--override",
        nargs=2,
        metavar=("URL", "REASON"),
        action="append",
        default=[],
        help="let a link through that holds the issue; kept in its history; may be given again",
    )
    reputation.add_arguments(parser)
    add("--no-check", action="store_true", help="ask no link: what is known of them must do")


def run(arguments: argparse.Namespace) -> int:
    """Hand over; the exit status tells what came of it."""
    from app.cli.handover_report import Report
    from app.engagement.accounts import AccountError
    from app.engagement.secrets import SecretError
    from app.handover.history import History
    from app.handover.ledger import LedgerError
    from app.handover.model import HandoverError, UnreachableError

    report = Report(arguments.file, as_json=arguments.json)
    try:
        history = History()
        try:
            return _hand_over(arguments, history, report)
        finally:
            history.close()
    except UnreachableError as error:
        return report.failed(str(error), UNREACHABLE)
    except HandoverError as error:
        return report.failed(str(error), NOT_DONE)
    except (AccountError, SecretError, LedgerError) as error:
        raise UsageError(str(error)) from None


def _hand_over(arguments: argparse.Namespace, history: "History", report: "Report") -> int:
    import asyncio

    from app.cli.inputs import read_text
    from app.engagement.accounts import load
    from app.handover.model import Choice
    from app.handover.reported import tell_reports

    if arguments.file == "-":
        raise UsageError("a draft that is handed over is a file: pictures lie beside it")
    account = _account(arguments.account, load())
    draft, text = Path(arguments.file).resolve(), read_text(arguments.file)
    letter = _letter(draft, text, account)
    gate = _gate(arguments, history, draft, text)
    is_held = report.gate(gate, will_check=arguments.dry_run and not arguments.no_check)
    choice = Choice(arguments.on_conflict)
    plan, handed = asyncio.run(
        _carried_out(
            account, history, letter, choice, report, may=not (arguments.dry_run or is_held)
        )
    )
    if handed is not None:
        tell_reports(draft, text, handed)
    return report.done(plan, handed, is_held=is_held)


async def _carried_out(
    account: "Account",
    history: "History",
    letter: "Letter",
    choice: "Choice",
    report: "Report",
    *,
    may: bool,
) -> "tuple[Plan, Handed | None]":
    from app.engagement.secrets import open_secrets
    from app.handover.opening import handover

    key = open_secrets().get(account)
    async with handover(account, key, history) as desk:
        plan = await _planned(desk, letter, choice)
        report.plan(plan)
        if plan.conflict is not None and may and (chosen := report.ask(plan.conflict)):
            plan = await desk.plan(letter, chosen)
            report.plan(plan)
        if not may or plan.conflict is not None:
            return plan, None
        return plan, await desk.carry_out(plan, report.tell)


async def _planned(desk: "Handover", letter: "Letter", choice: "Choice") -> "Plan":
    """The plan; what was chosen for a conflict holds only where there is one."""
    from app.handover.model import Choice, SentMeanwhileError

    try:
        plan = await desk.plan(letter)
    except SentMeanwhileError:
        if choice is not Choice.COPY:
            raise
        return await desk.plan(letter, choice)
    if plan.conflict is None or choice is Choice.ASK:
        return plan
    return await desk.plan(letter, choice)


def _account(name: str | None, accounts: "tuple[Account, ...]") -> "Account":
    from app.engagement.accounts import find
    from app.handover.platforms import takes_drafts

    if name is not None:
        return find(name, accounts)
    taking = [each for each in accounts if takes_drafts(each)]
    if len(taking) != 1:
        names = ", ".join(each.name for each in taking)
        raise UsageError(f"--account is needed: one of {names}" if names else _NO_ACCOUNT)
    return taking[0]


_NO_ACCOUNT = "there is no account that takes drafts yet. Add one:  sendoff accounts add"


def _letter(draft: Path, text: str, account: "Account") -> "Letter":
    from app.handover.letter import letter_of
    from app.handover.model import HandoverError
    from app.handover.platforms import takes_drafts
    from app.publish import PublicationError, publication_for

    if not takes_drafts(account):
        raise UsageError(f"nothing can be handed over to “{account.name}”: it only measures")
    try:
        publication = publication_for(text, draft)
    except PublicationError as error:
        raise HandoverError(str(error)) from None
    return letter_of(draft, text, account.provider, publication)


# The gate ---------------------------------------------------------------------------------------


def _gate(
    arguments: argparse.Namespace, history: "History", draft: Path, text: str
) -> "GateVerdict":
    from app.cli.checking import Store
    from app.handover.gate import BlankReasonError
    from app.handover.gatekeeper import Gatekeeper

    keeper = Gatekeeper(draft, text, history)
    with Store(use_cache=True) as store:
        keeper.hear(store.known(keeper.urls, stale=True), _now(), from_check=False)
    if not (arguments.no_check or arguments.dry_run) and keeper.to_ask(_now()):
        _check(keeper, draft, text, arguments)
    for url, reason in arguments.override:
        held = [each for each in keeper.judge(_now()).held if each.state.url == url]
        if not held:
            print(f"sendoff: {url} holds nothing", file=sys.stderr)
        if arguments.dry_run:
            continue
        for each in held:
            try:
                keeper.override(each, reason, _now())
            except BlankReasonError:
                raise UsageError("--override: say in a few words why the link is good") from None
    return keeper.judge(_now())


def _check(keeper: "Gatekeeper", draft: Path, text: str, arguments: argparse.Namespace) -> None:
    """Look at all links, however well they are known."""
    from app.cli.checked import CheckedFile
    from app.cli.checking import Store, read_and_check
    from app.linkcheck.settings import CheckSettings
    from app.publish.export import issue_of

    filled = issue_of(text, draft.parent).markdown
    asked = CheckedFile(draft.name, filled, allow_private=False)
    services = reputation.open_services(arguments, use_cache=True)
    settings = CheckSettings(trust_placeholders=True)
    with Store(use_cache=False) as store:
        answers = read_and_check([asked], store, settings, services, quiet=arguments.json)
    reputation.tell_wrong_lines(services)
    reputation.tell_problems(services)
    keeper.hear(answers.verdicts, _now())


def _now() -> datetime:
    return datetime.now(UTC)
