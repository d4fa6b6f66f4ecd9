"""Pre-flight: what readers would stumble over, found while it can still be mended."""

from app.preflight.engine import Preflight, in_order, worst
from app.preflight.finding import WEIGHT, Finding, Severity, finding_object
from app.preflight.rule import Platform, Setting
from app.preflight.snapshot import Snapshot, take, taking

__all__ = [
    "WEIGHT",
    "Finding",
    "Platform",
    "Preflight",
    "Setting",
    "Severity",
    "Snapshot",
    "finding_object",
    "in_order",
    "take",
    "taking",
    "worst",
]
