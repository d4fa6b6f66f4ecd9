"""The newsletters beside the project, where they are there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"

needs_corpus = pytest.mark.skipif(
    not (CORPUS / "hrefs.json").is_file(),
    reason="the newsletters in ../shared/corpus are not beside this checkout",
)


def issues() -> list[str]:
    """The names of the issues, as hrefs.json has them."""
    path = CORPUS / "hrefs.json"
    return sorted(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else []


def text_of(name: str) -> str:
    return (CORPUS / name).read_bytes().decode("utf-8")
