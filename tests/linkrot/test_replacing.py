"""A copy takes the place of a dead link in each way to write one."""

import pytest

from app.linkrot.replacing import replacements
from app.markup import Document

PAGE = "https://site.net/ferry"
COPY = "https://web.archive.org/web/20260101000000/https://site.net/ferry"


def replaced(text: str) -> str:
    lines = text.split("\n")
    for fix in reversed(replacements(Document(lines), PAGE, COPY)):
        assert fix.start[0] == fix.end[0]
        line = lines[fix.start[0]]
        lines[fix.start[0]] = line[: fix.start[1]] + fix.replacement + line[fix.end[1] :]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        "A [link](URL) and [its map](URL#map).",
        "A <URL> and bare URL here.",
        "[one][f] and [two][f].\n\n[f]: URL",
        '<a href="URL">x</a> ![picture](URL "title")',
        "- [x](<URL>)\n- [other](https://site.net/other)",
    ],
)
def test_every_use_is_replaced_and_nothing_else(text: str) -> None:
    assert replaced(text.replace("URL", PAGE)) == text.replace("URL", COPY)


def test_what_is_no_more_there_is_left_alone() -> None:
    assert replacements(Document(["No link, but `https://site.net/ferry`."]), PAGE, COPY) == ()
