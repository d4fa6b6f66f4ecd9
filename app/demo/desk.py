"""The demo's desk: its site, sample drafts that link to it, a tracking server, and own folders."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from app.demo.earlier import earlier_looks
from app.demo.site import DemoSite
from app.demo.tracking import Tracking, is_installed, tracking
from app.paths import resources_dir

FOLDERS = ("CONFIG", "DATA", "CACHE")


@dataclass(frozen=True, slots=True)
class DemoDesk:
    """What the app needs to know of a demo.

    Attributes:
        drafts: The folder of its drafts.
        draft: The sample in it that is opened.
        blocked: The URLs that stand on the demo's own blocklist.
        tracking: The server that knows how the samples and earlier issues landed; None where the
            extra ``server`` is not installed.
    """

    drafts: Path
    draft: Path
    blocked: frozenset[str]
    tracking: Tracking | None = None


@contextmanager
def demo_desk(*, tracked: bool = True) -> Iterator[DemoDesk]:
    """Serve the site and lend folders that are deleted afterwards; the writer's are not touched.

    Args:
        tracked: Run the tracking server, too, where it is installed.
    """
    root = Path(tempfile.mkdtemp(prefix="sendoff-demo-"))
    variables = {f"SENDOFF_{name}_DIR": str(root / name.lower()) for name in FOLDERS}
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        with ExitStack() as stack:
            served = stack.enter_context(DemoSite())
            site = served.url
            desk = _desk(root / "drafts", site)
            _choose(root / "config", site)
            stack.enter_context(earlier_looks(served, desk.drafts))
            if tracked and is_installed():
                server = tracking(root / "server", site, desk.drafts)
                desk = replace(desk, tracking=stack.enter_context(server))
            yield desk
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        shutil.rmtree(root, ignore_errors=True)


def _choose(config: Path, site: str) -> None:
    """Let the links be looked after, since all is on this machine; show the preview at once."""
    config.mkdir()
    chosen = {"watch_links": True, "ask_archive": True, "archive": site}
    for name, values in (("settings", chosen), ("session", {"preview_shown": True})):
        text = json.dumps({"version": 1, **values})
        (config / f"{name}.json").write_text(text, encoding="utf-8")


def _desk(drafts: Path, site: str) -> DemoDesk:
    drafts.mkdir(parents=True)
    for sample in sorted((resources_dir() / "demo").glob("*.md")):
        text = sample.read_text(encoding="utf-8").replace("{site}", site)
        (drafts / sample.name).write_text(text, encoding="utf-8")
    return DemoDesk(drafts, drafts / "issue-12.md", frozenset({f"{site}/flagged"}))
