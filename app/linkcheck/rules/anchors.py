"""Links to a place in the draft itself: ``#heading``."""

from collections.abc import Collection, Container
from difflib import get_close_matches
from urllib.parse import quote, unquote

from app.linkcheck.verdict import Reason, Verdict

_TEXT_DIRECTIVE = ":~:"


def judge_anchor(fragment: str, anchors: Container[str]) -> Verdict:
    """Whether the draft has the place that ``#fragment`` names.

    Args:
        fragment: what follows the ``#``, as written (percent-encoded or not).
        anchors: the ids of the draft's headings and elements.
    """
    name = fragment.partition(_TEXT_DIRECTIVE)[0]
    if not fragment:
        return Verdict(Reason.EMPTY, detail="“#” alone leads nowhere: put the address in.")
    if not name or name in anchors or unquote(name) in anchors or name.lower() == "top":
        return Verdict(Reason.OK, detail="It leads to a place in this draft.")
    meant = _meant(unquote(name), anchors)
    if meant is None:
        detail = "No heading of this draft has this name. Check the heading, or remove the link."
        return Verdict(Reason.FRAGMENT_MISSING, detail=detail)
    detail = f"No heading of this draft has this name; there is one called “#{meant}”."
    return Verdict(Reason.FRAGMENT_MISSING, detail=detail, suggestion="#" + quote(meant))


def _meant(name: str, anchors: Container[str]) -> str | None:
    """The anchor that a slip of the pen hides, when exactly one comes near."""
    slug = "-".join(name.lower().split())
    if slug in anchors:
        return slug
    if not isinstance(anchors, Collection):
        return None
    close = get_close_matches(slug, [each for each in anchors if isinstance(each, str)], 2, 0.85)
    return close[0] if len(close) == 1 else None
