"""Letting the reports know which draft an issue was made of."""

import contextlib
import logging
from pathlib import Path

from app.engagement.matching import draft_text
from app.engagement.store.matches import Matches
from app.engagement.store.schema import StoreError
from app.handover.model import Handed
from app.markup.frontmatter import read_head

log = logging.getLogger(__name__)


def tell_reports(draft: Path, text: str, handed: Handed) -> None:
    """Confirm the match, so that nobody is asked once the issue is sent.

    Where that cannot be kept, the writer is asked then; so nothing is told of it now.
    """
    front = read_head(text.splitlines() or [""]).front_matter
    described = draft_text(str(draft), front.fields if front else {}, text)
    try:
        with contextlib.closing(Matches()) as matches:
            matches.confirm(handed.account, handed.remote_id, described)
    except StoreError:
        log.warning("Which draft an issue was made of is not kept for the reports")
