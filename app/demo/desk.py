"""The demo's desk: its site, a sample draft that links to it, and folders of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.demo.site import DemoSite
from app.paths import resources_dir

FOLDERS = ("CONFIG", "DATA", "CACHE")


@dataclass(frozen=True, slots=True)
class DemoDesk:
    """What the app needs to know of a demo.

    ``drafts`` is the folder of its drafts, ``draft`` the sample in it, ``blocked`` the URLs that
    stand on the demo's own blocklist.
    """

    drafts: Path
    draft: Path
    blocked: frozenset[str]


@contextmanager
def demo_desk() -> Iterator[DemoDesk]:
    """Serve the site and lend folders that are deleted afterwards; the writer's are not touched."""
    root = Path(tempfile.mkdtemp(prefix="sendoff-demo-"))
    variables = {f"SENDOFF_{name}_DIR": str(root / name.lower()) for name in FOLDERS}
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        with DemoSite() as site:
            yield _desk(root / "drafts", site.url)
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        shutil.rmtree(root, ignore_errors=True)


def _desk(drafts: Path, site: str) -> DemoDesk:
    drafts.mkdir(parents=True)
    for sample in sorted((resources_dir() / "demo").glob("*.md")):
        text = sample.read_text(encoding="utf-8").replace("{site}", site)
        (drafts / sample.name).write_text(text, encoding="utf-8")
    return DemoDesk(drafts, drafts / "issue-12.md", frozenset({f"{site}/flagged"}))
