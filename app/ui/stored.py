"""Small JSON files that survive a crash while they are written."""

import json
from pathlib import Path
from typing import Any

from app.drafts import atomic


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file; an empty one where there is no such file.

    Raises:
        ValueError: the file holds something else than a JSON object in UTF-8.
        OSError: it cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8", "surrogatepass")
    except FileNotFoundError:
        return {}
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise ValueError(f"{path.name} is nested too deep") from error
    if not isinstance(found, dict):
        raise ValueError(f"{path.name} does not hold a JSON object")
    return found


def write_object(path: Path, content: dict[str, Any]) -> None:
    """Replace the file as a whole: a reader sees the old content or the new, never a part.

    Raises:
        OSError: it cannot be written; the old content stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True)
    atomic.put(path, text.encode("utf-8", "surrogatepass"))
