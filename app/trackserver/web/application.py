"""Gathers the declared endpoints and routes to them."""

import pkgutil
from collections import defaultdict
from functools import cache
from importlib import import_module

from starlette.routing import Route, Router

from app.trackserver.checking.metrics import CheckingMetrics
from app.trackserver.services import Services
from app.trackserver.web.answering import Answerer
from app.trackserver.web.endpoints import Endpoint
from app.trackserver.web.metrics import Metrics

_PACKAGES = ("api", "vendors", "pages", "web")


@cache
def endpoints() -> tuple[Endpoint, ...]:
    """Every endpoint that a module of ``api``, ``vendors``, ``pages`` or ``web`` lists in its
    ``ENDPOINTS``, by path.
    """
    found: list[Endpoint] = []
    for package_name in _PACKAGES:
        package = import_module(f"app.trackserver.{package_name}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            found += getattr(import_module(module.name), "ENDPOINTS", ())
    return tuple(sorted(found, key=lambda one: (one.path, one.method)))


def application(services: Services, metrics: Metrics) -> Router:
    """The ASGI application of everything that is no hot path."""
    answerer = Answerer(services, metrics)
    metrics.registry.register(CheckingMetrics(services.checking))
    by_path: defaultdict[str, dict[str, Endpoint]] = defaultdict(dict)
    for one in endpoints():
        by_path[one.path][one.method] = one
    # A path without parameters wins over one that has them.
    ordered = sorted(by_path.items(), key=lambda item: (item[0].count("{"), item[0]))
    routes = [Route(path, answerer.route(path, methods)) for path, methods in ordered]
    return Router(routes, redirect_slashes=False, default=answerer.route("", {}))
