"""The published table of rules is that of the registry."""

from pathlib import Path

from app.preflight.rule import BlockRule, DraftRule, FrameRule, LinkRule, MailRule, Rule
from app.preflight.rules import RULES

DOCS = Path(__file__).resolve().parents[2] / "docs" / "preflight.md"
LOOKS_AT: dict[type[Rule], str] = {
    BlockRule: "a block",
    LinkRule: "a link",
    FrameRule: "the inbox line",
    DraftRule: "the draft",
    MailRule: "the mail",
}


def row(rule: Rule) -> str:
    return f"| `{rule.id}` | {rule.severity.value} | {LOOKS_AT[type(rule)]} | {rule.about} |"


def test_the_table_is_that_of_the_registry() -> None:
    rows = [
        line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| `")
    ]
    assert rows == [row(rule) for rule in RULES]
