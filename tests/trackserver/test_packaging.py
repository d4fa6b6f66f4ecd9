"""What packaging/server names is there: commands, options, variables, ports, paths.

Containers and units are not run here. Where systemd's and nginx's own checkers are installed, they
look at the files, too.
"""

import argparse
import importlib.util
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from app.trackserver.settings import Settings
from app.trackserver.web.application import endpoints

ROOT = Path(__file__).parents[2]
FILES = ROOT / "packaging" / "server"
PORT = Settings("sqlite://", Path()).port


def text(name: str) -> str:
    return (FILES / name).read_text(encoding="utf-8")


def code() -> str:
    """Everything that could read a variable."""
    return "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py"))


def parsed(words: list[str]) -> argparse.Namespace:
    """The arguments as the program reads them; it ends where it does not know one."""
    parser = argparse.ArgumentParser()
    subparsers = parser.add_subparsers()
    import_module(f"app.cli.{words[0]}").add_parser(subparsers)
    return parser.parse_args(words)


def compose() -> Any:
    if importlib.util.find_spec("yaml") is None:
        pytest.skip("PyYAML is not installed")
    yaml = import_module("yaml")
    return yaml.safe_load(text("compose.yaml"))


def commands() -> Iterator[list[str]]:
    """Every command line of ours in the files, without the program's name."""
    for path in FILES.iterdir():
        for line in path.read_text(encoding="utf-8").splitlines():
            found = re.search(r"(?:^ExecStart=\S*/|[ `])sendoff ((?:server|worker)\b[^`(]*)", line)
            if found:
                yield shlex.split(found[1].replace("HOST", "news.example.com").rstrip(" `.,"))


def test_every_command_is_understood() -> None:
    found = list(commands())
    assert len(found) >= 4
    for words in found:
        if words != ["server", "admin", "backup"]:  # a comment's mention
            parsed(words)
    services = compose()["services"]
    for name in ("web", "worker"):
        parsed([str(word) for word in services[name]["command"]])
    entry = re.search(r"^CMD (\[.*\])", text("Dockerfile"), re.MULTILINE)
    assert entry
    assert parsed(re.findall(r'"([^"]*)"', entry[1])).host == "0.0.0.0"


def test_every_variable_of_ours_is_read_by_somebody() -> None:
    source = code()
    named = {
        name
        for path in FILES.iterdir()
        for name in re.findall(r"SENDOFF_[A-Z_]+", path.read_text(encoding="utf-8"))
    }
    assert named >= {"SENDOFF_DATABASE", "SENDOFF_ADDRESS", "SENDOFF_PROXIES", "SENDOFF_DATA_DIR"}
    # Caddy's own: where the server is.
    for name in named - {"SENDOFF_UPSTREAM"}:
        assert name in source, name


def test_ports_and_paths_are_the_servers() -> None:
    paths = {one.path for one in endpoints()}
    for name in ("Caddyfile", "nginx.conf", "compose.yaml", "Dockerfile"):
        ports = set(re.findall(r"(?:127\.0\.0\.1:|web:|EXPOSE )(\d+)", text(name)))
        assert ports - {"8048"} == {str(PORT)}, name
        asked = re.findall(r"(?<=[\d} ])(/(?:healthz|readyz|metrics|v1/[\w/]+))", text(name))
        assert set(asked) <= paths, name
    assert "/v1/domains/ask" in text("Caddyfile")


def test_services_fit_together() -> None:
    found = compose()
    services = found["services"]
    environment = services["web"]["environment"]
    (network,) = found["networks"]["default"]["ipam"]["config"]
    # Whoever is not the proxy must not be believed, and the proxy must be.
    assert environment["SENDOFF_PROXIES"] == network["subnet"]
    home = re.search(r"^ENV SENDOFF_DATA_DIR=(\S+)", text("Dockerfile"), re.MULTILINE)
    assert home
    for name in ("web", "worker", "postgres", "proxy"):
        for volume in services[name]["volumes"]:
            source, _, target = volume.partition(":")
            assert source.startswith("./") or source in found["volumes"]
            assert not source.startswith("./") or (FILES / source).is_file()
            if name in ("web", "worker"):
                assert target == home[1]
    assert (FILES / services["web"]["build"]["context"]).resolve() == ROOT
    assert (ROOT / services["web"]["build"]["dockerfile"]).is_file()
    # pg_dump must be as new as the server that it dumps.
    server = services["postgres"]["image"].rpartition(":")[2]
    assert f"postgresql-client-{server}" in text("Dockerfile")


def test_limits_let_the_longest_bodies_through() -> None:
    longest = max(one.limit or 0 for one in endpoints())
    for name, unit in (("Caddyfile", "MB"), ("nginx.conf", "m")):
        found = re.search(rf"(?:max_size|client_max_body_size) (\d+){unit}", text(name))
        assert found
        assert int(found[1]) * 1_000_000 >= longest * 0.95, name


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("name", ["sendoff-server.service", "sendoff-worker@.service"])
def test_systemd_finds_nothing_in_the_units(name: str, tmp_path: Path) -> None:
    unit = tmp_path / name
    unit.write_text(text(name).replace("/opt/sendoff/bin/sendoff", shutil.which("true") or ""))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.skipif(
    shutil.which("nginx") is None or shutil.which("openssl") is None,
    reason="nginx is not installed",
)
def test_nginx_finds_nothing_in_its_file(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    site = re.sub(r"(ssl_certificate_key\s+)\S+;", rf"\g<1>{key};", text("nginx.conf"))
    site = re.sub(r"(ssl_certificate\s+)\S+;", rf"\g<1>{certificate};", site)
    (tmp_path / "site.conf").write_text(site.replace("/var/log/nginx", str(tmp_path)))
    whole = tmp_path / "nginx.conf"
    whole.write_text(
        f"pid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\n"
        f"http {{ access_log off; include {tmp_path}/site.conf; }}\n"
    )
    done = subprocess.run(
        ["nginx", "-t", "-q", "-c", whole], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
