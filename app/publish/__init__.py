"""The email that readers get, made from a parsed draft."""

from app.publish.email import (
    OPENING_BLOCKS,
    letter_page,
    opening,
    render_email,
    render_preview,
    render_text,
    title_html,
)
from app.publish.letter import Letter, letter_of
from app.publish.segments import NOTES, Patch, PreviewModel, Rendered, Segment, segments

__all__ = [
    "NOTES",
    "OPENING_BLOCKS",
    "Letter",
    "Patch",
    "PreviewModel",
    "Rendered",
    "Segment",
    "letter_of",
    "letter_page",
    "opening",
    "render_email",
    "render_preview",
    "render_text",
    "segments",
    "title_html",
]
