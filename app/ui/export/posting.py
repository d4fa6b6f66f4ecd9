"""Asking a mail server or a tracking server without making the window wait."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from app.mailing.errors import MailError
from app.publish import PublicationError
from app.ui.handover.errand import Errand

Answer = TypeVar("Answer")


def post(
    work: Callable[[], Coroutine[Any, Any, Answer]],
    then: Callable[[Answer], object],
    failed: Callable[[str], object],
) -> Errand[Answer]:
    """Run ``work``; then ``then`` or ``failed``, in words, unless it is forgotten."""
    return Errand(
        work, then, lambda error: failed(str(error)), others=(MailError, PublicationError)
    )
