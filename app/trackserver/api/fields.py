"""Fields that several requests have, with their bounds."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from app.trackserver.mail.rewrite import MERGE_TAG

PublicationId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=100,
        description="The publication's id; not needed where the key belongs to one.",
    ),
]
ExternalId = Annotated[
    str, Meta(min_length=1, max_length=200, description="The sending platform's own id.")
]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Subject = Annotated[str, Meta(max_length=998, description="The issue's subject line.")]
Moment = Annotated[datetime, Meta(tz=True)]
ModeWord = Literal["individual", "aggregate", "none"]
# Python's "$" also stands before a line break at the end, JSON Schema's does not.
END = r"$(?!\n)"
# Spelled out: what "\s" is differs between Python and JSON Schema.
_WORD = r"[^\x00-\x20\x7f-\xa0@<>]+"
EMAIL = rf"^{_WORD}@{_WORD}{END}"
WebAddress = Annotated[
    str,
    Meta(
        pattern=rf"^https?://[A-Za-z0-9._~-]+(:[0-9]{{1,5}})?([/?#][!-~]*)?{END}",
        max_length=2000,
        description="Absolute, in ASCII (xn--, percent-encoded), with a host name.",
    ),
]
LinkAddress = Annotated[str, Meta(pattern=rf"^https?://[!-~]+{END}", max_length=2000)]
"""As it may stand in a link, whatever its writer meant by it."""
MergeTag = Annotated[
    str,
    Meta(
        pattern=MERGE_TAG,
        description="What the sending platform replaces by a subscriber's id.",
    ),
]
HOST = rf"^([a-z0-9]([a-z0-9-]{{0,61}}[a-z0-9])?\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9]){END}"
Host = Annotated[
    str,
    Meta(pattern=HOST, max_length=253, description="A host name, lower case, ASCII (xn--)."),
]
CursorText = Annotated[
    str,
    Meta(
        pattern="^[A-Za-z0-9_-]*$",
        max_length=500,
        description="The `cursor` of the page before; opaque.",
    ),
]
AgentWord = Literal["all", "human", "privacy_proxy", "machine"]
