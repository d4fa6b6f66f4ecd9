"""Made-up drafts and edits for the property tests, and what two documents must agree on."""

from __future__ import annotations

import random
from collections.abc import Sequence

from app.lines import LineEdit
from app.markup import Document, render_block, render_footnotes

LINES = [
    "",
    "",
    "",
    "# Heading",
    "## Heading",
    "Heading",
    "===",
    "---",
    "> quote [a](http://q.example/)",
    "> > deep [t][a]",
    ">",
    "- item [x](http://i.example/a)",
    "- [ ] task <https://t.example/>",
    "  - nested ![alt](http://img.example/x.png 'T')",
    "    continued text https://bare.example/a_b",
    "1. one [t][b] and [b]",
    "2) two",
    "\ttabbed [x](/y)",
    "    indented code http://no.example",
    "```",
    "~~~ python",
    "[a]: http://a.example/1",
    "[a]: <http://a.example/2> 'title'",
    "[b]: http://b.example/",
    "[b]:",
    "  http://next.example 'ti",
    "tle'",
    "> [c]: http://c.example",
    "text [c] and [t][c] and [u][undefined]",
    "[label]:",
    "*emphasis [a](b)* **strong** ~~gone~~ `code [x](y)`",
    "| a | b |",
    "|---|---|",
    "| [x](u\\|v) | `c` |",
    "<div>",
    "<a href='http://h.example/?a=1&amp;b=2' id=anchor>raw</a> text",
    "</div>",
    "<!-- comment [x](y)",
    "-->",
    "<pre>",
    "</pre>",
    "[x](#heading) [y](#anchor)",
    "note[^1] and[^n] ^[inline [l](http://n.example)]",
    "[^1]: the note [z](http://z.example)",
    "    more of the note",
    "{% include references.md %}",
    "{% if x %}",
    "[t]({{ tag }}) and [t](*|TAG|*)",
    "(text)[http://swapped.example]",
    "[text] (http://apart.example/)",
    "mail me@example.com or www.example.com.",
    '[x](<a b> "t")\\',
    "two spaces  ",
    "---",
    "+++",
    "title: Some title",
    "<!-- buttondown-editor-mode: plaintext -->with [a link](http://m.example)",
    "<html>",
    "日本語（https://j.example/）です 👍🏽",
    "***",
    "{#id}",
    "# With id {#explicit}",
    "\ufeffmarked",
    "\x00nul",
]


RUNS = [
    ["text", "| a | b |", "|---|---|", "| [x](u\\|v) | `c` |"],
    ["[a]: http://a.example/3", "'a title", "of three", "lines'", "more"],
    ["- one", "", "", "  [still](one)", "", "text"],
    ["> quote", "lazy [x](y)", "===", ""],
    ["```", "[x](y)", "", "```"],
]
"""Lines whose meaning lies in their neighbours."""


def random_lines(rng: random.Random, count: int) -> list[str]:
    lines: list[str] = []
    while len(lines) < count:
        lines += rng.choice(RUNS) if rng.random() < 0.1 else [rng.choice(LINES)]
    return lines or [""]


def random_edit(rng: random.Random, lines: Sequence[str]) -> LineEdit:
    first = rng.randrange(len(lines))
    kind = rng.random()
    if kind < 0.4:
        line = lines[first]
        at = rng.randint(0, len(line))
        piece = rng.choice(["a", " ", "[", "]", "(", ")", "`", "*", ">", "-", ":", "", "\t", "#"])
        return LineEdit(
            first, 1, (line[:at] + piece + line[min(len(line), at + rng.randint(0, 2)) :],)
        )
    if kind < 0.6:
        return LineEdit(first, 0, tuple(random_lines(rng, rng.randint(1, 3))))
    removed = rng.randint(1, min(4, len(lines) - first))
    added = tuple(random_lines(rng, rng.randint(0, 3)))
    if removed == len(lines) and not added:
        added = ("",)
    return LineEdit(first, removed, added if rng.random() < 0.9 or removed == len(lines) else ())


def described(document: Document) -> list[object]:
    """Everything of a document that does not depend on how it came to be."""
    description: list[object] = [
        (
            block.kind,
            block.line_count,
            block.links,
            block.definitions,
            block.headings,
            block.ids,
            block.words,
            [list(block.styles(line)) for line in range(block.line_count)],
            render_block(document, index),
        )
        for index, block in enumerate(document.blocks)
    ]
    description += document.links()
    description += document.headings()
    return [
        *description,
        document.front_matter,
        document.words,
        document.index.anchors,
        render_footnotes(document),
    ]
