"""What a power cut may leave: a record of every system call that stores something, and the states
of the disk that a file system may show afterwards.

The model is the weakest that POSIX allows short of losing what was flushed: a file's bytes are
sure after ``fsync`` of the file, a folder's names after ``fsync`` of the folder; everything later
may be there or not, names in any combination, bytes whole, in part, or as zeros.
"""

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from app.drafts import atomic

MOST_OPEN_NAMES = 5
"""Of so many names that may or may not be there, every combination is tried."""
State = Mapping[str, bytes]
"""Files by path."""


@dataclass(frozen=True, slots=True)
class Call:
    """One system call: ``put`` names (None: taken away) by path, bytes of a file, or a flush."""

    folder: str = ""
    put: tuple[tuple[str, int | None], ...] = ()
    file: int | None = None
    data: bytes = b""
    flushes: bool = False


@dataclass
class Recorder:
    """Records what the process does below a folder, and when something was promised to be safe."""

    root: Path
    calls: list[Call] = field(default_factory=list)
    promises: list[tuple[int, int]] = field(default_factory=list)
    start: dict[str, int] = field(default_factory=dict)
    began: int = 0
    """The first call that is not of what was there already."""
    _files: dict[int, int] = field(default_factory=dict)  # by inode number, which are used again
    _names: dict[str, int] = field(default_factory=dict)
    _count: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def promise(self, state: int) -> None:
        """From now on nothing older than this may be what comes back."""
        with self._lock:
            self.promises.append((len(self.calls), state))

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        """Record from now on; what is there already is safe."""
        for path in sorted(self.root.rglob("*")):
            if path.is_file():
                file = self._new(path.stat().st_ino)
                self.start[str(path)] = self._names[str(path)] = file
                self.calls.append(Call(file=file, data=path.read_bytes()))
                self.calls.append(Call(file=file, flushes=True))
        self.began = len(self.calls)
        for name in ("open", "write", "fsync", "replace", "rename", "link", "unlink"):
            patch.setattr(os, name, self._recorded(getattr(os, name), getattr(self, f"_{name}")))
        patch.setattr(atomic, "_rename", self._recorded(atomic._rename, self._renameat2))

    def _recorded(self, real: Callable[..., Any], note: Callable[..., None]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            with self._lock:
                result = real(*arguments, **options)
                note(result, *arguments)
                return result

        return call

    def _new(self, inode: int) -> int:
        self._count += 1
        self._files[inode] = self._count
        return self._count

    def _name(self, *put: tuple[str, int | None]) -> None:
        inside = [pair for pair in put if self._is_watched(pair[0])]
        for path, file in inside:
            if file is None:
                self._names.pop(path, None)
            else:
                self._names[path] = file
        if inside:
            self.calls.append(Call(str(Path(inside[0][0]).parent), tuple(inside)))

    def _is_watched(self, path: str) -> bool:
        return path.startswith(str(self.root)) and not path.endswith(".lock")

    def _open(self, descriptor: int, path: Any, flags: int, *_: Any) -> None:
        name = os.fspath(path) if not isinstance(path, int) else ""
        if flags & os.O_CREAT and str(name) not in self._names:
            self._name((str(name), self._new(os.fstat(descriptor).st_ino)))

    def _write(self, written: int, descriptor: int, data: Any) -> None:
        file = self._files.get(os.fstat(descriptor).st_ino)
        if file is not None:
            self.calls.append(Call(file=file, data=bytes(data[:written])))

    def _fsync(self, _: None, descriptor: int) -> None:
        inode = os.fstat(descriptor).st_ino
        folders = {path.stat().st_ino: str(path) for path in (self.root, *self.root.rglob("*/"))}
        if inode in folders:
            self.calls.append(Call(folder=folders[inode], flushes=True))
        elif inode in self._files:
            self.calls.append(Call(file=self._files[inode], flushes=True))

    def _replace(self, _: None, old: Any, new: Any) -> None:
        self._name((str(new), self._names.get(str(old))), (str(old), None))

    _rename = _replace

    def _link(self, _: None, old: Any, new: Any) -> None:
        self._name((str(new), self._names.get(str(old))))

    def _unlink(self, _: None, path: Any, *__: Any) -> None:
        self._name((str(path), None))

    def _renameat2(self, done: bool, old: Path, new: Path, flags: int) -> None:
        if done and flags == atomic._EXCHANGE:
            one, other = self._names.get(str(old)), self._names.get(str(new))
            self._name((str(new), one), (str(old), other))
        elif done:
            self._replace(None, old, new)


def states_after(recorder: Recorder, cut: int) -> Iterator[State]:
    """What may be on the disk when the power goes after so many calls."""
    calls = recorder.calls[:cut]
    sure, unsure = _names(recorder.start, calls)
    sure_bytes, all_bytes = _bytes(calls)
    for subset in _subsets(unsure):
        names = _applied(sure, subset)
        for rest in (_nothing, _everything, _half, _zeros):
            yield {
                path: sure_bytes[file] + rest(all_bytes[file][len(sure_bytes[file]) :])
                for path, file in names.items()
            }


def _nothing(_: bytes) -> bytes:
    return b""


def _everything(data: bytes) -> bytes:
    return data


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _zeros(data: bytes) -> bytes:
    return bytes(len(data))


def _names(start: Mapping[str, int], calls: Sequence[Call]) -> tuple[dict[str, int], list[Call]]:
    """The names that are sure, and the changes after them that may be lost."""
    sure, unsure = dict(start), list[Call]()
    for call in calls:
        if call.put:
            unsure.append(call)
        elif call.flushes and call.folder:
            sure = _applied(sure, [each for each in unsure if each.folder == call.folder])
            unsure = [each for each in unsure if each.folder != call.folder]
    return sure, unsure


def _applied(names: Mapping[str, int], calls: Sequence[Call]) -> dict[str, int]:
    found = dict(names)
    for call in calls:
        for path, file in call.put:
            if file is None:
                found.pop(path, None)
            else:
                found[path] = file
    return found


def _bytes(calls: Sequence[Call]) -> tuple[dict[int, bytes], dict[int, bytes]]:
    """The bytes of each file that are sure, and all that were written."""
    sure: dict[int, bytes] = {}
    written: dict[int, bytes] = {}
    for call in calls:
        for _, file in call.put:
            if file is not None:
                sure.setdefault(file, b"")
                written.setdefault(file, b"")
        if call.file is not None:
            written[call.file] = written.get(call.file, b"") + call.data
            sure.setdefault(call.file, b"")
            if call.flushes:
                sure[call.file] = written[call.file]
    return sure, written


def _subsets(calls: Sequence[Call]) -> Iterator[Sequence[Call]]:
    """Each way in which changes may be lost; of very many, the newest come in any combination."""
    for split in (0, max(0, len(calls) - MOST_OPEN_NAMES)):
        older, newer = calls[:split], calls[split:]
        if len(newer) <= MOST_OPEN_NAMES:
            for count in range(len(newer) + 1):
                for chosen in combinations(newer, count):
                    yield (*older, *chosen)
    yield ()
