"""The whole email of a few drafts, byte for byte.

Each ``golden/NAME.md`` has its ``NAME.html`` and ``NAME.txt``. After a wanted change:
``pytest tests/publish/test_golden.py --update-golden``, and look at the difference, in the files
and in a browser.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.markup import Document
from app.publish import Publication, Utm, render_email, render_text

FOLDER = Path(__file__).parent / "golden"
PUBLICATION = Publication(base_url="https://example.com/letters/", utm=Utm("letter", campaign="12"))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: str(path.stem))
@pytest.mark.parametrize(("ending", "render"), [(".html", render_email), (".txt", render_text)])
def test_golden(
    path: Path,
    ending: str,
    render: Callable[[Document, Publication], str],
    request: pytest.FixtureRequest,
) -> None:
    made = render(Document.from_text(path.read_text(encoding="utf-8")), PUBLICATION)
    golden = path.with_suffix(ending)
    if request.config.getoption("--update-golden", default=False):
        golden.write_text(made, encoding="utf-8", newline="\n")
    assert made == golden.read_text(encoding="utf-8")
