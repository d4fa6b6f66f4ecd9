"""Really sent newsletters: the same links as the reference parser, or a difference with a name."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from app.markup import Document, Link, LinkKind, Mistake
from tests.markup.corpus import CORPUS, issues, needs_corpus, text_of

E_MAIL = "a bare e-mail address is a link in GFM; the reference was run without that rule"
PROTOCOL_RELATIVE = "a bare //host is no link in GFM, which links http(s)://, www. and addresses"
TRAILING_UNDERSCORE = "GFM leaves an underscore at the end of a bare URL out of it"

DIFFERENCES: dict[str, tuple[str, set[str], set[str]]] = {
    # name: (reason, only here, only in the reference)
    "ipfs/published__005-2016-Feb-1.md": (PROTOCOL_RELATIVE, set(), {"//github.com/ipfs/weekly"}),
    "ipfs/published__104-2020-sep-08.md": (
        E_MAIL,
        {"mailto:ipfs-to-filecoin-testnet@protocol.ai"},
        set(),
    ),
    "ipfs/published__109-2020-oct-13.md": (
        TRAILING_UNDERSCORE,
        {"https://medium.com/moxystudio/kickoff-your-application-with-js-libp2p-68221baaf38c"},
        {"https://medium.com/moxystudio/kickoff-your-application-with-js-libp2p-68221baaf38c_"},
    ),
    "lwkd/_posts__2020-07-05-update.md": (E_MAIL, {"mailto:calendar@kubernetes.io"}, set()),
    "radio-t/hugo__content__posts__podcast-510.md": (E_MAIL, {"mailto:gray@radio-t.com"}, set()),
}

IMAGES = (LinkKind.IMAGE, LinkKind.HTML_IMAGE)


def links_of(name: str) -> list[Link]:
    """What a reader can follow or load."""
    return [
        placed.link
        for placed in Document.from_text(text_of(name)).links()
        if placed.link.kind not in (LinkKind.DEFINITION, LinkKind.MISTAKE)
        and placed.link.href is not None
    ]


@needs_corpus
@pytest.mark.parametrize("name", issues())
def test_the_links_of_a_newsletter_are_those_of_the_reference(name: str) -> None:
    expected = json.loads((CORPUS / "hrefs.json").read_text(encoding="utf-8"))[name]
    links = links_of(name)
    hrefs = Counter(link.href for link in links if link.kind not in IMAGES)
    reference = Counter(expected["href"])
    _, only_here, only_there = DIFFERENCES.get(name, ("", set(), set()))
    assert set(hrefs - reference) == only_here
    assert set(reference - hrefs) == only_there
    assert Counter(link.href for link in links if link.kind in IMAGES) == Counter(expected["image"])


@needs_corpus
def test_mistakes_that_were_really_sent_are_found() -> None:
    found = {
        (name.split("/")[0], placed.link.mistake, placed.line + 1)
        for name in issues()
        for placed in Document.from_text(text_of(name)).links()
        if placed.link.kind is LinkKind.MISTAKE
    }
    assert found == {
        ("twir", Mistake.DEFINITION_EMPTY, 237),
        ("twir", Mistake.BRACKET_MISTAKE, 249),
        ("twir", Mistake.BRACKET_MISTAKE, 339),
        ("ipfs", Mistake.BRACKET_MISTAKE, 26),
        ("ipfs", Mistake.BRACKET_MISTAKE, 239),
        ("lwkd", Mistake.BRACKET_MISTAKE, 34),
        ("radio-t", Mistake.MALFORMED, 16),
    }
