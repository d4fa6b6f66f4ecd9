"""The email that readers get, made from a parsed draft."""

from app.publish.email import (
    OPENING_BLOCKS,
    letter_page,
    opening,
    render_email,
    render_preview,
    render_text,
    template_page,
    title_html,
)
from app.publish.habits import (
    Habits,
    HabitsError,
    habits_of,
    keep_habits,
    publication_for,
    publication_with,
)
from app.publish.letter import Letter, letter_of
from app.publish.links import Utm
from app.publish.publication import PLAIN, Publication, PublicationError
from app.publish.segments import NOTES, Filled, Patch, PreviewModel, Rendered, Segment, segments
from app.publish.snippets import SnippetError, fill_snippets, reader_of, uses_snippets
from app.publish.template import (
    EmailTemplate,
    TemplateError,
    copy_built_in,
    parse_template,
    read_template,
    templates_dir,
)

__all__ = [
    "NOTES",
    "OPENING_BLOCKS",
    "PLAIN",
    "EmailTemplate",
    "Filled",
    "Habits",
    "HabitsError",
    "Letter",
    "Patch",
    "PreviewModel",
    "Publication",
    "PublicationError",
    "Rendered",
    "Segment",
    "SnippetError",
    "TemplateError",
    "Utm",
    "copy_built_in",
    "fill_snippets",
    "habits_of",
    "keep_habits",
    "letter_of",
    "letter_page",
    "opening",
    "parse_template",
    "publication_for",
    "publication_with",
    "read_template",
    "reader_of",
    "render_email",
    "render_preview",
    "render_text",
    "segments",
    "template_page",
    "templates_dir",
    "title_html",
    "uses_snippets",
]
