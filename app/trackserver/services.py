"""What the parts of a web process share."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from app.trackserver.checking.service import Checking
from app.trackserver.ingest.inbox_writer import Inbox
from app.trackserver.links import LinkTable
from app.trackserver.settings import Settings
from app.trackserver.store.database import Database
from app.trackserver.tokens import Keyring

Clock = Callable[[], int]
"""Milliseconds UTC."""


def wall_clock() -> int:
    """The time now, in milliseconds UTC."""
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class Services:
    """Made once by serve.py; handlers find it as ``request.services``."""

    settings: Settings
    database: Database
    inbox: Inbox
    keyring: Callable[[], Keyring]
    links: LinkTable
    checking: Checking
    clock: Clock = wall_clock
    stopping: threading.Event = field(default_factory=threading.Event)
    metrics: Callable[[], bytes] = lambda: b""
    """In Prometheus's text format."""
