"""Asking a mail server or a tracking server without making the window wait."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from PySide6.QtCore import QObject

from app.mailing.errors import MailError
from app.publish import PublicationError
from app.ui.handover.errand import Errand

Answer = TypeVar("Answer")


def post(
    work: Callable[[], Coroutine[Any, Any, Answer]],
    then: Callable[[Answer], object],
    failed: Callable[[str], object],
    owner: QObject | None = None,
) -> Errand[Answer]:
    """Run ``work``; then ``then`` or ``failed``, in words, while ``owner`` lives."""
    return Errand(
        work,
        then,
        lambda error: failed(str(error)),
        owner=owner,
        others=(MailError, PublicationError),
    )
