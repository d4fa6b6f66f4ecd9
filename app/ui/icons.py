"""Line icons that take the theme's colours, sharp at every scale."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QIcon, QPainter
from PySide6.QtSvg import QSvgRenderer

from app.paths import resources_dir


@lru_cache(maxsize=128)
def _renderer(name: str, color: str) -> QSvgRenderer:
    source = (resources_dir() / "icons" / f"{name}.svg").read_bytes()
    return QSvgRenderer(QByteArray(source.replace(b"currentColor", color.encode())))


def paint(painter: QPainter, name: str, place: QRectF, color: str) -> None:
    """Draw the icon ``resources/icons/<name>.svg`` in a colour (``#rrggbb``)."""
    _renderer(name, color).render(painter, place)


def application_icon() -> QIcon:
    """The icon of the app's windows."""
    return QIcon(str(resources_dir() / "icons" / "sendoff.svg"))
