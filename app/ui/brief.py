"""Text that is only looked at, without what nobody would read: Qt lays all of it out."""

MOST = 1_000
"""Characters of a text that are shown where it has one line, or stands on a card."""


def brief(text: str, most: int = MOST) -> str:
    """The text; of a very long one its start and its end."""
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]} … {text[-half:]}"
