"""Edits that would mend a link, where there is one that cannot do harm."""

from dataclasses import dataclass

from app.linkcheck.verdict import Note, Reason
from app.markup import LinkKind
from app.proof.proof import ProofedLink
from app.speech import say

Place = tuple[int, int]
"""Line and column, both 0-based; the column in code points."""


@dataclass(frozen=True, slots=True)
class Fix:
    """Put ``replacement`` in the place of ``start`` to ``end``; ``title`` says what that does."""

    title: str
    start: Place
    end: Place
    replacement: str


def fixes(proofed: ProofedLink) -> tuple[Fix, ...]:
    """What the writer can be offered for this link, the best first."""
    found = []
    rewritten = _rewritten(proofed)
    if rewritten is not None:
        found.append(rewritten)
    suggested = _suggested(proofed)
    if suggested is not None:
        found.append(suggested)
    return tuple(found)


def _rewritten(proofed: ProofedLink) -> Fix | None:
    """The repair of a mistyped construct, as the parser knows it."""
    replacement = proofed.link.fix
    if replacement is None:
        return None
    whole = proofed.link.whole
    block = proofed.placed.line - proofed.link.span.line
    start = (block + whole.line, whole.column)
    end = (block + whole.end_line, whole.end_column)
    return Fix(say("Write it as a link"), start, end, replacement)


def _suggested(proofed: ProofedLink) -> Fix | None:
    """The URL that the check suggests, put where the destination stands."""
    suggestion = proofed.verdict.suggestion
    if suggestion is None:
        return None
    placed = proofed.placed
    start, end = (placed.line, placed.column), (placed.end_line, placed.end_column)
    if proofed.link.kind is LinkKind.REFERENCE or placed.definition is not None:
        if placed.definition is None:
            return None
        where = placed.definition
        start, end = (where.line, where.column), (where.end_line, where.end_column)
    return Fix(_title(proofed), start, end, _escaped(suggestion, proofed.link.kind))


def _title(proofed: ProofedLink) -> str:
    reason, notes = proofed.verdict.reason, proofed.verdict.notes
    if reason in (Reason.SCHEME_MISSING, Reason.PROTOCOL_RELATIVE):
        return say("Add https://")
    if reason is Reason.SCHEME_DOUBLED:
        return say("Remove the doubled scheme")
    if reason is Reason.SCHEME_UNKNOWN:
        return say("Correct the scheme")
    if Note.MOVED_PERMANENTLY in notes:
        return say("Use the new address")
    if Note.HTTPS_AVAILABLE in notes:
        return say("Use https")
    return say("Use the suggested address")


def _escaped(url: str, kind: LinkKind) -> str:
    """The URL as it may stand in the draft without ending its construct early."""
    if kind in (LinkKind.HTML, LinkKind.HTML_IMAGE):
        return url.replace("&", "&amp;").replace('"', "%22").replace("'", "%27")
    url = url.replace(" ", "%20").replace("<", "%3C").replace(">", "%3E")
    if url.count("(") != url.count(")"):
        url = url.replace("(", "%28").replace(")", "%29")
    return url
