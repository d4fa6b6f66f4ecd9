"""Puts an archived copy in the place of a dead link, wherever a draft has it."""

from app.linkcheck.verdict import Reason, Verdict
from app.linkrot.sources import page_of
from app.markup import Document
from app.proof import Fix, ProofedLink, fixes


def replacements(document: Document, page: str, copy: str) -> tuple[Fix, ...]:
    """The edits, in the order of the text; none where the draft does not have the page any more.

    Args:
        document: The draft as it is now.
        page: The dead page; links into parts of it (``#…``) lead into the same part of the copy.
        copy: The copy's address.
    """
    found: dict[tuple[int, int], Fix] = {}
    for placed in document.links():
        href = placed.link.href
        if href is None or page_of(href, allow_private=True) != page:
            continue
        _, hash_sign, part = href.partition("#")
        verdict = Verdict(Reason.NOT_FOUND, suggestion=f"{copy}{hash_sign}{part}")
        for fix in fixes(ProofedLink(placed, verdict, href))[-1:]:
            found[fix.start] = fix  # uses by reference share their definition
    return tuple(fix for _, fix in sorted(found.items()))
