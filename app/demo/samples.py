"""The sample drafts, as issues that were sent."""

from pathlib import Path

from app.markup import Document


def samples(drafts: Path) -> list[tuple[str, str]]:
    """Subject and text of each draft in a folder, in the order of their names."""
    texts = [file.read_text(encoding="utf-8") for file in sorted(drafts.glob("*.md"))]
    return [(_subject(text), text) for text in texts]


def _subject(text: str) -> str:
    front = Document.from_text(text).front_matter
    return "" if front is None else front.fields.get("subject", "")
