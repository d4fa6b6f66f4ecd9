"""HTML of a parsed draft, block by block.

Raw HTML is kept as written: who shows or sends the result sanitises it. Every element of the
block phase says with ``data-line`` at which line of its block it begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from html import escape

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from app.markup import mishaps
from app.markup.blocks import Block
from app.markup.document import Document
from app.markup.inlines import alternative_text
from app.markup.parser import parser


class _Renderer(RendererHTML):
    """markdown-it's renderer, for the tokens as this package makes them."""

    def text_special(
        self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType
    ) -> str:
        """An entity or escaped character."""
        return escape(tokens[idx].content)

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """An image; its alternative text is its description without markup."""
        token = tokens[idx]
        token.attrs["alt"] = alternative_text(token.children or [])
        return self.renderToken(tokens, idx, options, env)

    def definition(
        self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType
    ) -> str:
        """Nothing: a definition shows only where it is used."""
        return ""

    def template_line(
        self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType
    ) -> str:
        """Nothing: the platform removes such lines."""
        return ""

    def footnote_ref(
        self, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType
    ) -> str:
        """The raised number that leads to the footnote."""
        number, use = env["numbers"].get(id(tokens[idx]), (0, 0))
        return (
            f'<sup class="footnote-ref"><a href="#fn{number}" id="{_use_id(number, use)}">'
            f"{number}</a></sup>"
        )


@cache
def _renderer() -> _Renderer:
    return _Renderer(parser())


def render_block(document: Document, index: int) -> str:
    """The HTML of one top-level block; footnotes are left to `render_footnotes`."""
    block = document.blocks[index]
    if block.provisional:
        return _as_it_is(block)
    try:
        return _rendered(document, block)
    except Exception as error:  # noqa: BLE001 - of whatever kind, the text must stay
        mishaps.note(error, "Rendering a block")
        return _as_it_is(block)


def _as_it_is(block: Block) -> str:
    return f"<p>{escape(chr(10).join(block.lines))}</p>\n"


def _rendered(document: Document, block: Block) -> str:
    _mark_lines(block)
    for token, slug in zip(
        (token for token in block.tokens if token.type == "heading_open"),
        document.index.slugs(block),
        strict=True,
    ):
        token.attrs["id"] = slug
    return _render(list(_without_footnotes(block.tokens)), _numbers(document, block))


def _mark_lines(block: Block) -> None:
    for token in block.tokens:
        if token.map and token.nesting >= 0 and token.type != "inline":
            token.attrs["data-line"] = token.map[0]


def _numbers(document: Document, block: Block) -> dict[int, tuple[int, int]]:
    numbers = document.index.numbers(block)
    return {id(token): number for token, number in zip(block.notes, numbers, strict=True)}


def _render(tokens: Sequence[Token], numbers: dict[int, tuple[int, int]]) -> str:
    return _renderer().render(tokens, parser().options, {"numbers": numbers})


def _use_id(number: int, use: int) -> str:
    return f"fnref{number}" if use == 1 else f"fnref{number}-{use}"


def _without_footnotes(tokens: Sequence[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        if token.type == "footnote_reference_open":
            depth += 1
        elif token.type == "footnote_reference_close":
            depth -= 1
        elif not depth:
            yield token


def render_footnotes(document: Document) -> str:
    """The footnotes that the draft uses, as a section to put after the last block; or nothing."""
    items = []
    for number, (block, token, uses) in enumerate(document.index.used_notes(), 1):
        try:
            body = _footnote(document, block, token)
        except Exception as error:  # noqa: BLE001 - of whatever kind, the text must stay
            mishaps.note(error, "Rendering a footnote")
            body = _as_it_is(document.index.note_block(token.meta.get("label", "")) or block)
        back = " ".join(
            f'<a href="#{_use_id(number, use)}" class="footnote-backref">\u21a9\ufe0e</a>'
            for use in range(1, uses + 1)
        )
        paragraph, end = ("", " ") if body.endswith("</p>\n") else ("<p>", "")
        body = f"{body.removesuffix('</p>' + chr(10))}{paragraph}{end}{back}</p>\n"
        items.append(f'<li id="fn{number}" class="footnote-item">{body}</li>\n')
    if not items:
        return ""
    return f'<section class="footnotes">\n<hr>\n<ol>\n{"".join(items)}</ol>\n</section>\n'


def _footnote(document: Document, block: Block, token: Token) -> str:
    """The text of a footnote, given the block and token of its first use."""
    if "label" not in token.meta:
        env = {"numbers": _numbers(document, block)}
        inner = _renderer().renderInline(token.children or [], parser().options, env)
        return f"<p>{inner}</p>\n"
    home = document.index.note_block(token.meta["label"])
    if home is None:  # pragma: no cover - a reference is one only where a footnote exists
        return ""
    return _render(_note_tokens(home, token.meta["label"]), _numbers(document, home))


def _note_tokens(block: Block, label: str) -> list[Token]:
    """The content of the first footnote of that label in a block."""
    start = next(
        index
        for index, token in enumerate(block.tokens)
        if token.type == "footnote_reference_open" and token.meta["label"] == label
    )
    depth = 0
    for index in range(start, len(block.tokens)):
        if block.tokens[index].type == "footnote_reference_open":
            depth += 1
        elif block.tokens[index].type == "footnote_reference_close":
            depth -= 1
            if not depth:
                inner = block.tokens[start + 1 : index]
                return list(_without_footnotes(inner))
    return []  # pragma: no cover - every footnote that opens is closed
