"""JSON lines. No address, e-mail, token, query string or subscriber's id is ever logged."""

import logging
import sys
import traceback
from pathlib import Path

from pythonjsonlogger.json import JsonFormatter


def log_to_stderr(level: str = "INFO") -> None:
    """Send this server's log to standard error, one JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonFormatter(
            "{asctime}{levelname}{name}{message}",
            style="{",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            datefmt="%Y-%m-%dT%H:%M:%S%z",
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("app").setLevel(level)


def where(error: BaseException) -> list[str]:
    """The places of a traceback, innermost last, without any values."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
