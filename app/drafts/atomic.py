"""Putting bytes on a disk so that a crash, a full disk or another program never costs a file.

A new content always goes to a temporary file in the same folder, is flushed to the disk and
read back before it takes the name; the old file is never opened for writing. The order of steps
follows what SQLite (sqlite.org/atomiccommit.html) and POSIX ``rename`` promise: content, then
name, then the folder are made durable.
"""

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

_MARK = ".sendoff-"
_EXCHANGE = 2  # renameat2(2): RENAME_EXCHANGE
_NO_REPLACE = 1  # renameat2(2): RENAME_NOREPLACE
_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM}


class ContentDiffers(Exception):  # noqa: N818 - an event, not a failure of the disk
    """The file is not (or no longer) what the caller expected to replace."""


def digest(data: bytes) -> str:
    """The fingerprint by which contents are compared (BLAKE2b, 128 bits, hexadecimal)."""
    return blake2b(data, digest_size=16).hexdigest()


def digest_of(path: Path) -> str | None:
    """The fingerprint of a file's content; None where there is no file. Raises OSError."""
    try:
        return digest(read_all(path))
    except FileNotFoundError:
        return None


def read_all(path: Path) -> bytes:
    """The bytes of an ordinary file, without ever waiting on a pipe. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _binary())
    with open(descriptor, "rb") as file:  # noqa: PTH123 - takes the descriptor over
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise OSError(errno.EISDIR if stat.S_ISDIR(mode) else errno.ENXIO, "not a file")
        return file.read()


def put(target: Path, data: bytes) -> None:
    """Make ``target`` hold ``data`` whatever it held before. Raises OSError."""
    with _temporary(target, data) as temporary:
        os.replace(temporary.path, target)  # noqa: PTH105 - system calls all look alike here
        sync_folder(target.parent)


def create(target: Path, data: bytes) -> None:
    """Make a new file; raises FileExistsError where there is one already, or OSError."""
    with _temporary(target, data) as temporary:
        rename_to_free_name(temporary.path, target)
        sync_folder(target.parent)


def replace(target: Path, data: bytes, expected: str) -> None:
    """Replace a file whose content has the fingerprint ``expected``.

    Raises ContentDiffers when it has another one, even when the other program writes in the very
    moment of the exchange; raises OSError when the disk does not take the new content. In both
    cases the file is untouched.
    """
    with _temporary(target, data, like=target) as temporary:
        if digest_of(target) != expected:
            raise ContentDiffers
        if _rename(temporary.path, target, _EXCHANGE):
            _check_exchanged(temporary, target, data, expected)
        else:
            os.replace(temporary.path, target)  # noqa: PTH105
        sync_folder(target.parent)


def rename_to_free_name(old: Path, new: Path) -> None:
    """Rename without ever replacing a file; raises FileExistsError or another OSError."""
    if _rename(old, new, _NO_REPLACE):
        return
    try:
        os.link(old, new)  # fails where the name is taken
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        if os.path.lexists(new):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(new)) from error
        os.rename(old, new)  # noqa: PTH104 - a file system without links
    else:
        os.unlink(old)  # noqa: PTH108


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; raises OSError."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # a file system without it
            raise
    finally:
        os.close(descriptor)


def leftovers(target: Path) -> list[Path]:
    """Temporary files that a killed process left beside ``target``."""
    try:
        names = os.listdir(target.parent)  # noqa: PTH208
    except OSError:
        return []  # the caller is about to meet the folder's error itself
    prefix = _prefix(target)
    return [target.parent / name for name in names if name.startswith(prefix)]


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of ``data``; the system may take it in several parts. Raises OSError."""
    rest = memoryview(data)
    while rest:
        written = os.write(descriptor, rest)
        if written == 0:
            raise OSError(errno.ENOSPC, "the disk takes no more")
        rest = rest[written:]


@dataclass(slots=True)
class _Temporary:
    path: Path
    keep: bool = False  # it holds what another program wrote: see ``leftovers``


def _check_exchanged(temporary: _Temporary, target: Path, data: bytes, expected: str) -> None:
    """After the exchange the temporary is the old file: put it back if it is not the expected."""
    temporary.keep = True
    if digest_of(temporary.path) != expected:
        _rename(temporary.path, target, _EXCHANGE)
        # Changed yet again meanwhile? Then what came back is not ours, and is kept too.
        temporary.keep = digest_of(temporary.path) != digest(data)
        raise ContentDiffers
    temporary.keep = False


@contextlib.contextmanager
def _temporary(target: Path, data: bytes, like: Path | None = None) -> Iterator[_Temporary]:
    """A durable, verified file with ``data`` beside ``target``; gone after the block."""
    path = target.with_name(f"{_prefix(target)}{os.urandom(6).hex()}")
    temporary = _Temporary(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | _binary()
    descriptor = os.open(path, flags, 0o666 if like is None else 0o600)
    try:
        try:
            write_all(descriptor, data)
            if like is not None:
                _copy_attributes(like, descriptor)
            os.fsync(descriptor)
            if os.fstat(descriptor).st_size != len(data):
                raise OSError(errno.EIO, "the disk kept another length")
        finally:
            os.close(descriptor)
        if read_all(path) != data:
            raise OSError(errno.EIO, "the disk kept other bytes")
        yield temporary
    finally:
        if not temporary.keep:
            with contextlib.suppress(OSError):  # renamed, or a leftover for the next opening
                os.unlink(path)  # noqa: PTH108


def _copy_attributes(source: Path, descriptor: int) -> None:
    """Mode, owner and extended attributes, as far as the user may set them."""
    if sys.platform == "win32":
        return
    known = os.stat(source)  # noqa: PTH116
    with contextlib.suppress(OSError):  # only root may give a file to somebody else
        os.fchown(descriptor, known.st_uid, known.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(known.st_mode))
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # a file system without them
            for name in os.listxattr(source):
                with contextlib.suppress(OSError):  # one that only the system may set
                    os.setxattr(descriptor, name, os.getxattr(source, name))


def _rename(old: Path, new: Path, flags: int) -> bool:
    """renameat2(2); False where the system or the file system has no such call."""
    if sys.platform != "linux":
        return False
    import ctypes

    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return False
    here = -100  # AT_FDCWD
    if call(here, os.fsencode(old), here, os.fsencode(new), flags) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(new))


def _prefix(target: Path) -> str:
    return f"{_MARK}{blake2b(os.fsencode(target.name), digest_size=6).hexdigest()}-"


def _binary() -> int:
    return getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
