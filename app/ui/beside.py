"""Pictures that lie beside the draft: readers cannot see them yet, but nothing is wrong with them.

Their status is the published one, `relative`; only the words and the place in the list are softer.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.linkcheck.verdict import Reason
from app.pictures import find_image

if TYPE_CHECKING:
    from app.proof import ProofedLink

_IMAGES = ("image", "html_image")


def is_relative_picture(proofed: "ProofedLink") -> bool:
    """Whether this is a picture of which only a place beside the draft is written."""
    return proofed.verdict.reason is Reason.RELATIVE and proofed.link.kind.value in _IMAGES


def is_beside(proofed: "ProofedLink", folder: Path | None) -> bool:
    """Whether this is a picture that is there, in the draft's folder; looks at the disk."""
    if not is_relative_picture(proofed):
        return False
    from urllib.parse import unquote, urlsplit  # not before the first frame

    return find_image(folder, unquote(urlsplit(proofed.link.href or "").path)) is not None


def title() -> str:
    """What is said of one in a few words."""
    return QCoreApplication.translate("Beside", "On this computer only: readers would not see it")


def sentence() -> str:
    """What is said of one in a sentence."""
    return QCoreApplication.translate(
        "Beside",
        "The picture lies beside the draft. Readers will see it once it is on the web and its"
        " address stands here. Sent as it is, the letter would lack it.",
    )
