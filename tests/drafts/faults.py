"""A disk that fails on demand: the n-th system call of some names, once or from then on."""

import errno
import os
from collections.abc import Callable
from typing import Any

SHORT = -1  # a pretended errno: the call writes only a part

CALLS = ("open", "write", "fsync", "fstat", "close", "replace", "rename", "link", "unlink", "stat")


class FaultyOs:
    """Stands in for the module ``os``: counts calls and lets the ``at``-th one fail.

    ``persistent`` lets every later call of the same kinds fail too, as a full disk does.
    """

    def __init__(
        self, at: int, code: int, *, persistent: bool = False, calls: tuple[str, ...] = CALLS
    ) -> None:
        self.at = at
        self.code = code
        self.persistent = persistent
        self.calls = calls
        self.count = 0
        self.failed = False

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name not in self.calls:
            return real

        def call(*arguments: Any, **options: Any) -> Any:
            if not self.strikes():
                return real(*arguments, **options)
            if self.code == SHORT:
                return short(real, name, arguments, options)
            if name == "close":
                real(*arguments)  # the descriptor is gone all the same, as on Linux
            raise OSError(self.code, os.strerror(self.code))

        return call

    def strikes(self) -> bool:
        """Whether the next call fails."""
        self.count += 1
        strikes = self.count == self.at or (self.persistent and self.count > self.at)
        self.failed = self.failed or strikes
        return strikes


def short(
    real: Callable[..., Any], name: str, arguments: tuple[Any, ...], options: dict[str, Any]
) -> Any:
    """The disk takes three bytes of a write and says so."""
    if name == "write":
        return real(arguments[0], bytes(arguments[1][:3]))
    return real(*arguments, **options)


DISK_CODES = (errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EROFS, SHORT)
EVERY_FAULT = [(code, persistent) for code in DISK_CODES for persistent in (False, True)]
