"""From a draft to the letter that leaves: words, links and pictures as they were previewed."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path

from app.handover import images
from app.handover.model import HandoverError, Letter, Picture
from app.handover.tags import line_translated, translated
from app.handover.text import Edit, edited
from app.markup import Document, LinkKind
from app.markup.model import PlacedLink
from app.preflight import Platform
from app.publish import PLAIN, Publication, SnippetError
from app.publish.email import body_html
from app.publish.export.issue import Issue, issue_of
from app.publish.letter import CANONICAL_KEYS
from app.publish.links import absolute, unsubscribes, with_utm
from app.publish.merge_tags import restore

_SLUG_KEYS = ("slug",)
_COVER_KEYS = ("cover", "image", "feature_image", "cover_image")
_EDITOR_MODE = re.compile(r"\A\ufeff?\s*<!--\s*buttondown-editor-mode:[^\n]*?-->")
_FIRST_HEADING = re.compile(r"\A\s*<h1\b[^>]*>(.*?)</h1>\s*", re.DOTALL)
_MARKUP = re.compile(r"<[^<>]*>")
_REWRITTEN = frozenset((LinkKind.INLINE, LinkKind.REFERENCE, LinkKind.HTML))
_AS_WRITTEN = frozenset((LinkKind.AUTOLINK, LinkKind.BARE))


def letter_of(draft: Path, text: str, provider: str, publication: Publication = PLAIN) -> Letter:
    """The letter that a draft makes for a platform.

    Args:
        draft: The draft's file; snippets and pictures lie beside it.
        text: What is in it.
        provider: The platform, as an account names it.
        publication: How the publication's letters are made.

    Raises:
        HandoverError: a snippet or a picture is missing, or the platform does not know a tag.
    """
    platform = Platform(provider)
    folder = draft.resolve().parent
    try:
        filled = issue_of(text, folder).markdown
    except SnippetError as error:
        raise HandoverError(str(error)) from None
    put = images.placed(translated(filled, platform), folder, base_url=publication.base_url)
    issue = Issue(put.text, folder, publication)
    if not issue.letter.subject.strip():
        raise HandoverError(
            "The issue has no subject: give it one in the front matter, or a title."
        )
    fields: Mapping[str, str] = (
        issue.document.front_matter.fields if issue.document.front_matter else {}
    )
    cover, pictures = _cover(_first(fields, _COVER_KEYS), folder, put.pictures, publication)
    title, fragment = _fragment(issue)
    return Letter(
        draft=draft,
        subject=line_translated(issue.letter.subject, platform),
        preview=line_translated(issue.letter.preheader, platform),
        title=title,
        markdown=_markdown(issue.document, publication),
        html=issue.html,
        fragment=fragment,
        text=issue.text,
        slug=_first(fields, _SLUG_KEYS),
        canonical_url=_first(fields, CANONICAL_KEYS),
        cover=cover,
        pictures=pictures,
    )


def _first(fields: Mapping[str, str], keys: tuple[str, ...]) -> str:
    return next((fields[key].strip() for key in keys if fields.get(key, "").strip()), "")


def _cover(
    written: str, folder: Path, pictures: tuple[Picture, ...], publication: Publication
) -> tuple[str, tuple[Picture, ...]]:
    """The cover's address, or its place, with the pictures that are to be put online."""
    path = images.local_path(written)
    if not path:
        return written, pictures
    cover = images.taken(folder, path, 1, may_be_elsewhere=bool(publication.base_url))
    if cover is None:
        return absolute(written, publication.base_url), pictures
    same = next((each for each in pictures if each.digest == cover.digest), None)
    return (same or cover).place, pictures if same else (*pictures, cover)


def _fragment(issue: Issue) -> tuple[str, str]:
    """The title, and the body without it: platforms set it above the body themselves."""
    body = restore(body_html(issue.document, issue.publication))
    heading = _FIRST_HEADING.match(body)
    if heading is None:
        return issue.letter.subject, body
    title = " ".join(unescape(_MARKUP.sub("", heading[1])).split())
    return title or issue.letter.subject, body[heading.end() :]


def _markdown(document: Document, publication: Publication) -> str:
    """The body in Markdown, its links as those of the HTML are."""
    matter = document.front_matter
    first = matter.line_count if matter else 0
    source = edited("\n".join(document.lines), set(_link_edits(document, publication)))
    body = "\n".join(source.split("\n")[first:])
    return _EDITOR_MODE.sub("", body).lstrip("\ufeff").strip("\n")


def _link_edits(document: Document, publication: Publication) -> Iterator[Edit]:
    """Addresses made absolute, and with what tells the websites where a visitor is from."""
    if not publication.base_url and publication.utm is None:
        return
    for each in document.links():
        new = _address(each, publication)
        if new is None:
            continue
        at = each.definition or each
        written = new.replace("(", "%28").replace(")", "%29")
        if each.link.kind in _AS_WRITTEN:
            whole = each.link.whole
            start = each.line - each.link.span.line
            yield Edit(
                start + whole.line, whole.column, start + whole.end_line, whole.end_column,
                f"[{each.link.text}]({written})",
            )  # fmt: skip
        else:
            yield Edit(at.line, at.column, at.end_line, at.end_column, written)


def _address(each: PlacedLink, publication: Publication) -> str | None:
    """What a link's address becomes; None where it stays."""
    link = each.link
    if not link.href or link.mistake is not None:
        return None
    is_picture = link.kind in (LinkKind.IMAGE, LinkKind.HTML_IMAGE)
    if not is_picture and link.kind not in _REWRITTEN | _AS_WRITTEN:
        return None
    if link.kind in _AS_WRITTEN and not link.href.startswith(("http://", "https://")):
        return None
    new = absolute(link.href, publication.base_url)
    if publication.utm and not is_picture and not unsubscribes(link.text):
        new = with_utm(new, publication.utm)
    return None if new == link.href else new
