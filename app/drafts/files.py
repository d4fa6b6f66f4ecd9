"""Reading and writing the Markdown file of a draft.

Text becomes lines (``app.lines``) and comes back with the very bytes it had: encoding mark and
line ends, mixed ones too, are remembered. Lone surrogates, which Qt can produce and UTF-8 cannot
hold, are written in their three-byte form (as WTF-8 does) and read back from it.
"""

import os
import re
import stat
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.drafts import atomic
from app.drafts.diff import matching_lines
from app.drafts.errors import ChangedOnDisk, DraftError, Trouble, explain, from_os_error
from app.lines import LINE_END, split_lines

MAX_BYTES = 20_000_000
_BOM = b"\xef\xbb\xbf"
_SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


@dataclass(frozen=True, slots=True)
class DraftFile:
    r"""A draft as it is stored.

    ``newline`` is the (most frequent) line end; ``ends`` holds every line's own end, one fewer
    than ``lines``, where they are mixed. ``digest`` is the fingerprint of the file's bytes, None
    for a draft that has no file yet. ``lines`` is shared, not copied: treat it as read-only.
    """

    path: Path | None = None
    lines: Sequence[str] = field(default=("",), repr=False)
    newline: str = "\n"
    bom: bool = False
    digest: str | None = None
    ends: tuple[str, ...] | None = field(default=None, repr=False)

    @property
    def text(self) -> str:
        """The text with its own line ends, without the encoding mark."""
        return _joined(self.lines, self.newline, self.ends)


@dataclass(frozen=True, slots=True)
class Converted:
    """Text read from a file that is not plain UTF-8; ``encoding`` says how it was understood."""

    lines: list[str] = field(repr=False)
    encoding: str


def read_draft(path: Path) -> DraftFile:
    """Read a draft; raises DraftError, whose words tell the writer what can be done."""
    return parse_draft(read_bytes(path), path)


def read_bytes(path: Path) -> bytes:
    """The bytes of an ordinary file of at most MAX_BYTES; raises DraftError."""
    try:
        known = os.stat(path)  # noqa: PTH116 - replaced as a whole in tests
        if stat.S_ISDIR(known.st_mode):
            raise explain(Trouble.FOLDER, path, "open")
        if not stat.S_ISREG(known.st_mode):
            raise explain(Trouble.NOT_A_FILE, path, "open")
        if known.st_size > MAX_BYTES:
            raise _too_large(path)
        data = atomic.read_all(path)
    except OSError as error:
        raise from_os_error(error, path, "open") from error
    except ValueError as error:  # a NUL in the name
        raise explain(Trouble.BAD_NAME, path, "open") from error
    if len(data) > MAX_BYTES:
        raise _too_large(path)
    return data


def parse_draft(data: bytes, path: Path | None = None) -> DraftFile:
    """The draft that these bytes of a file are; raises DraftError when they are no UTF-8 text."""
    bom = data.startswith(_BOM)
    nul = data.find(b"\0")
    if nul >= 0:
        raise _unreadable(Trouble.HAS_NUL, path, data, nul)
    body = data[len(_BOM) :] if bom else data
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        wide = _with_surrogates(body)
        if wide is None:
            offset = error.start + (len(_BOM) if bom else 0)
            raise _unreadable(Trouble.NOT_UTF8, path, data, offset) from error
        text = wide
    newline, ends = _line_ends(text)
    return DraftFile(path, split_lines(text), newline, bom, atomic.digest(data), ends)


def read_converted(path: Path) -> Converted:
    """The text of a file in another encoding, by the likeliest guess; raises DraftError.

    For a copy that the writer looks at and saves under another name: the file stays as it is.
    """
    data = read_bytes(path)
    encoding = _guess_encoding(data)
    text = data.decode(encoding, errors="replace").removeprefix("\ufeff").replace("\0", "\ufffd")
    return Converted(split_lines(text), encoding)


def encode(lines: Sequence[str], like: DraftFile) -> bytes:
    """The bytes of a file with these lines, with the line ends and encoding mark of ``like``."""
    text = _joined(lines, like.newline, _ends_for(lines, like))
    try:
        body = text.encode("utf-8")
    except UnicodeEncodeError:
        body = _paired(text).encode("utf-8", "surrogatepass")
    # A NUL would make the file unreadable; CommonMark 2.3 has U+FFFD stand for it.
    return (_BOM if like.bom else b"") + body.replace(b"\0", b"\xef\xbf\xbd")


def write_draft(
    path: Path, lines: Sequence[str], *, like: DraftFile, expect: str | None
) -> DraftFile:
    """Store the lines durably and return the draft as it now is on disk.

    ``expect`` is the digest of the content that may be replaced, None where no file may be there
    yet. Raises ChangedOnDisk when something else is there, DraftError when the disk refuses; the
    file is then exactly as it was. A file that already holds the text is not touched.
    """
    return write_bytes(path, encode(lines, like), lines, like=like, expect=expect)


def write_bytes(
    path: Path, data: bytes, lines: Sequence[str], *, like: DraftFile, expect: str | None
) -> DraftFile:
    """``write_draft`` for lines that were encoded to ``data`` already."""
    target = Path(os.path.realpath(path))
    written = atomic.digest(data)
    try:
        if expect is None:
            atomic.create(target, data)
        elif written != expect:
            _refuse_read_only(target)
            atomic.replace(target, data, expect)
        elif atomic.digest_of(target) != expect:
            raise ChangedOnDisk(path)
    except (atomic.ContentDiffers, FileExistsError) as error:
        raise ChangedOnDisk(path) from error
    except OSError as error:
        raise from_os_error(error, path, "save") from error
    except ValueError as error:
        raise explain(Trouble.BAD_NAME, path, "save") from error
    return stored_as(path, written, lines, like)


def stored_as(path: Path, written: str, lines: Sequence[str], like: DraftFile) -> DraftFile:
    """The draft once its file holds these lines, with the content's digest ``written``."""
    ends = _ends_for(lines, like)
    return replace(like, path=path, lines=lines, digest=written, ends=ends)


def _refuse_read_only(target: Path) -> None:
    """A file whose owner took the right to write away is not replaced behind their back."""
    known = os.stat(target)  # noqa: PTH116
    if not known.st_mode & 0o222 or not os.access(target, os.W_OK):
        raise explain(Trouble.READ_ONLY, target, "save")


def _joined(lines: Sequence[str], newline: str, ends: tuple[str, ...] | None) -> str:
    if ends is None:
        return newline.join(lines)
    return "".join(part for line in zip(lines, (*ends, ""), strict=True) for part in line)


def _line_ends(text: str) -> tuple[str, tuple[str, ...] | None]:
    """The most frequent line end, and all of them where they are mixed."""
    if "\r" not in text:
        return "\n", None
    ends = tuple(LINE_END.findall(text))
    count = Counter(ends)
    return count.most_common(1)[0][0], ends if len(count) > 1 else None


def _ends_for(lines: Sequence[str], like: DraftFile) -> tuple[str, ...] | None:
    """Mixed line ends stay with their lines; new lines get the most frequent one."""
    if like.ends is None:
        return None
    known = {
        new: like.ends[old]
        for old, new in matching_lines(like.lines, lines)
        if old < len(like.ends)
    }
    ends = [known.get(index, like.newline) for index in range(len(lines) - 1)]
    for index in reversed(range(len(ends) - 1)):
        if ends[index] == "\r" and not lines[index + 1] and ends[index + 1] == "\n":
            ends[index] = "\n"  # the two would read as one line end
    return tuple(ends)


def _with_surrogates(body: bytes) -> str | None:
    """Text that is UTF-8 but for lone surrogates; None where it is anything else."""
    try:
        text = body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None
    return None if _SURROGATE_PAIR.search(text) else text


def _paired(text: str) -> str:
    """Surrogates that stand beside each other become the character that they mean."""
    if not _SURROGATE_PAIR.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _guess_encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = data[:4096]
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if sample and sample[offset::2].count(0) > len(sample) // 4:
            return encoding
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _unreadable(trouble: Trouble, path: Path | None, data: bytes, offset: int) -> DraftError:
    name = path.name if path else "The text"
    line = data.count(b"\n", 0, offset) + 1
    what = "a NUL, which no text has," if trouble is Trouble.HAS_NUL else "no UTF-8 text"
    return DraftError(
        trouble,
        path,
        f"“{name}” has {what} at byte {offset:,} (line {line:,}).",
        "The file was left as it is; you can open a converted copy of its text.",
        offset=offset,
    )


def _too_large(path: Path) -> DraftError:
    return DraftError(
        Trouble.TOO_LARGE,
        path,
        f"“{path.name}” is larger than {MAX_BYTES // 1_000_000} MB.",
        "That is no newsletter: mail programs cut an issue off at about 0.1 MB.",
    )
