"""The list of ``sendoff preflight`` for a person: by severity, the worst first."""

from collections.abc import Sequence

from app.cli.check_table import painter, terminal_width, wrapped
from app.cli.output import printable
from app.preflight import WEIGHT, Finding, Severity

_MARKS = {
    Severity.BLOCK: ("⬢", "1;35", "Must not be sent"),
    Severity.ERROR: ("▲", "1;31", "To mend"),
    Severity.WARNING: ("△", "33", "To look at"),
    Severity.INFO: ("·", "2", "To know"),
}


def print_findings(name: str, findings: Sequence[Finding]) -> None:
    """Print all findings."""
    paint, columns = painter(), terminal_width()
    count = len(findings)
    print(f"{paint(printable(name), '1')}: {count} finding{'' if count == 1 else 's'}")
    for severity in sorted(Severity, key=lambda each: -WEIGHT[each]):
        group = [each for each in findings if each.severity is severity]
        if not group:
            continue
        mark, code, title = _MARKS[severity]
        print(f"\n  {paint(f'{mark} {title}', code)}")
        for each in group:
            place = f"{each.line + 1}:{each.column + 1}"
            print(f"  {place:>8}  {paint(each.rule, '4')}")
            print(wrapped(printable(each.message), columns))
            if each.fix is not None:
                print(wrapped(f"→ {each.fix.title}", columns))
