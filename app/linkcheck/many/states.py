"""Words that the window and the checker share; light, so that the window may import them."""

from enum import IntEnum, StrEnum


class NetworkState(StrEnum):
    """What the computer's connection to the Internet is like."""

    ONLINE = "online"
    OFFLINE = "offline"
    CAPTIVE_PORTAL = "captive_portal"


class Priority(IntEnum):
    """In which order links are checked: the smaller, the sooner."""

    VISIBLE = 0
    REST = 1
