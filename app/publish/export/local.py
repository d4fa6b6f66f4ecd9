"""The pictures beside a draft, taken along: parts of a message, or ``data:`` within the HTML."""

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from app.markup.template import has_tag
from app.pictures import find_image, read_image
from app.publish.eml import Picture
from app.publish.tags import Tag, rewrite, start_tag

MOST_ATTACHED = 20_000_000
"""Bytes of pictures that a message takes along: mail servers refuse much more than that."""
MOST_EMBEDDED = 2_000_000
"""Bytes of pictures that go to the clipboard within the HTML."""


def attached(html: str, folder: Path | None) -> tuple[str, tuple[Picture, ...]]:
    """HTML that names the pictures beside the draft by Content-ID (RFC 2392), and those pictures.

    A picture that is not there, or one too many, stays as it is written.
    """
    found: dict[str, Picture] = {}
    left = MOST_ATTACHED

    def address(path: str) -> str | None:
        nonlocal left
        picture = found.get(path)
        if picture is None:
            read = _read(folder, path, left)
            if read is None:
                return None
            kind, data = read
            left -= len(data)
            name = Path(path).name
            picture = Picture(f"picture-{len(found) + 1}@sendoff", name, kind, data)
            found[path] = picture
        return f"cid:{picture.id}"

    return _with_addresses(html, address), tuple(found.values())


def embedded(html: str, folder: Path | None) -> str:
    """HTML with the pictures beside the draft within it (RFC 2397)."""
    left = MOST_EMBEDDED

    def address(path: str) -> str | None:
        nonlocal left
        read = _read(folder, path, left)
        if read is None:
            return None
        kind, data = read
        left -= len(data)
        return f"data:{kind};base64,{b64encode(data).decode()}"

    return _with_addresses(html, address)


def beside(html: str, folder: Path | None) -> int:
    """How many pictures of the HTML are only beside the draft, where no reader sees them."""
    found: set[str] = set()

    def note(path: str) -> None:
        if find_image(folder, path) is not None:
            found.add(path)

    _with_addresses(html, note)
    return len(found)


def _with_addresses(html: str, address: Callable[[str], str | None]) -> str:
    def change(tag: Tag) -> str:
        if tag.name != "img" or tag.is_end:
            return tag.source
        path = _local_path(tag.attributes.get("src", ""))
        new = address(path) if path else None
        return start_tag("img", {**tag.attributes, "src": new}) if new else tag.source

    return rewrite(html, change)


def _local_path(src: str) -> str:
    """The path of a picture beside the draft; empty for an address and for a merge tag."""
    if src.startswith(("/", "\\")) or has_tag(src):
        return ""
    try:
        parts = urlsplit(src)
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc else unquote(parts.path)


def _read(folder: Path | None, path: str, most: int) -> tuple[str, bytes] | None:
    found = find_image(folder, path)
    try:
        if found is None or found[1].stat().st_size > most:
            return None
    except OSError:
        return None
    return read_image(folder, path)
