"""``sendoff server``: the tracking server, with everything it needs in one process."""

import argparse
import os
from typing import TYPE_CHECKING

from app.cli import UsageError, server_admin

if TYPE_CHECKING:
    from app.cli.main import Subparsers
    from app.trackserver.settings import Network, Settings

MISSING = "the tracking server is not installed; install it with:  pip install 'sendoff[server]'"

EXAMPLES = """\
examples:
  sendoff server
      everything in one process, kept in SQLite below SENDOFF_DATA_DIR;
      the first start prints an API key
  sendoff server --address https://news.example.com --proxy 127.0.0.1
      behind a reverse proxy on the same machine
  sendoff server --database postgresql://sendoff@db/sendoff --workers 0
      one of several web processes; see also: sendoff worker
  sendoff server admin --help
      keys, publications, domains, webhooks, backup, move to PostgreSQL
"""


def add_parser(subparsers: "Subparsers") -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "server",
        help="run the tracking server",
        description="Run the tracking server: it answers pixels, links and the API, and works off "
        "what they leave behind.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8047, help="port to listen on (%(default)s)")
    parser.add_argument(
        "--address",
        metavar="URL",
        default=os.environ.get("SENDOFF_ADDRESS", ""),
        help="how readers reach the server, such as https://news.example.com (SENDOFF_ADDRESS)",
    )
    parser.add_argument(
        "--proxy",
        metavar="NETWORK",
        action="append",
        default=[],
        help="believe X-Forwarded-For from this address or network; may be repeated "
        "(SENDOFF_PROXIES, with commas)",
    )
    parser.add_argument(
        "--metrics-from",
        metavar="NETWORK",
        action="append",
        default=[],
        help="who may read /metrics besides this machine; may be repeated",
    )
    add_store_arguments(parser)
    server_admin.add_parser(parser.add_subparsers(title="more", dest="subcommand"))


def add_store_arguments(parser: argparse.ArgumentParser) -> None:
    """What servers and workers share."""
    parser.add_argument(
        "--database",
        metavar="URL",
        default=os.environ.get("SENDOFF_DATABASE", ""),
        help="postgresql://USER:PASSWORD@HOST/NAME, or sqlite:///PATH (SENDOFF_DATABASE; "
        "default: an SQLite file below SENDOFF_DATA_DIR)",
    )
    parser.add_argument(
        "--workers",
        type=int,
        metavar="N",
        default=1,
        help="worker threads in this process (%(default)s)",
    )
    parser.add_argument(
        "--retention",
        type=int,
        metavar="DAYS",
        default=30,
        help="how long full addresses are kept (%(default)s)",
    )
    parser.add_argument(
        "--log-level",
        choices=("DEBUG", "INFO", "WARNING", "ERROR"),
        default="INFO",
        help="of the JSON lines on standard error (%(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C; 0 when it ended well."""
    if arguments.subcommand is not None:
        return server_admin.run(arguments)
    settings = settings_of(arguments)
    from app.trackserver.links import NoKeys
    from app.trackserver.serve import CannotListen, Process
    from app.trackserver.web.logs import log_to_stderr

    log_to_stderr(arguments.log_level)
    process = Process(settings)
    key = process.prepare()
    try:
        process.serve(lambda _services: _greet(settings, key))
    except (NoKeys, CannotListen) as error:
        raise UsageError(str(error)) from None
    return 0


def settings_of(arguments: argparse.Namespace) -> "Settings":
    """The settings that the arguments mean. Raises UsageError."""
    try:
        from app.trackserver.serve import Process  # noqa: F401 - finds out what is missing
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("app"):
            raise
        raise UsageError(MISSING) from None
    from app.trackserver.settings import LOOPBACK, Settings, embedded, server_folder

    if arguments.workers < 0:
        raise UsageError("--workers: 0 or more")
    folder = server_folder()
    proxies = [*vars(arguments).get("proxy", ()), *_listed(os.environ.get("SENDOFF_PROXIES", ""))]
    return Settings(
        database=_database(arguments.database) or embedded(folder),
        folder=folder,
        host=vars(arguments).get("host", ""),
        port=vars(arguments).get("port", 0),
        address=vars(arguments).get("address", ""),
        proxies=[_network(text) for text in proxies],
        insiders=[*LOOPBACK, *map(_network, vars(arguments).get("metrics_from", ()))],
        workers=arguments.workers,
        retention_days=arguments.retention,
    )


def _greet(settings: "Settings", key: str | None) -> None:
    print(f"Sendoff's tracking server is at {settings.base}", flush=True)
    if key is not None:
        print(f"API key, shown only this once:  {key}", flush=True)


def _database(url: str) -> str:
    if url and not url.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise UsageError("--database: postgresql://USER:PASSWORD@HOST/NAME or sqlite:///PATH")
    return url


def _network(text: str) -> "Network":
    from ipaddress import ip_network

    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        raise UsageError(f"{text}: not an address or network, such as 10.0.0.0/8") from None


def _listed(text: str) -> list[str]:
    return [part for part in text.split(",") if part.strip()]
