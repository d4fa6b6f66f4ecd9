"""Asking the disk without making the window wait."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject

from app.drafts.errors import DraftError
from app.ui.editor.jobs import run_in_thread

Answer = TypeVar("Answer")


def ask(
    work: Callable[[], Answer],
    then: Callable[[Answer], object],
    failed: Callable[[DraftError], object],
    owner: QObject,
) -> None:
    """Run ``work`` in a thread, then ``then`` or ``failed`` here, while ``owner`` lives."""
    answers: list[Answer] = []
    errors: list[DraftError] = []

    def run() -> None:
        try:
            answers.append(work())
        except DraftError as error:
            errors.append(error)

    def deliver() -> None:
        for error in errors:
            failed(error)
        for answer in answers:
            then(answer)

    run_in_thread(run, deliver, owner)
