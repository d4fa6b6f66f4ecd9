"""Which part may import which: read from the source, so that a wrong arrow fails at once."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "app"

QT = {"PySide6", "shiboken6", "qasync"}

# Room -> the rooms it may look into. Modules directly in app/ (paths, lines) are open to all.
ALLOWED: dict[str, set[str]] = {
    "markup": set(),
    "linkcheck": set(),
    "drafts": set(),
    "proof": {"markup", "linkcheck"},
    "publish": {"markup", "linkcheck", "proof", "drafts"},
    "preflight": {"markup", "linkcheck", "proof", "publish"},
    "demo": {"markup", "publish", "trackserver", "engagement", "linkcheck", "linkrot"},
    "trackserver": {"linkcheck"},
    "engagement": set(),
    "linkrot": {"markup", "linkcheck", "drafts", "proof", "engagement"},
    "handover": {"markup", "linkcheck", "drafts", "proof", "publish", "preflight", "engagement"},
    "mailing": {"drafts", "publish", "engagement"},
    "cli": {
        "markup",
        "linkcheck",
        "drafts",
        "proof",
        "publish",
        "preflight",
        "demo",
        "trackserver",
        "engagement",
        "linkrot",
        "handover",
        "mailing",
        "ui",
    },
    "ui": {
        "mailing",
        "markup",
        "linkcheck",
        "drafts",
        "proof",
        "publish",
        "demo",
        "engagement",
        "linkrot",
        "handover",
        "preflight",
    },
}


def sources() -> list[Path]:
    return sorted(APP.rglob("*.py"))


def room(path: Path) -> str:
    parts = path.relative_to(APP).parts
    return parts[0] if len(parts) > 1 else ""


def imports(path: Path) -> Iterator[str]:
    package = ("app", *path.relative_to(APP).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_ui_imports_qt(path: Path) -> None:
    found = {name.split(".")[0] for name in imports(path)} & QT
    assert room(path) == "ui" or not found


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_rooms_import_only_what_they_may(path: Path) -> None:
    here = room(path)
    if not here:
        return
    looked_into = {
        parts[1]
        for parts in (name.split(".") for name in imports(path))
        if parts[0] == "app" and len(parts) > 1 and (APP / parts[1]).is_dir()
    }
    assert looked_into - {here} <= ALLOWED[here]


def test_every_room_is_in_the_table() -> None:
    assert {path.name for path in APP.iterdir() if (path / "__init__.py").is_file()} == set(ALLOWED)
