"""The pictures that lie beside a draft."""

import mimetypes
import stat
from pathlib import Path

LARGEST_IMAGE = 40_000_000
"""Bytes; a larger picture is not shown (and no newsletter should have it)."""

_IMAGES = frozenset(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"])


def find_image(folder: Path | None, path: str) -> tuple[str, Path] | None:
    """Type and place of a picture inside the draft's folder; None for anything else.

    Args:
        folder: The folder that the draft lies in; None before it is saved.
        path: The decoded path of the URL, taken from the folder.
    """
    kind = mimetypes.guess_type(path)[0]
    if folder is None or kind not in _IMAGES or "\0" in path:
        return None
    try:
        root = folder.resolve()
        file = (root / path.lstrip("/")).resolve()
        if not file.is_relative_to(root):
            return None
        known = file.stat()
        if not stat.S_ISREG(known.st_mode) or known.st_size > LARGEST_IMAGE:
            return None  # a pipe would be waited for
    except (OSError, ValueError, RuntimeError):  # RuntimeError: links in a circle, in Python 3.11
        return None
    return kind, file


def read_image(folder: Path | None, path: str) -> tuple[str, bytes] | None:
    """Type and bytes of what `find_image` finds."""
    found = find_image(folder, path)
    if found is None:
        return None
    kind, file = found
    try:
        return kind, file.read_bytes()
    except OSError:
        return None  # a picture that is not there is shown as one, by the page
