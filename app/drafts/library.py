"""The writer's folder of drafts: listing, new, rename, duplicate, trash, search."""

import contextlib
import os
import re
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from app.drafts import atomic, journal_files, naming, search
from app.drafts.errors import ChangedOnDisk, DraftError, Trouble, explain, from_os_error
from app.drafts.files import DraftFile, encode, parse_draft, read_bytes, write_draft
from app.drafts.history import History, Kind
from app.drafts.journal import key_of
from app.drafts.lock import DraftLock
from app.drafts.storage import Storage
from app.drafts.summary import HEAD_BYTES, Summary, summarise
from app.drafts.templates import Template
from app.lines import split_lines

SUFFIXES = (".md", ".markdown", ".mdown", ".mkd")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
_LONGEST_NAME = 120  # bytes; leaves room for "(copy 2)" and what systems add


@dataclass(frozen=True, slots=True)
class Entry:
    """A draft in the list; ``size`` in bytes, ``modified`` in UTC."""

    path: Path
    title: str
    preview: str = field(repr=False)
    size: int
    modified: datetime


@dataclass(frozen=True, slots=True)
class Trashed:
    """A draft that went to the system's trash, with what brings it back."""

    path: Path
    data: bytes = field(repr=False)
    mode: int


Signature = tuple[int, int, int]


class Library:
    """A folder of drafts, those in its subfolders included. For any thread.

    Drafts that are open in a window are renamed by their ``Keeper``; here they are refused.
    """

    def __init__(self, folder: Path, storage: Storage | None = None) -> None:
        self.folder = folder
        self._storage = storage or Storage.default()
        self._listing = threading.Lock()
        self._known: dict[str, tuple[Signature, Entry]] = {}

    def entries(self) -> list[Entry]:
        """All drafts, the last changed first; raises DraftError when the folder is unreadable.

        Only files that changed since the last call are read, and of those only the beginning.
        """
        with self._listing:
            known = self._known
            self._known = {
                path: known[path]
                if path in known and known[path][0] == signature
                else (signature, _entry(Path(path), signature))
                for path, signature in _scan(self.folder)
            }
            return sorted((entry for _, entry in self._known.values()), key=_newest_first)

    def create(self, title: str, template: Template | None = None) -> Path:
        """A new draft named after its title; raises DraftError."""
        lines = [""] if template is None else template.fill(title)
        return self._write_new(self.folder / f"{file_name(title)}.md", lines, DraftFile())

    def rename(self, path: Path, name: str) -> Path:
        """Give a draft another file name; its versions come along. Raises DraftError."""
        suffix = path.suffix or ".md"
        new = path.with_name(file_name(name.removesuffix(suffix)) + suffix)
        with self._closed(path), self._closed(new), self._history() as history:
            if self._unsaved_text(path) is not None:
                raise naming.has_unsaved(path)
            naming.rename_file(path, new)
            history.rename(naming.history_name(path), naming.history_name(new))
        return new

    def duplicate(self, path: Path) -> Path:
        """A copy beside the draft: "issue (copy).md"; raises DraftError."""
        stored = parse_draft(read_bytes(path), path)
        copy = naming.free_name(path, "copy")
        return self._write_new(copy, list(stored.lines), stored)

    def trash(self, path: Path) -> Trashed:
        """Move a draft to the system's trash; its last text is kept as a version too.

        Raises DraftError, and leaves the file, where there is no trash for this disk.
        """
        with self._closed(path), self._history() as history:
            data = read_bytes(path)
            unsaved = self._unsaved_text(path)
            history.add(naming.history_name(path), data, Kind.DELETED)
            if unsaved is not None:
                history.add(naming.history_name(path), unsaved, Kind.MINE)
            mode = stat.S_IMODE(path.stat().st_mode)
            _send_to_trash(path)
            for journal, _ in journal_files.generations(key_of(path), self._storage.journals):
                journal.unlink(missing_ok=True)
        return Trashed(path, data, mode)

    def restore(self, trashed: Trashed) -> Path:
        """Undo ``trash``: the draft is back, under a free name if its own was taken meanwhile."""
        path = trashed.path
        if os.path.lexists(path):
            path = naming.free_name(path, "restored")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic.create(path, trashed.data)
            path.chmod(trashed.mode)
        except OSError as error:
            raise from_os_error(error, path, "restore") from error
        return path

    def search(
        self, query: str, *, cancelled: Callable[[], bool] = lambda: False
    ) -> Iterator[search.Found]:
        """Look for words in all drafts, the last changed first; see ``search.search``."""
        newest = sorted(_scan(self.folder), key=lambda found: -found[1][1])
        return search.search((Path(path) for path, _ in newest), query, cancelled=cancelled)

    def _write_new(self, path: Path, lines: list[str], like: DraftFile) -> Path:
        remark = 2
        wanted = path
        while True:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_draft(path, lines, like=like, expect=None)
            except ChangedOnDisk:
                path = wanted.with_stem(f"{wanted.stem} {remark}")
                remark += 1
            except OSError as error:
                raise from_os_error(error, path, "create") from error
            else:
                return path

    def _unsaved_text(self, path: Path) -> bytes | None:
        """What a session that crashed left for this draft and nobody has looked at yet."""
        found = journal_files.recover(key_of(path), self._storage.journals)
        if found is None or found.lines == list(found.base.lines):
            return None
        return encode(found.lines, found.base)

    @contextlib.contextmanager
    def _history(self) -> Iterator[History]:
        with contextlib.closing(History(self._storage.history)) as history:
            yield history

    @contextlib.contextmanager
    def _closed(self, path: Path) -> Iterator[None]:
        """Nobody has the draft open meanwhile; raises DraftError where somebody has."""
        lock = DraftLock(self._storage.lock(key_of(path)))
        try:
            free = lock.acquire()
        except OSError as error:
            raise from_os_error(error, path, "change") from error
        if not free:
            raise naming.open_elsewhere(path)
        try:
            yield
        finally:
            lock.release()


def file_name(title: str) -> str:
    """A file name, without suffix, that every system takes and that reads like the title."""
    name = _FORBIDDEN.sub(" ", title)
    name = " ".join(name.split()).strip(". ")
    short = name.encode("utf-8", "ignore")[:_LONGEST_NAME].decode("utf-8", "ignore").strip(". ")
    return short or "Untitled"


def _scan(folder: Path) -> Iterator[tuple[str, Signature]]:
    """The drafts in a folder and its subfolders, hidden ones and linked folders left out."""
    waiting = [os.fspath(folder)]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as items:
                for item in items:
                    if item.name.startswith("."):
                        continue
                    if item.is_dir(follow_symlinks=False):
                        waiting.append(item.path)
                    elif item.name.lower().endswith(SUFFIXES):
                        with contextlib.suppress(OSError):  # vanished, or a dangling link
                            known = item.stat()
                            if stat.S_ISREG(known.st_mode):
                                yield item.path, (known.st_ino, known.st_mtime_ns, known.st_size)
        except OSError as error:
            if here == os.fspath(folder):
                raise from_os_error(error, folder, "open") from error


def _entry(path: Path, signature: Signature) -> Entry:
    _, modified, size = signature
    summary = _summary(path)
    when = datetime.fromtimestamp(modified / 1e9, UTC)
    return Entry(path, summary.title or path.stem, summary.preview, size, when)


def _summary(path: Path) -> Summary:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        try:
            head = os.read(descriptor, HEAD_BYTES)
        finally:
            os.close(descriptor)
    except OSError:
        return Summary("", "")  # listed all the same; opening it says what is wrong
    return summarise(split_lines(head.decode("utf-8-sig", "replace")))


def _newest_first(entry: Entry) -> tuple[float, str]:
    return -entry.modified.timestamp(), entry.path.name


def _send_to_trash(path: Path) -> None:
    from send2trash import send2trash

    try:
        send2trash(os.fspath(path))
    except FileNotFoundError as error:
        raise explain(Trouble.MISSING, path, "delete") from error
    except OSError as error:
        raise DraftError(
            Trouble.NO_TRASH,
            path,
            f"“{path.name}” could not be moved to the trash.",
            "It was left where it is; delete it with the file manager if you are sure.",
        ) from error
