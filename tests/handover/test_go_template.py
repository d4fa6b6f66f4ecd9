"""What goes to listmonk, run by Go's own html/template: to the byte what was previewed.

Opt-in: set SENDOFF_TEST_GO to a Go tool. The newsletters beside the checkout are used where they
are.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from app.handover.letter import letter_of
from app.handover.model import HandoverError
from app.handover.platforms.listmonk import as_template, text_as_template
from tests.handover.desk import DRAFT

GO = os.environ.get("SENDOFF_TEST_GO", "")
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
TAGS = """

Dear {{ .Subscriber.FirstName | default "you" }}, *|EMAIL|*, [out](*|UNSUB|*), `{{ example }}`

```
<!-- {{ range }} --> `tick` "quote" \\ {{ "a" }}
```
"""
FILLED = (
    ('{{ .Subscriber.FirstName | default "you" }}', "Ann"),
    ("{{ .Subscriber.Email }}", "ann@example.com"),
    ("{{ UnsubscribeURL }}", "https://letter.example/out/1"),
)


@pytest.mark.skipif(not GO, reason="no Go is named to test with")
def test_go_makes_of_it_what_was_previewed(tmp_path: Path) -> None:
    texts = [DRAFT, "Subject: Only words\nTitle: x\n\nA & b < c > d “e”\n"]
    texts += [
        file.read_text(encoding="utf-8", errors="replace")
        for file in sorted(CORPUS.glob("*/*"))
        if file.suffix in (".md", ".html")
    ]
    wanted, bodies = [], []
    for text in texts:
        for whole in (text, text + TAGS):
            try:
                letter = letter_of(tmp_path / "issue.md", whole, "listmonk")
            except HandoverError:
                continue  # one without a subject
            html = as_template(letter.html)
            wanted += [_filled(letter.html), _filled(letter.text)]
            bodies += [html, text_as_template(letter.text, html)]
    assert len(bodies) >= 8
    for mail, want, body in zip(_run(bodies), wanted, bodies, strict=True):
        if "{{" in body:
            assert mail["Error"] == ""
            assert mail["Mail"] == want
        else:  # a plain text without braces is not run at all
            assert body == want


def _filled(text: str) -> str:
    for tag, value in FILLED:
        text = text.replace(tag, value)
    return text


def _run(bodies: list[str]) -> list[dict[str, str]]:
    program = Path(__file__).with_name("go_template.go")
    done = subprocess.run(
        [GO, "run", str(program)],
        input=json.dumps(bodies),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"GOTOOLCHAIN": "local", "GOPROXY": "off"},
    )
    assert done.returncode == 0, done.stderr
    results: list[dict[str, str]] = json.loads(done.stdout)
    return results
