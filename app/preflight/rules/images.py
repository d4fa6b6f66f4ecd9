"""Images: what readers see who see none, and what they cost those who do."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from app.linkcheck.verdict import Reason
from app.markup import LinkKind, Span
from app.preflight.finding import Remark, Severity
from app.preflight.rule import DraftRule, Fact, Facts, LinkRule, Setting
from app.preflight.snapshot import Frame, Part, SeenLink
from app.speech import mark, say

WIDEST = 1200
"""Pixels: twice the width of a mail, for dense screens."""
HEAVIEST = 1_000_000
"""Bytes."""
_FEW_WORDS = 20
_IMG = re.compile(r"<img\b", re.IGNORECASE)
_ALT = re.compile(r"""\salt(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?(?=[\s/>])""", re.IGNORECASE)
_HIDDEN = re.compile(
    r"""\s(?:width|height)\s*=\s*["']?[01](?:px)?["'\s/>]|aria-hidden\s*=\s*["']?true|role\s*="""
    r"""\s*["']?presentation|display\s*:\s*none""",
    re.IGNORECASE,
)
_DEFAULT_ALT = re.compile(
    r"(?:image|img|picture|photo|screenshot|screen shot|untitled|alt(?: text)?|logo\.\w+"
    r"|(?:img|dsc|dscn|pxl|image|screenshot|screen shot|bildschirmfoto)[-_ ]?[\d_ .:at-]+"
    r"|[\w%.() -]+\.(?:png|jpe?g|gif|webp|svg|avif|heic))",
    re.IGNORECASE,
)


def _is_image(seen: SeenLink, part: Part) -> bool:
    return seen.link.kind is LinkKind.IMAGE or (
        seen.link.kind is LinkKind.HTML_IMAGE and bool(_IMG.match(_source(seen, part)))
    )


def _source(seen: SeenLink, part: Part) -> str:
    """The whole construct as written."""
    whole = seen.link.whole
    lines = list(part.lines[whole.line : whole.end_line + 1])
    if not lines:
        return ""
    lines[-1] = lines[-1][: whole.end_column]
    lines[0] = lines[0][whole.column :]
    return "\n".join(lines)


def _no_alt(seen: SeenLink, part: Part, _setting: Setting) -> Iterator[Remark]:
    if not _is_image(seen, part):
        return
    if seen.link.kind is LinkKind.HTML_IMAGE:
        source = _source(seen, part)
        if _ALT.search(source) or _HIDDEN.search(source):
            return  # an empty one says that the image is decoration
    elif seen.link.text.strip():
        return
    message = say("Who cannot see this image learns nothing of it: it has no text in its place.")
    yield Remark(seen.link.whole, message)


def _default_alt(seen: SeenLink, part: Part, _setting: Setting) -> Iterator[Remark]:
    text = seen.link.text.strip()
    if not text or not _is_image(seen, part):
        return
    name = PurePosixPath(unquote(_path(seen.link.href or ""))).stem.casefold()
    if _DEFAULT_ALT.fullmatch(text) or (len(name) > 3 and text.casefold() == name and "-" in name):
        yield Remark(
            seen.link.whole,
            say("“{text}” looks like a file's name, not like words.", text=text[:60]),
        )


def _path(href: str) -> str:
    """The path of an address; empty where it is none."""
    try:
        return urlsplit(href).path
    except ValueError:
        return ""


# Files beside the draft -------------------------------------------------------------------------


def _file(seen: SeenLink, part: Part, setting: Setting) -> Path | None:
    """Where the image would lie, if it is one beside the draft."""
    is_relative = seen.verdict.reason is Reason.RELATIVE
    if setting.folder is None or not is_relative or not _is_image(seen, part):
        return None
    path = unquote(_path(seen.link.href or ""))
    if not path or path.startswith(("/", "\\")) or "\0" in path:
        return None
    return setting.folder / path


def _absent(seen: SeenLink, part: Part, setting: Setting) -> Iterator[Remark]:
    if setting.folder is None or seen.verdict.reason is not Reason.RELATIVE:
        return
    if not _is_image(seen, part) or (file := _file(seen, part, setting)) is None:
        if _is_image(seen, part):
            yield Remark(seen.link.span, say("Inside an e-mail this address leads to no image."))
        return
    if not _is_file(file):
        yield Remark(seen.link.span, say("There is no such image beside the draft."))


def _own(seen: SeenLink, part: Part, setting: Setting) -> Iterator[Remark]:
    file = _file(seen, part, setting)
    if file is not None and _is_file(file):
        message = say("This image is on this computer only; handing over puts it online.")
        yield Remark(seen.link.span, message)


def _wide(seen: SeenLink, part: Part, setting: Setting) -> Iterator[Remark]:
    file = _file(seen, part, setting)
    width, height, _ = _measured(file) if file is not None else (0, 0, 0)
    if width > WIDEST or height > 2 * WIDEST:
        message = say(
            "The image has {width} × {height} pixels; {widest} across is enough for any mail.",
            width=width,
            height=height,
            widest=WIDEST,
        )
        yield Remark(seen.link.span, message)


def _heavy(seen: SeenLink, part: Part, setting: Setting) -> Iterator[Remark]:
    file = _file(seen, part, setting)
    size = _measured(file)[2] if file is not None else 0
    if size > HEAVIEST:
        message = say(
            "The image has {megabytes:.1f} MB: readers on the move wait long for it.",
            megabytes=size / 1e6,
        )
        yield Remark(seen.link.span, message)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _measured(path: Path) -> tuple[int, int, int]:
    """Width and height in pixels, and bytes; zeros for what is no image that can be read."""
    try:
        state = path.stat()
    except (OSError, ValueError):
        return 0, 0, 0
    return *_dimensions(path, state.st_mtime_ns, state.st_size), state.st_size


@lru_cache(maxsize=1024)
def _dimensions(path: Path, _changed: int, _size: int) -> tuple[int, int]:
    import imagesize

    try:
        with path.open("rb") as file:
            width, height = imagesize.get(file)
    except (OSError, ValueError, TypeError, IndexError, KeyError):
        return 0, 0  # no image, or a damaged one: its size is not known
    return max(0, int(width)), max(0, int(height))


# The draft as a whole ---------------------------------------------------------------------------


def _weights(part: Part) -> Fact | None:
    images = sum(_is_image(seen, part) for seen in part.links)
    return (part.words, images) if part.words or images else None


def _only_images(
    facts: Facts, _frame: Frame, _setting: Setting
) -> Iterator[tuple[Part | None, Remark]]:
    pairs = [(part, fact) for part, fact in facts if isinstance(fact, tuple)]
    if sum(fact[0] for _, fact in pairs) >= _FEW_WORDS:
        return
    for part, (_, images) in pairs:
        if images:
            message = say("There is hardly a word besides images: filters and readers see little.")
            yield part, Remark(Span(0, 0, 0, len(part.lines[0])), message)
            return


RULES = (
    LinkRule(
        "image.no-alt", Severity.WARNING, mark("An image without a text in its place."), _no_alt
    ),
    LinkRule(
        "image.default-alt",
        Severity.WARNING,
        mark("“IMG_1234.jpg” or “image” as the text."),
        _default_alt,
    ),
    LinkRule(
        "image.absent",
        Severity.ERROR,
        mark("No such file beside the draft."),
        _absent,
        reads_files=True,
    ),
    LinkRule(
        "image.local",
        Severity.WARNING,
        mark("A file that must be put online."),
        _own,
        reads_files=True,
    ),
    LinkRule(
        "image.too-wide", Severity.WARNING, mark("Over 1200 pixels wide."), _wide, reads_files=True
    ),
    LinkRule("image.heavy", Severity.WARNING, mark("Over 1 MB."), _heavy, reads_files=True),
    DraftRule(
        "image.only", Severity.WARNING, mark("Images, and hardly a word."), _weights, _only_images
    ),
)
