"""What arrives at a platform is what the preview showed: words, links and pictures, in order.

Seen as a reader sees it. Where each platform keeps the title apart, as Ghost does, it stands above.
"""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from app.demo.desk import demo_desk
from app.handover.model import Field
from app.markup import Document
from app.publish import render_preview
from tests.handover.desk import DESKS, DRAFT

_GO = re.compile(r'\{\{ Safe `([^`]*)` \}\}|\{\{ "(\{\{)" \}\}')
_UNSEEN = ("style", "title", "script", "head")
_VOID = ("img", "br", "hr", "meta", "link", "input", "col", "wbr")
NAMES = {
    "buttondown": '{{ subscriber.metadata.first_name | default: "reader" }}',
    "ghost": '{first_name, "reader"}',
    "listmonk": '{{ .Subscriber.FirstName | default "reader" }}',
}
WAYS_OUT = {
    "buttondown": "{{ unsubscribe_url }}",
    "ghost": "{unsubscribe_url}",
    "listmonk": "{{ UnsubscribeURL }}",
}
WITH_ALL = f"""{DRAFT}
Dear {NAMES["buttondown"]}, *two* `words` & < three.

![A cat](cat.png)

- one
- [two](https://example.com/two?a=1&b=2)

> quoted, and ![again](cat.png "with a title")

| a | b |
| --- | --- |
| 1 | [2](https://example.com/b) |

[Out]({WAYS_OUT["buttondown"]})
"""


class Seen(HTMLParser):
    """The words, the links and the names of pictures of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._unseen: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        style = given.get("style", "").replace(" ", "")
        is_hidden = (
            tag in _UNSEEN or "preheader" in given.get("class", "") or "display:none" in style
        )
        if (self._unseen or is_hidden) and tag not in _VOID:
            self._unseen.append(tag)
        if self._unseen:
            return
        if tag == "a" and "href" in given:
            self.found.append(f"-> {unquote(given['href'])}")
        if tag == "img":
            self.found.append(f"[{given.get('alt', '')}] {urlsplit(given['src']).path[-7:]}")

    def handle_endtag(self, tag: str) -> None:
        if self._unseen and tag == self._unseen[-1]:
            self._unseen.pop()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.found += data.split()


def of_buttondown(draft: dict[Field, str]) -> str:
    """Buttondown renders the Markdown."""
    body = draft[Field.BODY].partition("-->")[2]
    return render_preview(Document.from_text(body))


def of_ghost(draft: dict[Field, str]) -> str:
    """Ghost sets the title above the body."""
    body = re.sub(r"%%(\{[^{}]*\})%%", r"\1", draft[Field.BODY])
    return f"<h1>{draft[Field.TITLE]}</h1>{body}"


def of_listmonk(draft: dict[Field, str]) -> str:
    """Go runs the template; `test_go_template` has the real one do it."""
    return _GO.sub(lambda found: found[1] or found[2], draft[Field.BODY])


ARRIVED: dict[str, Callable[[dict[Field, str]], str]] = {
    "buttondown": of_buttondown,
    "ghost": of_ghost,
    "listmonk": of_listmonk,
}


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    with demo_desk(tracked=False) as demo:
        found = {each.stem: each.read_text(encoding="utf-8") for each in demo.drafts.glob("*.md")}
    return {**found, "with all": WITH_ALL}


@pytest.mark.parametrize("provider", sorted(DESKS))
@pytest.mark.parametrize("name", ["issue-10", "issue-11", "issue-12", "with all"])
def test_what_arrives_is_what_the_preview_showed(
    tmp_path: Path, texts: dict[str, str], provider: str, name: str
) -> None:
    text = texts[name]
    with DESKS[provider](tmp_path) as desk:
        desk.text = text
        desk.picture("cat.png")
        desk.hand_over()
        (draft,) = desk.drafts()
        arrived = Seen(ARRIVED[provider](draft)).found
    shown = Seen(render_preview(Document.from_text(_written_for(provider, text)))).found
    assert len(shown) > 30
    assert arrived == shown


def _written_for(provider: str, text: str) -> str:
    """The draft with its tags as the platform writes them."""
    for tags in (NAMES, WAYS_OUT):
        text = text.replace(tags["buttondown"], tags[provider])
    return text
