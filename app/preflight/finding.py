"""What pre-flight has to say: a finding with its place, its weight and, where safe, its repair."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.markup import Span
from app.proof import Fix


class Severity(StrEnum):
    """How much a finding matters; the values are those of ``sendoff preflight --json``."""

    INFO = "info"
    """Worth a look; most issues are sent with some."""
    WARNING = "warning"
    """Readers will probably stumble over it."""
    ERROR = "error"
    """A mistake that readers will see."""
    BLOCK = "block"
    """The issue must not be sent with it."""


WEIGHT: dict[Severity, int] = {severity: at for at, severity in enumerate(Severity)}
"""Order in which findings are listed: the highest first."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Put ``replacement`` in the place of ``span``; ``title`` says what that does."""

    title: str
    span: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What a rule says, in lines of the block that it looked at (of the draft: frame and mail).

    Attributes:
        span: What it is about.
        message: One plain sentence or two, for the writer.
        severity: Where it differs from the rule's own.
        repair: The edit that would mend it, where one cannot do harm.
        clients: Names of the mail programs it is about; none: all of them.
    """

    span: Span
    message: str
    severity: Severity | None = None
    repair: Repair | None = None
    clients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A remark at its place in the draft: lines from 0, columns in code points, ends exclusive."""

    rule: str
    severity: Severity
    message: str
    line: int
    column: int
    end_line: int
    end_column: int
    clients: tuple[str, ...] = ()
    fix: Fix | None = None


def placed(rule: str, usual: Severity, remark: Remark, first_line: int) -> Finding:
    """A rule's remark as a finding in a block that begins on ``first_line``."""
    span, repair = remark.span, remark.repair
    fix = None
    if repair is not None:
        at = repair.span
        start, end = (first_line + at.line, at.column), (first_line + at.end_line, at.end_column)
        fix = Fix(repair.title, start, end, repair.replacement)
    return Finding(
        rule,
        remark.severity or usual,
        remark.message,
        first_line + span.line,
        span.column,
        first_line + span.end_line,
        span.end_column,
        remark.clients,
        fix,
    )


def finding_object(finding: Finding, starts: Sequence[int]) -> dict[str, object]:
    """The published JSON object of a finding.

    Args:
        finding: The finding.
        starts: The offset in code points at which each line of the stored text begins.
    """
    fix = finding.fix
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "start": starts[finding.line] + finding.column,
        "end": starts[finding.end_line] + finding.end_column,
        "line": finding.line + 1,
        "column": finding.column + 1,
        "clients": list(finding.clients),
        "fix": fix
        and {
            "title": fix.title,
            "start": starts[fix.start[0]] + fix.start[1],
            "end": starts[fix.end[0]] + fix.end[1],
            "replacement": fix.replacement,
        },
    }
