"""What is the same for all issues of one publication."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.publish.links import Utm

if TYPE_CHECKING:
    from app.publish.template import EmailTemplate


class PublicationError(ValueError):
    """A letter cannot be made as its publication wants it; the message says why in plain words."""


@dataclass(frozen=True, slots=True)
class Publication:
    """How a publication's letters are made.

    Attributes:
        base_url: What relative links of drafts are relative to; empty where nothing is known.
        utm: What links tell the websites that they lead to; None for nothing.
        template: The writer's own; None for the one that comes with the app.
        image_widths: Natural widths in pixels of pictures whose size is known, by address.
    """

    base_url: str = ""
    utm: Utm | None = None
    template: "EmailTemplate | None" = None
    image_widths: Mapping[str, int] = field(default_factory=dict)


PLAIN = Publication()
"""A publication that nothing was said about."""
