"""What the preview is drawn with: the graphics card, or without one, plain software.

A browser engine asks for OpenGL. Where there is no card (virtual machines, remote desktops), a
library computes OpenGL on the processor, and Qt then puts the whole window together with it anew
for each key that is typed beside the preview: three times the work of all the rest.
"""

import os
import sys
from functools import cache
from pathlib import Path

from app.paths import cache_dir

_FLAGS = "QTWEBENGINE_CHROMIUM_FLAGS"
_NO_CARD = "--disable-gpu"
_CHOSEN_BY_HAND = ("QT_QUICK_BACKEND", "QSG_RHI_BACKEND")
_GL_RENDERER = 0x1F01
_COMPUTED = ("llvmpipe", "softpipe", "swrast", "software", "swiftshader")
"""Words in the names of OpenGL libraries that need no card: Mesa's and Chromium's."""


def choose() -> None:
    """Before the engine is first used: draw in software where the card is missing or harmful."""
    if _marker().exists() and _NO_CARD not in os.environ.get(_FLAGS, ""):
        os.environ[_FLAGS] = f"{os.environ.get(_FLAGS, '')} {_NO_CARD}".strip()
    _set_up_quick()


def remember_to_spare_the_card() -> None:
    """Draw without the graphics card from the next start on: the engine broke twice with it."""
    cache_dir().mkdir(parents=True, exist_ok=True)
    _marker().touch()


def is_computed(renderer: str) -> bool:
    """Whether OpenGL's renderer of this name draws on the processor."""
    return any(word in renderer.lower() for word in _COMPUTED)


@cache
def _set_up_quick() -> None:
    """Qt draws the engine's page with its Qt Quick, which listens only before its first window."""
    if _lacks_card() and not any(name in os.environ for name in _CHOSEN_BY_HAND):
        from PySide6.QtQuick import QQuickWindow, QSGRendererInterface

        QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.Software)


def _lacks_card() -> bool:
    """Whether OpenGL would be computed; elsewhere than on Linux Qt does not draw with it."""
    if sys.platform != "linux":
        return False
    from PySide6.QtGui import QOffscreenSurface, QOpenGLContext

    context, surface = QOpenGLContext(), QOffscreenSurface()
    if not context.create():
        return True
    surface.setFormat(context.format())
    surface.create()
    if not context.makeCurrent(surface):
        return True
    renderer = str(context.functions().glGetString(_GL_RENDERER))
    context.doneCurrent()
    return is_computed(renderer)


def _marker() -> Path:
    return cache_dir() / "preview-without-gpu"
