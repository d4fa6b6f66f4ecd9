"""The real tracking server, on both of its stores."""

from tests.trackserver.api.conftest import api
from tests.trackserver.conftest import database, postgres, template

__all__ = ["api", "database", "postgres", "template"]
