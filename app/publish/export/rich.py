"""A draft, or a part of it, for other programs' editors: simple HTML, plain text and Markdown."""

from dataclasses import dataclass
from pathlib import Path

from app.markup import Document
from app.paths import resources_dir
from app.publish.email import body_html, render_text
from app.publish.export.issue import issue_of
from app.publish.export.local import embedded
from app.publish.inline import inline_fragment
from app.publish.merge_tags import restore
from app.publish.publication import PLAIN, Publication
from app.publish.tags import Tag, rewrite, start_tag

_KEPT_KINDS = frozenset(("definition", "footnote"))


@dataclass(frozen=True, slots=True)
class Rich:
    """What goes to the clipboard.

    Attributes:
        html: A fragment without a head, its styles in attributes; no colours or fonts but those of
            quotes, code and tables, so that it looks as what is around it.
        text: The same as plain text.
        markdown: As it is written, with its snippets filled in.
    """

    html: str
    text: str
    markdown: str


def rich_of(
    text: str, folder: Path | None, publication: Publication = PLAIN, selection: str = ""
) -> Rich:
    """A draft's body, or what of it is selected.

    Reference links and footnotes of a selection work, wherever in the draft they are defined.

    Raises:
        SnippetError: a snippet is missing.
    """
    markdown = issue_of(selection or text, folder).markdown
    document = Document.from_text(_with_definitions(markdown, text) if selection else markdown)
    html = inline_fragment(restore(body_html(document, publication)), _sheet())
    plain = render_text(document, Publication(publication.base_url, publication.utm))
    return Rich(embedded(rewrite(html, _bare), folder), plain, markdown)


def _with_definitions(selection: str, text: str) -> str:
    """The selection with what else of the draft defines its references."""
    document = Document.from_text(text)
    taken = set(selection.split("\n"))
    parts = [selection]
    for index, block in enumerate(document.blocks):
        if block.kind in _KEPT_KINDS:
            first = document.first_line(index)
            lines = document.lines[first : first + block.line_count]
            if not taken.issuperset(line for line in lines if line):
                parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _bare(tag: Tag) -> str:
    """Without classes, which mean nothing elsewhere."""
    if "class" not in tag.attributes:
        return tag.source
    return start_tag(tag.name, {k: v for k, v in tag.attributes.items() if k != "class"})


def _sheet() -> str:
    return (resources_dir() / "email" / "rich.css").read_text(encoding="utf-8")
