"""What the clipboard holds, as a change of the draft."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData
from PySide6.QtGui import QImage

from app.lines import split_lines

from . import formatting, images
from .places import Selection, TextEdit, caret_at, end_of

_FROM_CODE_EDITOR = ("vscode-editor-data", "application/x-qt-source", "x-special/code")
_RICH = re.compile(
    r"<(a\s[^>]*href|b|strong|i|em|h[1-6]|li|img|table|blockquote|pre|code|s|del)\b"
    r"|font-weight:\s*(bold|[6-9]00)|font-style:\s*italic",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Pasted:
    """The change to make, if any, and what to tell the writer when something went wrong."""

    edit: TextEdit | None
    trouble: str = ""


def paste(
    source: QMimeData, lines: Sequence[str], selection: Selection, folder: str, *, plain: bool
) -> Pasted:
    """The change that pasting makes.

    ``folder`` is where the draft lies ("" while it lies nowhere); ``plain`` asks for text as it is.
    """
    text = "\n".join(split_lines(source.text()))
    if plain:
        return Pasted(_insert(selection, text) if text else None)
    files = [Path(url.toLocalFile()) for url in source.urls() if url.isLocalFile()]
    if files and all(images.is_image(path) for path in files):
        return _paste_files(files, selection, folder)
    if source.hasImage() and not text.strip():
        return _paste_image(source.imageData(), lines, selection, folder)
    if text and formatting.is_url(text):
        return Pasted(_paste_url(text.strip(), lines, selection))
    if source.hasHtml() and _is_rich(source):
        from .html_to_markdown import to_markdown

        return Pasted(_insert(selection, to_markdown(source.html()) or text))
    return Pasted(_insert(selection, text) if text else None)


def _is_rich(source: QMimeData) -> bool:
    """Whether the HTML says more than the plain text, and is not a code editor's colours."""
    if any(source.hasFormat(name) for name in _FROM_CODE_EDITOR):
        return False
    return _RICH.search(source.html()) is not None


def _paste_url(url: str, lines: Sequence[str], selection: Selection) -> TextEdit:
    """Over a selection of words a URL makes a link; anywhere else it is just text."""
    text = formatting.text_between(lines, selection.start, selection.end)
    wanted = text.strip() and "\n\n" not in text and not formatting.is_url(text)
    before = lines[selection.start[0]][: selection.start[1]]
    if not wanted or before.endswith(("](", "<", "]: ", 'href="', 'src="')):
        return _insert(selection, url)
    return formatting.link(lines, selection, url)


def _paste_image(data: object, lines: Sequence[str], selection: Selection, folder: str) -> Pasted:
    if not isinstance(data, QImage) or data.isNull():
        return Pasted(None, _tr("The clipboard's image cannot be read."))
    if not folder:
        return Pasted(None, _no_folder())
    try:
        path = images.save_image(data, Path(folder))
    except images.ImageError as error:
        return Pasted(None, str(error))
    alt = formatting.text_between(lines, selection.start, selection.end)
    return Pasted(_image_edit(selection, [path], alt.replace("\n", " ")))


def _paste_files(files: Sequence[Path], selection: Selection, folder: str) -> Pasted:
    if not folder:
        return Pasted(None, _no_folder())
    try:
        paths = [images.copy_image(path, Path(folder)) for path in files]
    except images.ImageError as error:
        return Pasted(None, str(error))
    return Pasted(_image_edit(selection, paths, ""))


def _image_edit(selection: Selection, paths: Sequence[str], alt: str) -> TextEdit:
    """The images' Markdown, with the caret where the first one's description goes."""
    text = "\n\n".join(f"![{alt}]({formatting.destination(path)})" for path in paths)
    start = selection.start
    return TextEdit(start, selection.end, text, caret_at((start[0], start[1] + 2 + len(alt))))


def _insert(selection: Selection, text: str) -> TextEdit:
    start = selection.start
    return TextEdit(start, selection.end, text, caret_at(end_of(start, text)))


def _no_folder() -> str:
    return _tr("Save the draft first: its images are kept beside it.")


def _tr(text: str) -> str:
    return QCoreApplication.translate("DraftEditor", text)
