"""A draft, or what of it is selected, to the clipboard in all the forms that editors take."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QMimeData, QObject
from PySide6.QtGui import QGuiApplication

from app.ui.editor.jobs import run_in_thread
from app.ui.export.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.publish.export import Rich


def copy_rich(
    source: Source,
    owner: QObject,
    done: "Callable[[str], object]",
    failed: "Callable[[str], object]",
) -> None:
    """Render in a thread, then fill the clipboard; ``done`` or ``failed`` hears it in words."""
    found: list[Rich] = []
    wrong: list[str] = []

    def work() -> None:
        from app.publish import PublicationError, publication_for
        from app.publish.export import rich_of

        try:
            publication = publication_for(source.text, source.path)
            found.append(rich_of(source.text, source.folder, publication, source.selection))
        except PublicationError as error:
            wrong.append(str(error))

    def then() -> None:
        for words in wrong:
            failed(words)
        for rich in found:
            QGuiApplication.clipboard().setMimeData(mime_of(rich))
            done(_said(source))

    run_in_thread(work, then, owner)


def mime_of(rich: "Rich") -> QMimeData:
    """What the clipboard is given."""
    data = QMimeData()
    data.setHtml(rich.html)
    data.setText(rich.text)
    data.setData("text/markdown", rich.markdown.encode())
    return data


def _said(source: Source) -> str:
    translate = QCoreApplication.translate
    if source.selection:
        return translate("Export", "The selection is on the clipboard as rich text.")
    return translate("Export", "The draft is on the clipboard as rich text.")
