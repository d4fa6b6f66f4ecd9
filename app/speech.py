"""Words in the writer's language. Rules write English; the window that shows them
lends its translator, as gettext does.
"""

from collections.abc import Callable


class _Language:
    """One per process, as the window's language is."""

    translate: Callable[[str], str] = staticmethod(str)


def translate_with(translate: Callable[[str], str]) -> None:
    """Let ``say`` look texts up with this."""
    _Language.translate = staticmethod(translate)


def say(text: str, /, **values: object) -> str:
    """The text in the writer's language, with ``{names}`` filled in."""
    translated = _Language.translate(text)
    return translated.format(**values) if values else translated


def mark(text: str) -> str:
    """Marks a text of a table for translation; ``say`` looks it up when it is shown."""
    return text
