"""Pasted images, saved beside the draft."""

import re
import shutil
from datetime import datetime
from pathlib import Path

from PySide6.QtGui import QImage

FOLDER = "images"
SUFFIXES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif"}


class ImageError(Exception):
    """An image could not be saved; the message is for the writer."""


def is_image(path: Path) -> bool:
    """Whether a file's name says that it is an image that mail and web show."""
    return path.suffix.lower() in SUFFIXES


def save_image(image: QImage, folder: Path, now: datetime | None = None) -> str:
    """Save as PNG under a name that is not taken; the path relative to the draft's folder.

    Raises:
        ImageError: it cannot be written.
    """
    when = now or datetime.now().astimezone()
    target = _free(_images(folder), f"pasted-{when:%Y-%m-%d-%H%M%S}", ".png")
    if not image.save(str(target)):
        target.unlink(missing_ok=True)
        raise ImageError(f"The image could not be saved to {target.parent}.")
    return f"{FOLDER}/{target.name}"


def copy_image(source: Path, folder: Path) -> str:
    """Copy an image file; the path relative to the draft's folder.

    A file that lies in the draft's folder already is not copied.

    Raises:
        ImageError: it cannot be read or written.
    """
    try:
        inside = source.resolve().relative_to(folder.resolve())
    except ValueError:
        stem = re.sub(r"[^\w.-]+", "-", source.stem).strip("-.") or "image"
        target = _free(_images(folder), stem, source.suffix.lower())
        try:
            shutil.copyfile(source, target)
        except OSError as error:
            target.unlink(missing_ok=True)
            raise ImageError(f"The image could not be copied: {error.strerror}.") from error
        return f"{FOLDER}/{target.name}"
    return inside.as_posix()


def _images(folder: Path) -> Path:
    images = folder / FOLDER
    try:
        images.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImageError(f"There is no folder for images: {error.strerror}.") from error
    return images


def _free(folder: Path, stem: str, suffix: str) -> Path:
    """A new, empty file of this name, numbered where the name is taken."""
    number = 1
    while True:
        path = folder / (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}")
        try:
            path.touch(exist_ok=False)
        except FileExistsError:
            number += 1
        except OSError as error:
            raise ImageError(f"The image could not be saved: {error.strerror}.") from error
        else:
            return path
