"""What can go wrong with a draft, in words that a writer can act on."""

import errno
from enum import StrEnum
from pathlib import Path


class Trouble(StrEnum):
    """The kind of trouble, for the code that decides what to offer."""

    NOT_UTF8 = "not_utf8"
    HAS_NUL = "has_nul"
    TOO_LARGE = "too_large"
    FOLDER = "folder"
    NOT_A_FILE = "not_a_file"
    MISSING = "missing"
    NO_PERMISSION = "no_permission"
    READ_ONLY = "read_only"
    DISK_FULL = "disk_full"
    DISK_FAILED = "disk_failed"
    BAD_NAME = "bad_name"
    NAME_TAKEN = "name_taken"
    CHANGED_ON_DISK = "changed_on_disk"
    OPEN_ELSEWHERE = "open_elsewhere"
    UNSAVED_TEXT = "unsaved_text"
    NO_TRASH = "no_trash"
    HISTORY_FAILED = "history_failed"


class DraftError(Exception):
    """A draft could not be read, kept or changed; nothing that was stored before is lost.

    ``message`` says what happened and ``advice`` what the writer can do; neither holds any of
    the draft's text. ``offset`` is the byte at which a file stops being readable text.
    """

    def __init__(
        self,
        trouble: Trouble,
        path: Path | None,
        message: str,
        advice: str,
        *,
        offset: int | None = None,
    ) -> None:
        super().__init__(f"{message} {advice}")
        self.trouble = trouble
        self.path = path
        self.message = message
        self.advice = advice
        self.offset = offset

    @property
    def can_convert(self) -> bool:
        """Whether the text can still be opened as a converted copy (``files.read_converted``)."""
        return self.trouble in (Trouble.NOT_UTF8, Trouble.HAS_NUL)


class ChangedOnDisk(DraftError):  # noqa: N818 - reads as the event that it is
    """Another program changed, removed or created the file since it was last read."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            Trouble.CHANGED_ON_DISK,
            path,
            f"“{path.name}” was changed by another program since you opened it.",
            "Nothing was overwritten: choose which version to keep.",
        )


_OF_ERRNO = {
    errno.ENOENT: Trouble.MISSING,
    errno.ENOTDIR: Trouble.MISSING,
    errno.EACCES: Trouble.NO_PERMISSION,
    errno.EPERM: Trouble.NO_PERMISSION,
    errno.EROFS: Trouble.READ_ONLY,
    errno.ENOSPC: Trouble.DISK_FULL,
    errno.EDQUOT: Trouble.DISK_FULL,
    errno.EFBIG: Trouble.DISK_FULL,
    errno.EISDIR: Trouble.FOLDER,
    errno.ENAMETOOLONG: Trouble.BAD_NAME,
    errno.EILSEQ: Trouble.BAD_NAME,
    errno.EEXIST: Trouble.NAME_TAKEN,
    errno.ELOOP: Trouble.NOT_A_FILE,
    errno.ENXIO: Trouble.NOT_A_FILE,
}

_WORDS = {
    Trouble.MISSING: (
        "“{name}” is no longer there.",
        "It may have been moved, renamed or deleted; save the text under a name of your choice.",
    ),
    Trouble.NO_PERMISSION: (
        "You are not allowed to {do} “{name}”.",
        "Change the permissions of the file and its folder, or use another folder.",
    ),
    Trouble.READ_ONLY: (
        "“{name}” is read-only, so the app cannot {do} it.",
        "Make it writable, or save a copy in another folder.",
    ),
    Trouble.DISK_FULL: (
        "There is no room left to {do} “{name}”.",
        "The file is as it was before; free some space and the app tries again by itself.",
    ),
    Trouble.FOLDER: ("“{name}” is a folder, not a draft.", "Choose a file in it."),
    Trouble.NOT_A_FILE: (
        "“{name}” is not an ordinary file.",
        "Choose a text file; devices, pipes and broken links cannot be opened.",
    ),
    Trouble.BAD_NAME: (
        "“{name}” cannot be used as a file name here.",
        "Choose a shorter name without special characters.",
    ),
    Trouble.NAME_TAKEN: ("There is already a file named “{name}”.", "Choose another name."),
    Trouble.DISK_FAILED: (
        "The disk reported an error, so the app could not {do} “{name}”.",
        "The text stays in the window; save a copy on another disk.",
    ),
}


def from_os_error(error: OSError, path: Path, do: str) -> DraftError:
    """The draft's error for an error of the operating system; ``do`` is a verb such as "save"."""
    trouble = _OF_ERRNO.get(error.errno or 0, Trouble.DISK_FAILED)
    return explain(trouble, path, do)


def explain(trouble: Trouble, path: Path, do: str) -> DraftError:
    """The error with the standard words for this kind of trouble."""
    message, advice = _WORDS[trouble]
    return DraftError(trouble, path, message.format(name=path.name, do=do), advice)
