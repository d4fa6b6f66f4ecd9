"""Asking the disk, or whatever takes its time, without making the window wait."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject

from app.drafts.errors import DraftError
from app.ui.editor.jobs import run_in_thread

Answer = TypeVar("Answer")
Trouble = TypeVar("Trouble", bound=Exception)


def ask(
    work: Callable[[], Answer],
    then: Callable[[Answer], object],
    failed: Callable[[DraftError], object],
    owner: QObject,
) -> None:
    """Run ``work`` in a thread, then ``then`` or ``failed`` here, while ``owner`` lives."""
    ask_for(work, then, failed, owner, (DraftError,))


def ask_for(
    work: Callable[[], Answer],
    then: Callable[[Answer], object],
    failed: Callable[[Trouble], object],
    owner: QObject,
    troubles: tuple[type[Trouble], ...],
) -> None:
    """The same where other things may go wrong: ``troubles`` are told, all else is a fault."""
    answers: list[Answer] = []
    errors: list[Trouble] = []

    def run() -> None:
        try:
            answers.append(work())
        except troubles as error:
            errors.append(error)

    def deliver() -> None:
        for error in errors:
            failed(error)
        for answer in answers:
            then(answer)

    run_in_thread(run, deliver, owner)
