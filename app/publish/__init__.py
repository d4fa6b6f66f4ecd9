"""The email that readers get, made from a parsed draft."""

from app.publish.email import (
    letter_page,
    opening,
    render_email,
    render_preview,
    render_text,
    title_html,
)
from app.publish.letter import Letter, letter_of
from app.publish.segments import NOTES, Patch, PreviewModel, Segment, segments

__all__ = [
    "NOTES",
    "Letter",
    "Patch",
    "PreviewModel",
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
