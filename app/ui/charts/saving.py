"""Figures out of the window: files by a dialog, written in a thread; pictures to the clipboard."""

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData, QStandardPaths
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from app.ui.editor.jobs import run_in_thread

Told = Callable[[str], object]
"""Takes what happened, in words."""


def save_as(
    parent: QWidget, name: str, suffix: str, kind: str, make: Callable[[], bytes], told: Told
) -> None:
    """Ask where to, then write what ``make`` gives.

    Args:
        parent: The dialog belongs to it.
        name: What the file is called unless the writer says otherwise, without its suffix.
        suffix: Such as ``png``.
        kind: What such files are, in words.
        make: Gives the file's content; called in this thread, since it may paint.
        told: Hears whether it is written.
    """
    dialog = QFileDialog(parent, QCoreApplication.translate("charts", "Save"))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix)
    dialog.setNameFilter(f"{kind} (*.{suffix})")
    dialog.setDirectory(_last.folder or _documents())
    dialog.selectFile(f"{file_name(name)}.{suffix}")

    def save(chosen: str) -> None:
        _last.folder = str(Path(chosen).parent)
        write(parent, Path(chosen), make(), told)

    dialog.fileSelected.connect(save)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


class _Last:
    """Where the last file of this session was saved."""

    folder = ""


_last = _Last()


def _documents() -> str:
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)


def write(owner: QWidget, path: Path, content: bytes, told: Told) -> None:
    """Write a file whole, or leave what was there; in a thread."""
    failed: list[OSError] = []

    def work() -> None:
        beside = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            beside.write_bytes(content)
            beside.replace(path)
        except OSError as error:
            failed.append(error)
            beside.unlink(missing_ok=True)

    def tell() -> None:
        translate = QCoreApplication.translate
        if not failed:
            told(translate("charts", "Saved as “%1”.").replace("%1", path.name))
            return
        words = translate("charts", "“%1” could not be written: %2. Choose another folder.")
        told(words.replace("%1", path.name).replace("%2", failed[0].strerror or str(failed[0])))

    run_in_thread(work, tell, owner)


def copy_picture(image: QImage, svg: bytes) -> None:
    """Put a picture on the clipboard: pixels, and lines for programs that take them."""
    data = QMimeData()
    data.setImageData(image)
    data.setData("image/svg+xml", svg)
    QGuiApplication.clipboard().setMimeData(data)


def copy_table(csv: str) -> None:
    """Put a table on the clipboard, as text that spreadsheets understand."""
    data = QMimeData()
    data.setText(csv)
    data.setData("text/csv", csv.encode())
    QGuiApplication.clipboard().setMimeData(data)


def file_name(title: str) -> str:
    """A title as a file's name, without what file systems refuse."""
    kept = "".join(" " if sign in '<>:"/\\|?*' or ord(sign) < 32 else sign for sign in title)
    return " ".join(kept.split()).strip(". ")[:80] or "figures"
