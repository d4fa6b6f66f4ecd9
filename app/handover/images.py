"""The pictures of a draft that are files of this computer: put online first, each content once.

Until a picture has an address, a place in a name that cannot exist (RFC 2606) stands for it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from html import escape
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from app.handover.model import (
    Field,
    Fields,
    Memory,
    Picture,
    PictureError,
    Platform,
    Progress,
    Step,
    Tell,
)
from app.handover.text import Edit, edited
from app.markup import Document, LinkKind
from app.markup.template import has_tag
from app.pictures import LARGEST_IMAGE, find_image

PLACES = "https://picture.invalid/"
_DIGEST = 20
"""Bytes: enough that two pictures never share one."""
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"GIF87a", "image/gif", ".gif"),
    (b"GIF89a", "image/gif", ".gif"),
)
_ENDINGS = {".jpeg": ".jpg", ".jpe": ".jpg"}
_KINDS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WebP",
          "image/avif": "AVIF"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placed:
    """A draft whose pictures have places instead of paths."""

    text: str
    pictures: tuple[Picture, ...]


def placed(text: str, folder: Path, *, base_url: str = "") -> Placed:
    """A draft with its local pictures taken stock of.

    Args:
        text: The draft, snippets filled in.
        folder: Where it lies; what is not in it is no picture of the draft.
        base_url: What other relative addresses are to; empty where that is nothing.

    Raises:
        PictureError: a picture is missing, is none, or cannot be read.
    """
    found: dict[str, Picture] = {}
    edits = []
    for path, edit in _uses(Document.from_text(text)):
        picture = found.get(path)
        if picture is None:
            picture = taken(folder, path, edit.line + 1, may_be_elsewhere=bool(base_url))
            if picture is None:
                continue
            # Two files may hold the same: it goes up once, under the first name.
            same = (each for each in found.values() if each.digest == picture.digest)
            found[path] = picture = next(same, picture)
        edits.append(Edit(edit.line, edit.column, edit.end_line, edit.end_column, picture.place))
    # A definition that several references use is one place.
    return Placed(edited(text, set(edits)), tuple(dict.fromkeys(found.values())))


def taken(folder: Path, path: str, line: int, *, may_be_elsewhere: bool = False) -> Picture | None:
    """A picture beside a draft; None for one that lies elsewhere. Raises PictureError."""
    found = find_image(folder, path)
    if found is None:
        if may_be_elsewhere:
            return None
        raise PictureError(f"There is no picture “{path}” in the draft's folder.", line)
    file = found[1]
    content = content_of(file, line)
    media, ending = _kind(content)
    if not media:
        raise PictureError(f"“{path}” is no picture that mail programs show.", line)
    digest = blake2b(content, digest_size=_DIGEST).hexdigest()
    name = f"{_plain(file.stem)}{_ENDINGS.get(file.suffix.lower(), ending)}"
    place = f"{PLACES}{digest}/{quote(name)}"
    return Picture(file, name, digest, len(content), media, line, place)


def content_of(file: Path, line: int) -> bytes:
    """The bytes of a picture. Raises PictureError."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_IMAGE + 1)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise PictureError(f"“{file.name}” cannot be read: {reason}.", line) from None
    if len(content) > LARGEST_IMAGE:
        raise PictureError(f"“{file.name}” is larger than {LARGEST_IMAGE >> 20} MB.", line)
    return content


def check(pictures: Iterable[Picture], platform: Platform) -> None:
    """Whether the platform takes these. Raises PictureError for the first that it does not."""
    for picture in pictures:
        if picture.media not in platform.pictures:
            kinds = ", ".join(sorted(_KINDS[each] for each in platform.pictures))
            raise PictureError(
                f"{platform.name} does not take “{picture.name}”: it takes {kinds}.", picture.line
            )
        if picture.size > platform.largest_picture:
            raise PictureError(
                f"“{picture.name}” has {picture.size / 1e6:.1f} MB; {platform.name} takes at most "
                f"{platform.largest_picture / 1e6:.0f} MB. Save it smaller.",
                picture.line,
            )


async def put_online(
    pictures: tuple[Picture, ...],
    platform: Platform,
    memory: Memory,
    account: str,
    tell: Tell | None = None,
) -> dict[str, str]:
    """Addresses by place: of pictures that were online before, and of those put there now.

    Raises:
        PictureError: one has changed since it was looked at, or cannot go there.
    """
    addresses = {}
    for number, picture in enumerate(pictures):
        if tell:
            tell(Progress(Step.PICTURES, number, len(pictures)))
        address = memory.picture(account, picture.digest)
        if address is None:
            address = await platform.find_picture(picture)
            if address is None:
                content = content_of(picture.path, picture.line)
                if blake2b(content, digest_size=_DIGEST).hexdigest() != picture.digest:
                    raise PictureError(
                        f"“{picture.path.name}” was changed just now: look at it and try again.",
                        picture.line,
                    )
                address = await platform.put_picture(picture, content)
            if not address.startswith(("https://", "http://")):
                raise PictureError(
                    f"{platform.name} says no web address for “{picture.name}”.", picture.line
                )
            memory.keep_picture(account, picture.digest, address)
        addresses[picture.place] = address
    return addresses


def known(pictures: Iterable[Picture], memory: Memory, account: str) -> dict[str, str]:
    """Addresses by place, of the pictures that are known to be online."""
    found = ((each.place, memory.picture(account, each.digest)) for each in pictures)
    return {place: address for place, address in found if address is not None}


def addressed(fields: Fields, addresses: Mapping[str, str]) -> Fields:
    """Fields with addresses in the places of pictures."""
    return {
        name: with_addresses(text, addresses, is_markup=name is Field.BODY)
        for name, text in fields.items()
    }


def with_addresses(text: str, addresses: Mapping[str, str], *, is_markup: bool) -> str:
    """A text with addresses in the places of pictures, as HTML and Markdown have them or bare."""
    for place, address in addresses.items():
        # No parenthesis or blank ends it in Markdown, no quotation mark or < opens anything.
        safe = quote(address, safe="/:?#[]@!$&'*+,;=%~")
        text = text.replace(place, escape(safe, quote=False) if is_markup else safe)
    return text


def beside(document: Document, folder: Path) -> frozenset[str]:
    """The addresses, as written, of pictures that lie in the folder and so will be put online."""
    shown = {path for path, _ in _uses(document) if find_image(folder, path) is not None}
    return frozenset(
        each.link.href
        for each in document.links()
        if each.link.href and local_path(each.link.href) in shown
    ) - {
        each.link.href or ""
        for each in document.links()
        if each.link.kind not in (LinkKind.IMAGE, LinkKind.HTML_IMAGE)
    }


def named(text: str, pictures: Iterable[Picture]) -> str:
    """A text to be looked at: with the names of pictures in their places."""
    for picture in pictures:
        text = text.replace(picture.place, picture.name)
    return text


def _uses(document: Document) -> Iterator[tuple[str, Edit]]:
    """The paths of local pictures and where they are written."""
    for each in document.links():
        href = each.link.href
        if href is None or each.link.kind not in (LinkKind.IMAGE, LinkKind.HTML_IMAGE):
            continue
        path = local_path(href)
        if path:
            at = each.definition or each
            yield path, Edit(at.line, at.column, at.end_line, at.end_column, "")


def local_path(address: str) -> str:
    """The path of what lies beside the draft; empty for a web address and for a merge tag."""
    if not address or address.startswith(("/", "\\", "#")) or has_tag(address):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc else unquote(parts.path)


def _kind(content: bytes) -> tuple[str, str]:
    """Media type and ending by the content's first bytes; empty for what is no picture."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp", ".webp"
    for signature, media, ending in _SIGNATURES:
        if content.startswith(signature):
            return media, ending
    return "", ""


def _plain(stem: str) -> str:
    """A name that every platform keeps as it is."""
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in stem)
    return "-".join(filter(None, plain.split("-")))[:60].lower() or "picture"
