"""Issues that were really sent: pre-flight must not cry wolf over them."""

from collections import Counter
from pathlib import Path

import pytest

from app.markup import Document
from app.preflight import WEIGHT, Preflight, Setting, Severity, take
from app.preflight.rules import RULES
from app.proof import Proof
from app.publish import render_email
from tests.preflight.support import TODAY

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real newsletters is not here")
def test_a_rule_that_fires_on_a_quarter_of_sent_issues_is_no_more_than_a_hint() -> None:
    issues: Counter[str] = Counter()
    paths = [path for path in sorted(CORPUS.glob("*/*")) if path.is_file()]
    for path in paths:
        text = path.read_text(encoding="utf-8")
        document = Document.from_text(text)
        setting = Setting(today=TODAY, folder=path.parent)
        snapshot = take(document, Proof(document))
        found = Preflight(setting).run(snapshot, render_email(document))
        lines = text.split("\n")
        for each in found:
            assert 0 <= each.line <= each.end_line < len(lines)
        issues.update({each.rule for each in found})
    usual = {rule.id: rule.severity for rule in RULES}
    loud = {
        rule
        for rule, count in issues.items()
        if count > len(paths) / 4 and WEIGHT[usual[rule]] >= WEIGHT[Severity.WARNING]
    }
    assert loud == set()
